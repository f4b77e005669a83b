"""What the judge sees of one sentence for one partner: masked, readable, the same in all languages.

Every mention is a role: H the home country, X the partner in question, O any other country. So a
weight learned on "<H> and <X> signed" holds for every partner and for one added tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.inflect import lower, stem
from monitor.tag.lexicon import REGION
from monitor.tag.reader import Document
from monitor.tag.values import Hit, Sentence

Features = dict[str, float]

_EXPLICIT = frozenset({"name", "gov", "person", "former", "adj", "people", "prefix"})
_PLACE = frozenset({"place", "oblast", "institution"})
_NOT_A_COUNTRY = frozenset({"UN", "NATO", REGION, ""})
_INSIDE = frozenset({"named", "place", "implicit", "joint"})  # home is in the sentence itself
_WEAK = frozenset(
    {"place", "people", "brand", "forum", "school", "former"}
)  # say little when alone
_NO_PARTY = frozenset(
    {"joint", "implicit", "forum", "institution", "brand", "org", "oblast", "school"}
)
_SHARED = ("sport", "money", "war")  # cue classes whose share of the text matters
_UNCOUNTED = frozenset({"money", "language", "other", "forum", "school"})
_BESIDES = _INSIDE | {"near", "title"}
# Cues that make "Kazakhs in X" more than a story of emigrants.
_DEEDS = (
    "relation", "meet", "agree", "office", "trade", "invest", "law", "transport", "security",
    "fighter",
)  # fmt: skip
_INCLUDING = frozenset({"включая", "числе", "including", "ішінде", "например", "especially"})
_BESIDE = 3  # tokens between two countries that are named in one breath
_NEAR = 7  # tokens either side of the partner's mention that belong to it
_LEAD = 3  # sentences
_BRIEF = 8  # words


@dataclass(frozen=True, slots=True)
class Context:
    """What the whole text says, for judging one of its sentences."""

    document: Document
    home: str  # code of the home country
    is_home_outlet: bool
    home_title: bool
    home_share: float  # sentences that name the home country, of all
    home_total: int
    home_any: (
        bool  # named, implied or part of the region somewhere: without it there is no relation
    )
    counts: dict[str, int]  # code -> sentences that name it
    bit: dict[str, int]
    cue_shares: dict[str, float]  # cue class -> share of sentences with it
    members: dict[str, frozenset[str]]
    neighbours: frozenset[str] = frozenset({"KG", "TJ", "TM", "UZ"})  # of the home region


def partner_codes(context: Context, partner: str) -> frozenset[str]:
    """The partner's own code, and those of its members where the user counts them."""
    return context.members.get(partner, frozenset((partner,)))


def make_context(
    document: Document,
    home: str,
    is_home_outlet: bool,
    bit: dict[str, int],
    members: dict[str, frozenset[str]],
) -> Context:
    """One pass over the sentences."""
    counted = [s for s in document.sentences if not s.ignored]
    counts: dict[str, int] = {}
    home_total = 0
    home_any = False
    is_home_outlet = is_home_outlet or any(h.entity.code == home for h in document.dateline)
    cues: dict[str, int] = dict.fromkeys(_SHARED, 0)
    for sentence in counted:
        for code in {h.entity.code for h in sentence.hits if h.entity.kind not in _UNCOUNTED}:
            counts[code] = counts.get(code, 0) + 1
        strength = home_strength(sentence, home)
        home_total += strength >= 2
        home_any = home_any or strength >= 2 or _implies_home(sentence, strength, is_home_outlet)
        for name in _SHARED if sentence.cues else ():
            cues[name] += bool(sentence.cues & bit[name])
    total = max(1, len(counted))
    return Context(
        document=document,
        home=home,
        is_home_outlet=is_home_outlet,
        home_title=bool(counted) and counted[0].index < 0 and home_strength(counted[0], home) >= 2,
        home_share=home_total / total,
        home_total=home_total,
        home_any=home_any,
        counts=counts,
        bit=bit,
        cue_shares={name: n / total for name, n in cues.items()},
        members=members,
    )


def home_strength(sentence: Sentence, home: str) -> int:
    """3 named as a country or its state, 2 by a place or institution, 1 implicitly, 0 not."""
    best = 0
    for hit in sentence.hits:
        if hit.entity.code == home:
            kind = hit.entity.kind
            best = max(best, 3 if kind in _EXPLICIT else 2 if kind in _PLACE else 1)
    return best


def _implies_home(sentence: Sentence, strength: int, is_home_outlet: bool) -> bool:
    """The region, a joint undertaking, or "our country" in the country's own press."""
    if strength and is_home_outlet:
        return True
    return any(
        hit.entity.code == REGION or (hit.entity.kind == "joint" and hit.entity.weight >= 0.6)
        for hit in sentence.hits
    )


class Extractor:
    """Features of sentences of one text for one partner."""

    def __init__(self, context: Context, partner: str) -> None:
        self.context = context
        self.codes = partner_codes(context, partner)
        self.official = context.bit["office"] | context.bit["meet"] | context.bit["relation"]
        self.deeds = 0
        for name in _DEEDS:
            self.deeds |= context.bit[name]
        self.rivals = {
            code: n
            for code, n in context.counts.items()
            if code not in self.codes and code != context.home and code not in _NOT_A_COUNTRY
        }

    def is_candidate(self, sentence: Sentence) -> bool:
        """True if the sentence names the partner."""
        return any(hit.entity.code in self.codes for hit in sentence.hits)

    def features(self, position: int) -> Features:
        """Features of the sentence at `position` in the document's list."""
        sentence = self.context.document.sentences[position]
        out: Features = {"bias": 1.0}
        xs = [hit for hit in sentence.hits if hit.entity.code in self.codes]
        hs = self._home_hits(sentence)
        home = self._home_class(position, sentence, xs)
        out["home:" + home] = 1.0
        self._partner(out, sentence, xs, home)
        self._others(out, sentence, home, xs)
        if hs and xs:
            self._between(out, sentence, hs, xs)
        self._cues(out, sentence, xs, home)
        self._neighbours(out, sentence, hs, xs)
        self._abroad(out, sentence, hs, xs)
        self._place(out, sentence)
        if sentence.index < 0:
            out |= {"title:" + hit.entity.kind: 1.0 for hit in xs}
        return out

    def _home_hits(self, sentence: Sentence) -> list[Hit]:
        return [h for h in sentence.hits if h.entity.code == self.context.home]

    def _home_class(self, position: int, sentence: Sentence, xs: list[Hit]) -> str:
        """Where the home country is: in the sentence, beside it, in the title, or nowhere."""
        context = self.context
        strength = home_strength(sentence, context.home)
        if strength >= 2:
            return "named" if strength == 3 else "place"
        if any(hit.entity.kind == "joint" and hit.entity.weight >= 0.6 for hit in xs):
            return "joint"
        if strength == 1 and (context.is_home_outlet or context.home_share > 0.1):
            return "implicit"
        if any(hit.entity.code == REGION for hit in sentence.hits):
            return "region"
        if self._is_near(position, sentence):
            return "near"
        if context.home_title:
            return "title"
        if context.home_share > 0.25:
            return "often"
        if context.home_total:
            return "seldom"
        return "outlet" if context.is_home_outlet else "never"

    def _is_near(self, position: int, sentence: Sentence) -> bool:
        sentences = self.context.document.sentences
        before = sentences[position - 1] if position else None
        if before is None or before.paragraph != sentence.paragraph:
            return False
        return home_strength(before, self.context.home) >= 2

    def _partner(self, out: Features, sentence: Sentence, xs: list[Hit], home: str) -> None:
        for kind in {hit.entity.kind for hit in xs}:
            out["x:" + kind] = 1.0
            if kind == "joint":
                out["x:joint"] = max(h.entity.weight for h in xs if h.entity.kind == "joint")
        spans = {hit.first for hit in xs}
        if len(spans) > 1:
            out["x:many:" + ("in" if home in _INSIDE else "out")] = min(3, len(spans) - 1)
        for hit in xs:
            if hit.case:
                out["x:case:" + hit.case] = 1.0
        kinds = {hit.entity.kind for hit in xs}
        if kinds <= {"place"} and sentence.cues & self.official and home in _BESIDES:
            out["x:place:office"] = 1.0  # a governor, a regional delegation
        elif kinds <= _WEAK:
            out["x:weak:" + min(kinds)] = 1.0
            out["x:weak:" + ("in" if home in _INSIDE else "out")] = 1.0

    def _others(self, out: Features, sentence: Sentence, home: str, xs: list[Hit]) -> None:
        codes = {h.entity.code for h in sentence.hits}
        others = self._parties(sentence) - self.codes - {self.context.home}
        side = "in" if home in _INSIDE else "out"
        out[f"others:{min(3, len(others))}:{side}"] = 1.0
        beside = {
            h.entity.code
            for h in sentence.hits
            for x in xs
            if h.entity.code in others and _gap(h, x) <= _BESIDE
        }
        if beside:
            out[f"beside:{min(2, len(beside))}:{side}"] = 1.0
        run = self._longest_run(sentence)
        if run >= 3:
            out[f"list:{min(run, 5)}"] = 1.0
        if any(h.entity.kind == "money" for h in sentence.hits):
            out["money-name"] = 1.0
        if REGION in codes and side == "in":
            out["region-too"] = 1.0

    def _parties(self, sentence: Sentence) -> set[str]:
        """Countries that are named as such. The neighbours count as the region where the
        sentence is about the region ("C5+1", "Central Asia")."""
        found = {
            h.entity.code
            for h in sentence.hits
            if h.entity.kind not in _NO_PARTY and h.entity.kind != "place"
        }
        if any(h.entity.code == REGION or h.entity.kind == "joint" for h in sentence.hits):
            found -= self.context.neighbours
        return found - _NOT_A_COUNTRY

    def _longest_run(self, sentence: Sentence) -> int:
        """Countries one after the other, at most two words apart: a list if three or more."""
        best = run = 0
        last, seen = -9, set[str]()
        parties = self._parties(sentence)
        for hit in sentence.hits:
            code = hit.entity.code
            if code not in parties or hit.entity.kind in _NO_PARTY:
                continue
            if hit.first - last > 2:
                run, seen = 0, set()
            if code not in seen:
                run += 1
                seen.add(code)
            best = max(best, run)
            last = hit.last
        return best

    def _between(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        h, x = min(((h, x) for h in hs for x in xs), key=lambda pair: _gap(*pair))
        left, right = (h, x) if h.first <= x.first else (x, h)
        gap = _gap(h, x)
        distance = "0" if gap <= 0 else "1" if gap == 1 else "4" if gap <= 4 else "9"
        out["gap:" + (distance if gap <= 9 else "far")] = 1.0
        order = "HX" if left is h else "XH"
        out["order:" + order] = 1.0
        tokens = self.context.document.found(sentence).tokens
        if 0 < gap <= 3:
            inner = " ".join(stem(lower(t)) for t in tokens[left.last : right.first])
            out[f"between:{order[0]} {inner} {order[1]}"] = 1.0
        kinds = {left.entity.kind, right.entity.kind}
        if gap <= 1 and len(kinds & _EXPLICIT) == len(kinds):
            out["pair"] = 1.0

    def _cues(self, out: Features, sentence: Sentence, xs: list[Hit], home: str) -> None:
        bits = self.context.document.found(sentence).bits
        near = 0
        for hit in xs:
            low = max(sentence.first, hit.first - _NEAR)
            for bit in bits[low : min(sentence.last, hit.last + _NEAR)]:
                near |= bit
        side = "in" if home in _INSIDE else "out"
        for name, mask in self.context.bit.items():
            if not sentence.cues & mask or name.startswith("topic:"):
                continue
            out[f"cue:{name}"] = 1.0
            out[f"cue:{name}:{side}"] = 1.0
            if near & mask:
                out[f"near:{name}"] = 1.0

    def _neighbours(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        """The words beside the mentions, masked: "послX", "вX", "HX"."""
        tokens = self.context.document.found(sentence).tokens
        roles = {hit.first: "X" for hit in xs} | {hit.first: "H" for hit in hs}
        ends = {hit.last - 1: "X" for hit in xs} | {hit.last - 1: "H" for hit in hs}
        for role, hits in (("X", xs), ("H", hs)):
            for hit in hits:
                before, after = hit.first - 1, hit.last
                if before >= sentence.first:
                    left = ends.get(before) or stem(lower(tokens[before]))
                    out[f"{left}_{role}"] = 1.0
                if after < sentence.last:
                    right = roles.get(after) or stem(lower(tokens[after]))
                    out[f"{role}_{right}"] = 1.0

    def _abroad(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        """People of the home country in X; X as an example among others ("including Chinese")."""
        tokens = self.context.document.found(sentence).tokens
        for x in xs:
            before = [lower(t) for t in tokens[max(sentence.first, x.first - 2) : x.first]]
            if _INCLUDING.intersection(before):
                out["including"] = 1.0
            if x.case != "in" and (not before or before[-1] not in ("в", "во", "in")):
                continue
            people = any(h.entity.kind in ("people", "adj") and _gap(h, x) <= 3 for h in hs)
            if people and not sentence.cues & self.deeds:
                out["abroad"] = 1.0

    def _place(self, out: Features, sentence: Sentence) -> None:
        if sentence.index < 0:
            out["at:title"] = 1.0
        elif sentence.index < _LEAD:
            out["at:lead"] = 1.0
        length = sentence.last - sentence.first
        if length < _BRIEF:
            out["length:short"] = 1.0
            if sentence.index >= 0 and not any(name.startswith("cue:") for name in out):
                out["bare"] = 1.0  # a dateline, a rubric


def _gap(one: Hit, other: Hit) -> int:
    """Tokens between two mentions; 0 or less if they touch or overlap."""
    return max(one.first, other.first) - min(one.last, other.last)
