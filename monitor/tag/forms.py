"""What one word of a text may be: a form of a name's word, the beginning of names and phrases.

The values of `monitor.tag.matcher`; knows no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor import inflect
from monitor.tag.values import Entity

BEGIN = 2  # letters by which the word after another is told from the rest
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_HEAD = 5  # letters: nothing begins like three words in four
_PAIRS = 10_000  # of letters, remembered; 1 MB at most
_MASKS = 5_000  # remembered, 1 MB at most
_NO_ENDING = frozenset({""})
_ENGLISH_ENDINGS = frozenset({"", "'s", "s", "s'"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A class of cue words, and the features that it gives."""

    bit: int
    name: str
    feature: str
    inside: str  # where the home country is in the sentence
    outside: str
    near: str  # close to the partner's name


class Bits(dict[str, int]):
    """Cue class, or "topic:" and sub-topic -> its bit in the masks."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__((name, 1 << number) for number, name in enumerate(names))
        self._cues = tuple(
            Cue(bit, name, f"cue:{name}", f"cue:{name}:in", f"cue:{name}:out", f"near:{name}")
            for name, bit in self.items()
            if not name.startswith("topic:")
        )
        self._every = sum(cue.bit for cue in self._cues)
        self._seen: dict[int, tuple[Cue, ...]] = {}

    def cues(self, mask: int) -> tuple[Cue, ...]:
        """The cue classes in a mask, without the sub-topics."""
        mask &= self._every
        found = self._seen.get(mask)
        if found is None:
            if len(self._seen) >= _MASKS:
                self._seen.clear()
            found = self._seen[mask] = tuple(cue for cue in self._cues if cue.bit & mask)
        return found


class Word:
    """One word of a name: the forms it takes."""

    __slots__ = ("capital", "endings", "exact", "head", "stem")

    def __init__(self, word: str, mark: str) -> None:
        low = inflect.lower(word)
        self.exact = word if word.isupper() and len(word) <= 6 else ""
        self.capital = mark == "cap"  # only capitalised: Семей is a city, "семей" families
        self.stem = ""  # what a chain of Kazakh endings may follow
        self.head, self.endings = low, _NO_ENDING
        if self.exact or mark == "=":
            return
        if mark == "kk" or inflect.looks_kazakh(word):
            self.stem = low
        elif _CYRILLIC.search(word) and word.isalpha():
            self.head, self.endings = inflect.russian_endings(word)
            if len(low) > 4 and not low.endswith(("ский", "цкий", "ный", "ая", "ие", "ые")):
                self.stem = low
        elif word.isalpha() and len(word) > 2:
            self.endings = _ENGLISH_ENDINGS

    def is_form(self, low: str) -> bool:
        """True for a form that needs no Kazakh ending."""
        return low.startswith(self.head) and low[len(self.head) :] in self.endings

    def case(self, token: str, low: str) -> str | None:
        """None: not this word; else the Kazakh case it carries ("" for none)."""
        if self.exact:
            tail = token[len(self.exact) :] if token.startswith(self.exact) else None
            if tail is None or (tail and not (tail.islower() and inflect.is_kazakh_tail(tail))):
                return "" if token == self.exact + "'s" else None
            return inflect.kazakh_case(tail)
        if not low.startswith(self.head) or (self.capital and not token[0].isupper()):
            return None
        if low[len(self.head) :] in self.endings:
            return ""
        if self.stem and low.startswith(self.stem):
            tail = low[len(self.stem) :]
            if inflect.is_kazakh_tail(tail):
                return inflect.kazakh_case(tail)
        return None

    def begin(self) -> str:
        """The letters that all its forms begin with."""
        return inflect.lower(self.exact) or self.head


@dataclass(frozen=True, slots=True)
class Name:
    """One alias, ready to be matched."""

    words: tuple[Word, ...]
    entity: Entity
    number: int  # its place in the lexicon


@dataclass(slots=True)
class Start:
    """What of the lexicon begins with the same letters."""

    names: tuple[Name, ...] = ()
    cues: tuple[tuple[int, bool, tuple[str, ...]], ...] = ()  # bit, whole word, what must follow


class Starts(dict[str, Start]):
    """Beginning of words -> what begins so; filled once, then sealed."""

    def __init__(self) -> None:
        super().__init__()
        self._heads: set[str] = set()
        self._up_to: list[tuple[int, ...]] = []  # lengths of beginnings, by the letters of a word

    def __missing__(self, begin: str) -> Start:
        found = self[begin] = Start()
        return found

    def seal(self) -> None:
        """All is in: note what tells most words from those that begin anything."""
        self._heads = {begin[:_HEAD] for begin in self if len(begin) >= _HEAD}
        lengths = sorted({len(begin) for begin in self})
        self._up_to = [tuple(n for n in lengths if n <= most) for most in range(lengths[-1] + 1)]

    def of(self, low: str) -> list[tuple[int, Start]]:
        """What a word may begin, the shortest first, with the number of letters."""
        most = min(len(low), len(self._up_to) - 1)
        if most >= _HEAD and low[:_HEAD] not in self._heads:
            most = _HEAD - 1
        return [
            (length, start)
            for length in self._up_to[most]
            if (start := self.get(low[:length])) is not None
        ]


Meaning = tuple[Name, str]  # a name with the case of its first word
Phrase = tuple[int, tuple[str, ...]]  # bit and the beginnings that must follow
Ahead = tuple[tuple[Meaning, ...], tuple[Phrase, ...]]  # what may begin at a word
NOTHING_AHEAD: Ahead = ((), ())


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known about one surface form. What may begin there is told apart by the first
    letters of the word after it: `ahead` of those letters, else `always`."""

    bits: int  # cue classes and topics of the single word
    always: Ahead = NOTHING_AHEAD
    ahead: Mapping[str, Ahead] = field(default_factory=dict)
    plain: bool = True  # nothing but bits: no name, no phrase, no exchange rate

    @property
    def is_name(self) -> bool:
        """True if it begins any name."""
        return any(names for names, _ in (self.always, *self.ahead.values()))


NOTHING = Known(0)


def known_of(bits: int, names: Sequence[Meaning], phrases: Sequence[Phrase]) -> Known:
    """What is known of a word that begins these names, the longest first, and phrases."""
    called = [(_letters(name.words[1].begin()) if name.words[1:] else "", (name, case))
              for name, case in names]  # fmt: skip
    followed = [(_letters(rest[0]), (bit, rest)) for bit, rest in phrases]
    begins = {begin for begin, _ in called} | {begin for begin, _ in followed}
    ahead = {
        begin: (
            tuple(name for other, name in called if other in ("", begin)),
            tuple(phrase for other, phrase in followed if other in ("", begin)),
        )
        for begin in begins | {""}
    }
    return Known(bits, ahead.pop(""), ahead, plain=False)


def _letters(begin: str) -> str:
    """How the next word must begin; "": by too little to tell it by."""
    return begin[:BEGIN] if begin[BEGIN - 1 :] else ""


class Begins(dict[str, str]):
    """The first letters of a word, as written -> lower-case; bounded."""

    def __missing__(self, letters: str) -> str:
        if len(self) >= _PAIRS:
            self.clear()
        found = self[letters] = inflect.lower(letters)[:BEGIN]
        return found


class CueOnly(dict[int, Known]):
    """Mask -> what is known of a word that is in these classes and nothing else."""

    def __init__(self, money: int) -> None:
        super().__init__({0: NOTHING})
        self._money = money

    def __missing__(self, bits: int) -> Known:
        known = self[bits] = Known(bits, plain=not bits & self._money)
        return known
