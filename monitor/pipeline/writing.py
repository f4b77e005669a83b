"""One writer for many pages and feeds: what is ready goes into the database in small batches.

A job is one piece of work that must be whole: it runs inside the batch's transaction under a
savepoint of its own, so one that fails takes nothing with it. Raw pages are committed to the
archive before the articles that refer to them. Batches of 200 or 200 ms halve what a transaction
for every article costs (0.7 against 1.4 ms, performance notes); when nothing came for 20 ms, what
is there is written: the last ones of a round have nobody to wait for.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from monitor.errors import StoreError
from monitor.logs import warn
from monitor.store.database import Database, is_damage, write
from monitor.store.packing import PackedPage
from monitor.store.pages import PageArchive

JOBS = 200
SECONDS = 0.2
QUIET_SECONDS = 0.02

T = TypeVar("T")


class Notes(Protocol):
    """What is written along with every batch (the journal of requests)."""

    def flush(self, connection: sqlite3.Connection) -> None: ...


@dataclass(slots=True)
class _Waiting:
    job: Callable[[sqlite3.Connection, int | None], Any]
    page: PackedPage | None
    future: asyncio.Future[Any]


class Writer:
    """Gathers jobs of the event loop and runs them together; nobody else is in between."""

    def __init__(self, db: Database, notes: Notes, archive: PageArchive | None = None) -> None:
        self._db = db
        self._notes = notes
        self._archive = archive
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """The job's result once its batch is committed; raises what the job raised."""
        return await self.write_with_page(lambda connection, _: job(connection), None)

    async def write_with_page(
        self, job: Callable[[sqlite3.Connection, int | None], T], page: PackedPage | None
    ) -> T:
        """The same with a raw page that is archived first; the job is told its id (None: there
        is no page, no archive, or the archive is broken, which costs the archive only)."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Waiting(job, page, future))
        if len(self._waiting) >= JOBS:
            self.flush()
        elif self._timer is None:
            self._look_later(loop, loop.time() + SECONDS)
        return await future

    def _look_later(self, loop: asyncio.AbstractEventLoop, latest: float) -> None:
        gathered = len(self._waiting)
        self._timer = loop.call_later(QUIET_SECONDS, self._look, loop, latest, gathered)

    def _look(self, loop: asyncio.AbstractEventLoop, latest: float, gathered: int) -> None:
        if len(self._waiting) == gathered or loop.time() >= latest:
            self.flush()
        else:
            self._look_later(loop, latest)

    def flush(self) -> None:
        """Write what has gathered."""
        waiting, self._waiting = self._waiting, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not waiting:
            return
        try:
            pages = self._archived(waiting)
            with write(self._db) as connection:
                done = [_one(connection, w, p) for w, p in zip(waiting, pages, strict=True)]
                self._notes.flush(connection)
        except Exception as error:  # noqa: BLE001 - handed to everybody who waits for the batch
            done = [(None, error)] * len(waiting)
        for item, (result, failure) in zip(waiting, done, strict=True):
            _answer(item.future, result, failure)

    def _archived(self, waiting: list[_Waiting]) -> list[int | None]:
        """The ids of the pages, in the order of the jobs."""
        ids: list[int | None] = [None] * len(waiting)
        numbered = [(number, item.page) for number, item in enumerate(waiting) if item.page]
        if self._archive is None or not numbered:
            return ids
        try:
            added = self._archive.add_all([page for _, page in numbered])
        except StoreError as error:
            warn("archive_failed", pages=len(numbered), error=str(error))
            return ids
        for (number, _), page_id in zip(numbered, added, strict=True):
            ids[number] = page_id
        return ids


def _one(
    connection: sqlite3.Connection, item: _Waiting, page_id: int | None
) -> tuple[Any, Exception | None]:
    """Run one job under its savepoint. A locked, full or damaged database fails the batch."""
    connection.execute("SAVEPOINT job")
    try:
        result = item.job(connection, page_id)
    except Exception as error:
        if isinstance(error, sqlite3.OperationalError) or is_damage(error):
            raise
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return None, error
    connection.execute("RELEASE job")
    return result, None


def _answer(future: asyncio.Future[Any], result: object, failure: Exception | None) -> None:
    if future.done():  # whoever waited was cancelled; what was written stays written
        return
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
