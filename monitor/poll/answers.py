"""The way after a good answer: validators, redirects, guids, rhythm, the next time. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.models import Entry, Fetched, Listing, WayState
from monitor.poll import rhythm
from monitor.poll.asking import body_hash
from monitor.poll.timing import DEFAULT_POLICY, PollPolicy, asked_minutes, scheduled
from monitor.ports import SourceKind
from monitor.urls import url_key

_REDIRECTS_NEEDED, _REDIRECT_DAYS = 10, timedelta(days=7)
_PERMANENT = frozenset({301, 308})
_GUID_REPEATS = 0.05
_LATE_MARGIN = timedelta(minutes=10)
_EMPTY_STREAK = 3


def after_success(
    state: WayState,
    *,
    fetched: Fetched,
    listing: Listing | None,
    new_entries: int,
    known_shared: bool,
    now: datetime,
    jitter: float,
    kind: SourceKind | None = None,
    policy: PollPolicy = DEFAULT_POLICY,
) -> WayState:
    """The way after a good answer. `listing` is None for a 304 or an unchanged body;
    `known_shared`: the answer held at least one entry that was known before (what an adopted
    redirect must show)."""
    lied = _server_lied(state, fetched, listing, new_entries)
    adopted = _after_redirect(state, fetched, listing, known_shared, now)
    learnt = _learnt(state, listing, new_entries, now)
    moved = adopted.current_url != state.current_url
    etag, last_modified, hashed = _remembered(adopted, fetched, listing, moved=moved)
    state = replace(
        adopted,
        etag=etag,
        last_modified=last_modified,
        body_hash=hashed,
        parser_version=kind.parser_version if kind else state.parser_version,
        validators_trusted=state.validators_trusted and not lied,
        last_unconditional_at=state.last_unconditional_at if fetched.conditional else now,
        last_polled_at=now,
        last_ok_at=now,
        last_new_at=now if new_entries else state.last_new_at,
        newest_item_at=_newest(state, listing, now),
        ttl_minutes=asked_minutes(state, fetched, listing, now),
        empty_streak=_empty_streak(state, listing),
        guid_policy=guid_policy(state, listing),
        rhythm=learnt,
        rate_per_day=round(rhythm.items_per_hour(learnt) * 24, 2),
    )
    return scheduled(_recovered(state), now, jitter, policy)


def _recovered(state: WayState) -> WayState:
    """Nothing is held against a way that answers."""
    if state.state == "ok" and not state.failures and not state.gone_days:
        return state
    return replace(
        state,
        state="ok",
        failures=0,
        failure_score=0.0,
        last_error=None,
        last_error_reason=None,
        gone_days=(),
    )


def _remembered(
    state: WayState, fetched: Fetched, listing: Listing | None, *, moved: bool
) -> tuple[str | None, str | None, str | None]:
    """ETag, Last-Modified and hash of this answer. An index is never remembered: it may stay the
    same for ever while the lists that it leads to change; nor is a document that ends early, nor
    anything across a change of address."""
    if moved or (listing is not None and (listing.only_leads_on or not listing.complete)):
        return None, None, None
    return (
        fetched.etag or _kept(fetched, state.etag),
        fetched.last_modified or _kept(fetched, state.last_modified),
        state.body_hash if fetched.not_modified else body_hash(fetched.body),
    )


def _kept(fetched: Fetched, value: str | None) -> str | None:
    """A 304 may leave a validator out: the old one still holds. A 200 without one forgets it."""
    return value if fetched.not_modified else None


def _server_lied(
    state: WayState, fetched: Fetched, listing: Listing | None, new_entries: int
) -> bool:
    """An unconditional look shows new items that a conditional answer had denied.

    Proof is one of: the very same validators on another body; or a new item that is older than
    the last conditional answer by more than ten minutes.
    """
    asked_before = bool(state.etag or state.last_modified) and state.validators_trusted
    if fetched.conditional or not asked_before or listing is None or not new_entries:
        return False
    if state.etag is not None and fetched.etag == state.etag:
        return True
    if state.etag is None and fetched.last_modified == state.last_modified:
        return True
    if state.last_polled_at is None or state.newest_item_at is None:
        return False
    until = state.last_polled_at - _LATE_MARGIN
    dates = (entry.published_at for entry in listing.entries)
    return any(date is not None and state.newest_item_at < date < until for date in dates)


def _after_redirect(
    state: WayState, fetched: Fetched, listing: Listing | None, known_shared: bool, now: datetime
) -> WayState:
    """Count identical permanent redirects; adopt after ten over seven days, when the target
    parses and shares a known link (users of other readers got maintenance pages for feeds)."""
    hops = fetched.redirects
    if not hops and state.redirect_url is None:
        return state
    if not hops or any(hop.status not in _PERMANENT for hop in hops):
        return replace(state, redirect_url=None, redirect_count=0, redirect_since=None)
    if state.redirect_url != fetched.final_url or state.redirect_since is None:
        return replace(state, redirect_url=fetched.final_url, redirect_count=1, redirect_since=now)
    count, since = state.redirect_count + 1, state.redirect_since
    parsed = known_shared if listing is not None else not fetched.not_modified
    if count >= _REDIRECTS_NEEDED and now - since >= _REDIRECT_DAYS and parsed:
        return replace(
            state,
            current_url=fetched.final_url,
            redirect_url=None,
            redirect_count=0,
            redirect_since=None,
        )
    return replace(state, redirect_count=count)


def _empty_streak(state: WayState, listing: Listing | None) -> int:
    if listing is None:
        return state.empty_streak
    return 0 if listing.entries else state.empty_streak + 1


def is_suspiciously_empty(state: WayState) -> bool:
    """Three answers running without a single entry: worth a warning."""
    return state.empty_streak >= _EMPTY_STREAK


def guid_policy(state: WayState, listing: Listing | None) -> str:
    """Downgraded (guid, link, hash) when more than 5 % of the identifiers repeat. Asked before
    the entries are remembered: a guid that repeats must not hide the very first of them."""
    if listing is None:
        return state.guid_policy
    policy = state.guid_policy
    if policy == "guid" and _repeats(listing.entries, "guid"):
        policy = "link"
    if policy == "link" and _repeats(listing.entries, "link"):
        policy = "hash"
    return policy


def _repeats(entries: tuple[Entry, ...], what: str) -> bool:
    """Different entries under one identifier; a whole entry that is listed twice is harmless,
    also under two spellings of its address."""
    triples = {(entry.guid or "", url_key(entry.url), entry.title) for entry in entries}
    named = [(guid if what == "guid" else key) for guid, key, _ in triples]
    named = [name for name in named if name]
    return len(named) - len(set(named)) > _GUID_REPEATS * len(named)


def _newest(state: WayState, listing: Listing | None, now: datetime) -> datetime | None:
    dates = [entry.published_at for entry in listing.entries] if listing else []
    known = [min(date, now) for date in (*dates, state.newest_item_at) if date is not None]
    return max(known, default=None)


def _learnt(
    state: WayState, listing: Listing | None, new_entries: int, now: datetime
) -> tuple[float, ...]:
    """New items are the newest of the listing, as far as it is dated."""
    dates = [entry.published_at for entry in listing.entries] if listing else []
    known = sorted((date for date in dates if date is not None), reverse=True)
    since = state.last_ok_at if len(state.rhythm) == rhythm.LENGTH else None
    fresh = [max(date, since) for date in known[:new_entries]] if since else known
    return rhythm.learn(state.rhythm, since=since, now=now, items=new_entries, at=fresh)
