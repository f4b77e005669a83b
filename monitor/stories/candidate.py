"""An article as stories see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.stories.features import Features, find_features
from monitor.stories.sketch import Sketch, make_sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article as stories see it. `at`: when it was first seen (aware)."""

    id: int
    at: datetime
    sketch: Sketch
    features: Features
    source: str = ""  # the outlet; "": unknown, taken for another one


def candidate(
    *,
    id: int,
    at: datetime,
    title: str,
    text: str,
    language: str | None,
    source: str = "",
) -> Candidate:
    """Sketch and features of an article."""
    return Candidate(
        id=id,
        at=at,
        sketch=make_sketch(text),
        features=find_features(title, text, language),
        source=source,
    )
