"""Where pages are worked on: in separate processes, each with the hosts that are routed to it.

A page that kills its worker costs that page only: what else was in the same process is tried
again by itself. Workers are recycled, because lxml keeps what it once took; a successor knows what
its predecessor learned.
"""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from monitor.errors import MonitorError
from monitor.pipeline.jobs import Done, Equipment, Job, Text
from monitor.pipeline.worker_process import WorkerDied, WorkerProcess, worker_context

AHEAD = 6  # pages given to a worker: one in work, the rest for while the writer writes
RECYCLE_AFTER = 1000  # pages; 900 pages kept a worker at 90 MB (extraction notes)
PAGE_SECONDS = 60.0


class WorkerCrashed(MonitorError):
    """The page killed its worker, or held it longer than PAGE_SECONDS."""


class Workers(Protocol):
    """Somebody who turns jobs into results."""

    async def work(self, site: str, job: Job | Text) -> Done:
        """Raises WorkerCrashed, WorkersUnusable."""
        ...

    def prepare(self) -> None:
        """There will be work soon."""
        ...

    def close(self) -> None: ...


class InPlace:
    """Works in this process: for tests and single pages."""

    def __init__(self, equipment: Equipment) -> None:
        from monitor.pipeline.working import Bench

        self._bench = Bench(equipment)

    async def work(self, site: str, job: Job | Text) -> Done:
        return self._bench.work(job)

    def prepare(self) -> None:
        return None

    def close(self) -> None:
        return None


class _Worker:
    """One process, how many pages it has worked on, and whether it can go on."""

    def __init__(self, process: WorkerProcess) -> None:
        self.process = process
        self.pages = 0
        self.broken = False
        self.shared = False  # it died with more than one page in hand
        self._closing = False

    @classmethod
    async def start(cls, equipment: Equipment) -> _Worker:
        """Raises WorkersUnusable."""
        return cls(await WorkerProcess.start(equipment))

    async def run(self, job: Job | Text) -> Done:
        """Raises WorkerCrashed when the page takes too long, WorkerDied when the process has
        died."""
        self.pages += 1
        try:
            return await asyncio.wait_for(self.process.ask(job), PAGE_SECONDS)
        except TimeoutError as error:
            self._break()
            raise WorkerCrashed(f"took longer than {PAGE_SECONDS:.0f} s") from error
        except WorkerDied:
            self._break()
            raise
        except asyncio.CancelledError:  # nobody waits for the page: it shall not hold a stop
            self._break()
            raise
        finally:
            if self._closing and not self.process.inside:
                self.process.no_more()

    def _break(self) -> None:
        self.shared = self.shared or self.process.inside > 1
        self.broken = True
        self.process.kill()

    def close(self) -> None:
        """Let what is in hand finish; never waits for a page."""
        self._closing = True
        if not self.process.inside:
            self.process.no_more()
            self.process.join()


class _Lane:
    """One worker at a time, its successors, and those who wait for them."""

    def __init__(self, equip: Callable[[], Equipment]) -> None:
        self._equip = equip
        self._turn = asyncio.Semaphore(AHEAD)
        self._starting = asyncio.Lock()
        self._alone = asyncio.Lock()
        self._worker: _Worker | None = None

    async def work(self, job: Job | Text) -> Done:
        async with self._turn:
            worker = await self._ready()
            try:
                return await worker.run(job)
            except WorkerDied as error:
                if not worker.shared:
                    raise WorkerCrashed("the worker process died on this page") from error
        return await self._by_itself(job)

    async def _by_itself(self, job: Job | Text) -> Done:
        """The process died with two pages in hand: trying each alone shows which one it was."""
        async with self._alone:
            worker = await _Worker.start(self._equip())
            try:
                return await worker.run(job)
            except WorkerDied as error:
                raise WorkerCrashed("the worker process died on this page") from error
            finally:
                worker.close()

    async def _ready(self) -> _Worker:
        """The worker, started when first needed, replaced after RECYCLE_AFTER pages or its end."""
        async with self._starting:
            worker = self._worker
            if worker is not None and (worker.broken or worker.pages >= RECYCLE_AFTER):
                self.close()
            if self._worker is None:
                self._worker = await _Worker.start(self._equip())
            return self._worker

    def close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


class Processes:
    """`count` worker processes (0: one per core); a host always goes to the same one.

    `equip` is asked whenever a worker starts: its successor knows what was learned meanwhile.
    """

    def __init__(self, equip: Callable[[], Equipment], count: int = 0) -> None:
        self._lanes = [_Lane(equip) for _ in range(count or os.cpu_count() or 1)]

    async def work(self, site: str, job: Job | Text) -> Done:
        return await self._lanes[zlib.crc32(site.encode()) % len(self._lanes)].work(job)

    def prepare(self) -> None:
        """Let the server that workers are forked from read its libraries while feeds are still
        being asked. Returns at once; a failure shows when a worker is needed."""
        with suppress(OSError):
            worker_context()

    def close(self) -> None:
        for lane in self._lanes:
            lane.close()
