"""The next time a way is asked: the rhythm's wish between floor and cap, jittered. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitor.models import Fetched, Listing, WayState
from monitor.poll import rhythm

START_MINUTES = 30.0
FLOOR_MINUTES = 5.0
UNCONDITIONAL_FLOOR_MINUTES = 15.0  # for servers that know no validators: each look costs a body
NEWS_CAP_MINUTES = 60.0
QUIET_CAP_MINUTES = 360.0
QUIET_RATE_PER_DAY = 1.0  # "news ways that publish daily" publish at least so much
JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """The operator's limits; a way's own interval in feeds.yaml stands above them.

    `poll_cost` weighs a poll against an hour of an item's delay in the square-root rule; the
    default costs as much as a fixed interval of 30 minutes (bench/poll_policy.py).
    """

    floor_minutes: float = FLOOR_MINUTES
    cap_minutes: float = NEWS_CAP_MINUTES
    poll_cost: float = 0.14


DEFAULT_POLICY = PollPolicy()


def scheduled(state: WayState, now: datetime, jitter: float, policy: PollPolicy) -> WayState:
    """The way with its interval and its next time."""
    minutes = state.way.interval_minutes or _chosen_minutes(state, now, policy)
    moment = _jittered(minutes, now, jitter)
    return replace(state, interval_minutes=round(minutes, 2), next_poll_at=moment)


def _chosen_minutes(state: WayState, now: datetime, policy: PollPolicy) -> float:
    """The rhythm's wish within floor and cap, never sooner than the publisher asks."""
    cap = _cap_minutes(state, policy)
    floor = policy.floor_minutes
    if not _asks_cheaply(state):
        floor = max(floor, min(UNCONDITIONAL_FLOOR_MINUTES, cap))
    floor = max(floor, min(state.ttl_minutes or 0.0, cap))
    wish = rhythm.minutes_until_worth_asking(
        state.rhythm, now, cost=policy.poll_cost, longest_minutes=cap
    )
    return min(max(wish, floor), cap)


def _cap_minutes(state: WayState, policy: PollPolicy) -> float:
    rate = state.rate_per_day
    quiet = rate is not None and rate < QUIET_RATE_PER_DAY
    return max(QUIET_CAP_MINUTES, policy.cap_minutes) if quiet else policy.cap_minutes


def _asks_cheaply(state: WayState) -> bool:
    return state.validators_trusted and bool(state.etag or state.last_modified)


def next_in(state: WayState, minutes: float, now: datetime, jitter: float) -> WayState:
    """The way asked again in so many minutes, give or take a tenth."""
    return replace(state, next_poll_at=_jittered(minutes, now, jitter))


def _jittered(minutes: float, now: datetime, jitter: float) -> datetime:
    return now + timedelta(minutes=minutes * (1 + JITTER * jitter))


def next_in_seconds(state: WayState, seconds: float | None, now: datetime) -> WayState:
    return replace(state, next_poll_at=now + timedelta(seconds=seconds or 60.0))


def asked_minutes(
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
