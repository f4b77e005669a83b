"""The one place where an unexpected failure is caught: it is a bug, it is written down with its
traceback where Datasette and the digest show it, and the next feed or article still runs."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import traceback
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from monitor.logs import emit
from monitor.pipeline.service import Service
from monitor.store.database import is_damage, write
from monitor.store.records import record_incident

T = TypeVar("T")


async def together(jobs: Iterable[Awaitable[T]]) -> list[T]:
    """Await all of them side by side; when one fails, end the others before that is told. Plain
    `gather` would leave them running on a database that is about to be closed."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    failed = [t for t in tasks if not t.cancelled() and t.exception() is not None]
    return [task.result() for task in (failed or tasks)]


async def guarded(service: Service, stage: str, subject: str, job: Awaitable[T]) -> T | None:
    """Await `job`; None when it failed. A locked, full or damaged database is not hidden: it is
    raised, and `Lines` decides."""
    try:
        return await job
    except sqlite3.OperationalError:
        raise
    except Exception as error:
        if is_damage(error):
            raise
        emit("bug", logging.ERROR, stage=stage, subject=subject, error=repr(error))
        with write(service.db) as connection:
            record_incident(
                connection,
                at=service.clock.now(),
                stage=stage,
                subject=subject,
                kind=type(error).__name__,
                detail="".join(traceback.format_exception(error)[-6:]),
            )
        return None
