"""Bytes from the web: the fetcher that every other part uses. It parses nothing.

One fetch is a chain of hops. Every hop is judged anew (address guard, robots.txt, host back-off),
waits for its host's lane, and leaves one line in the log of attempts.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from monitor.errors import AddressRefused, Blocked, FetchError
from monitor.fetch import pages, robots
from monitor.fetch.address import AddressGuard
from monitor.fetch.answers import REDIRECTS, failure_of
from monitor.fetch.hosts import Hosts
from monitor.fetch.pacing import Lanes
from monitor.fetch.settings import FetchSettings
from monitor.fetch.transport import GuardedTransport
from monitor.fetch.wire import Answer, Wire
from monitor.models import Attempt, Fetched, HostState, Redirect, Request
from monitor.ports import Clock
from monitor.urls import authority_of, host_of, is_web_address, site_of


@dataclass(slots=True)
class _Journey:
    """What one fetch carries from hop to hop."""

    request: Request
    url: str
    seconds_left: float
    hops: list[Redirect]
    cookies: dict[str, dict[str, str]]  # by host; they live as long as this one fetch


class WebFetcher:
    """The Fetcher of production. Use as an async context manager; safe for concurrent fetches."""

    def __init__(
        self,
        settings: FetchSettings,
        clock: Clock,
        hosts: Iterable[HostState] = (),
        on_attempt: Callable[[Attempt], None] = lambda _: None,
        on_host: Callable[[HostState], None] = lambda _: None,
        *,
        rng: random.Random | None = None,
    ) -> None:
        """`on_attempt` is told every request that left, `on_host` every change to remember."""
        self._settings = settings
        self._clock = clock
        self._on_attempt = on_attempt
        self._lanes = Lanes(settings.host_delay_seconds, settings.max_crawl_delay_seconds)
        self._hosts = Hosts(hosts, on_host, rng or random.Random())
        self._slots = asyncio.Semaphore(settings.max_connections)
        self._transport = GuardedTransport(
            AddressGuard(settings.allow_addresses), settings.max_connections
        )
        self._wire = Wire(settings, self._transport)
        for state in self._hosts.all():
            if state.crawl_delay_seconds:
                self._lanes.slow_down(_site_of_row(state.host), state.crawl_delay_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._transport.aclose()

    async def fetch(self, request: Request) -> Fetched:
        """The whole answer (200 with its body, or 304); raises FetchError for anything else."""
        journey = _Journey(request, request.url, self._settings.total_seconds, [], {})
        while True:
            answer = await self._hop(journey)
            if answer.status not in REDIRECTS:
                return self._fetched(journey, answer)
            self._follow(journey, answer)

    # ------------------------------------------------------------------ one hop

    async def _hop(self, journey: _Journey) -> Answer:
        url = journey.url
        if not is_web_address(url):
            raise FetchError(f"not a web address: {url[:200]}", reason="address")
        self._refuse_while_host_waits(url)
        if journey.request.obey_robots and journey.request.purpose != "robots":
            await self._ask_robots(url, journey.request)
        answer = await self._ask(journey)
        self._note_refusals(url, answer, journey.request)
        return answer

    async def _ask(self, journey: _Journey) -> Answer:
        """Wait for the lane, ask, log."""
        async with self._lanes.lane(site_of(journey.url)).turn(self._slots):
            self._refuse_while_host_waits(journey.url)  # another request may have met a 429
            at = self._clock.now()
            loop = asyncio.get_running_loop()
            began = loop.time()
            answer = await self._wire.get(
                journey.request,
                journey.url,
                seconds=journey.seconds_left,
                cookies=journey.cookies.get(authority_of(journey.url), {}),
            )
            spent = loop.time() - began
        journey.seconds_left -= spent
        self._on_attempt(self._attempt(journey, answer, at=at, spent=spent))
        if answer.error is not None:
            raise answer.error
        return answer

    def _attempt(self, journey: _Journey, answer: Answer, *, at: datetime, spent: float) -> Attempt:
        request = journey.request
        return Attempt(
            at=at,
            url=journey.url,
            host=host_of(journey.url),
            purpose=request.purpose,
            way_id=request.way_id,
            entry_id=request.entry_id,
            article_id=request.article_id,
            http_status=answer.status or None,
            reason=answer.error.reason if answer.error else None,
            bytes=answer.wire_bytes,
            duration_ms=round(spent * 1000),
        )

    # ------------------------------------------------------------------ redirects and the end

    def _follow(self, journey: _Journey, answer: Answer) -> None:
        location = answer.headers.get("location", "").strip()
        if not location:
            raise FetchError(f"{answer.status} without a Location", reason="redirect")
        target = _joined(journey.url, location)
        journey.hops.append(Redirect(status=answer.status, url=target))
        if len(journey.hops) > self._settings.max_redirects:
            raise FetchError("too many redirects", reason="redirects", status=answer.status)
        if not is_web_address(target):
            raise AddressRefused(f"redirected to {target[:200]}", reason="redirect_scheme")
        self._keep_cookies(journey, answer)
        journey.url = target

    @staticmethod
    def _keep_cookies(journey: _Journey, answer: Answer) -> None:
        jar = journey.cookies.setdefault(authority_of(journey.url), {})
        for line in answer.set_cookies:
            name, _, value = line.split(";", 1)[0].partition("=")
            jar[name.strip()] = value.strip()

    def _fetched(self, journey: _Journey, answer: Answer) -> Fetched:
        request = journey.request
        now = self._clock.now()
        conditional = bool(request.etag or request.last_modified)
        if answer.status != 304 or not conditional:
            failure = failure_of(answer.status, answer.headers, now)
            if failure is None:
                self._refuse_disguises(request, answer)
            else:
                self._raise_with_wait(failure, journey)
        return Fetched(
            url=request.url,
            final_url=journey.url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=now,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            redirects=tuple(journey.hops),
            conditional=conditional,
        )

    def _raise_with_wait(self, failure: FetchError, journey: _Journey) -> None:
        """A 429 holds the whole host; its error says for how long."""
        if failure.status == 429:
            failure.retry_after = self._hosts.seconds_left(site_of(journey.url), self._clock.now())
        raise failure

    @staticmethod
    def _refuse_disguises(request: Request, answer: Answer) -> None:
        if request.purpose == "robots":
            return
        kind = pages.failure_in_disguise(answer.headers, answer.body)
        if kind == "challenge":
            raise Blocked(
                "a challenge page instead of content",
                reason=kind,
                status=answer.status,
                hardness=0.5,
            )
        if kind is not None:
            raise FetchError("a maintenance page", reason=kind, status=answer.status, hardness=0.5)

    # ------------------------------------------------------------------ hosts and robots

    def _refuse_while_host_waits(self, url: str) -> None:
        if not self._settings.ignore_back_off:
            self._hosts.refuse_while_waiting(site_of(url), self._clock.now())

    def _note_refusals(self, url: str, answer: Answer, request: Request) -> None:
        self._hosts.note_status(
            site_of(url),
            answer.status,
            answer.headers,
            now=self._clock.now(),
            interval_minutes=request.interval_minutes,
        )

    async def _ask_robots(self, url: str, request: Request) -> None:
        """Raises Blocked when robots.txt forbids, FetchError when it cannot be known now."""
        origin = urljoin(url, "/robots.txt")
        state = await self._robots_state(authority_of(url), origin, request)
        if state.robots is None:
            raise FetchError(
                "robots.txt cannot be read now",
                reason="robots_unavailable",
                hardness=0.25,
                retry_after=robots.RETRY.total_seconds(),
            )
        if not robots.is_allowed(state.robots, url, self._settings.user_agent):
            raise Blocked("robots.txt forbids it", reason="robots", transient=False)

    async def _robots_state(self, host: str, origin: str, request: Request) -> HostState:
        async with self._hosts.robots_lock(host):
            state = self._hosts.get(host)
            if robots.is_fresh(state, self._clock.now()):
                return state
            status, body = await self._fetch_robots(origin, request)
            state = self._hosts.note_robots(
                host, status, body, now=self._clock.now(), user_agent=self._settings.user_agent
            )
            if state.crawl_delay_seconds:
                self._lanes.slow_down(site_of(origin), state.crawl_delay_seconds)
            return state

    async def _fetch_robots(self, origin: str, request: Request) -> tuple[int | None, bytes]:
        asking = Request(
            url=origin,
            purpose="robots",
            obey_robots=False,
            way_id=request.way_id,
            entry_id=request.entry_id,
            article_id=request.article_id,
        )
        try:
            fetched = await self.fetch(asking)
        except AddressRefused:
            raise
        except FetchError as error:
            return error.status, b""
        return fetched.status, fetched.body


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return location


def _site_of_row(host: str) -> str:
    return site_of(f"http://{host}/")
