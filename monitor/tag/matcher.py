"""Finds the lexicon's names and cue words in a text: tokens in, mentions and bit masks out.

One dictionary lookup per token: everything known about a surface form is worked out once and
remembered (10 Mchar/s in plain Python, see the measurements in the tagging notes; no automaton).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor import inflect
from monitor.tag.lexicon import Lexicon
from monitor.tag.values import Entity, Hit
from monitor.text import tokens as tokens_of

_REMEMBERED = 200_000  # surface forms kept; about 40 MB at the very most
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_GLUED = re.compile("^([A-ZА-ЯӘҒҚҢӨҰҮҺІ]{2,})([A-ZА-ЯӘҒҚҢӨҰҮҺІ][a-zа-яәғқңөұүһі]{2,})$")
_SWALLOWED = frozenset({"money", "language", "other"})
_BREAKS = re.compile("[,;:\n!?]")  # never inside a name
_SUM = re.compile(
    r"\d|(?:миллион|миллиард|триллион|тысяч|million|billion|trillion|thousand)\w*$"
    r"|(?:млн|млрд|трлн|тыс|мың|bln|mln)$",
    re.IGNORECASE,
)
_MAX_GAP = 2  # signs between the words of one name: a space, a hyphen, a closing quote


class Word:
    """One word of a name: the forms it takes."""

    __slots__ = ("capital", "exact", "forms", "stem")

    def __init__(self, word: str, mark: str) -> None:
        low = inflect.lower(word)
        cyrillic = bool(_CYRILLIC.search(word))
        self.exact = word if word.isupper() and len(word) <= 6 else ""
        self.stem = ""
        self.capital = mark == "cap"  # only capitalised: Семей is a city, "семей" families
        self.forms: frozenset[str] = frozenset({low})
        if self.exact or mark == "=":
            return
        if mark == "kk" or inflect.looks_kazakh(word):
            self.stem = low
        elif cyrillic and word.isalpha():
            self.forms = inflect.russian_forms(word)
            if len(low) > 4 and not low.endswith(("ский", "цкий", "ный", "ая", "ие", "ые")):
                self.stem = low
        elif word.isalpha() and len(word) > 2:
            self.forms = frozenset({low, low + "'s", low + "s", low + "s'"})

    def case(self, token: str, low: str) -> str | None:
        """None: not this word; else the Kazakh case it carries ("" for none)."""
        if self.exact:
            tail = token[len(self.exact) :] if token.startswith(self.exact) else None
            if tail is None or (tail and not (tail.islower() and inflect.is_kazakh_tail(tail))):
                return "" if token == self.exact + "'s" else None
            return inflect.kazakh_case(tail)
        if self.capital and not token[0].isupper():
            return None
        if low in self.forms:
            return ""
        if self.stem and low.startswith(self.stem):
            tail = low[len(self.stem) :]
            if inflect.is_kazakh_tail(tail):
                return inflect.kazakh_case(tail)
        return None


@dataclass(frozen=True, slots=True)
class Name:
    """One alias, ready to be matched."""

    words: tuple[Word, ...]
    entity: Entity
    second: str  # first letter of the second word, "" for a single word


@dataclass(frozen=True, slots=True)
class Known:
    """Everything known about one surface form."""

    names: tuple[tuple[Name, str], ...]  # that may begin here, longest first, with the case
    bits: int  # cue classes and topics of the single word
    phrases: tuple[tuple[int, tuple[str, ...]], ...]  # bit and the beginnings that must follow
    plain: bool  # nothing but bits: no name, no phrase, no exchange rate


class Memory(dict[str, Known | None]):
    """Surface form -> Known; worked out on first sight, forgotten all at once when full."""

    def __init__(self, matcher: Matcher) -> None:
        super().__init__()
        self._matcher = matcher

    def __missing__(self, token: str) -> Known | None:
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
        self._lexicon = lexicon
        self._by_form: dict[str, list[Name]] = defaultdict(list)
        self._by_stem: dict[str, list[Name]] = defaultdict(list)
        self._cue_stems: dict[str, list[tuple[int, bool, tuple[str, ...]]]] = defaultdict(list)
        self.bit: dict[str, int] = {}
        for alias, entity in lexicon.names:
            self._add_name(alias, entity)
        for name, stems in lexicon.cues.items():
            self._add_cues(name, stems)
        for name, stems in lexicon.topics.items():
            self._add_cues(f"topic:{name}", stems)
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})
        self._longest_cue = max(map(len, self._cue_stems))
        self.memory = Memory(self)

    def _add_name(self, alias: str, entity: Entity) -> None:
        alias, _, mark = alias.partition("/")
        _, spelt = tokens_of(alias)
        second = inflect.lower(spelt[1][:1]) if len(spelt) > 1 else ""
        name = Name(tuple(Word(word, mark) for word in spelt), entity, second)
        first = name.words[0]
        for form in {first.exact} if first.exact else first.forms:
            self._by_form[form].append(name)
        if first.stem or first.exact:
            self._by_stem[first.stem or first.exact].append(name)

    def _add_cues(self, name: str, stems: Iterable[str]) -> None:
        bit = self.bit.setdefault(name, 1 << len(self.bit))
        for stem in stems:
            text, _, mark = stem.partition("/")
            first, *rest = inflect.lower(text).split()
            self._cue_stems[first].append((bit, mark == "=", tuple(rest)))

    def learn(self, token: str) -> Known | None:
        """Everything known about a surface form, None if nothing is."""
        if glued := _GLUED.match(token):  # "СШАДжо": two words without a space
            inner = self.memory[glued.group(1)]
            if inner is not None and inner.names:
                return inner
        low = inflect.lower(token)
        candidates = [*self._by_form.get(token, ())] if token != low else []
        candidates += self._by_form.get(low, ())
        for length in self._stem_lengths:
            if length > len(low):
                break
            candidates += self._by_stem.get(low[:length], ())
            if token != low:
                candidates += self._by_stem.get(token[:length], ())
        found: dict[int, tuple[Name, str]] = {}
        for name in candidates:
            case = name.words[0].case(token, low)
            if case is not None:
                found.setdefault(id(name), (name, case))
        names = tuple(sorted(found.values(), key=lambda pair: -len(pair[0].words)))
        bits, phrases = self._cues(low)
        if not (names or bits or phrases):
            return None
        plain = not names and not phrases and not bits & self.bit.get("money", 0)
        return Known(names, bits, phrases, plain)

    def _cues(self, low: str) -> tuple[int, tuple[tuple[int, tuple[str, ...]], ...]]:
        bits = 0
        phrases = []
        for length in range(1, min(len(low), self._longest_cue) + 1):
            for bit, whole, rest in self._cue_stems.get(low[:length], ()):
                if whole and length != len(low):
                    continue
                if rest:
                    phrases.append((bit, rest))
                else:
                    bits |= bit
        return bits, tuple(phrases)

    def match(self, text: str, published: date | None = None) -> Matched:
        """Tokens of a folded text, the mask of each, and the mentions in order."""
        starts, tokens = tokens_of(text)
        known = list(map(self.memory.__getitem__, tokens))
        bits = [0 if item is None else item.bits for item in known]
        found = Matched(text, published, tokens, starts, bits, [])
        free = 0
        money = self.bit.get("money", 0)
        for index, item in enumerate(known):
            if item is None or item.plain:
                continue
            if item.bits & money and index and _SUM.match(tokens[index - 1]):
                bits[index] &= ~money  # "500 million tenge" is a price, not a rate
            for bit, rest in item.phrases:
                if _follows(tokens, index, rest):
                    bits[index] |= bit
            if item.names and index >= free:
                free = self._take(found, index, item.names) or free
        return found

    def _take(self, found: Matched, index: int, names: Sequence[tuple[Name, str]]) -> int:
        """Add the longest names that begin here (several meanings may share them); 0: none."""
        taken = 0
        following = found.tokens[index + 1 : index + 2]
        initial = inflect.lower(following[0][:1]) if following else ""
        meant: set[tuple[str, str]] = set()  # several spellings of a name may fit one form
        for name, case in names:
            length = len(name.words)
            if taken and length < taken:
                break
            if length > 1 and name.second != initial:
                continue
            if (name.entity.code, name.entity.kind) in meant:
                continue
            last_case = case if length == 1 else self._rest(found, index, name)
            if last_case is None:
                continue
            taken = length
            end = found.starts[index + length - 1] + len(found.tokens[index + length - 1])
            if found.text[end : end + 1] == "$":  # US$5 million is a sum, not a country
                return index + taken
            if name.entity.kind in _SWALLOWED:
                found.hits = [h for h in found.hits if h.first != index]
                found.hits.append(self._hit(found, index, name, last_case))
                break
            meant.add((name.entity.code, name.entity.kind))
            found.hits.append(self._hit(found, index, name, last_case))
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
            if len(gap) > _MAX_GAP + 1 or _BREAKS.search(gap):
                return None
        return case

    def _hit(self, found: Matched, index: int, name: Name, case: str) -> Hit:
        last = index + len(name.words)
        end = found.starts[last - 1] + len(found.tokens[last - 1])
        if not case and last < len(found.tokens) and found.text[end : end + 1] == "-":
            tail = found.tokens[last]
            if found.starts[last] == end + 1 and tail.islower() and inflect.is_kazakh_tail(tail):
                case = inflect.kazakh_case(tail)
        entity = _in_office(name.entity, found.published)
        return Hit(index, last, found.starts[index], end, entity, case)


def _follows(tokens: list[str], index: int, rest: tuple[str, ...]) -> bool:
    if index + len(rest) >= len(tokens):
        return False
    for offset, stem in enumerate(rest, 1):
        if not inflect.lower(tokens[index + offset]).startswith(stem):
            return False
    return True


def _in_office(entity: Entity, published: date | None) -> Entity:
    """A person outside the dates of office no longer speaks for the state."""
    if entity.kind != "person" or published is None or (not entity.since and not entity.until):
        return entity
    early = entity.since is not None and published < entity.since
    late = entity.until is not None and published > entity.until
    if not early and not late:
        return entity
    return Entity(
        code=entity.code, kind="former", label=entity.label, since=entity.since, until=entity.until
    )
