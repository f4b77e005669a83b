"""When a way is next worth asking, and what an answer or a failure changes. Pure policy.

Takes a WayState and returns the next one; opens nothing, stores nothing, reads no clock: `now`
and `jitter` (-1..1) come in. Numbers are those of the rules for the web unless said otherwise.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor import rhythm
from monitor.errors import Blocked, FetchError, Gone, ParseError, RateLimited
from monitor.models import Entry, Fetched, Listing, Request, WayState
from monitor.ports import SourceKind

START_MINUTES = 30.0
FLOOR_MINUTES = 5.0
UNCONDITIONAL_FLOOR_MINUTES = 15.0  # for servers that know no validators: each look costs a body
NEWS_CAP_MINUTES = 60.0
QUIET_CAP_MINUTES = 360.0
QUIET_RATE_PER_DAY = 1.0  # "news ways that publish daily" publish at least so much
FAILURE_CAP_MINUTES = 24 * 60.0
HOPELESS_SCORE = 30.0
HOPELESS_MINUTES = 7 * 24 * 60.0
GONE_MINUTES = 30 * 24 * 60.0
OUTAGE_MINUTES = 5.0
JITTER = 0.1
# Weight of a poll against an hour of an item's delay in the square-root rule; chosen in
# bench/poll_policy.py so that the cost equals a fixed interval of 30 minutes.
POLL_COST = 0.14

_DAY = timedelta(hours=24)
_REDIRECTS_NEEDED, _REDIRECT_DAYS = 10, timedelta(days=7)
_PERMANENT = frozenset({301, 308})
_GUID_REPEATS = 0.05
_LATE_MARGIN = timedelta(minutes=10)
_EMPTY_STREAK = 3
# Silence: this many items were due by the rhythm (a chance of e^-20 if they came independently;
# holidays and clumps eat most of that), and at least this long.
_SILENT_ITEMS, _SILENT_LEAST = 20.0, timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """The operator's limits; a way's own interval in feeds.yaml stands above them."""

    floor_minutes: float = FLOOR_MINUTES
    cap_minutes: float = NEWS_CAP_MINUTES


_POLICY = PollPolicy()


# ---------------------------------------------------------------- asking


def is_due(state: WayState, now: datetime) -> bool:
    """True when the way's time has come (never asked: at once)."""
    return state.next_poll_at is None or state.next_poll_at <= now


def request_for(state: WayState, now: datetime, kind: SourceKind | None = None) -> Request:
    """What to send: validators go along unless today's unconditional look is due, they are not
    trusted, or the parser has changed since they were stored."""
    purpose = kind.purpose if kind else "feed"
    changed = kind is not None and state.parser_version not in (None, kind.parser_version)
    blind = changed or not state.validators_trusted or unconditional_due(state, now)
    return Request(
        url=_address(state, kind),
        purpose=purpose,
        etag=None if blind else state.etag,
        last_modified=None if blind else state.last_modified,
        obey_robots=purpose != "feed",
        way_id=state.id,
        interval_minutes=state.interval_minutes,
    )


def _address(state: WayState, kind: SourceKind | None) -> str:
    if kind is None or state.current_url != state.way.url:
        return state.current_url
    return kind.first_url(state.way)


def unconditional_due(state: WayState, now: datetime) -> bool:
    """Once in 24 h a way is asked without validators, to catch servers that answer 304 wrongly."""
    last = state.last_unconditional_at
    return last is None or now - last >= _DAY


def body_hash(body: bytes) -> str:
    """What `body_unchanged` compares."""
    return hashlib.sha256(body).hexdigest()


def body_unchanged(state: WayState, fetched: Fetched, kind: SourceKind | None = None) -> bool:
    """True when the answer need not be parsed: 304, or the very bytes of the last one."""
    if fetched.not_modified:
        return True
    if kind is not None and state.parser_version != kind.parser_version:
        return False
    return state.body_hash is not None and state.body_hash == body_hash(fetched.body)


# ---------------------------------------------------------------- after an answer


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
    policy: PollPolicy = _POLICY,
) -> WayState:
    """The way after a good answer.

    `listing` is None for a 304 or an unchanged body; `known_shared`: the answer held at least
    one entry that was known before (what an adopted redirect must show).
    """
    lied = _server_lied(state, fetched, listing, new_entries)
    adopted = _after_redirect(state, fetched, listing, known_shared, now)
    learnt = _learnt(state, listing, new_entries, now)
    state = replace(
        _remember_answer(adopted, fetched, listing, moved=adopted.current_url != state.current_url),
        parser_version=kind.parser_version if kind else state.parser_version,
        validators_trusted=state.validators_trusted and not lied,
        last_unconditional_at=state.last_unconditional_at if fetched.conditional else now,
        last_polled_at=now,
        last_ok_at=now,
        last_new_at=now if new_entries else state.last_new_at,
        newest_item_at=_newest(state, listing, now),
        ttl_minutes=_asked_minutes(state, fetched, listing, now),
        state="ok",
        failures=0,
        failure_score=0.0,
        last_error=None,
        last_error_reason=None,
        gone_days=(),
        empty_streak=_empty_streak(state, listing),
        guid_policy=_guid_policy(state, listing),
        rhythm=learnt,
        rate_per_day=round(rhythm.items_per_hour(learnt) * 24, 2),
    )
    return _scheduled(state, now, jitter, policy)


def _remember_answer(
    state: WayState, fetched: Fetched, listing: Listing | None, *, moved: bool
) -> WayState:
    """Validators and hash of this answer. An index is never remembered: it may stay the same
    for ever while the lists that it leads to change; nor is anything across a change of address."""
    if moved or (listing is not None and listing.only_leads_on):
        return replace(state, etag=None, last_modified=None, body_hash=None)
    return replace(
        state,
        etag=fetched.etag or _kept(fetched, state.etag),
        last_modified=fetched.last_modified or _kept(fetched, state.last_modified),
        body_hash=state.body_hash if fetched.not_modified else body_hash(fetched.body),
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


def _guid_policy(state: WayState, listing: Listing | None) -> str:
    """Downgraded (guid, link, hash) when more than 5 % of the identifiers repeat."""
    if listing is None:
        return state.guid_policy
    policy = state.guid_policy
    if policy == "guid" and _repeats(listing.entries, "guid"):
        policy = "link"
    if policy == "link" and _repeats(listing.entries, "link"):
        policy = "hash"
    return policy


def _repeats(entries: tuple[Entry, ...], what: str) -> bool:
    """Different entries under one identifier; a whole entry that is listed twice is harmless."""
    pairs = {(_identifier(entry, what), entry.url, entry.title) for entry in entries}
    named = [pair[0] for pair in pairs if pair[0]]
    return len(named) - len(set(named)) > _GUID_REPEATS * len(named)


def _identifier(entry: Entry, what: str) -> str:
    return (entry.guid or "") if what == "guid" else entry.url


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


# ---------------------------------------------------------------- the next time


def _scheduled(state: WayState, now: datetime, jitter: float, policy: PollPolicy) -> WayState:
    minutes = state.way.interval_minutes or _chosen_minutes(state, now, policy)
    return _next_in(replace(state, interval_minutes=round(minutes, 2)), minutes, now, jitter)


def _chosen_minutes(state: WayState, now: datetime, policy: PollPolicy) -> float:
    """The rhythm's wish within floor and cap, never sooner than the publisher asks."""
    cap = _cap_minutes(state, policy)
    floor = policy.floor_minutes
    if not _asks_cheaply(state):
        floor = max(floor, min(UNCONDITIONAL_FLOOR_MINUTES, cap))
    floor = max(floor, min(state.ttl_minutes or 0.0, cap))
    wish = rhythm.minutes_until_worth_asking(state.rhythm, now, cost=POLL_COST, longest_minutes=cap)
    return min(max(wish, floor), cap)


def _cap_minutes(state: WayState, policy: PollPolicy) -> float:
    rate = state.rate_per_day
    quiet = rate is not None and rate < QUIET_RATE_PER_DAY
    return max(QUIET_CAP_MINUTES, policy.cap_minutes) if quiet else policy.cap_minutes


def _asks_cheaply(state: WayState) -> bool:
    return state.validators_trusted and bool(state.etag or state.last_modified)


def _next_in(state: WayState, minutes: float, now: datetime, jitter: float) -> WayState:
    spread = minutes * (1 + JITTER * jitter)
    return replace(state, next_poll_at=now + timedelta(minutes=spread))


def _asked_minutes(
    state: WayState, fetched: Fetched, listing: Listing | None, now: datetime
) -> float | None:
    """The longest of `ttl` / `sy:update*`, `max-age` and `Expires`; None: nothing is asked."""
    ttl = listing.ttl_minutes if listing else state.ttl_minutes
    wishes = [ttl, _max_age_minutes(fetched.headers.get("cache-control", ""))]
    if wishes[1] is None:
        wishes.append(_expires_minutes(fetched.headers.get("expires", ""), now))
    asked = [wish for wish in wishes if wish is not None and wish > 0]
    return max(asked, default=None)


def _max_age_minutes(cache_control: str) -> float | None:
    for directive in cache_control.lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name in ("no-cache", "no-store"):
            return 0.0
        if name == "max-age" and value.strip('"').isdigit():
            return int(value.strip('"')) / 60
    return None


def _expires_minutes(expires: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(expires)
        return (moment - now).total_seconds() / 60
    except (ValueError, TypeError):  # "0", "-1", a date without a zone
        return None


# ---------------------------------------------------------------- after a failure


def after_failure(
    state: WayState, error: FetchError | ParseError, *, now: datetime, jitter: float
) -> WayState:
    """The way after no usable answer. It is never given up: only 410 on two days stops it, and
    even then it is asked every 30 days."""
    if isinstance(error, FetchError) and error.reason == "host_waits":
        return _next_in_seconds(state, error.retry_after, now)  # nothing was asked
    state = replace(
        state,
        last_polled_at=now,
        last_error=str(error)[:500],
        last_error_reason=error.reason,
        failures=state.failures + 1,
        failure_score=state.failure_score + _hardness(error),
        state="blocked" if isinstance(error, Blocked) else "failing",
    )
    if isinstance(error, ParseError):
        state = replace(state, etag=None, last_modified=None, body_hash=None)
    if isinstance(error, Gone):
        return _after_gone(state, now, jitter)
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return _next_in_seconds(state, max(error.retry_after, FLOOR_MINUTES * 60), now)
    return _next_in(state, _failure_minutes(state, error), now, jitter)


def after_outage(state: WayState, *, now: datetime, jitter: float) -> WayState:
    """When the fault is ours nothing is counted; asked again in five minutes."""
    return _next_in(state, OUTAGE_MINUTES, now, jitter)


def _hardness(error: FetchError | ParseError) -> float:
    return error.hardness if isinstance(error, FetchError) else 1.0


def _failure_minutes(state: WayState, error: FetchError | ParseError) -> float:
    if state.failure_score >= HOPELESS_SCORE:
        return HOPELESS_MINUTES
    base = state.interval_minutes or START_MINUTES
    if isinstance(error, Blocked):
        return min(base * 2.0 ** min(state.failures, 10), FAILURE_CAP_MINUTES)
    return min(base * (1 + state.failure_score), FAILURE_CAP_MINUTES)


def _next_in_seconds(state: WayState, seconds: float | None, now: datetime) -> WayState:
    return replace(state, next_poll_at=now + timedelta(seconds=seconds or 60.0))


def _after_gone(state: WayState, now: datetime, jitter: float) -> WayState:
    today = now.date().isoformat()
    days = tuple(dict.fromkeys((*state.gone_days, today)))[-5:]
    state = replace(state, gone_days=days)
    if len(days) < 2:
        return _next_in(state, FAILURE_CAP_MINUTES, now, jitter)
    return _next_in(replace(state, state="gone"), GONE_MINUTES, now, jitter)


def our_own_outage(connect_failures: int, fetches: int) -> bool:
    """At least 80 % of at least five fetches of one tick could not connect: the fault is here."""
    return fetches >= 5 and connect_failures >= 0.8 * fetches


def is_connect_failure(error: FetchError) -> bool:
    """No connection came about: what `our_own_outage` counts."""
    return error.reason in ("connect", "dns")


# ---------------------------------------------------------------- silence


def silent_for_too_long(state: WayState, now: datetime) -> bool:
    """True when the way's own rhythm does not explain its silence (alarm, not a verdict)."""
    since = state.last_new_at or state.newest_item_at
    if since is None or now - since < _SILENT_LEAST:
        return False
    return rhythm.expected_items(state.rhythm, since=since, now=now) >= _SILENT_ITEMS
