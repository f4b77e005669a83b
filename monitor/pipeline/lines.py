"""The lines as jobs that a scheduler wakes: each asks the database what is due and does it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

from monitor.pipeline.boundary import guarded
from monitor.pipeline.collecting import Collector
from monitor.pipeline.delivering import Delivered, deliver_due, post_of
from monitor.pipeline.polling import poll_round
from monitor.pipeline.revisiting import revisit_round
from monitor.pipeline.service import Service
from monitor.store.database import open_database
from monitor.store.records import set_meta


class Lines:
    """poll, collect, revisit, deliver and the heartbeat, bound to one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._collector = Collector(service)

    def jobs(self) -> dict[str, Callable[[], Awaitable[object]]]:
        """Name -> what to call; each job guards itself."""
        return {
            "heartbeat": self._heartbeat,
            "poll": self._poll,
            "collect": self._collect,
            "revisit": self._revisit,
            "deliver": self._deliver,
        }

    async def _heartbeat(self) -> None:
        set_meta(self._service.db, "heartbeat", str(os.getpid()), self._service.clock.now())

    async def _poll(self) -> None:
        await guarded(self._service, "poll", "round", poll_round(self._service))

    async def _collect(self) -> None:
        await guarded(self._service, "collect", "round", self._collector.round())

    async def _revisit(self) -> None:
        await guarded(self._service, "revisit", "round", revisit_round(self._service))

    async def _deliver(self) -> None:
        await guarded(self._service, "deliver", "round", deliver_round(self._service))


async def deliver_round(service: Service) -> Delivered:
    """Plan and send what is due. In a thread, because smtplib waits; with a connection of its
    own, because a mail server must not hold up a transaction of another line."""

    def deliver() -> Delivered:
        db = open_database(service.settings.database, migrate=False)
        try:
            return deliver_due(db, post_of(service.settings), service.clock.now())
        finally:
            db.close()

    return await asyncio.to_thread(deliver)
