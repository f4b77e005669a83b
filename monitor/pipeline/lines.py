"""The lines as jobs that a scheduler wakes: each asks the database what is due and does it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from monitor.pipeline.boundary import guarded
from monitor.pipeline.collecting import Collector
from monitor.pipeline.polling import poll_round
from monitor.pipeline.service import Service
from monitor.store.records import set_meta


class Lines:
    """poll, collect and heartbeat, bound to one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._collector = Collector(service)

    def jobs(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Name -> what to call; each job guards itself."""
        return {"heartbeat": self._heartbeat, "poll": self._poll, "collect": self._collect}

    async def _heartbeat(self) -> None:
        set_meta(self._service.db, "heartbeat", str(os.getpid()), self._service.clock.now())

    async def _poll(self) -> None:
        await guarded(self._service, "poll", "round", poll_round(self._service))

    async def _collect(self) -> None:
        await guarded(self._service, "collect", "round", self._collector.round())
