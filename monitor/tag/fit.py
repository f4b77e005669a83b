"""Logistic regression with a Gaussian prior, in plain Python: the same files give the same weights
on every machine. Rows in, weights out; knows nothing of texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.tag.model import is_word

_KEPT = 0.02  # weights smaller than this are dropped
_FREE = 0.2  # of the pull, on the bias
_STEPS = 120
_MEMORY = 8  # steps that L-BFGS remembers
_SETTLED = 1e-4  # gain of a step, of the loss, below which it stops
_NEWTON_STEPS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One training example."""

    features: Mapping[str, float]
    label: bool
    weight: float
    group: str  # what may not be split between training and test


class _Problem:
    """Rows as numbers, and the loss with its slope."""

    def __init__(
        self, rows: Sequence[Row], prior: Mapping[str, float], pull: float, pull_words: float
    ) -> None:
        self.names = sorted({*prior, *(name for row in rows for name in row.features)})
        place = {name: n for n, name in enumerate(self.names)}
        self.rows = [
            ([place[n] for n in r.features], list(r.features.values()), r.label, r.weight)
            for r in rows
        ]
        self.means = [prior.get(name, 0.0) for name in self.names]
        self.pulls = [pull_words if is_word(name) else pull for name in self.names]
        if "bias" in place:
            self.pulls[place["bias"]] = pull * _FREE

    def at(self, weights: Sequence[float]) -> tuple[float, list[float]]:
        """Loss and slope."""
        off = [w - m for w, m in zip(weights, self.means, strict=True)]
        slope = [p * o for p, o in zip(self.pulls, off, strict=True)]
        loss = 0.5 * sum(s * o for s, o in zip(slope, off, strict=True))
        for places, values, label, weight in self.rows:
            total = sum([weights[p] * v for p, v in zip(places, values, strict=True)])
            total = max(-30.0, min(30.0, total))
            chance = 1.0 / (1.0 + math.exp(-total))
            loss -= weight * math.log(chance if label else 1.0 - chance)
            error = (chance - label) * weight
            for p, v in zip(places, values, strict=True):
                slope[p] += error * v
        return loss, slope


def fit(
    rows: Sequence[Row], prior: Mapping[str, float], pull: float, pull_words: float
) -> dict[str, float]:
    """The most likely weights under a prior with these means; `pull`: its strength, `pull_words`
    the same for features that hold words of a language. By L-BFGS."""
    problem = _Problem(rows, prior, pull, pull_words)
    weights = list(problem.means)
    loss, slope = problem.at(weights)
    past: list[tuple[list[float], list[float], float]] = []
    for _ in range(_STEPS):
        way = _direction(slope, past)
        new_weights, new_loss, new_slope = _walk(problem, weights, loss, slope, way)
        moved = [a - b for a, b in zip(new_weights, weights, strict=True)]
        bent = [a - b for a, b in zip(new_slope, slope, strict=True)]
        curve = _dot(moved, bent)
        if curve > 1e-10:
            past = [*past[1 - _MEMORY :], (moved, bent, 1.0 / curve)]
        gained = loss - new_loss
        weights, loss, slope = new_weights, new_loss, new_slope
        if gained < _SETTLED * max(1.0, loss) * 1e-2:
            break
    kept = zip(problem.names, weights, strict=True)
    return {name: round(w, 3) for name, w in kept if abs(w) >= _KEPT}


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum([a * b for a, b in zip(one, other, strict=True)])


def _direction(
    slope: list[float], past: Sequence[tuple[list[float], list[float], float]]
) -> list[float]:
    """The way down, with the curvature that the last steps have shown."""
    way = [-s for s in slope]
    shares = []
    for moved, bent, scale in reversed(past):
        share = scale * _dot(moved, way)
        shares.append(share)
        way = [w - share * b for w, b in zip(way, bent, strict=True)]
    if past:
        moved, bent, scale = past[-1]
        length = 1.0 / (scale * _dot(bent, bent))
        way = [w * length for w in way]
    for (moved, bent, scale), share in zip(past, reversed(shares), strict=True):
        back = share - scale * _dot(bent, way)
        way = [w + back * m for w, m in zip(way, moved, strict=True)]
    return way


def _walk(
    problem: _Problem, weights: list[float], loss: float, slope: list[float], way: list[float]
) -> tuple[list[float], float, list[float]]:
    """As far that way as the loss falls."""
    fall = _dot(slope, way)
    step = min(1.0, 1.0 / (math.sqrt(_dot(way, way)) + 1e-12)) if fall < -100 else 1.0
    for _ in range(25):
        there = [w + step * d for w, d in zip(weights, way, strict=True)]
        new_loss, new_slope = problem.at(there)
        if new_loss <= loss + 1e-4 * step * fall:
            return there, new_loss, new_slope
        step *= 0.5
    return list(weights), loss, list(slope)


def fit_exactly(rows: Sequence[Row], prior: Mapping[str, float], pull: float) -> dict[str, float]:
    """The same by Newton's method, for the few features of the text level. The bias is free."""
    names = sorted({*prior, *(name for row in rows for name in row.features)})
    pulls = [0.05 if name == "bias" else pull for name in names]
    means = [prior.get(name, 0.0) for name in names]
    vectors = [([row.features.get(n, 0.0) for n in names], row) for row in rows]
    weights = list(means)
    for _ in range(_NEWTON_STEPS):
        slope = [p * (w - m) for p, w, m in zip(pulls, weights, means, strict=True)]
        bend = [[p if i == j else 0.0 for j in range(len(names))] for i, p in enumerate(pulls)]
        for vector, row in vectors:
            _accumulate(vector, row, weights, slope, bend)
        step = _solve(bend, slope)
        weights = [w - s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return {name: round(w, 3) for name, w in zip(names, weights, strict=True)}


def _accumulate(
    vector: list[float],
    row: Row,
    weights: list[float],
    slope: list[float],
    bend: list[list[float]],
) -> None:
    total = max(-30.0, min(30.0, sum(w * v for w, v in zip(weights, vector, strict=True))))
    chance = 1.0 / (1.0 + math.exp(-total))
    error, spread = (chance - row.label) * row.weight, chance * (1.0 - chance) * row.weight
    active = [(i, value) for i, value in enumerate(vector) if value]
    for i, value in active:
        slope[i] += error * value
        line, scaled = bend[i], spread * value
        for j, other in active:
            line[j] += scaled * other


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting."""
    size = len(right)
    work = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(work[r][column]))
        work[column], work[pivot] = work[pivot], work[column]
        for row in range(column + 1, size):
            factor = work[row][column] / work[column][column]
            if factor:
                work[row] = [a - factor * b for a, b in zip(work[row], work[column], strict=True)]
    out = [0.0] * size
    for row in reversed(range(size)):
        rest = sum(work[row][k] * out[k] for k in range(row + 1, size))
        out[row] = (work[row][size] - rest) / work[row][row]
    return out
