"""The stages mapped over shards of archived pages: on this machine's cores, or on a Ray cluster.

A shard is a handful of records of one file; only its address travels to the worker, which must see
the same file system. The result of a shard depends on the shard and the equipment alone (nothing
is learned on the way), so both engines give the same bytes, in the order of the shards, whoever
worked on them and however often a worker died.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from monitor.models import Entry
from monitor.pipeline.jobs import Done, Equipment, Job
from monitor.pipeline.worker_process import end_with_parent, worker_context
from monitor.pipeline.workers import WorkerCrashed
from monitor.store.warcs import read_pages
from monitor.urls import site_of

AHEAD = 2  # shards a worker has waiting, beside the one in work


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Some records of one WARC file."""

    path: Path
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What a worker must know about the source of a page."""

    source_id: str
    home: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What every worker of a run starts with; the same for all, never changed."""

    equipment: Equipment
    outlets: Mapping[str, Outlet]  # by site
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One page of a shard, worked on. `done` without an article says why in `page_class`."""

    url: str
    source_id: str
    fetched_at: datetime
    done: Done


class ShardBench:
    """One worker: shards in, results out."""

    def __init__(self, kit: Kit) -> None:
        from monitor.pipeline.working import Bench  # the workers' own: see jobs

        self._kit = kit
        self._bench = Bench(kit.equipment)

    def pid(self) -> int:
        """The process that works here."""
        return os.getpid()

    def work(self, shard: Shard) -> tuple[Kept, ...]:
        """Every page of the shard, worked on."""
        found = []
        for fetched in read_pages(shard.path, shard.offsets):
            outlet = self._kit.outlets[site_of(fetched.url)]
            job = Job(
                entry=Entry(url=fetched.url),
                fetched=fetched,
                now=fetched.fetched_at,
                home=outlet.home,
                hints=outlet.hints,
                time_zone=self._kit.time_zone,
                learn=False,
            )
            done = replace(self._bench.work(job), changes=None)
            kept = Kept(
                url=fetched.url,
                source_id=outlet.source_id,
                fetched_at=fetched.fetched_at,
                done=done,
            )
            found.append(kept)
        return tuple(found)


class Runner(Protocol):
    """An engine that works on shards. Made with a Kit."""

    workers: int

    def begin(self, shard: Shard) -> object:
        """Hand a shard over; the answer is what `result` takes."""
        ...

    def result(self, handle: object) -> tuple[Kept, ...]:
        """Wait. Raises WorkerCrashed when the shard has killed its worker twice."""
        ...

    def close(self) -> None: ...


def in_order(runner: Runner, shards: Iterable[Shard]) -> Iterator[tuple[Shard, tuple[Kept, ...]]]:
    """Results in the order of the shards, with a bounded number in hand. A shard that kills its
    workers is tried page by page; the page that does it is left out."""
    waiting: deque[tuple[Shard, object]] = deque()
    for shard in shards:
        waiting.append((shard, runner.begin(shard)))
        if len(waiting) > AHEAD * runner.workers:
            yield _first(runner, waiting)
    while waiting:
        yield _first(runner, waiting)


def _first(runner: Runner, waiting: deque[tuple[Shard, object]]) -> tuple[Shard, tuple[Kept, ...]]:
    shard, handle = waiting.popleft()
    try:
        return shard, runner.result(handle)
    except WorkerCrashed:
        return shard, tuple(_one_by_one(runner, shard)) if len(shard.offsets) > 1 else ()


def _one_by_one(runner: Runner, shard: Shard) -> Iterator[Kept]:
    for offset in shard.offsets:
        try:
            yield from runner.result(runner.begin(replace(shard, offsets=(offset,))))
        except WorkerCrashed:
            continue


# ---------------------------------------------------------------- the standard library's pool

_BENCH: list[ShardBench] = []  # of this worker process, filled by its initializer


def _start(kit: Kit) -> None:
    end_with_parent()
    # A broken pool terminates the workers that are left and waits for them: they must hear it,
    # although the fork server blocks the signal (worker_process.worker_context).
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _BENCH[:] = [ShardBench(kit)]


def _work(shard: Shard) -> tuple[Kept, ...]:
    return _BENCH[0].work(shard)


@dataclass(slots=True)
class _Begun:
    shard: Shard
    future: Future[tuple[Kept, ...]]


class PoolRunner:
    """Processes of this machine."""

    def __init__(self, kit: Kit, workers: int) -> None:
        self.workers = workers
        self._kit = kit
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.workers, mp_context=worker_context(), initializer=_start, initargs=(self._kit,)
        )

    def begin(self, shard: Shard) -> object:
        try:
            return _Begun(shard, self._pool.submit(_work, shard))
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._new()
            return _Begun(shard, self._pool.submit(_work, shard))

    def result(self, handle: object) -> tuple[Kept, ...]:
        assert isinstance(handle, _Begun)
        try:
            return handle.future.result()
        except BrokenProcessPool:
            pass  # perhaps a neighbour's fault: once more
        again = self.begin(handle.shard)
        assert isinstance(again, _Begun)
        try:
            return again.future.result()
        except BrokenProcessPool as error:
            raise WorkerCrashed("the shard killed its worker twice") from error

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
