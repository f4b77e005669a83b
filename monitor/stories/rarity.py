"""How rare a feature is among the articles of the window, and what two articles share of that.

An inverted index, so that only the holders of an article's rarest features are looked at; weights
are worked out once and kept until the window has grown. In memory, no database, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from itertools import repeat
from math import log, sqrt
from operator import itemgetter
from typing import TypeVar

from monitor.stories.candidate import Candidate
from monitor.stories.features import Features

_Key = TypeVar("_Key")
_COMMON = 120  # a feature that more articles have finds nobody
_SEARCHED = 40  # rarest features that are looked up
_ENOUGH_FOUND = 25  # articles found: common features need not be asked any more
_PRIOR = 400  # articles that a window is taken to hold at least, so that a small one judges alike
_WEIGHTS = {"n": 1.0, "#": 1.0, "c": 0.8, "w": 0.7}
_TOP = 1.5  # title and lead weigh more
_FRESH = 50  # weights are worked out anew when a window has grown by this part of itself
_SHOWN = 6  # features named in an explanation


class Rarity:
    """The features of the window's articles."""

    def __init__(self) -> None:
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._size = 0  # articles
        # What is worked out once, and kept until the window has grown.
        self._weights: dict[str, float] = {}
        self._masses: dict[tuple[int, bool], tuple[Candidate, float]] = {}
        self._stale = 0  # articles added since

    def add(self, new: Candidate) -> None:
        """Remember the features of an article."""
        self._stale += 1
        if self._stale * _FRESH > self._size:  # how rare a feature is changes slowly
            self._stale = 0
            self._weights.clear()
            self._masses.clear()
        self._size += 1
        for feature in new.features.all:
            self._holders[feature].append(new.id)

    def drop(self, known: Candidate) -> None:
        """Forget an article that was added."""
        self._size -= 1
        for feature in known.features.all:
            take(self._holders, feature, known.id)

    def near(self, features: Features) -> Mapping[int, float]:
        """The articles that hold some of the rarest of these features, and what those weigh."""
        held = {f: len(self._holders[f]) for f in features.all if f in self._holders}
        rare = sorted(held, key=held.__getitem__)[:_SEARCHED]
        shared: dict[int, float] = defaultdict(float)
        for feature in rare:
            holders = self._holders[feature]
            if len(holders) > _COMMON and len(shared) >= _ENOUGH_FOUND:
                break
            weight = sqrt(self.weight(feature)) or 0.01
            for other in holders[-_COMMON:]:
                shared[other] += weight
        return shared

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
                weight = self._weights[feature] = self.weight(feature)
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
        held = map(len, map(self._holders.get, new, repeat(())))
        among = repeat(max(self._size, _PRIOR))
        self._weights |= zip(new, map(_rarity, map(itemgetter(0), new), held, among), strict=False)

    def weight(self, feature: str) -> float:
        """What a feature weighs now."""
        held = len(self._holders.get(feature, ()))
        return _rarity(feature[0], held, max(self._size, _PRIOR))

    def explain(self, one: Candidate, other: Candidate) -> str:
        """The rarest that two articles share, readable."""
        same = one.features.language == other.features.language
        shared = [
            feature
            for feature in one.features.all & other.features.all
            if same or feature[0] != "w"
        ]
        shared.sort(key=lambda f: (-self.weight(f), f))
        return ", ".join(feature[2:] for feature in shared[:_SHOWN])


@lru_cache(maxsize=5_000)
def _rarity(kind: str, held: int, articles: int) -> float:
    """The square of how rare a feature is that so many of so many articles have."""
    return (max(log(articles / (held + 1.0)), 0.0) * _WEIGHTS[kind]) ** 2


def largest(shared: Mapping[int, float], most: int) -> list[tuple[int, float]]:
    """The articles that share most, of equals the first found."""
    return sorted(shared.items(), key=itemgetter(1), reverse=True)[:most]


def _without_words(features: frozenset[str]) -> frozenset[str]:
    """What two languages can share."""
    return frozenset(feature for feature in features if feature[0] != "w")


def take(index: dict[_Key, list[int]], key: _Key, article: int) -> None:
    """Take an article out of the holders of a key."""
    holders = index[key]
    holders.remove(article)
    if not holders:
        del index[key]
