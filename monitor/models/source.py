"""Whom we ask: an outlet and the ways into it, as feeds.yaml describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way into an outlet: a feed, a sitemap, a listing, a JSON list, a Telegram channel."""

    kind: str
    url: str
    interval_minutes: float | None = None  # None: the learned rhythm decides
    options: Mapping[str, object] = field(default_factory=dict)  # kind-specific, validated
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An outlet and its ordered ways in (the best first)."""

    id: str
    name: str
    ways: tuple[Way, ...]
    homepage: str | None = None
    languages: tuple[str, ...] = ()
    country: str | None = None  # ISO 3166 alpha-2, None: unknown
    owner: str | None = None  # state / private / foreign / official, None: unknown
    home: bool = False  # an outlet of Kazakhstan: "our country" means Kazakhstan
    enabled: bool = True
    note: str = ""
    extract: Mapping[str, str] = field(default_factory=dict)  # hand-written selectors by field
