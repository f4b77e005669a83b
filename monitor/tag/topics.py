"""Sub-topics of a relation: which of the twelve the sentences that carry it are about."""

from __future__ import annotations

import math
from collections.abc import Mapping

from monitor.tag.context import Context
from monitor.tag.judge import Verdict

_HOLDS = 0.42  # below this a sub-topic is not named


def score_topics(
    context: Context, verdicts: tuple[Verdict, ...], names: tuple[str, ...]
) -> Mapping[str, float]:
    """Sub-topic -> 0..1 for those that hold; empty if the text treats no relation."""
    weights: dict[str, float] = dict.fromkeys(names, 0.0)
    mass = 0.0
    for sentence, weight in _carriers(verdicts).values():
        mass += weight
        for name in names:
            if sentence & context.bit[f"topic:{name}"]:
                weights[name] += weight
    if not mass:
        return {}
    scores = {name: _score(weight, mass) for name, weight in weights.items()}
    held = {name: round(score, 3) for name, score in scores.items() if score >= _HOLDS}
    if not held:
        best = max(scores, key=lambda name: scores[name])
        held = {best: round(scores[best], 3)} if scores[best] > 0 else {}
    return dict(sorted(held.items(), key=lambda item: -item[1]))


def _carriers(verdicts: tuple[Verdict, ...]) -> dict[tuple[str, int], tuple[int, float]]:
    """Sentences that carry a verdict: place -> (mask, weight); the title weighs double."""
    found: dict[tuple[str, int], tuple[int, float]] = {}
    for verdict in verdicts:
        if not verdict.level:
            continue
        for item in verdict.scored:
            if item.score < 0.3:
                continue
            place = (item.sentence.field, item.sentence.start)
            weight = item.score * (2.0 if item.sentence.index < 0 else 1.0)
            old = found.get(place, (0, 0.0))[1]
            found[place] = (item.sentence.cues, max(old, weight))
    return found


def _score(weight: float, mass: float) -> float:
    """Share of the carrying sentences, eased so that a third of them is already a clear sign."""
    share = weight / mass
    return (1.0 - math.exp(-2.2 * share)) / (1.0 - math.exp(-2.2))
