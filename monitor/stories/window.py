"""The moving window: where a new article belongs. In memory, no database, no clock.

One inverted index finds copies (hashes of sketches), another finds articles of the same event
(rare features); both are bounded, so the cost of an article does not grow with the window.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, repeat
from math import log, sqrt
from operator import itemgetter
from typing import TypeVar

from monitor.stories.features import Features, find_features
from monitor.stories.sketch import Match, Sketch, make_sketch, same_text

_Key = TypeVar("_Key")
WINDOW = timedelta(hours=48)
COPIES = timedelta(days=7)  # reprints come later than reports
_ROOM = 20_000  # articles at most; the oldest leave first
_COMMON = 120  # a feature that more articles have finds nobody
_SEARCHED = 40  # rarest features that are looked up
_COMPARED = 25  # candidates compared in full
_PRIOR = 400  # articles that a window is taken to hold at least, so that a small one judges alike

# Score from which two articles tell the same event, found on development pairs (bench/stories.py).
SAME_LANGUAGE = 0.31
OTHER_LANGUAGE = 0.26
# An outlet rarely tells one thing twice; what it repeats is a daily column (weather, rates).
SAME_OUTLET = 0.50
SAME_OUTLET_WITHIN = timedelta(hours=18)
# How much there must be in common besides: a name or number counts 2, a concept 1, a country ½.
_ENOUGH = 3.5
_COUNTRIES = frozenset(["us", "ru", "cn", "kz", "uz", "kg", "tj", "tr", "eu", "ua", "asia"])
_STORY = 0.75  # of the threshold: what the mean with the other articles of the story must reach
_WEIGHTS = {"n": 1.0, "#": 1.0, "c": 0.8, "w": 0.7}
_TOP = 1.5  # title and lead weigh more
_FRESH = 50  # weights are worked out anew when a window has grown by this part of itself
_SHOWN = 6  # features named in an explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article as stories see it. `at`: when it was first seen (aware)."""

    id: int
    at: datetime
    sketch: Sketch
    features: Features
    source: str = ""  # the outlet; "": unknown, taken for another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a new article belongs."""

    dup_of: int | None = None  # the earlier article whose text it has
    dup_kind: str | None = None  # copy / cut / lead / full
    reverse_kind: str | None = None  # what the earlier article is, if this one was published first
    containment: float = 0.0
    joins: int | None = None  # the article whose story it joins; None: nobody tells it yet
    score: float = 0.0
    bound_by: str = ""  # what they share, readable


def candidate(
    *,
    id: int,
    at: datetime,
    title: str,
    text: str,
    language: str | None,
    source: str = "",
) -> Candidate:
    """Sketch and features of an article."""
    return Candidate(
        id=id,
        at=at,
        sketch=make_sketch(text),
        features=find_features(title, text, language),
        source=source,
    )


@lru_cache(maxsize=5_000)
def _rarity(kind: str, held: int, articles: int) -> float:
    """The square of how rare a feature is that so many of so many articles have."""
    return (max(log(articles / (held + 1.0)), 0.0) * _WEIGHTS[kind]) ** 2


class StoryWindow:
    """The articles of the last days and their stories.

    `place` looks, `add` remembers: in between the caller decides the story's id (and may refuse).
    """

    def __init__(self, splits: Iterable[tuple[int, int]] = ()) -> None:
        """`splits`: pairs of articles that a person has taken apart."""
        self._articles: dict[int, Candidate] = {}
        self._order: deque[int] = deque()
        self._by_hash: dict[int, list[int]] = defaultdict(list)
        self._by_feature: dict[str, list[int]] = defaultdict(list)
        # What is worked out once, and kept until the window has grown.
        self._weights: dict[str, float] = {}
        self._masses: dict[tuple[int, bool], tuple[Candidate, float]] = {}
        self._stale = 0  # articles added since
        self._story: dict[int, int] = {}
        self._members: dict[int, list[int]] = defaultdict(list)
        self._splits: set[frozenset[int]] = {frozenset(pair) for pair in splits}

    def __len__(self) -> int:
        return len(self._articles)

    # ------------------------------------------------------------ looking

    def place(self, new: Candidate) -> Placement:
        """Where the article belongs, judged by what the window holds now."""
        self._forget(new.at)
        source = self._source(new)
        if source is not None:
            other, match = source
            apart = self._is_apart(new.id, other)
            return Placement(
                dup_of=other,
                dup_kind=match.kind,
                reverse_kind=self._reverse(other, new),
                containment=round(match.containment, 3),
                joins=None if apart else other,
                score=1.0,
                bound_by=f"the same text ({match.kind}, {match.containment:.0%})",
            )
        return self._event(new)

    def _source(self, new: Candidate) -> tuple[int, Match] | None:
        """The article whose text this one has: the fullest match, the earliest of equals."""
        shared = Counter(
            chain.from_iterable(self._by_hash.get(key, ()) for key in new.sketch.lookups())
        )
        best: tuple[float, int, Match] | None = None
        held = frozenset(new.sketch.hashes) if shared else frozenset()
        for other, count in _largest(shared):
            old = self._articles[other].sketch
            if other == new.id or not new.sketch.worth_comparing(old, count):
                continue
            match = same_text(new.sketch, old, held)
            if match is None:
                continue
            rank = match.containment + (1.0 if match.kind == "copy" else 0.0)
            if best is None or (rank, -other) > (best[0], -best[1]):
                best = (rank, other, match)
        return (best[1], best[2]) if best else None

    def _reverse(self, other: int, new: Candidate) -> str:
        match = same_text(self._articles[other].sketch, new.sketch)
        return match.kind if match else "copy"

    def _event(self, new: Candidate) -> Placement:
        ranked = sorted(
            ((self.score(new, self._articles[other]), other) for other in self._near(new)),
            key=lambda pair: (-pair[0], pair[1]),
        )
        for score, other in ranked:
            if score < self._threshold(new, self._articles[other]):
                continue
            if self._is_apart(new.id, other) or not self._enough(new, self._articles[other]):
                continue
            if not self._fits(new, other):
                continue
            return Placement(
                joins=other,
                score=round(score, 3),
                bound_by=self.explain(new, self._articles[other]),
            )
        return Placement(score=round(ranked[0][0], 3) if ranked else 0.0)

    def _near(self, new: Candidate) -> list[int]:
        """The articles of the window that share most of the rare features."""
        held = {f: len(self._by_feature[f]) for f in new.features.all if f in self._by_feature}
        rare = sorted(held, key=held.__getitem__)[:_SEARCHED]
        shared: dict[int, float] = defaultdict(float)
        for feature in rare:
            holders = self._by_feature[feature]
            if len(holders) > _COMMON and len(shared) >= _COMPARED:
                break
            weight = sqrt(self._weight(feature)) or 0.01
            for other in holders[-_COMMON:]:
                shared[other] += weight
        earliest = new.at - WINDOW
        return [
            other
            for other, _ in _largest(shared)
            if other != new.id and self._articles[other].at >= earliest
        ]

    def _fits(self, new: Candidate, other: int) -> bool:
        """The article agrees with the story as a whole, so that stories do not chain."""
        story = self._story.get(other)
        if story is None:
            return True
        members = [m for m in self._members[story] if m != other]
        if not members:
            return True
        if any(self._is_apart(new.id, member) for member in members):
            return False
        ratios = [
            self.score(new, self._articles[m]) / self._threshold(new, self._articles[m])
            for m in members[-6:]
        ]
        return sum(ratios) / len(ratios) >= _STORY

    @staticmethod
    def _threshold(one: Candidate, other: Candidate) -> float:
        if one.source and one.source == other.source:
            return SAME_OUTLET if abs(one.at - other.at) <= SAME_OUTLET_WITHIN else 2.0
        same = one.features.language == other.features.language
        return SAME_LANGUAGE if same else OTHER_LANGUAGE

    def score(self, one: Candidate, other: Candidate) -> float:
        """How much two articles share of what is rare in the window, 0..1."""
        same = one.features.language == other.features.language
        shared = self._shared(one.features, other.features, same)
        if not shared:
            return 0.0
        whole = self._whole(one, same) * self._whole(other, same)
        return shared / sqrt(whole) if whole else 0.0

    def _shared(self, one: Features, other: Features, same: bool) -> float:
        common = one.all & other.all
        if not same:
            common = _without_words(common)
        total = 0.0
        top, other_top = one.top, other.top
        for feature in common:
            weight = self._weights.get(feature)
            if weight is None:
                weight = self._weights[feature] = self._weight(feature)
            if feature in top:
                weight *= _TOP
            total += weight * _TOP if feature in other_top else weight
        return total

    def _whole(self, one: Candidate, same: bool) -> float:
        """What an article shares with itself."""
        known = self._masses.get((one.id, same))
        if known is None or known[0] is not one:
            every, top = one.features.all, one.features.top
            if not same:
                every, top = _without_words(every), _without_words(top)
            self._weigh(every)
            weight = self._weights.__getitem__
            mass = sum(map(weight, every)) + (_TOP**2 - 1) * sum(map(weight, top))
            known = self._masses[one.id, same] = (one, mass)
        return known[1]

    def _weigh(self, features: frozenset[str]) -> None:
        """Work out the weights that are not known yet."""
        new = features.difference(self._weights)
        held = map(len, map(self._by_feature.get, new, repeat(())))
        among = repeat(max(len(self._articles), _PRIOR))
        self._weights |= zip(new, map(_rarity, map(itemgetter(0), new), held, among), strict=False)

    def _weight(self, feature: str) -> float:
        """What a feature weighs now."""
        held = len(self._by_feature.get(feature, ()))
        return _rarity(feature[0], held, max(len(self._articles), _PRIOR))

    @staticmethod
    def _enough(one: Candidate, other: Candidate) -> bool:
        """One shared peculiarity does not make an event."""
        total = 0.0
        for feature in one.features.all & other.features.all:
            if feature[0] in "n#":
                total += 2
            elif feature[0] == "c":
                total += 0.5 if feature[2:] in _COUNTRIES else 1
        return total >= _ENOUGH

    def explain(self, one: Candidate, other: Candidate) -> str:
        """The rarest that two articles share, readable."""
        same = one.features.language == other.features.language
        shared = [
            feature
            for feature in one.features.all & other.features.all
            if same or feature[0] != "w"
        ]
        shared.sort(key=lambda f: (-self._weight(f), f))
        return ", ".join(feature[2:] for feature in shared[:_SHOWN])

    # ------------------------------------------------------------ remembering

    def add(self, new: Candidate, story: int | None) -> None:
        """Remember an article and the story it is in (None: none yet)."""
        if new.id in self._articles:
            self._drop(new.id)
        self._stale += 1
        if self._stale * _FRESH > len(self._order):  # how rare a feature is changes slowly
            self._stale = 0
            self._weights.clear()
            self._masses.clear()
        self._articles[new.id] = new
        self._order.append(new.id)
        for key in new.sketch.lookups():
            self._by_hash[key].append(new.id)
        for feature in new.features.all:
            self._by_feature[feature].append(new.id)
        if story is not None:
            self.assign(new.id, story)

    def assign(self, article: int, story: int) -> None:
        """Say that an article is in a story."""
        self.leave(article)
        self._story[article] = story
        self._members[story].append(article)

    def leave(self, article: int) -> None:
        """Take an article out of its story."""
        story = self._story.pop(article, None)
        if story is not None:
            self._members[story].remove(article)
            if not self._members[story]:
                del self._members[story]

    def split(self, article: int, others: Iterable[int]) -> None:
        """Never put the article into one story with these again. Known pairs change nothing."""
        new = {frozenset((article, other)) for other in others} - self._splits
        if new:
            self._splits |= new
            self.leave(article)

    def _is_apart(self, one: int, other: int) -> bool:
        return bool(self._splits) and frozenset((one, other)) in self._splits

    def _forget(self, now: datetime) -> None:
        while self._order:
            oldest = self._order[0]
            known = self._articles.get(oldest)
            if known and now - known.at <= COPIES and len(self._articles) < _ROOM:
                return
            self._order.popleft()
            if known:
                self._drop(oldest, ordered=False)

    def _drop(self, article: int, *, ordered: bool = True) -> None:
        known = self._articles.pop(article)
        if ordered:
            self._order.remove(article)
        for key in known.sketch.lookups():
            _take(self._by_hash, key, article)
        for feature in known.features.all:
            _take(self._by_feature, feature, article)
        self.leave(article)


def _largest(shared: Mapping[int, float]) -> list[tuple[int, float]]:
    """The articles to compare: those that share most, of equals the first found."""
    return sorted(shared.items(), key=itemgetter(1), reverse=True)[:_COMPARED]


def _without_words(features: frozenset[str]) -> frozenset[str]:
    """What two languages can share."""
    return frozenset(feature for feature in features if feature[0] != "w")


def _take(index: dict[_Key, list[int]], key: _Key, article: int) -> None:
    holders = index[key]
    holders.remove(article)
    if not holders:
        del index[key]
