"""Where pages are worked on: in separate processes, each with the hosts that are routed to it.

A page that kills its worker costs that page only: what else was in the same process is tried
again by itself. Workers are recycled, because lxml keeps what it once took; a successor knows what
its predecessor learned. Workers are forked from a server process that has read the libraries and
the lexicon once (pipeline/warm.py), never from this one with its threads and sockets.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Protocol

from monitor.errors import MonitorError
from monitor.pipeline.jobs import Done, Equipment, Job, Text

if TYPE_CHECKING:  # a worker imports it; this process never needs what it holds
    from monitor.pipeline.working import Bench

AHEAD = 2  # pages given to a worker: one in work, one waiting in its pipe
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


_BENCH: list[Bench] = []  # of this worker process, filled by its initializer


def end_with_parent() -> None:
    """This worker ends when its parent does, however that ends: a parent that was killed outright
    closes nothing, and its workers would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _start(equipment: Equipment) -> None:
    from monitor.pipeline.working import Bench

    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a drain ends
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _BENCH[:] = [Bench(equipment)]


def _hello() -> bool:
    return bool(_BENCH)


def _work(job: Job | Text) -> Done:
    return _BENCH[0].work(job)


def worker_context() -> BaseContext:
    """Forking from a warm server where the system can; spawning is seconds of imports a worker."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["monitor.pipeline.warm"])
    # The server inherits this mask: a signal to the whole process group stops the service, which
    # then finishes what its workers have in hand.
    resource_tracker.ensure_running()  # it unblocks the signals when it starts, so it goes first
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return context


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()


class _Worker:
    """One process and how many pages it has in hand."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self.pages = 0
        self._inside = 0
        self.broken = False
        self.shared = False  # it died with more than one page in hand

    @classmethod
    async def start(cls, equipment: Equipment) -> _Worker:
        """A worker that has answered once: if it dies here, no page is to blame."""
        pool = ProcessPoolExecutor(
            max_workers=1, mp_context=worker_context(), initializer=_start, initargs=(equipment,)
        )
        try:
            # In a thread: the fork waits until the server has read its libraries, pages need not.
            await asyncio.wrap_future(await asyncio.to_thread(pool.submit, _hello))
        except BrokenProcessPool as error:
            pool.shutdown(wait=False)
            raise WorkersUnusable("no worker process can be started") from error
        except asyncio.CancelledError:  # stopped while it starts: nobody else knows of it
            _kill(pool)
            pool.shutdown(wait=False)
            raise
        return cls(pool)

    async def run(self, job: Job | Text) -> Done:
        """Raises WorkerCrashed when the page takes too long, BrokenProcessPool when the process
        has died."""
        self.pages += 1
        self._inside += 1
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, _work, job)
            return await asyncio.wait_for(future, PAGE_SECONDS)
        except TimeoutError as error:
            self.broken, self.shared = True, self._inside > 1
            self.close(kill=True)
            raise WorkerCrashed(f"took longer than {PAGE_SECONDS:.0f} s") from error
        except BrokenProcessPool:
            self.broken, self.shared = True, self.shared or self._inside > 1
            raise
        except asyncio.CancelledError:  # nobody waits for the page: it shall not hold a stop
            self.broken, self.shared = True, self.shared or self._inside > 1
            _kill(self._pool)
            raise
        finally:
            self._inside -= 1

    def close(self, *, kill: bool = False) -> None:
        """Let what is in hand finish, or kill; never waits for a page."""
        if kill:
            _kill(self._pool)
        self._pool.shutdown(wait=self._inside == 0)


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
            except BrokenProcessPool as error:
                if not worker.shared:
                    raise WorkerCrashed("the worker process died on this page") from error
        return await self._by_itself(job)

    async def _by_itself(self, job: Job | Text) -> Done:
        """The process died with two pages in hand: trying each alone shows which one it was."""
        async with self._alone:
            worker = await _Worker.start(self._equip())
            try:
                return await worker.run(job)
            except BrokenProcessPool as error:
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
