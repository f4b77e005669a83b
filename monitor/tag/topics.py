"""Sub-topics of a relation: which of the twelve it is about.

Asked are the sentences that carry the verdict and, where the relation is the subject, the whole
text; in a long interview with one such passage the rest is about something else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from monitor.tag.context import Context
from monitor.tag.judge import Verdict
from monitor.tag.values import Sentence

_CARRIES = 0.3  # a sentence below this score carries nothing
_HOLDS = 0.35  # below this a sub-topic is not named
_PRIMARY = 2
# Logistic weights, the same for every sub-topic (also for one a user adds); chosen by
# cross-validation over outlets on the development half of bench/labels.
_BIAS, _SHARE, _TITLE, _SPREAD, _WORDS, _TOP = -3.8, 1.5, 0.4, 1.4, 1.0, 3.8


def score_topics(
    context: Context, verdicts: tuple[Verdict, ...], names: tuple[str, ...]
) -> Mapping[str, float]:
    """Sub-topic -> 0..1 for those that hold; empty if the text treats no relation."""
    carriers = _carriers(verdicts)
    if not carriers:
        return {}
    masks = {name: context.bit[f"topic:{name}"] for name in names}
    is_primary = any(verdict.level == _PRIMARY for verdict in verdicts)
    scores = _scores(context, carriers, _scope(context, carriers, is_primary), masks)
    held = {name: round(score, 3) for name, score in scores.items() if score >= _HOLDS}
    if not held and scores:
        best = max(scores, key=lambda name: scores[name])
        held = {best: round(scores[best], 3)}
    return dict(sorted(held.items(), key=lambda item: -item[1]))


Carriers = list[tuple[Sentence, float]]


def _carriers(verdicts: tuple[Verdict, ...]) -> Carriers:
    """Sentences that carry a verdict, with their weight; the title weighs double."""
    found: dict[tuple[str, int], tuple[Sentence, float]] = {}
    for verdict in verdicts:
        for item in verdict.scored if verdict.level else ():
            if item.score < _CARRIES:
                continue
            place = (item.sentence.field, item.sentence.start)
            weight = item.score * (2.0 if item.sentence.index < 0 else 1.0)
            if place not in found or found[place][1] < weight:
                found[place] = (item.sentence, weight)
    return list(found.values())


def _scope(context: Context, carriers: Carriers, is_primary: bool) -> list[Sentence]:
    """What the sub-topics are read from."""
    counted = [s for s in context.document.sentences if not s.ignored]
    if is_primary:
        return counted
    carrying = {id(sentence) for sentence, _ in carriers}
    return [s for s in counted if id(s) in carrying]


def _scores(
    context: Context, carriers: Carriers, scope: list[Sentence], masks: Mapping[str, int]
) -> dict[str, float]:
    """Sub-topic -> probability, for those with any word at all."""
    carried = _count(context, carriers, masks)
    around = _count(context, ((sentence, 1.0) for sentence in scope), masks)
    most = max(carried.values(), default=0.0) or 1.0
    most_around = max(around.values(), default=0.0) or 1.0
    mass = sum(weight for _, weight in carriers)
    title = scope[0].cues if scope and scope[0].index < 0 else 0
    found = {}
    for name, mask in masks.items():
        if not around[name] and not carried[name]:
            continue
        share = sum(weight for sentence, weight in carriers if sentence.cues & mask) / mass
        spread = sum(1 for sentence in scope if sentence.cues & mask) / max(1, len(scope))
        total = (
            _BIAS
            + _SHARE * _eased(share)
            + _TITLE * bool(title & mask)
            + _SPREAD * spread
            + _WORDS * carried[name] / most
            + _TOP * around[name] / most_around
        )
        found[name] = 1.0 / (1.0 + math.exp(-total))
    return found


def _count(
    context: Context, sentences: Iterable[tuple[Sentence, float]], masks: Mapping[str, int]
) -> dict[str, float]:
    """Words of each sub-topic in the sentences, by their weight."""
    every = reduce(or_, masks.values(), 0)
    words: dict[int, float] = {}
    for sentence, weight in sentences:
        if not sentence.cues & every:
            continue
        for bits in context.document.found(sentence).bits[sentence.first : sentence.last]:
            if bits & every:
                words[bits & every] = words.get(bits & every, 0.0) + weight
    counts = dict.fromkeys(masks, 0.0)
    for bits, count in words.items():
        for name, mask in masks.items():
            if bits & mask:
                counts[name] += count
    return counts


def _eased(share: float) -> float:
    """A third of the carrying sentences is already a clear sign."""
    return (1.0 - math.exp(-2.2 * share)) / (1.0 - math.exp(-2.2))
