"""What is remembered per host: back-off after refusals, and robots.txt.

Back-off belongs to the registrable host, robots.txt to one authority (host and port), so a site
with several host names has one row for its back-off and one for each robots.txt. Asks nobody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.errors import RateLimited
from monitor.fetch import robots
from monitor.fetch.answers import MAX_RETRY_AFTER_SECONDS, retry_after
from monitor.models import HostState

DEFAULT_INTERVAL_MINUTES = 30.0
MAX_EXTRA_SECONDS = 3600.0  # the random part, so that waiting ways do not return together
BLOCKED_STREAK = 3  # this many 403 in a row from one host are treated like a 429


class Hosts:
    """The memory of hosts, filled from the database and reported back to it."""

    def __init__(
        self,
        known: Iterable[HostState],
        on_change: Callable[[HostState], None],
        rng: random.Random,
    ) -> None:
        self._states = {state.host: state for state in known}
        self._on_change = on_change
        self._rng = rng
        self._robots_locks: dict[str, asyncio.Lock] = {}

    def all(self) -> list[HostState]:
        return list(self._states.values())

    def get(self, host: str) -> HostState:
        return self._states.get(host) or HostState(host=host)

    def robots_lock(self, authority: str) -> asyncio.Lock:
        """Two pages of one host ask for its robots.txt once."""
        return self._robots_locks.setdefault(authority, asyncio.Lock())

    # ------------------------------------------------------------------ back-off

    def seconds_left(self, site: str, now: datetime) -> float:
        """How long the host still wants to be left alone."""
        not_before = self.get(site).not_before
        return max(0.0, (not_before - now).total_seconds()) if not_before else 0.0

    def refuse_while_waiting(self, site: str, now: datetime) -> None:
        """Raises RateLimited (reason `host_waits`) without asking while a back-off lasts."""
        left = self.seconds_left(site, now)
        if left > 0:
            raise RateLimited(
                f"{site} asked to be left alone", reason="host_waits", retry_after=left, hardness=0
            )

    def note_status(
        self,
        site: str,
        status: int,
        headers: Mapping[str, str],
        *,
        now: datetime,
        interval_minutes: float | None,
    ) -> None:
        """Learn from one answer: 429 and repeated 403 hold the host, success clears the streak."""
        state = self.get(site)
        if status == 429:
            self._hold(state, retry_after(headers, now), now, interval_minutes)
        elif status == 403:
            streak = state.blocked_streak + 1
            state = replace(state, blocked_streak=streak)
            if streak % BLOCKED_STREAK == 0:
                self._hold(state, None, now, interval_minutes)
            else:
                self._keep(state)
        elif 200 <= status < 400 and (state.blocked_streak or state.not_before):
            self._keep(replace(state, blocked_streak=0, not_before=None, note=""))

    def _hold(
        self,
        state: HostState,
        asked_seconds: float | None,
        now: datetime,
        interval_minutes: float | None,
    ) -> None:
        """Retry-After, or twice the interval; plus up to an hour at random."""
        twice = 2 * (interval_minutes or DEFAULT_INTERVAL_MINUTES) * 60
        wait = asked_seconds if asked_seconds is not None else min(twice, MAX_RETRY_AFTER_SECONDS)
        wait += self._rng.uniform(0, MAX_EXTRA_SECONDS)
        until = now + timedelta(seconds=wait)
        if state.not_before is None or until > state.not_before:
            state = replace(state, not_before=until, note="asked to wait (429 or repeated 403)")
        self._keep(state)

    # ------------------------------------------------------------------ robots.txt

    def note_robots(
        self, authority: str, status: int | None, body: bytes, *, now: datetime, user_agent: str
    ) -> HostState:
        """Keep a conclusive answer; after any other the old copy stays (None: there is none)."""
        state = self.get(authority)
        if status is not None and robots.is_conclusive(status):
            rules = robots.rules_of(status, body)
            delay = robots.crawl_delay(rules, user_agent)
            state = replace(state, robots=rules, robots_status=status, crawl_delay_seconds=delay)
        else:
            state = replace(state, robots_status=status)
        state = replace(state, robots_fetched_at=now)
        self._keep(state)
        return state

    def _keep(self, state: HostState) -> None:
        self._states[state.host] = state
        self._on_change(state)
