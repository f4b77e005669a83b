"""From sentences to a verdict: scores each sentence for one partner, then the whole text.

The level follows from the sentences: the best ones, how many, where, and what share they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from monitor.tag.context import Context
from monitor.tag.features import Extractor, Features
from monitor.tag.limits import bar_of, bar_of_scored, cap_of
from monitor.tag.model import Weights, probability
from monitor.tag.values import Scored, Sentence

_CARRIES = 0.55  # of the score of the sentence before, where "the two sides" go on
_BARRED = 0.2  # the most that a text scores which a rule keeps out
_COUNTS = 0.5  # a sentence above this treats the interaction


@dataclass(slots=True)
class Verdict:
    """All that is known of one partner in one text."""

    partner: str
    level: int
    score: float
    primary: float
    scored: list[Scored] = field(default_factory=list)
    features: Features = field(default_factory=dict)
    limit: str = ""  # the rule of the definition that lowered the level


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
    limit = bar_of(extractor) or (bar_of_scored(extractor, scored) if level else "")
    if limit:
        score = min(relevant, _BARRED)
        return Verdict(partner, 0, score, min(primary, score), scored, features, limit)
    if level == 2 and (limit := cap_of(extractor, scored)):
        verdict.level, verdict.limit = 1, limit
    return verdict


_LEAD = 3  # sentences
_STRETCH = 4  # sentences of a paragraph


def score_sentences(extractor: Extractor, weights: Weights) -> list[Scored]:
    """Every sentence that names the partner, or goes on about it, with its probability."""
    context = extractor.context
    both = context.bit["both"]
    out: list[Scored] = []
    is_other = extractor.codes.isdisjoint
    for position, sentence in enumerate(context.document.sentences):
        if sentence.ignored:
            continue
        if not is_other(sentence.codes):
            features = extractor.features(position)
            out.append(Scored(sentence, probability(weights.sentence, features), features))
        elif sentence.cues & both and out and _goes_on(extractor, sentence, out[-1]):
            score = out[-1].score * _CARRIES
            out.append(Scored(sentence, score, {"follows": 1.0}, follows=True))
    return out


def _goes_on(extractor: Extractor, sentence: Sentence, last: Scored) -> bool:
    if sentence.paragraph - last.sentence.paragraph > 2:
        return False
    return sentence.codes.isdisjoint(extractor.rivals)


def text_features(context: Context, extractor: Extractor, scored: list[Scored]) -> Features:
    """What the second step sees. All shares 0..1, counts as logarithms."""
    body = [s for s in scored if s.sentence.index >= 0]
    title = max((s.score for s in scored if s.sentence.index < 0), default=0.0)
    first = max((s.score for s in body if s.sentence.index == 0), default=0.0)
    lead = max((s.score for s in body if s.sentence.index < _LEAD), default=0.0)
    strong = sum(s.score >= _COUNTS for s in body)
    titled, total = context.titled, context.total
    scores = sorted((s.score for s in body), reverse=True)
    mass = sum(scores)
    named = sum(context.counts.get(code, 0) for code in extractor.codes)
    rival = max(extractor.rivals.values(), default=0)
    return {
        "bias": 1.0,
        "title": title,
        "lead": lead,
        "first": first,
        "lead-strong": min(1.0, max(0.0, (first - 0.6) / 0.4)),
        "untitled-first": 0.0 if titled else first,
        "title-silent": float(titled and not any(s.sentence.index < 0 for s in scored)),
        "best": max(title, scores[0] if scores else 0.0),
        "second": scores[1] if len(scores) > 1 else 0.0,
        "third": scores[2] if len(scores) > 2 else 0.0,
        "mass": math.log1p(mass),
        "paragraph": math.log1p(_best_stretch(body)),
        "share": mass / total,
        "named": named / total,
        "strong": math.log1p(strong),
        "length": math.log(total),
        "short": 1.0 if total <= 6 else 0.0,
        # One good sentence under a headline about something else.
        "lone-lead": lead if titled and title < 0.3 and strong <= 1 else 0.0,
        "home": context.home_share,
        "home-title": float(context.home_title),
        "rival": math.log1p(rival) - math.log1p(named),
        "sport": context.cue_shares.get("sport", 0.0),
        "money": context.cue_shares.get("money", 0.0),
        "war": context.cue_shares.get("war", 0.0),
    }


def _best_stretch(body: list[Scored]) -> float:
    """The most that a paragraph's worth of sentences holds. Not the page's own paragraphs: news
    agencies give every sentence one, others a whole text."""
    best = 0.0
    for n, item in enumerate(body):
        end = item.sentence.index + _STRETCH
        best = max(best, sum(s.score for s in body[n : n + _STRETCH] if s.sentence.index < end))
    return best
