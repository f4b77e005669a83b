"""Which countries a text names, by the names the tagger's rules hold. Pure.

The names come in as values (`monitor.models.PlaceName`), so a partner added to the rules is known
here too without this stage importing the tagger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

from monitor.inflect import is_kazakh_tail, looks_kazakh, lower, russian_endings
from monitor.models import PlaceName

_WORD = re.compile(r"[^\W\d_]+(?:['+]\w+)?|\d+")
_REMEMBERED = 30_000  # pieces of text, 6 MB at most
_NO_ENDING = frozenset({""})
_ENGLISH_ENDINGS = frozenset({"", "s", "'s"})
_TWO = 2
_HEAD = 3  # letters that a word shares with the name it is a form of
_BEGIN = 2  # letters by which the second word of a name is told from any other
_NONE, _ANY = "", "?"  # nothing that a name goes on with follows; what follows is to be read
_SIGNS = ".,:;!?…()[]«»“”„\"'"
# The next word of a name: at most three signs on, and no comma or end of a sentence between.
_NEXT = re.compile(r"[^,;:\n!?]{0,3}?(?P<word>[^\W\d_]+(?:['+]\w+)?|\d+)")


class Named(NamedTuple):
    """A country named by a word or two of a text."""

    code: str  # ISO 3166, lower-case
    kind: str  # name / gov / adj / people / place / person / org / …
    start: int
    end: int


class _Word:
    """One word of a name and the forms it takes (as in the tagger's matcher)."""

    __slots__ = ("endings", "exact", "head", "stem")

    def __init__(self, word: str, mark: str) -> None:
        low = lower(word)
        self.exact = word if word.isupper() and len(word) <= 6 else ""
        self.stem = ""
        self.head = low if not self.exact else ""  # what all its forms begin with
        self.endings = _NO_ENDING
        if self.exact or mark == "=":
            return
        if mark == "kk" or looks_kazakh(word):
            self.stem = low
        elif low[:1] > "z":
            self.head, self.endings = russian_endings(word)
            self.stem = low if len(low) > 4 and not low.endswith(("ий", "ый", "ая", "ие")) else ""
        else:
            self.endings = _ENGLISH_ENDINGS

    def begins(self) -> set[str]:
        """The first letters of all its forms, small."""
        forms = {self.head + ending for ending in self.endings}
        return {form[:_BEGIN] for form in (*forms, self.stem, lower(self.exact)) if form}

    def fits(self, token: str, low: str) -> bool:
        """True if the token is a form of this word."""
        if self.exact:
            tail = token[len(self.exact) :]
            return token.startswith(self.exact) and (
                not tail or tail in ("'s", "s") or (tail.islower() and is_kazakh_tail(tail))
            )
        if low.startswith(self.head) and low[len(self.head) :] in self.endings:
            return True
        return bool(self.stem) and low.startswith(self.stem) and is_kazakh_tail(low[len(self.stem):])  # fmt: skip


_Name = tuple[tuple[_Word, ...], str, str]  # its words, code, kind

_STOPS = frozenset(",;:\n!?")  # no name goes on after these


class _Names:
    """The names that one word may begin, the longest first, told apart by their second words."""

    __slots__ = ("after", "alone")

    def __init__(self, names: tuple[_Name, ...]) -> None:
        self.alone = tuple(name for name in names if len(name[0]) == 1)
        seconds = [(name, name[0][1].begins() if name[0][1:] else None) for name in names]
        self.after = {  # what follows (see `_follows`) -> those that may stand here
            begin: tuple(name for name, second in seconds if second is None or begin in second)
            for begin in {begin for _, second in seconds if second for begin in second}
        }
        self.after |= {_NONE: self.alone, _ANY: names}


@lru_cache(maxsize=10_000)
def _follows(begin: str) -> str:
    """How the next word begins, by a sign and two letters after a name's first word."""
    if begin[:1] in _STOPS or not begin:
        return _NONE
    return lower(begin[1:]) if begin[0] == " " and begin[1:].isalpha() else _ANY


_Places = tuple[tuple[int, int, _Names], ...]  # in a chunk: start, end, names begun there


class _Chunks(dict[str, _Places]):
    """What stands between two spaces -> where in it a name may begin; bounded.

    A text is cut at its spaces and looked up piece by piece, which is several times faster than a
    pattern over every word: nearly all pieces were seen before and begin no name.
    """

    def __init__(self, names: Iterable[PlaceName]) -> None:
        super().__init__()
        self._groups: dict[tuple[_Name, ...], _Names] = {}  # as many as words that begin names
        self._by_head: dict[str, list[_Name]] = defaultdict(list)
        spelt: dict[tuple[str, str], _Word] = {}  # many names share words
        for name in names:
            alias, _, mark = name.name.partition("/")
            words = _WORD.findall(alias)
            keys = [(word, mark) for word in words]
            parts = tuple(spelt.get(key) or spelt.setdefault(key, _Word(*key)) for key in keys)
            if parts:
                head = lower(words[0])[:_HEAD]
                self._by_head[head].append((parts, name.code.lower(), name.kind))

    def __missing__(self, chunk: str) -> _Places:
        if len(self) > _REMEMBERED:
            self.clear()
        word = chunk.strip(_SIGNS)
        found: _Places = ()
        if not word.isalpha() or lower(word)[:_HEAD] in self._by_head:
            found = tuple(
                (m.start(), m.end(), self._grouped(names))
                for m in _WORD.finditer(chunk)
                if (names := self._names(m.group()))
            )
        self[chunk] = found
        return found

    def _grouped(self, names: tuple[_Name, ...]) -> _Names:
        if names not in self._groups:
            self._groups[names] = _Names(names)
        return self._groups[names]

    def _names(self, token: str) -> tuple[_Name, ...]:
        """The names that this word may begin, the longest first."""
        low = lower(token)
        found = [
            name
            for name in self._by_head.get(low[:_HEAD], ())
            if low.startswith(name[0][0].head) and name[0][0].fits(token, low)
        ]
        return tuple(sorted(found, key=lambda name: -len(name[0]))) if found else ()


class Places:
    """A compiled list of names; remembers the surface forms it has seen."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        self._chunks = _Chunks(names)

    def find(self, text: str) -> Iterator[Named]:
        """The countries named, in order; the longest name at a place wins."""
        free = 0
        chunks = text.replace("\n", " ").split(" ")
        found = list(map(self._chunks.__getitem__, chunks))
        ends = list(accumulate(map(len, chunks)))
        for number in compress(range(len(found)), found):
            offset = ends[number] + number - len(chunks[number])
            for first, last, begun in found[number]:
                start, end = offset + first, offset + last
                if start < free:
                    continue
                names = begun.after.get(_follows(text[end : end + _BEGIN + 1]), begun.alone)
                named = _longest(text, start, end, names) if names else None
                if named:
                    free = named.end
                    if named.code:
                        yield named


def _longest(text: str, start: int, end: int, names: tuple[_Name, ...]) -> Named | None:
    """The first of the names whose other words follow; None: none stands here."""
    second: tuple[str, str, int] | None = None  # read once, and only where needed
    for parts, code, kind in names:
        if len(parts) == 1:
            return Named(code, kind, start, end)
        second = second or _next_word(text, end)
        if parts[1].fits(second[0], second[1]):
            last = second[2] if len(parts) == _TWO else _rest(text, second[2], parts[2:])
            if last:
                return Named(code, kind, start, last)
    return None


def _rest(text: str, end: int, parts: tuple[_Word, ...]) -> int:
    """Where a name ends of which these words are still to come; 0: others follow."""
    for part in parts:
        token, low, end = _next_word(text, end)
        if not part.fits(token, low):
            return 0
    return end


def _next_word(text: str, end: int) -> tuple[str, str, int]:
    """The word right after `end`, as written and in small letters, and its end; "" if none is."""
    match = _NEXT.match(text, end)
    return (match["word"], lower(match["word"]), match.end()) if match else ("", "", end)
