"""One request at a time per registrable host, and a pause between starts.

Time here is the event loop's own: a simulated wall clock must not hurry requests to real hosts.
Opens no connection and knows no HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lane:
    """The queue in front of one registrable host: first come, first served."""

    def __init__(self, delay_seconds: float) -> None:
        self.delay_seconds = delay_seconds
        self.users = 0  # waiting or in flight
        self._lock = asyncio.Lock()
        self._last_start: float | None = None

    @asynccontextmanager
    async def turn(self, slots: asyncio.Semaphore) -> AsyncIterator[None]:
        """Wait for the host's turn, then for one of the global slots, and hold both.

        The pause is slept before a global slot is taken: a waiting host keeps nobody else out.
        """
        self.users += 1
        try:
            async with self._lock:
                await asyncio.sleep(self._pause())
                async with slots:
                    self._last_start = asyncio.get_running_loop().time()
                    yield
        finally:
            self.users -= 1

    def _pause(self) -> float:
        if self._last_start is None:
            return 0.0
        passed = asyncio.get_running_loop().time() - self._last_start
        return max(0.0, self.delay_seconds - passed)


class Lanes:
    """All lanes, by registrable host."""

    def __init__(self, delay_seconds: float, max_delay_seconds: float) -> None:
        self._delay = delay_seconds
        self._max_delay = max_delay_seconds
        self._lanes: dict[str, Lane] = {}

    def lane(self, site: str) -> Lane:
        if site not in self._lanes:
            self._lanes[site] = Lane(self._delay)
        return self._lanes[site]

    def slow_down(self, site: str, crawl_delay_seconds: float) -> None:
        """Honour a Crawl-delay up to the cap; it never makes a lane faster."""
        wanted = min(crawl_delay_seconds, self._max_delay)
        lane = self.lane(site)
        lane.delay_seconds = max(lane.delay_seconds, wanted)
