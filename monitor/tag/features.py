"""What the judge sees of one sentence for one partner: masked, readable, the same in all languages.

Every mention is a role: H the home country, X the partner in question, O any other country. So a
weight learned on "<H> and <X> signed" holds for every partner and for one added tomorrow.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from monitor.inflect import lower, stem
from monitor.tag.context import (
    NOT_A_COUNTRY,
    Context,
    home_strength,
    parties,
    partner_codes,
)
from monitor.tag.lexicon import REGION
from monitor.tag.shape import belongs_to, border, breaks_between, gap, longest_run, nearest
from monitor.tag.values import EXPLICIT_KINDS, Hit, Sentence

Features = dict[str, float]

_INSIDE = frozenset({"named", "place", "implicit", "joint"})  # home is in the sentence itself
_BESIDES = _INSIDE | {"near", "title"}
_WEAK = frozenset(
    {"place", "people", "brand", "forum", "school", "former"}
)  # say little when alone
# Cues that make "Kazakhs in X" more than a story of emigrants.
_DEEDS = (
    "relation", "meet", "agree", "office", "trade", "invest", "law", "transport", "security",
    "fighter",
)  # fmt: skip
_INCLUDING = frozenset({"включая", "числе", "including", "ішінде", "например", "especially"})
_BORDERING = frozenset({"name", "adj", "prefix"})  # kinds that a border is named after
_SEATS = frozenset({"gov", "place"})
_INSIDE_OF = frozenset({"в", "во", "in", "at"})
_PEOPLE = frozenset({"person", "former"})
_BESIDE = 3  # tokens between two countries that are named in one breath
_NEAR = 7  # tokens either side of the partner's mention that belong to it
_LEAD = 3  # sentences
_TAIL = 0.75  # the last quarter of a text of at least
_TAILED = 6  # sentences
_BRIEF = 8  # words
_TRIO = 3


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
            if code not in self.codes and code != context.home and code not in NOT_A_COUNTRY
        }

    def is_candidate(self, sentence: Sentence) -> bool:
        """True if the sentence names the partner."""
        return not self.codes.isdisjoint(sentence.codes)

    def features(self, position: int) -> Features:
        """Features of the sentence at `position` in the document's list."""
        sentence = self.context.document.sentences[position]
        out: Features = {"bias": 1.0}
        xs = [hit for hit in sentence.hits if hit.entity.code in self.codes]
        hs = [hit for hit in sentence.hits if hit.entity.code == self.context.home]
        home = self._home_class(position, sentence, xs)
        out["home:" + home] = 1.0
        self._partner(out, sentence, xs, home)
        self._others(out, sentence, home, xs)
        if hs and xs:
            self._between(out, sentence, hs, xs)
        self._cues(out, sentence, xs, home)
        self._neighbours(out, sentence, hs, xs)
        self._abroad(out, sentence, hs, xs)
        self._borders(out, sentence, xs)
        self._venue(out, sentence, xs)
        self._place(out, sentence)
        if sentence.index < 0:
            out |= {"title:" + hit.entity.kind: 1.0 for hit in xs}
        return out

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
        if REGION in sentence.codes:
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
        kinds = {hit.entity.kind for hit in xs}
        for kind in kinds:
            out["x:" + kind] = 1.0
            if kind == "joint":
                out["x:joint"] = max(h.entity.weight for h in xs if h.entity.kind == "joint")
        spans = {hit.first for hit in xs}
        if len(spans) > 1:
            out["x:many:" + ("in" if home in _INSIDE else "out")] = min(3, len(spans) - 1)
        for hit in xs:
            if hit.case:
                out["x:case:" + hit.case] = 1.0
        if kinds <= {"place"} and sentence.cues & self.official and home in _BESIDES:
            out["x:place:office"] = 1.0  # a governor, a regional delegation
        elif kinds <= _WEAK:
            out["x:weak:" + min(kinds)] = 1.0
            out["x:weak:" + ("in" if home in _INSIDE else "out")] = 1.0

    def _others(self, out: Features, sentence: Sentence, home: str, xs: list[Hit]) -> None:
        named = parties(self.context, sentence)
        others = named - self.codes - {self.context.home}
        side = "in" if home in _INSIDE else "out"
        out[f"others:{min(3, len(others))}:{side}"] = 1.0
        beside = {
            h.entity.code
            for h in (sentence.hits if others else ())
            for x in xs
            if h.entity.code in others and gap(h, x) <= _BESIDE
        }
        if beside:
            out[f"beside:{min(2, len(beside))}:{side}"] = 1.0
        run = longest_run(sentence, named) if len(named) >= _TRIO else 0
        if run >= _TRIO:
            out[f"list:{min(run, 5)}"] = 1.0
            if run == longest_run(sentence, named, self.context.home) == _TRIO:
                out["trio"] = 1.0  # "X, O and H agreed": three parties, no list
        if "" in sentence.codes and any(h.entity.kind == "money" for h in sentence.hits):
            out["money-name"] = 1.0
        if side == "in" and REGION in sentence.codes:
            out["region-too"] = 1.0

    def _between(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        h, x = nearest(hs, xs)
        left, right = (h, x) if h.first <= x.first else (x, h)
        apart = gap(h, x)
        distance = "0" if apart <= 0 else "1" if apart == 1 else "4" if apart <= 4 else "9"
        out["gap:" + (distance if apart <= 9 else "far")] = 1.0
        order = "HX" if left is h else "XH"
        out["order:" + order] = 1.0
        found = self.context.document.found(sentence)
        if 0 < apart <= 3:
            inner = " ".join(stem(t) for t in found.tokens[left.last : right.first])
            out[f"between:{order[0]} {inner} {order[1]}"] = 1.0
        kinds = {left.entity.kind, right.entity.kind}
        if apart <= 1 and kinds <= EXPLICIT_KINDS:
            out["pair"] = 1.0
        out[f"clause:{min(2, breaks_between(found.text, h, x))}"] = 1.0
        if all(any(hit.entity.kind in _PEOPLE for hit in hits) for hits in (hs, xs)):
            out["persons"] = 1.0  # their leaders or ministers with each other

    def _cues(self, out: Features, sentence: Sentence, xs: list[Hit], home: str) -> None:
        bits = self.context.document.found(sentence).bits
        near = 0
        for hit in xs:
            low = max(sentence.first, hit.first - _NEAR)
            near = reduce(or_, bits[low : min(sentence.last, hit.last + _NEAR)], near)
        inside = home in _INSIDE
        for cue in self.context.bit.cues(sentence.cues):
            out[cue.feature] = 1.0
            out[cue.inside if inside else cue.outside] = 1.0
            if near & cue.bit:
                out[cue.near] = 1.0

    def _neighbours(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        """The words beside the mentions, masked: "послX", "вX", "HX"."""
        tokens = self.context.document.found(sentence).tokens
        masked = [(hit.first, hit.last, "X") for hit in xs]
        masked += [(hit.first, hit.last, "H") for hit in hs]
        roles = {first: role for first, _, role in masked}
        ends = {last: role for _, last, role in masked}
        for first, last, role in masked:
            if first > sentence.first:
                left = ends.get(first) or stem(tokens[first - 1])
                out[f"{left}_{role}"] = 1.0
            if last < sentence.last:
                right = roles.get(last) or stem(tokens[last])
                out[f"{role}_{right}"] = 1.0

    def _abroad(self, out: Features, sentence: Sentence, hs: list[Hit], xs: list[Hit]) -> None:
        """People of the home country in X; X as an example among others ("including Chinese")."""
        tokens = self.context.document.found(sentence).tokens
        for x in xs:
            before = [lower(t) for t in tokens[max(sentence.first, x.first - 2) : x.first]]
            if not _INCLUDING.isdisjoint(before):
                out["including"] = 1.0
            if x.case != "in" and (not before or before[-1] not in _INSIDE_OF):
                continue
            people = any(h.entity.kind in ("people", "adj") and gap(h, x) <= 3 for h in hs)
            if people and not sentence.cues & self.deeds:
                out["abroad"] = 1.0

    def _borders(self, out: Features, sentence: Sentence, xs: list[Hit]) -> None:
        """A border of X, and whose the thing is that X's name stands before."""
        tokens = self.context.document.found(sentence).tokens
        for x in xs:
            if x.entity.kind not in _BORDERING:
                continue
            if found := border(tokens, sentence.first, x):
                out[found] = 1.0
            owned = belongs_to(tokens[x.last]) if x.last < sentence.last else ""
            if owned:
                out["X:" + owned] = 1.0

    def _venue(self, out: Features, sentence: Sentence, xs: list[Hit]) -> None:
        """X is only where something takes place ("a session of the SCO in Beijing")."""
        places = [x for x in xs if x.entity.kind != "forum"]
        if not places or not all(x.entity.kind in _SEATS for x in places):
            return
        tokens = self.context.document.found(sentence).tokens
        for x in places:
            before = lower(tokens[x.first - 1]) if x.first > sentence.first else ""
            if x.case != "in" and before not in _INSIDE_OF:
                return
        out["x:venue"] = 1.0
        if len(places) < len(xs) or sentence.cues & self.context.bit["multilateral"]:
            out["x:venue:many"] = 1.0

    def _place(self, out: Features, sentence: Sentence) -> None:
        if sentence.index < 0:
            out["at:title"] = 1.0
        elif sentence.index < _LEAD:
            out["at:lead"] = 1.0
        else:
            total = self.context.document.sentences[-1].index + 1
            if total >= _TAILED and sentence.index >= _TAIL * total:
                out["at:tail"] = 1.0
        length = sentence.last - sentence.first
        if length < _BRIEF:
            out["length:short"] = 1.0
            if sentence.index >= 0 and not any(name.startswith("cue:") for name in out):
                out["bare"] = 1.0  # a dateline, a rubric
