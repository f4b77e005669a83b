"""What the tagger says: verdicts on relations with their evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage that carried a verdict. Offsets are code points into the named field."""

    field: str  # title / text
    start: int
    end: int
    sentence: str
    why: str  # what matched, readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The verdict on one partner: level 0 none, 1 secondary, 2 primary (see monitor/tag)."""

    partner: str  # us / ru / cn / whatever the lexicon adds, lower-case
    level: int
    score: float  # 0..1, calibrated: the probability that the level is at least 1
    evidence: tuple[Evidence, ...] = ()
    limit: str = ""  # what kept it from a higher level, "" if nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """What the tagger says of one text; every configured partner has a Relation."""

    language: str | None
    relations: tuple[Relation, ...]
    topics: Mapping[str, float]  # sub-topic -> score 0..1, only those that hold
    version: str  # tagger + weights + lexicon
