"""From sentences to a verdict: scores each sentence for one partner, then the whole text.

The level follows from the sentences: the best ones, how many, where, and what share they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from monitor.tag.features import Context, Extractor, Features
from monitor.tag.model import Weights, probability
from monitor.tag.values import Sentence

_CARRIES = 0.55  # of the score of the sentence before, where "the two sides" go on
_COUNTS = 0.5  # a sentence above this treats the interaction


@dataclass(slots=True)
class Scored:
    """One sentence's probability that it treats the interaction."""

    sentence: Sentence
    score: float
    features: Features
    follows: bool = False  # names no partner itself, goes on about the one before


@dataclass(slots=True)
class Verdict:
    """All that is known of one partner in one text."""

    partner: str
    level: int
    score: float
    primary: float
    scored: list[Scored] = field(default_factory=list)
    features: Features = field(default_factory=dict)
    capped: bool = False  # a rule of the definition kept it from being primary


def judge(context: Context, partner: str, weights: Weights) -> Verdict:
    """The verdict on one partner."""
    extractor = Extractor(context, partner)
    scored = score_sentences(extractor, weights)
    if not scored:
        return Verdict(partner, 0, 0.0, 0.0)
    features = text_features(context, extractor, scored)
    relevant = probability(weights.relevant, features)
    primary = min(relevant, probability(weights.primary, features))
    level = 0
    if relevant >= weights.thresholds[0]:
        level = 2 if primary >= weights.thresholds[1] else 1
    verdict = Verdict(partner, level, relevant, primary, scored, features)
    if level == 2 and _is_capped(extractor, scored):
        verdict.level, verdict.capped = 1, True
    return verdict


def _is_capped(extractor: Extractor, scored: list[Scored]) -> bool:
    """The pipeline rule: mostly about a capped undertaking, and nobody of the partner's own in
    the title or the lead."""
    capped = own = 0.0
    for item in scored:
        kinds = {
            "capped" if hit.entity.capped else hit.entity.kind
            for hit in item.sentence.hits
            if hit.entity.code in extractor.codes
        }
        if "capped" in kinds or kinds <= {"place"}:
            capped += item.score
        else:
            own += item.score
        actor = bool(kinds & _ACTORS) and item.score >= _COUNTS
        if actor and item.sentence.index < _LEAD:
            return False
    return capped > own


_ACTORS = frozenset({"name", "gov", "person", "org", "adj"})
_LEAD = 3  # sentences


def score_sentences(extractor: Extractor, weights: Weights) -> list[Scored]:
    """Every sentence that names the partner, or goes on about it, with its probability."""
    context = extractor.context
    both = context.bit["both"]
    out: list[Scored] = []
    for position, sentence in enumerate(context.document.sentences):
        if sentence.ignored:
            continue
        if extractor.is_candidate(sentence):
            features = extractor.features(position)
            out.append(Scored(sentence, probability(weights.sentence, features), features))
        elif sentence.cues & both and out and _goes_on(extractor, sentence, out[-1]):
            score = out[-1].score * _CARRIES
            out.append(Scored(sentence, score, {"follows": 1.0}, follows=True))
    return out


def _goes_on(extractor: Extractor, sentence: Sentence, last: Scored) -> bool:
    if sentence.paragraph - last.sentence.paragraph > 2:
        return False
    return not any(hit.entity.code in extractor.rivals for hit in sentence.hits)


def text_features(context: Context, extractor: Extractor, scored: list[Scored]) -> Features:
    """What the second step sees. All shares 0..1, counts as logarithms."""
    body = [s for s in scored if s.sentence.index >= 0]
    title = max((s.score for s in scored if s.sentence.index < 0), default=0.0)
    first = max((s.score for s in body if s.sentence.index == 0), default=0.0)
    titled = any(s.index < 0 for s in context.document.sentences)
    scores = sorted((s.score for s in body), reverse=True)
    counted = [s for s in context.document.sentences if not s.ignored]
    total = max(1, len(counted))
    paragraphs: dict[int, float] = {}
    for item in body:
        number = item.sentence.paragraph
        paragraphs[number] = paragraphs.get(number, 0.0) + item.score
    mass = sum(scores)
    named = sum(context.counts.get(code, 0) for code in extractor.codes)
    rival = max(extractor.rivals.values(), default=0)
    return {
        "bias": 1.0,
        "title": title,
        "lead": max((s.score for s in body if s.sentence.index < _LEAD), default=0.0),
        "first": first,
        "untitled-first": 0.0 if titled else first,
        "title-silent": float(titled and not any(s.sentence.index < 0 for s in scored)),
        "best": max(title, scores[0] if scores else 0.0),
        "second": scores[1] if len(scores) > 1 else 0.0,
        "third": scores[2] if len(scores) > 2 else 0.0,
        "mass": math.log1p(mass),
        "paragraph": math.log1p(max(paragraphs.values(), default=0.0)),
        "share": mass / total,
        "named": named / total,
        "strong": math.log1p(sum(score >= _COUNTS for score in scores)),
        "length": math.log(total),
        "short": 1.0 if total <= 6 else 0.0,
        "home": context.home_share,
        "home-title": float(context.home_title),
        "rival": math.log1p(rival) - math.log1p(named),
        "sport": context.cue_shares.get("sport", 0.0),
        "money": context.cue_shares.get("money", 0.0),
        "war": context.cue_shares.get("war", 0.0),
    }
