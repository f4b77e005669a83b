"""The values inside the tagger: entities, mentions, sentences with roles. No behaviour.

Imports nothing but the standard library; never leaves `monitor.tag`, except `Entity` which the
lexicon hands out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# What a mention is. The order is the strength with which it stands for its country's state.
KINDS = (
    "name", "gov", "person", "former", "org", "brand", "adj", "people", "place",
    "oblast", "institution", "implicit", "joint", "forum", "school", "region", "sides", "prefix",
)  # fmt: skip
# Those that name the country or who speaks for it outright.
EXPLICIT_KINDS = frozenset({"name", "gov", "person", "former", "adj", "people", "prefix"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something of the lexicon that a text can name."""

    code: str  # the country; "" for a swallowed phrase, "REGION" for the home region
    kind: str  # one of KINDS, or money / language / other for a swallowed phrase
    label: str  # readable name, for explanations
    weight: float = 1.0
    capped: bool = False  # alone it never makes a relation primary
    since: date | None = None  # None: no known beginning
    until: date | None = None  # None: still
    needs: str = ""  # a cue class the article must hold, "" for none


class Hit(NamedTuple):
    """A mention: tokens `first` to `last` (exclusive) of the text, code points `start` to `end`."""

    first: int
    last: int
    start: int
    end: int
    entity: Entity
    case: str  # with / from / in / of / to / ""


@dataclass(slots=True, eq=False)
class Sentence:
    """One sentence as the judge sees it. Filled once by the reader, then only read."""

    field: str  # title / text
    start: int  # in folded text
    end: int
    first: int  # first token
    last: int  # after the last token
    paragraph: int  # -1: the title
    index: int  # among the sentences of the body; -1: the title
    hits: list[Hit]
    codes: frozenset[str]  # of what the hits name
    cues: int  # bit mask of cue classes
    ignored: bool = False  # back-link, ticker: does not count


@dataclass(slots=True, eq=False)
class Scored:
    """One sentence's probability that it treats the interaction."""

    sentence: Sentence
    score: float
    features: dict[str, float]
    follows: bool = False  # names no partner itself, goes on about the one before
