"""recall: once a day a second way of each source is held against the one in use.

What only the second way knew is an article that was nearly missed: it becomes an entry and is
collected, and the share of what was known is the source's estimated recall, shown in `sources`.
A listing often has no dates: what is stored dates its known links, and an unknown link between
two of them, newest first, is of their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor import poll
from monitor.errors import FetchError, ParseError
from monitor.logs import emit
from monitor.models import Entry, Request, Source, WayState
from monitor.pipeline.boundary import guarded, together
from monitor.pipeline.service import Service
from monitor.store.database import utc_text, write
from monitor.store.entries import entry_times, known_keys, remember_entries
from monitor.store.ways import load_ways, recall_checks, record_poll, save_recall
from monitor.urls import url_key

EVERY = timedelta(hours=24)
# Old enough that the way in use had its chance, young enough that it should still remember.
WINDOW = (timedelta(hours=3), timedelta(hours=36))

MEMBERS = 3  # of an index: what was published lately may stand in more than one


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOutcome:
    """One comparison."""

    source_id: str
    compared: int
    missed: int


async def recall_round(service: Service) -> list[RecallOutcome]:
    """Compare the ways of every source whose last comparison is a day old."""
    now = service.clock.now()
    checked = recall_checks(service.db)
    ways = load_ways(service.db, service.sources)
    due = [
        (source, pair)
        for source in service.sources
        if (pair := _pair(ways[source.id], now))
        and (source.id not in checked or now - checked[source.id] >= EVERY)
    ]
    results = await together(
        guarded(service, "recall", s.id, _compare(service, s, pair)) for s, pair in due
    )
    service.flush_journal()
    return [result for result in results if result is not None]


def _pair(states: Sequence[WayState], now: datetime) -> tuple[WayState, WayState] | None:
    """The way in use and another one worth asking, once the first has watched for a day."""
    used = next((state for state in states if state.in_use), None)
    if used is None or used.last_ok_at is None:
        return None
    others = [s for s in states if s.id != used.id and s.state != "gone"]
    return (used, others[0]) if others else None


async def _compare(
    service: Service, source: Source, pair: tuple[WayState, WayState]
) -> RecallOutcome | None:
    used, other = pair
    started = service.clock.now()
    try:
        shown = await _shown(service, other, started)
    except (FetchError, ParseError) as error:
        _record(service, source, other, started, reason=error.reason)
        return None
    watched_since = _watched_since(service, used)
    keys = [url_key(entry.url) for entry in shown]
    known = known_keys(service.db, keys)
    times = entry_times(service.db, keys, seen_after=watched_since)
    entries = _countable(shown, known, times, _window(watched_since, started))
    missed = [entry for entry in entries if url_key(entry.url) not in known]
    _record(service, source, other, started, entries=entries, missed=missed)
    emit("recall", source_id=source.id, compared=len(entries), missed=len(missed))
    return RecallOutcome(source_id=source.id, compared=len(entries), missed=len(missed))


async def _shown(service: Service, other: WayState, now: datetime) -> list[Entry]:
    """What the other way shows; a sitemap index is followed to its newest members."""
    kind = service.kinds[other.way.kind]
    fetched = await service.fetcher.fetch(poll.request_for(_forgetful(other), now, kind))
    listing = kind.parse(fetched, other.way)
    entries, index = list(listing.entries), listing.only_leads_on
    for _ in range(MEMBERS):
        if not index or listing.next_url is None:
            break
        request = Request(url=listing.next_url, purpose=kind.purpose, way_id=other.id)
        listing = kind.parse(await service.fetcher.fetch(request), other.way)
        entries += listing.entries
    return entries


def _forgetful(state: WayState) -> WayState:
    """The same way without validators: a 304 would show nothing to compare."""
    return replace(state, etag=None, last_modified=None)


def _watched_since(service: Service, used: WayState) -> datetime | None:
    """Since when the way in use has been watched; None: too short to compare."""
    row = service.db.conn.execute(
        "SELECT min(started_at) FROM polls WHERE way_id = ? AND outcome != 'failed'", (used.id,)
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row and row[0] else None


def _window(watched_since: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """From and to: only what was published while the way in use was being watched."""
    latest = now - WINDOW[0]
    return max(now - WINDOW[1], watched_since or latest), latest


def _countable(
    shown: Sequence[Entry],
    known: Set[str],
    times: Mapping[str, datetime],
    window: tuple[datetime, datetime],
) -> list[Entry]:
    """What is of the window by its own date, by the date that is stored, or by its neighbours."""
    inside = [_is_inside(entry, known, times, window) for entry in shown]
    return [
        entry
        for index, entry in enumerate(shown)
        if (_is_between(inside, index) if inside[index] is None else inside[index])
    ]


def _is_inside(
    entry: Entry, known: Set[str], times: Mapping[str, datetime], window: tuple[datetime, datetime]
) -> bool | None:
    """None: neither the entry nor the store can say."""
    key = url_key(entry.url)
    at = entry.published_at or times.get(key)
    if at is None:
        return False if key in known else None
    return window[0] <= at <= window[1] and window[0] < window[1]


def _is_between(inside: Sequence[bool | None], index: int) -> bool:
    """The nearest entries on both sides that can be dated are of the window. One pinned on top or
    standing at the end is not: it may be of any age."""
    before = next((known for known in reversed(inside[:index]) if known is not None), False)
    after = next((known for known in inside[index + 1 :] if known is not None), False)
    return before and after


def _record(
    service: Service,
    source: Source,
    other: WayState,
    started: datetime,
    *,
    entries: Sequence[Entry] = (),
    missed: Sequence[Entry] = (),
    reason: str = "",
) -> None:
    now = service.clock.now()
    with write(service.db) as connection:
        if entries:
            remember_entries(
                connection,
                missed,
                source_id=source.id,
                way_id=other.id,
                guid_policy="link",
                now=now,
            )
            share = 1 - len(missed) / len(entries)
            detail = f"{other.way.kind} knew {len(entries)}, {len(missed)} of them were missed"
            save_recall(connection, source.id, share, detail, now)
        record_poll(
            connection,
            {
                "way_id": other.id,
                "source_id": source.id,
                "started_at": utc_text(started),
                "outcome": "failed" if reason else "recall",
                "reason": reason or None,
                "items": len(entries),
                "new_items": len(missed),
            },
        )
        if not entries:
            # Nothing to compare (or no answer): the same question tomorrow, the old figure stays.
            connection.execute(
                "UPDATE sources SET recall_checked_at = ? WHERE id = ?",
                (utc_text(now), source.id),
            )
        service.journal.flush(connection)
