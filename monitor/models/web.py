"""What goes to the web and comes back: requests, answers, entries; state kept between polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.models.source import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop."""

    status: int
    url: str  # where it pointed


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask the web for. `purpose` selects size cap, Accept and robots behaviour."""

    url: str
    purpose: str = "page"  # feed / page / listing / sitemap / robots
    etag: str | None = None
    last_modified: str | None = None
    obey_robots: bool = True
    way_id: int | None = None  # these three only explain the request in the attempts table
    entry_id: int | None = None
    article_id: int | None = None
    interval_minutes: float | None = None  # the way's own; host back-off is measured by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer: 200 with a whole body, or 304 with `not_modified`."""

    url: str  # as asked
    final_url: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names lower-case
    body: bytes
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    redirects: tuple[Redirect, ...] = ()
    conditional: bool = False  # validators were sent: a 304 was possible

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item that a way shows: a promise of an article."""

    url: str  # absolute; for a post without a link, the address of the post itself
    guid: str | None = None  # as the way gives it, None: the way has none
    title: str = ""
    summary: str = ""  # plain text
    text: str = ""  # the way's own full text as sanitised HTML or plain, "" if it gives none
    published_at: datetime | None = None  # None: no date or not parseable
    published_raw: str = ""
    date_source: str = ""  # pubDate, updated, lastmod, …
    authors: tuple[str, ...] = ()
    language: str | None = None
    is_post: bool = False  # True: there is no page behind it, the text is all (Telegram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one answer of a way held."""

    entries: tuple[Entry, ...]
    next_url: str | None = None  # a further page worth asking, None: no more
    ttl_minutes: float | None = None  # what the publisher asks for (ttl, sy:update*), None: silent
    title: str = ""
    problems: tuple[str, ...] = ()  # what was repaired or dropped, for the polls table
    only_leads_on: bool = False  # an index: its own bytes say nothing about news
    complete: bool = True  # False: the document ends early, so more may come under the same ETag


@dataclass(frozen=True, slots=True, kw_only=True)
class WayState:
    """What is remembered about one way (table `ways`)."""

    id: int
    source_id: str
    way: Way
    current_url: str  # the configured address, or an adopted permanent redirect
    state: str = "new"  # new / ok / failing / blocked / gone
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    parser_version: str | None = None
    validators_trusted: bool = True
    last_unconditional_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    newest_item_at: datetime | None = None
    next_poll_at: datetime | None = None  # None: never asked, due at once
    interval_minutes: float | None = None  # what the policy chose last
    ttl_minutes: float | None = None
    failures: int = 0
    failure_score: float = 0.0
    last_error: str | None = None
    last_error_reason: str | None = None
    empty_streak: int = 0
    gone_days: tuple[str, ...] = ()
    redirect_url: str | None = None
    redirect_count: int = 0
    redirect_since: datetime | None = None
    guid_policy: str = "guid"  # guid / link / hash
    rhythm: tuple[float, ...] = ()  # learned by monitor/poll (layout there), empty: unknown
    rate_per_day: float | None = None
    in_use: bool = False  # the way its source lives on now
    silent_since: datetime | None = None  # alarm: silent longer than its rhythm explains


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is remembered about one registrable host (table `hosts`)."""

    host: str
    not_before: datetime | None = None
    crawl_delay_seconds: float | None = None
    robots: str | None = None  # None: never fetched
    robots_status: int | None = None
    robots_fetched_at: datetime | None = None
    blocked_streak: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request that left this machine (table `attempts`)."""

    at: datetime
    url: str
    host: str
    purpose: str
    way_id: int | None = None
    entry_id: int | None = None
    article_id: int | None = None
    http_status: int | None = None
    reason: str | None = None
    bytes: int = 0
    duration_ms: int = 0
