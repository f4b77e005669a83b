"""Which countries a text names, by the names the tagger's rules hold. Pure.

The names come in as values (`monitor.models.PlaceName`), so a partner added to the rules is known
here too without this stage importing the tagger.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.inflect import is_kazakh_tail, looks_kazakh, lower, russian_forms
from monitor.models import PlaceName

_WORD = re.compile(r"[^\W\d_]+(?:['+]\w+)?|\d+")
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Named:
    """A country named by a word or two of a text."""

    code: str  # ISO 3166, lower-case
    kind: str  # name / gov / adj / people / place / person / org / …
    start: int
    end: int


class _Word:
    """One word of a name and the forms it takes (as in the tagger's matcher)."""

    __slots__ = ("exact", "forms", "stem")

    def __init__(self, word: str, mark: str) -> None:
        low = lower(word)
        self.exact = word if word.isupper() and len(word) <= 6 else ""
        self.stem = ""
        self.forms: frozenset[str] = frozenset({low})
        if self.exact or mark == "=":
            return
        if mark == "kk" or looks_kazakh(word):
            self.stem = low
        elif low[:1] > "z":
            self.forms = russian_forms(word)
            self.stem = low if len(low) > 4 and not low.endswith(("ий", "ый", "ая", "ие")) else ""
        else:
            self.forms = frozenset({low, low + "s", low + "'s"})

    def fits(self, token: str, low: str) -> bool:
        """True if the token is a form of this word."""
        if self.exact:
            tail = token[len(self.exact) :]
            return token.startswith(self.exact) and (
                not tail or tail in ("'s", "s") or (tail.islower() and is_kazakh_tail(tail))
            )
        if low in self.forms:
            return True
        return bool(self.stem) and low.startswith(self.stem) and is_kazakh_tail(low[len(self.stem):])  # fmt: skip


class Places:
    """A compiled list of names; remembers the surface forms it has seen."""

    def __init__(self, names: Iterable[PlaceName]) -> None:
        self._by_head: dict[str, list[tuple[tuple[_Word, ...], str, str]]] = defaultdict(list)
        self._seen: dict[str, tuple[tuple[tuple[_Word, ...], str, str], ...]] = {}
        for name in names:
            alias, _, mark = name.name.partition("/")
            parts = tuple(_Word(m.group(), mark) for m in _WORD.finditer(alias))
            if parts:
                head = lower(_WORD.search(alias).group())[:3]  # type: ignore[union-attr]
                self._by_head[head].append((parts, name.code.lower(), name.kind))

    def find(self, text: str) -> Iterator[Named]:
        """The countries named, in order; the longest name at a place wins."""
        tokens = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]
        free = 0
        for index, (token, start, _) in enumerate(tokens):
            known = self._seen.get(token)
            if known is None:
                known = self._learn(token)
            if not known or start < free:
                continue
            for parts, code, kind in known:
                end = self._rest(text, tokens, index, parts)
                if end:
                    free = end
                    if code:
                        yield Named(code, kind, start, end)
                    break

    def _learn(self, token: str) -> tuple[tuple[tuple[_Word, ...], str, str], ...]:
        if len(self._seen) > _REMEMBERED:
            self._seen.clear()
        low = lower(token)
        found = [item for item in self._by_head.get(low[:3], ()) if item[0][0].fits(token, low)]
        found.sort(key=lambda item: -len(item[0]))
        self._seen[token] = tuple(found)
        return self._seen[token]

    @staticmethod
    def _rest(
        text: str, tokens: list[tuple[str, int, int]], index: int, parts: tuple[_Word, ...]
    ) -> int:
        """Where the name that begins at `index` ends; 0: it does not stand here."""
        if index + len(parts) > len(tokens):
            return 0
        end = tokens[index][2]
        for offset in range(1, len(parts)):
            token, start, after = tokens[index + offset]
            if start - end > 3 or any(c in text[end:start] for c in ",;:\n!?"):
                return 0
            if not parts[offset].fits(token, lower(token)):
                return 0
            end = after
        return end
