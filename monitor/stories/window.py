"""The moving window: where a new article belongs. In memory, no database, no clock.

One inverted index finds copies (hashes of sketches), another finds articles of the same event
(rare features); both are bounded, so the cost of an article does not grow with the window.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from monitor.stories.candidate import Candidate
from monitor.stories.rarity import Rarity, largest, take
from monitor.stories.sketch import Match, same_text

WINDOW = timedelta(hours=48)
COPIES = timedelta(days=7)  # reprints come later than reports
_ROOM = 20_000  # articles at most; the oldest leave first
_COMPARED = 25  # candidates compared in full

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


class StoryWindow:
    """The articles of the last days and their stories.

    `place` looks, `add` remembers: in between the caller decides the story's id (and may refuse).
    """

    def __init__(self, splits: Iterable[tuple[int, int]] = ()) -> None:
        """`splits`: pairs of articles that a person has taken apart."""
        self._articles: dict[int, Candidate] = {}
        self._order: deque[int] = deque()
        self._by_hash: dict[int, list[int]] = defaultdict(list)
        self._rarity = Rarity()
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
        for other, count in largest(shared, _COMPARED):
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
            ((self._rarity.score(new, self._articles[other]), other) for other in self._near(new)),
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
                bound_by=self._rarity.explain(new, self._articles[other]),
            )
        return Placement(score=round(ranked[0][0], 3) if ranked else 0.0)

    def _near(self, new: Candidate) -> list[int]:
        """The articles of the window that share most of the rare features."""
        earliest = new.at - WINDOW
        return [
            other
            for other, _ in largest(self._rarity.near(new.features), _COMPARED)
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
            self._rarity.score(new, self._articles[m]) / self._threshold(new, self._articles[m])
            for m in members[-6:]
        ]
        return sum(ratios) / len(ratios) >= _STORY

    @staticmethod
    def _threshold(one: Candidate, other: Candidate) -> float:
        if one.source and one.source == other.source:
            return SAME_OUTLET if abs(one.at - other.at) <= SAME_OUTLET_WITHIN else 2.0
        same = one.features.language == other.features.language
        return SAME_LANGUAGE if same else OTHER_LANGUAGE

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

    # ------------------------------------------------------------ remembering

    def add(self, new: Candidate, story: int | None) -> None:
        """Remember an article and the story it is in (None: none yet)."""
        if new.id in self._articles:
            self._drop(new.id)
        self._articles[new.id] = new
        self._order.append(new.id)
        for key in new.sketch.lookups():
            self._by_hash[key].append(new.id)
        self._rarity.add(new)
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
            take(self._by_hash, key, article)
        self._rarity.drop(known)
        self.leave(article)
