"""Finds the lexicon's names and cue words in a text: tokens in, mentions and bit masks out.

One dictionary lookup per token: everything known about a surface form is worked out once and
remembered (10 Mchar/s in plain Python, see the measurements in the tagging notes; no automaton).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from monitor import inflect
from monitor.tag.forms import (
    BEGIN,
    NOTHING,
    Begins,
    Bits,
    CueOnly,
    Known,
    Meaning,
    Name,
    Phrase,
    Start,
    Starts,
    Word,
    known_of,
)
from monitor.tag.lexicon import Lexicon
from monitor.tag.values import Entity, Hit
from monitor.text import tokens as tokens_of

_REMEMBERED = 200_000  # surface forms kept; about 40 MB at the very most
_GLUED = re.compile("^([A-ZА-ЯӘҒҚҢӨҰҮҺІ]{2,})([A-ZА-ЯӘҒҚҢӨҰҮҺІ][a-zа-яәғқңөұүһі]{2,})$")
_SWALLOWED = frozenset({"money", "language", "other"})
_BREAKS = re.compile("[,;:\n!?]")  # never inside a name
_SUM = re.compile(
    r"\d|(?:миллион|миллиард|триллион|тысяч|million|billion|trillion|thousand)\w*$"
    r"|(?:млн|млрд|трлн|тыс|мың|bln|mln)$",
    re.IGNORECASE,
)
_MAX_GAP = 2  # signs between the words of one name: a space, a hyphen, a closing quote


Starting = list[tuple[int, Start]]  # what a word may begin, with the number of letters


class Memory(dict[str, Known]):
    """Surface form -> Known; worked out on first sight, forgotten all at once when full."""

    def __init__(self, matcher: Matcher) -> None:
        super().__init__()
        self._matcher = matcher

    def __missing__(self, token: str) -> Known:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[token] = self._matcher.learn(token)
        return known


@dataclass(slots=True)
class Matched:
    """A text's tokens with what was found. Offsets are into the text that was given."""

    text: str
    published: date | None
    tokens: list[str]
    starts: list[int]
    bits: list[int]
    hits: list[Hit]


class Matcher:
    """A compiled lexicon. Holds no state but the memory of surface forms."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._starts = Starts()
        self.bit = Bits([*lexicon.cues, *(f"topic:{name}" for name in lexicon.topics)])
        spelt: dict[tuple[str, str], Word] = {}  # many names share words
        for number, (alias, entity) in enumerate(lexicon.names):
            text, _, mark = alias.partition("/")
            keys = [(word, mark) for word in tokens_of(text)[1]]
            words = tuple(spelt.get(key) or spelt.setdefault(key, Word(*key)) for key in keys)
            self._starts[words[0].begin()].names += (Name(words, entity, number),)
        for name, stems in lexicon.cues.items():
            self._add_cues(name, stems)
        for name, stems in lexicon.topics.items():
            self._add_cues(f"topic:{name}", stems)
        self._starts.seal()
        self._cue_only = CueOnly(self.bit.get("money", 0))  # shared: most words are no more
        self._begins = Begins()
        self.memory = Memory(self)

    def _add_cues(self, name: str, stems: Iterable[str]) -> None:
        bit = self.bit[name]
        for stem in stems:
            text, _, mark = stem.partition("/")
            first, *rest = inflect.lower(text).split()
            self._starts[first].cues += ((bit, mark == "=", tuple(rest)),)

    def learn(self, token: str) -> Known:
        """Everything known about a surface form."""
        # "СШАДжо": two words without a space
        if token[:2].isupper() and (glued := _GLUED.match(token)):
            inner = self.memory[glued.group(1)]
            if inner.is_name:
                return inner
        low = inflect.lower(token)
        starts = self._starts.of(low)
        if not starts:
            return NOTHING
        names = _names(starts, token, low)
        bits, phrases = _cues(starts, len(low))
        if not names and not phrases:
            return self._cue_only[bits]
        return known_of(bits, names, phrases)

    def match(self, text: str, published: date | None = None) -> Matched:
        """Tokens of a folded text, the mask of each, and the mentions in order."""
        starts, tokens = tokens_of(text)
        known = list(map(self.memory.__getitem__, tokens))
        bits = [item.bits for item in known]
        found = Matched(text, published, tokens, starts, bits, [])
        free = 0
        money = self.bit.get("money", 0)
        begins = self._begins
        for index in [index for index, item in enumerate(known) if not item.plain]:
            item = known[index]
            if item.bits & money and index and _SUM.match(tokens[index - 1]):
                bits[index] &= ~money  # "500 million tenge" is a price, not a rate
            following = tokens[index + 1][:BEGIN] if index + 1 < len(tokens) else ""
            names, phrases = item.ahead.get(begins[following], item.always)
            for bit, rest in phrases:
                if _follows(tokens, index, rest):
                    bits[index] |= bit
            if names and index >= free:
                free = self._take(found, index, names) or free
        return found

    def _take(self, found: Matched, index: int, names: Sequence[Meaning]) -> int:
        """Add the longest names that begin here (several meanings may share them); 0: none."""
        taken = 0
        meant: set[tuple[str, str]] = set()  # several spellings of a name may fit one form
        for name, case in names:
            length = len(name.words)
            if length < taken:
                break
            meaning = (name.entity.code, name.entity.kind)
            if meaning in meant:
                continue
            last_case = case if length == 1 else self._rest(found, index, name)
            if last_case is None:
                continue
            taken = length
            hit = self._hit(found, index, name, last_case)
            if found.text[hit.end : hit.end + 1] == "$":  # US$5 million is a sum, not a country
                break
            if name.entity.kind in _SWALLOWED:
                found.hits = [h for h in found.hits if h.first != index]
                found.hits.append(hit)
                break
            meant.add(meaning)
            found.hits.append(hit)
        return index + taken if taken else 0

    def _rest(self, found: Matched, index: int, name: Name) -> str | None:
        tokens, starts = found.tokens, found.starts
        if index + len(name.words) > len(tokens):
            return None
        case: str | None = None
        for offset in range(1, len(name.words)):
            here = index + offset
            token = tokens[here]
            case = name.words[offset].case(token, inflect.lower(token))
            if case is None:
                return None
            gap = found.text[starts[here - 1] + len(tokens[here - 1]) : starts[here]]
            if gap != " " and (len(gap) > _MAX_GAP + 1 or _BREAKS.search(gap)):
                return None
        return case

    def _hit(self, found: Matched, index: int, name: Name, case: str) -> Hit:
        last = index + len(name.words)
        end = found.starts[last - 1] + len(found.tokens[last - 1])
        if not case and last < len(found.tokens) and found.text[end : end + 1] == "-":
            tail = found.tokens[last]
            if found.starts[last] == end + 1 and tail.islower() and inflect.is_kazakh_tail(tail):
                case = inflect.kazakh_case(tail)
        entity = name.entity
        if entity.kind == "person":
            entity = _in_office(entity, found.published)
        return Hit(index, last, found.starts[index], end, entity, case)


def _names(starts: Starting, token: str, low: str) -> list[Meaning]:
    """The names that a word may begin, the longest first; of equal ones those first that it is a
    plain form of, then those with the shorter stem, then as in the lexicon."""
    found: list[tuple[tuple[int, int, int, int, int], Meaning]] = []
    cases: dict[Word, str | None] = {}  # many names share their first word
    for _, start in starts:
        for name in start.names:
            word = name.words[0]
            if word not in cases:
                cases[word] = word.case(token, low)
            case = cases[word]
            if case is not None:
                rank = _rank(word, token, low)
                found.append(((-len(name.words), *rank, name.number), (name, case)))
    return [meaning for _, meaning in sorted(found, key=itemgetter(0))]


def _rank(word: Word, token: str, low: str) -> tuple[int, int, int]:
    if token == word.exact:
        return 0, 0, 0
    if not word.exact and word.is_form(low):
        return 1, 0, 0
    return 2, len(word.exact or word.stem), bool(word.exact)


def _cues(starts: Starting, length: int) -> tuple[int, list[Phrase]]:
    """The mask of a word of that length, and the phrases that it may begin."""
    bits = 0
    phrases: list[Phrase] = []
    for begun, start in starts:
        for bit, whole, rest in start.cues:
            if whole and begun != length:
                continue
            if rest:
                phrases.append((bit, rest))
            else:
                bits |= bit
    return bits, phrases


def _follows(tokens: list[str], index: int, rest: tuple[str, ...]) -> bool:
    if index + len(rest) >= len(tokens):
        return False
    for offset, stem in enumerate(rest, 1):
        if not inflect.lower(tokens[index + offset]).startswith(stem):
            return False
    return True


def _in_office(entity: Entity, published: date | None) -> Entity:
    """A person outside the dates of office no longer speaks for the state."""
    if published is None or (not entity.since and not entity.until):
        return entity
    early = entity.since is not None and published < entity.since
    late = entity.until is not None and published > entity.until
    if not early and not late:
        return entity
    return Entity(
        code=entity.code, kind="former", label=entity.label, since=entity.since, until=entity.until
    )
