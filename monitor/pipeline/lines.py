"""The lines as jobs that a scheduler wakes: each asks the database what is due and does it."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Awaitable, Callable

from monitor.errors import StoreError
from monitor.logs import emit, warn
from monitor.pipeline.boundary import guarded
from monitor.pipeline.collecting import Collector
from monitor.pipeline.delivering import Delivered, deliver_due, post_of
from monitor.pipeline.maintaining import maintain, maintenance_due
from monitor.pipeline.polling import poll_round
from monitor.pipeline.recalling import recall_round
from monitor.pipeline.revisiting import revisit_round
from monitor.pipeline.service import Service
from monitor.store.clockwork import heal_clock
from monitor.store.condition import free_megabytes
from monitor.store.database import is_damage, open_database
from monitor.store.records import get_meta, note_round, set_meta

ROOM_MEGABYTES = 20.0  # below it nothing new is collected: the rest belongs to the digests
REST_SECONDS = (60, 120, 300, 600)  # after the database could not be written, the web has peace

Job = Callable[[], Awaitable[object]]


class Lines:
    """poll, collect, revisit, deliver, maintain and the heartbeat, bound to one service."""

    def __init__(self, service: Service, on_damage: Callable[[], None] = lambda: None) -> None:
        """`on_damage` is called once when the database file turns out to be broken."""
        self._service = service
        self._collector = Collector(service)
        self._on_damage = on_damage
        self._failures = 0
        self._rest_until = 0.0  # on the event loop's clock
        if get_meta(service.db, "delivered") is None:  # from here on `health` waits for a round
            set_meta(service.db, "delivered", "", service.clock.now())

    def jobs(self) -> dict[str, Job]:
        """Name -> what to call; each job guards itself."""
        return {
            "heartbeat": lambda: self._kept("heartbeat", self._heartbeat),
            "poll": lambda: self._gather("poll", lambda: poll_round(self._service)),
            "collect": lambda: self._gather("collect", self._collector.round),
            "revisit": lambda: self._gather("revisit", lambda: revisit_round(self._service)),
            "recall": lambda: self._gather("recall", lambda: recall_round(self._service)),
            "deliver": lambda: self._line("deliver", lambda: deliver_round(self._service)),
            "maintain": lambda: self._line("maintain", lambda: maintain_round(self._service)),
        }

    async def _heartbeat(self) -> None:
        now = self._service.clock.now()
        back = heal_clock(self._service.db, now)
        if back is not None:
            warn("clock_went_back", by=str(back))
        set_meta(self._service.db, "heartbeat", str(os.getpid()), now)

    async def _gather(self, stage: str, job: Job) -> None:
        """A line that asks the web: only while what it answers can be written down."""
        if asyncio.get_running_loop().time() < self._rest_until:
            return
        free = free_megabytes(self._service.settings.storage)
        if free < ROOM_MEGABYTES:
            self._hold(stage, f"only {free:.0f} MB free on the disk")
            return
        if await self._kept("heartbeat", self._heartbeat) and await self._line(stage, job):
            self._failures = 0

    async def _line(self, stage: str, job: Job) -> bool:
        return await self._kept(stage, lambda: guarded(self._service, stage, "round", job()))

    async def _kept(self, stage: str, job: Job) -> bool:
        """False when the database could not be used. Nothing is lost: what is due stays due."""
        try:
            await job()
        except (StoreError, sqlite3.DatabaseError) as error:
            if is_damage(error) or is_damage(error.__cause__ or error):
                emit("database_damaged", logging.ERROR, stage=stage, error=str(error),
                     remedy="stop the service, then: monitor restore latest")  # fmt: skip
                self._on_damage()
            else:
                self._hold(stage, str(error))
            return False
        return True

    def _hold(self, stage: str, why: str) -> None:
        rest = REST_SECONDS[min(self._failures, len(REST_SECONDS) - 1)]
        self._failures += 1
        self._rest_until = asyncio.get_running_loop().time() + rest
        emit("database_unusable", logging.ERROR, stage=stage, error=why, rest_seconds=rest)


async def deliver_round(service: Service) -> Delivered:
    """Plan and send what is due. In a thread, because smtplib waits; with a connection of its
    own, because a mail server must not hold up a transaction of another line."""

    def deliver() -> Delivered:
        db = open_database(service.settings.database, migrate=False)
        now = service.clock.now()
        try:
            done = deliver_due(db, post_of(service.settings), now)
            note_round(db, "delivered", now)
            return done
        finally:
            db.close()

    return await asyncio.to_thread(deliver)


async def maintain_round(service: Service) -> None:
    """The nightly work, if tonight's is still to be done; in a thread, because a check of every
    page takes seconds."""
    now = service.clock.now()
    if maintenance_due(service.db, now, service.settings.time_zone):
        await asyncio.to_thread(maintain, service.settings, now)
