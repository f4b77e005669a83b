"""The rules of the definition that no weight may overrule: what is no relation at all, and what is
never a primary one. Pure; judges finished scores only.
"""

from __future__ import annotations

from monitor.tag.context import home_strength
from monitor.tag.features import Extractor
from monitor.tag.lexicon import REGION
from monitor.tag.values import Scored, Sentence

_ACTORS = frozenset({"name", "gov", "person", "org", "adj"})
_BODIES = frozenset({"forum", "school"})
_SHARED_STAGE = frozenset({"x:venue:many", "list:4", "list:5"})
_SAYS = 0.3  # a sentence below this says nothing of relations
_DEALINGS = ("agree", "meet", "relation", "both")
_MOSTLY = 0.6  # of the sentences that count
_COUNTS = 0.5  # a sentence above this treats the interaction
_LEAD = 3  # sentences
_MANY = 2  # neighbour states beside the home country: the sentence is about the region
_OWN = 3  # sentences about the home country alone that outweigh a regional headline

UNNAMED = "an organisation or a university, not the country itself"
WITHOUT_HOME = "the home country is neither named nor meant anywhere"
PIPELINE = "a pipeline story: no actor of the partner in the title or the lead"
WATER = "a shared river or flood, no dealings of the two states in the title or the lead"
REGIONAL = "about the region: the home country is one of several"


def bar_of(extractor: Extractor) -> str:
    """Why this cannot be a relation, "" if it can."""
    context = extractor.context
    if not any(context.counts.get(code) for code in extractor.codes):
        return UNNAMED
    # The country's own press may leave the country out: "petrol is brought in from X".
    return "" if context.home_any or context.is_home_outlet else WITHOUT_HOME


def bar_of_scored(extractor: Extractor, scored: list[Scored]) -> str:
    """Why what looks like a relation is none, "" if it is one: the partner is there only as a
    union of states, as one in a long list, or as the place where the union meets."""
    return "" if any(_is_own(extractor, item) for item in scored) else UNNAMED


def _is_own(extractor: Extractor, item: Scored) -> bool:
    """Names the country itself, and says something of it."""
    if item.follows or item.score < _SAYS or not _SHARED_STAGE.isdisjoint(item.features):
        return False
    codes = extractor.codes
    kinds = {hit.entity.kind for hit in item.sentence.hits if hit.entity.code in codes}
    return bool(kinds - _BODIES)


def cap_of(extractor: Extractor, scored: list[Scored]) -> str:
    """Why this cannot be a primary relation, "" if it can."""
    if _is_pipeline(extractor, scored):
        return PIPELINE
    if _is_water(extractor, scored):
        return WATER
    return REGIONAL if _is_regional(extractor, scored) else ""


def _is_water(extractor: Extractor, scored: list[Scored]) -> bool:
    """Transboundary water is the subject, and nobody meets or agrees about it at the beginning."""
    bit = extractor.context.bit
    water, dealings = bit.get("topic:environment_water", 0), 0
    for name in _DEALINGS:
        dealings |= bit[name]
    strong = [item.sentence for item in scored if item.score >= _COUNTS]
    wet = [sentence for sentence in strong if sentence.cues & water]
    if not wet or len(wet) < _MOSTLY * len(strong):
        return False
    return not any(s.index < _LEAD and s.cues & dealings for s in strong)


def _is_pipeline(extractor: Extractor, scored: list[Scored]) -> bool:
    """Mostly about a capped undertaking and places on its way, and nobody of the partner's own
    in the title or the lead."""
    capped = own = 0.0
    is_named = False
    for item in scored:
        kinds = {
            "capped" if hit.entity.capped else hit.entity.kind
            for hit in item.sentence.hits
            if hit.entity.code in extractor.codes
        }
        is_named = is_named or "capped" in kinds
        if "capped" in kinds or kinds <= {"place"}:
            capped += item.score
        else:
            own += item.score
        actor = bool(kinds & _ACTORS) and item.score >= _COUNTS
        if actor and item.sentence.index < _LEAD:
            return False
    return is_named and capped > own


def _is_regional(extractor: Extractor, scored: list[Scored]) -> bool:
    """A headline that does not name the home country, and sentences mostly about the region."""
    home = extractor.context.home
    if extractor.context.home_title:
        return False
    strong = [item for item in scored if item.score >= _COUNTS]
    many = [item for item in strong if _is_of_many(extractor, item.sentence)]
    own = [item for item in strong if item not in many and home_strength(item.sentence, home) >= 2]
    return bool(many) and len(own) < min(_OWN, len(many))


def _is_of_many(extractor: Extractor, sentence: Sentence) -> bool:
    codes = sentence.codes
    if len(codes & extractor.context.neighbours) >= _MANY:
        return True
    return REGION in codes and home_strength(sentence, extractor.context.home) < 2
