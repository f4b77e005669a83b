"""Where pages are worked on: in separate processes, each with the hosts that are routed to it.

A page that kills its worker costs that page only: what else was waiting in the same process is
given to its successor. Workers are recycled, because lxml keeps what it once took.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from monitor.errors import MonitorError
from monitor.pipeline.working import Bench, Done, Equipment, Job, Text

RECYCLE_AFTER = 1000  # pages; 900 pages kept a worker at 90 MB (extraction notes)
PAGE_SECONDS = 60.0


class WorkerCrashed(MonitorError):
    """The page killed its worker, or held it longer than PAGE_SECONDS."""


class WorkersUnusable(MonitorError):
    """No worker can be started at all: the fault is not the page's."""


class Workers(Protocol):
    """Somebody who turns jobs into results."""

    async def work(self, site: str, job: Job | Text) -> Done:
        """Raises WorkerCrashed, WorkersUnusable."""
        ...

    def close(self) -> None: ...


class InPlace:
    """Works in this process: for tests and single pages."""

    def __init__(self, equipment: Equipment) -> None:
        self._bench = Bench(equipment)

    async def work(self, site: str, job: Job | Text) -> Done:
        return self._bench.work(job)

    def close(self) -> None:
        return None


_BENCH: list[Bench] = []  # of this worker process, filled by its initializer


def _start(equipment: Equipment) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a drain ends
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _BENCH[:] = [Bench(equipment)]


def _hello() -> bool:
    return bool(_BENCH)


def _work(job: Job | Text) -> Done:
    return _BENCH[0].work(job)


class _Lane:
    """One worker process and those who wait for it."""

    def __init__(self, equip: Callable[[], Equipment]) -> None:
        self._equip = equip
        self._turn = asyncio.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._pages = 0

    async def work(self, job: Job | Text) -> Done:
        async with self._turn:
            pool = await self._ready()
            try:
                future = asyncio.get_running_loop().run_in_executor(pool, _work, job)
                return await asyncio.wait_for(future, PAGE_SECONDS)
            except TimeoutError as error:
                self.close(kill=True)
                raise WorkerCrashed(f"took longer than {PAGE_SECONDS:.0f} s") from error
            except BrokenProcessPool as error:
                self.close()
                raise WorkerCrashed("the worker process died on this page") from error

    async def _ready(self) -> ProcessPoolExecutor:
        """The worker, started when first needed and replaced after RECYCLE_AFTER pages."""
        if self._pages >= RECYCLE_AFTER:
            self.close()
        if self._pool is None:
            self._pool = await self._started()
            self._pages = 0
        self._pages += 1
        return self._pool

    async def _started(self) -> ProcessPoolExecutor:
        """A worker that has answered once: if it dies here, no page is to blame."""
        pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start,
            initargs=(self._equip(),),
        )
        try:
            await asyncio.get_running_loop().run_in_executor(pool, _hello)
        except BrokenProcessPool as error:
            pool.shutdown(wait=False)
            raise WorkersUnusable("no worker process can be started") from error
        return pool

    def close(self, *, kill: bool = False) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values()) if kill else []
        for process in processes:
            process.kill()
        pool.shutdown(wait=not kill, cancel_futures=True)


class Processes:
    """`count` worker processes (0: one per core); a host always goes to the same one.

    `equip` is asked whenever a worker starts: its successor knows what was learned meanwhile.
    """

    def __init__(self, equip: Callable[[], Equipment], count: int = 0) -> None:
        self._lanes = [_Lane(equip) for _ in range(count or os.cpu_count() or 1)]

    async def work(self, site: str, job: Job | Text) -> Done:
        return await self._lanes[zlib.crc32(site.encode()) % len(self._lanes)].work(job)

    def close(self) -> None:
        for lane in self._lanes:
            lane.close()
