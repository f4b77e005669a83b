"""The way after no usable answer: counted by hardness, never given up. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.errors import Blocked, FetchError, Gone, ParseError, RateLimited
from monitor.models import WayState
from monitor.poll.timing import FLOOR_MINUTES, START_MINUTES, next_in, next_in_seconds

FAILURE_CAP_MINUTES = 24 * 60.0
HOPELESS_SCORE = 30.0
HOPELESS_MINUTES = 7 * 24 * 60.0
GONE_MINUTES = 30 * 24 * 60.0
OUTAGE_MINUTES = 5.0


def after_failure(
    state: WayState, error: FetchError | ParseError, *, now: datetime, jitter: float
) -> WayState:
    """The way after no usable answer. It is never given up: only 410 on two days stops it, and
    even then it is asked every 30 days."""
    if isinstance(error, FetchError) and error.reason == "host_waits":
        return next_in_seconds(state, error.retry_after, now)  # nothing was asked
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
        return next_in_seconds(state, max(error.retry_after, FLOOR_MINUTES * 60), now)
    return next_in(state, _failure_minutes(state, error), now, jitter)


def after_outage(state: WayState, *, now: datetime, jitter: float) -> WayState:
    """When the fault is ours nothing is counted; asked again in five minutes."""
    return next_in(state, OUTAGE_MINUTES, now, jitter)


def _hardness(error: FetchError | ParseError) -> float:
    return error.hardness if isinstance(error, FetchError) else 1.0


def _failure_minutes(state: WayState, error: FetchError | ParseError) -> float:
    if state.failure_score >= HOPELESS_SCORE:
        return HOPELESS_MINUTES
    base = state.interval_minutes or START_MINUTES
    if isinstance(error, Blocked):
        return min(base * 2.0 ** min(state.failures, 10), FAILURE_CAP_MINUTES)
    return min(base * (1 + state.failure_score), FAILURE_CAP_MINUTES)


def _after_gone(state: WayState, now: datetime, jitter: float) -> WayState:
    today = now.date().isoformat()
    days = tuple(dict.fromkeys((*state.gone_days, today)))[-5:]
    state = replace(state, gone_days=days)
    if len(days) < 2:
        return next_in(state, FAILURE_CAP_MINUTES, now, jitter)
    return next_in(replace(state, state="gone"), GONE_MINUTES, now, jitter)


def our_own_outage(connect_failures: int, fetches: int) -> bool:
    """At least 80 % of at least five fetches of one tick could not connect: the fault is here."""
    return fetches >= 5 and connect_failures >= 0.8 * fetches


def is_connect_failure(error: FetchError) -> bool:
    """No connection came about: what `our_own_outage` counts."""
    return error.reason in ("connect", "dns")
