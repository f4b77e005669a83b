"""Scores verdicts against labels: precision, recall, F1 with intervals, beside the baselines.

Pure: verdicts and labels in, figures out. Intervals resample whole groups (translations and
reprints of one text together), never single cells, so that they are not too narrow.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.tag.context import home_strength, partner_codes
from monitor.tag.tagger import Reading

OURS = "monitor"
_RESAMPLES = 1000
_STEM_KINDS = frozenset({"name", "gov", "adj", "people"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One text, one partner: what is true and what each system says (levels 0, 1, 2)."""

    item: str
    group: str
    partner: str
    language: str
    source: str
    truth: int
    ambiguous: bool
    said: Mapping[str, int]  # system -> level


@dataclass(frozen=True, slots=True)
class Figure:
    """Counts and what follows from them."""

    tp: int
    fp: int
    fn: int

    @property
    def precision(self) -> float:
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds that hold 95 % of the resamples."""

    low: float
    high: float


# ---------------------------------------------------------------- the baselines


def baselines(reading: Reading, partner: str) -> dict[str, int]:
    """Levels of the simple systems of the tagging notes, from the same mentions."""
    context = reading.context
    codes = partner_codes(context, partner)
    stems = named = both = 0
    title_both = title_named = False
    home_named = False
    for sentence in context.document.sentences:
        home = home_strength(sentence, context.home) >= 2
        home_named |= home
        kinds = {hit.entity.kind for hit in sentence.hits if hit.entity.code in codes}
        stems += bool(kinds & _STEM_KINDS)
        named += bool(kinds)
        both += bool(kinds) and home
        if sentence.index < 0:
            title_named, title_both = bool(kinds), bool(kinds) and home
    weighted = named + (2 if title_named else 0)
    return {
        "any stem": 1 if stems else 0,
        "stem and home, aliases": 1 if named and home_named else 0,
        "same sentence": _level(both >= 1, title_both or both >= 3),
        "twice or title": _level(both >= 2 or title_both, title_both or both >= 3),
        "counts, title-weighted": _level(
            weighted >= 3 and home_named, home_named and (weighted >= 6 or title_both)
        ),
    }


def _level(relevant: bool, primary: bool) -> int:
    return 2 if relevant and primary else int(relevant)


# ---------------------------------------------------------------- figures


def figure(cells: Iterable[Cell], system: str, level: int = 1) -> Figure:
    """Counts of "at least this level" over the cells."""
    tp = fp = fn = 0
    for cell in cells:
        true, said = cell.truth >= level, cell.said[system] >= level
        tp += true and said
        fp += said and not true
        fn += true and not said
    return Figure(tp, fp, fn)


def exact(cells: Iterable[Cell], system: str, level: int) -> Figure:
    """Counts of exactly this level."""
    pairs = [(cell.truth == level, cell.said[system] == level) for cell in cells]
    return Figure(
        sum(t and s for t, s in pairs),
        sum(s and not t for t, s in pairs),
        sum(t and not s for t, s in pairs),
    )


def by(cells: Sequence[Cell], key: Callable[[Cell], str]) -> dict[str, list[Cell]]:
    """Cells by partner, language or source, in alphabetical order."""
    out: dict[str, list[Cell]] = {}
    for cell in sorted(cells, key=key):
        out.setdefault(key(cell), []).append(cell)
    return out


def named_sets(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> dict[str, Figure]:
    """(true, said) sets of names, one pair a text: counts by name, and pooled as "all" first.
    Empty without pairs."""
    names = sorted({name for pair in pairs for found in pair for name in found})
    figures = {
        name: Figure(
            sum(name in true and name in said for true, said in pairs),
            sum(name in said and name not in true for true, said in pairs),
            sum(name in true and name not in said for true, said in pairs),
        )
        for name in names
    }
    found = figures.values()
    pooled = Figure(sum(f.tp for f in found), sum(f.fp for f in found), sum(f.fn for f in found))
    return {"all": pooled, **figures} if pairs else {}


class Bootstrap:
    """Resamples groups once and answers for every system and level on the same resamples, which
    makes differences paired."""

    def __init__(self, cells: Sequence[Cell], seed: int = 1) -> None:
        self._groups = list(by(cells, lambda cell: cell.group).values())
        dice = random.Random(seed)
        size = len(self._groups)
        self._draws = [dice.choices(range(size), k=size) for _ in range(_RESAMPLES)]

    def f1(self, system: str, level: int = 1) -> list[float]:
        """F1 in every resample."""
        counts = [figure(group, system, level) for group in self._groups]
        out = []
        for draw in self._draws:
            drawn = [counts[index] for index in draw]
            total = Figure(
                sum(c.tp for c in drawn), sum(c.fp for c in drawn), sum(c.fn for c in drawn)
            )
            out.append(total.f1)
        return out


def interval(values: Sequence[float]) -> Interval:
    """The middle 95 % of the values."""
    ordered = sorted(values)
    cut = int(len(ordered) * 0.025)
    return Interval(ordered[cut], ordered[-cut - 1])


def gain(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """Interval of the paired difference."""
    return interval([a - b for a, b in zip(ours, theirs, strict=True)])
