"""What a page became: the article, its turns and quotes, and what is learned about its host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of an interview."""

    kind: str  # question / answer
    speaker: str | None  # None: not named on the page
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Somebody's own words."""

    text: str
    speaker: str | None  # None: the text does not say
    role: str | None = None
    start: int = 0  # of the quoted words in Article.text
    end: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page turned into an article. `text`: paragraphs separated by a newline, the lead first,
    the title excluded; original spelling, NFC."""

    url: str
    title: str
    text: str
    canonical_url: str | None = None  # None: the page names none
    lead: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None  # None: neither page nor feed has a date
    published_raw: str = ""
    date_precision: str | None = None  # second / minute / hour / day / month
    date_source: str | None = None  # jsonld / meta / time / visible / url / feed
    modified_at: datetime | None = None
    language: str | None = None  # ru / kk / en / …; None: too short to say
    script: str | None = None  # cyrl / latn / arab
    origin: str | None = None  # who first published, as named in the text
    reposted_by: str | None = None
    is_interview: bool = False
    interviewee: str | None = None
    interviewee_role: str | None = None
    turns: tuple[Turn, ...] = ()
    quotes: tuple[Quote, ...] = ()
    is_opinion: bool = False
    is_truncated: bool = False
    alternates: Mapping[str, str] = field(default_factory=dict)  # hreflang -> url
    links: tuple[str, ...] = ()
    image: str | None = None
    method: str = ""  # which extractor won (fast, default, profile, feed, …)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """A line that an outlet repeats; boilerplate once three distinct articles held it."""

    host: str
    line_hash: str
    line: str
    articles: int
    first_seen_at: datetime
    last_seen_at: datetime
    seen: tuple[str, ...] = ()  # keys of the first articles: a re-read one counts once


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where one template of a host keeps its fields, learned and verified."""

    host: str
    template: str
    selectors: str  # JSON
    state: str  # learning / confirmed / dropped
    learned_at: datetime
    agreements: int = 0
    disagreements: int = 0
    score: float = 0.0
    uses: int = 0
    checked_at: datetime | None = None  # None: never re-verified


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryChanges:
    """What a site memory learned since it was last asked: rows to insert or replace."""

    lines: tuple[HostLine, ...] = ()
    profiles: tuple[Profile, ...] = ()
