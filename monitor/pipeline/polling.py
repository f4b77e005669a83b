"""poll: due way -> fetch -> parse -> entries, polls. One failing way never stops another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import poll
from monitor.errors import FetchError, ParseError
from monitor.logs import emit, warn
from monitor.models import Entry, Fetched, Listing, Request, Source, WayState
from monitor.pipeline.boundary import guarded, together
from monitor.pipeline.service import Service
from monitor.ports import SourceKind
from monitor.store.database import utc_text
from monitor.store.entries import Remembered, known_keys, remember_entries
from monitor.store.ways import (
    load_ways,
    mark_in_use,
    mark_silent,
    record_poll,
    save_way,
    ways_without_news,
)
from monitor.urls import url_key

MAX_PAGES = 5  # further pages of a listing in one poll; known links end it earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """What one poll of one way came to."""

    source_id: str
    way_id: int
    kind: str
    ok: bool
    items: int = 0
    new: int = 0
    reason: str = ""  # why it failed, or `unchanged`
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A connection failure, held back until the round shows whether the fault is ours."""

    state: WayState
    error: FetchError
    started: datetime


async def poll_round(service: Service, *, force: bool = False) -> list[PollOutcome]:
    """Ask every source that is due. `force` ignores intervals and back-off, not the manners."""
    ways = load_ways(service.db, service.sources)
    held: list[_Held] = []
    service.progress.begin("poll", len(service.sources))

    async def one(source: Source) -> list[PollOutcome] | None:  # nothing is begun before it runs
        job = _poll_source(service, source, ways[source.id], held, force=force)
        return await guarded(service, "poll", source.id, job)

    results = await together(one(source) for source in service.sources)
    outcomes = [outcome for result in results for outcome in result or ()]
    await _settle(service, held, fetches=len(outcomes))
    _note_silence(service)
    service.flush_journal()
    service.progress.end("poll")
    return outcomes


async def _poll_source(
    service: Service,
    source: Source,
    states: Sequence[WayState],
    held: list[_Held],
    *,
    force: bool,
) -> list[PollOutcome]:
    """Ways in order until one answers: the best living way is in use, a failing better one is
    asked again whenever its back-off ends."""
    outcomes: list[PollOutcome] = []
    in_use: int | None = None
    for state in states:
        now = service.clock.now()
        if service.stopping or in_use is not None:
            break
        if not (force or poll.is_due(state, now)):
            if state.state in ("ok", "new"):
                in_use = state.id
            continue
        outcome = await _poll_way(service, state, held)
        outcomes.append(outcome)
        in_use = state.id if outcome.ok else None
    if outcomes and in_use != next((state.id for state in states if state.in_use), None):
        await service.writer.write(lambda connection: mark_in_use(connection, source.id, in_use))
    service.progress.step("poll", source.name)
    return outcomes


async def _poll_way(service: Service, state: WayState, held: list[_Held]) -> PollOutcome:
    started = service.clock.now()
    kind = service.kinds[state.way.kind]
    try:
        request = poll.request_for(state, started, kind)
        fetched = await service.fetcher.fetch(request)
        if fetched.not_modified or poll.body_unchanged(state, fetched, kind):
            return await _store_unchanged(service, state, fetched, started)
        service.workers.prepare()  # there may be something new
        listing = kind.parse(fetched, state.way)
        entries = await _with_further_pages(service, state, kind, listing)
    except (FetchError, ParseError) as error:
        if isinstance(error, FetchError) and poll.is_connect_failure(error):
            held.append(_Held(state=state, error=error, started=started))
        else:
            await _store_failure(service, state, error, started)
        return _failed(state, error)
    listing = replace(listing, entries=entries)
    return await _store_listing(service, state, fetched, listing, started)


def _failed(state: WayState, error: FetchError | ParseError) -> PollOutcome:
    return PollOutcome(
        source_id=state.source_id,
        way_id=state.id,
        kind=state.way.kind,
        ok=False,
        reason=error.reason,
        detail=str(error),
    )


async def _with_further_pages(
    service: Service, state: WayState, kind: SourceKind, listing: Listing
) -> tuple[Entry, ...]:
    """Follow `next_url` until a page holds a known link, newest first, at most MAX_PAGES."""
    entries = list(listing.entries)
    page, asked = listing, {state.current_url}
    for _ in range(MAX_PAGES):
        if not page.next_url or page.next_url in asked or _any_known(service, page.entries):
            break
        asked.add(page.next_url)
        request = Request(url=page.next_url, purpose=kind.purpose, way_id=state.id)
        try:
            page = kind.parse(await service.fetcher.fetch(request), state.way)
        except (FetchError, ParseError) as error:
            warn("page_failed", way_id=state.id, url=request.url, reason=error.reason)
            break
        entries += page.entries
    return tuple(entries)


def _any_known(service: Service, entries: Iterable[Entry]) -> bool:
    return bool(known_keys(service.db, [url_key(entry.url) for entry in entries]))


def _note_silence(service: Service) -> None:
    """Raise or clear the alarm of every way that its source lives on: silent for far longer than
    its own rhythm explains."""
    now = service.clock.now()
    for state in ways_without_news(service.db, service.sources, now - poll.SILENT_LEAST):
        silent = state.in_use and poll.silent_for_too_long(state, now)
        if silent != (state.silent_since is not None):
            mark_silent(service.db, state.id, now if silent else None)
            warn("silence" if silent else "silence_over", source_id=state.source_id)


# ---------------------------------------------------------------- writing down what happened


async def _store_listing(
    service: Service, state: WayState, fetched: Fetched, listing: Listing, started: datetime
) -> PollOutcome:
    """Entries, the way's validators and the poll in one transaction: never one without the
    others."""

    def job(connection: sqlite3.Connection) -> Remembered:
        now = service.clock.now()
        seen = remember_entries(
            connection,
            listing.entries,
            source_id=state.source_id,
            way_id=state.id,
            guid_policy=poll.guid_policy(state, listing),
            now=now,
        )
        after = _after_success(service, state, fetched, listing, seen)
        save_way(connection, after)
        row = _poll_row(state, started, now, after)
        row |= {"outcome": "ok", "http_status": fetched.status, "bytes": len(fetched.body)}
        row |= {"items": len(listing.entries), "new_items": seen.new}
        record_poll(connection, row | {"detail": "; ".join(listing.problems)[:500]})
        return seen

    seen = await service.writer.write(job)
    emit("poll", source_id=state.source_id, way_id=state.id, new_items=seen.new)
    return PollOutcome(
        source_id=state.source_id,
        way_id=state.id,
        kind=state.way.kind,
        ok=True,
        items=len(listing.entries),
        new=seen.new,
    )


def _after_success(
    service: Service,
    state: WayState,
    fetched: Fetched,
    listing: Listing | None,
    seen: Remembered,
) -> WayState:
    return poll.after_success(
        state,
        fetched=fetched,
        listing=listing,
        new_entries=seen.new,
        known_shared=seen.known > 0,
        now=service.clock.now(),
        jitter=service.chance.uniform(-1, 1),
        kind=service.kinds[state.way.kind],
        policy=poll.PollPolicy(
            floor_minutes=service.settings.poll_floor_minutes,
            cap_minutes=service.settings.poll_cap_minutes,
        ),
    )


async def _store_unchanged(
    service: Service, state: WayState, fetched: Fetched, started: datetime
) -> PollOutcome:
    now = service.clock.now()
    after = _after_success(service, state, fetched, None, Remembered(new=0, known=1))
    row = _poll_row(state, started, now, after)
    row |= {"outcome": "unchanged", "http_status": fetched.status, "bytes": len(fetched.body)}
    await service.writer.write(lambda connection: _save(connection, after, row))
    return PollOutcome(
        source_id=state.source_id,
        way_id=state.id,
        kind=state.way.kind,
        ok=True,
        reason="unchanged",
    )


async def _store_failure(
    service: Service, state: WayState, error: FetchError | ParseError, started: datetime
) -> None:
    now = service.clock.now()
    after = poll.after_failure(state, error, now=now, jitter=service.chance.uniform(-1, 1))
    await _write_failure(service, state, after, error, started)


async def _write_failure(
    service: Service,
    state: WayState,
    after: WayState,
    error: FetchError | ParseError,
    started: datetime,
) -> None:
    now = service.clock.now()
    row = _poll_row(state, started, now, after)
    row |= {"outcome": "failed", "http_status": getattr(error, "status", None)}
    row |= {"reason": error.reason, "detail": str(error)[:500]}
    await service.writer.write(lambda connection: _save(connection, after, row))
    warn("poll_failed", source_id=state.source_id, way_id=state.id, reason=error.reason)


def _save(connection: sqlite3.Connection, after: WayState, row: dict[str, object]) -> None:
    save_way(connection, after)
    record_poll(connection, row)


def _poll_row(
    state: WayState, started: datetime, now: datetime, after: WayState
) -> dict[str, object]:
    return {
        "way_id": state.id,
        "source_id": state.source_id,
        "started_at": utc_text(started),
        "duration_ms": int((now - started).total_seconds() * 1000),
        "conditional": int(bool(state.etag or state.last_modified)),
        "next_poll_at": utc_text(after.next_poll_at) if after.next_poll_at else None,
    }


async def _settle(service: Service, held: Sequence[_Held], *, fetches: int) -> None:
    """Count the connection failures, unless so many failed that the outage is our own."""
    if poll.our_own_outage(len(held), fetches):
        warn("own_outage", failed=len(held), fetches=fetches)
        for item in held:
            retry = poll.after_outage(
                item.state, now=service.clock.now(), jitter=service.chance.uniform(-1, 1)
            )
            await _write_failure(service, item.state, retry, item.error, item.started)
        return
    for item in held:
        await _store_failure(service, item.state, item.error, item.started)
