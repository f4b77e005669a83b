"""One process that works on pages, and the pipe to it.

The parent writes jobs and reads results in the same order, each a pickle with its length in
front, over a pair of sockets that the event loop serves: no thread waits for a worker. Forked
from a server that has read libraries and lexicon once (pipeline/warm.py), never from this process
with its threads and sockets.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import pickle
import signal
import socket
import struct
import threading
import traceback
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, is_dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, BinaryIO, cast

from monitor.errors import MonitorError
from monitor.logs import warn
from monitor.pipeline.jobs import Done, Equipment, Job, Text

_LENGTH = struct.Struct("!I")
_BUFFER = 1 << 20  # bytes; a result is some 60 KB, with the packed page
_MOST = 1 << 26  # bytes of a result; the largest page that is taken gives a fraction of it
# What results are made of: the dataclasses of these modules, and these.
_ROOMS = ("monitor.models", "monitor.pipeline.jobs", "monitor.pipeline.worker_process",
          "monitor.stories", "monitor.store.packing")  # fmt: skip
_PLAIN = frozenset(
    [("datetime", name) for name in ("date", "datetime", "timedelta", "timezone")]
    + [("array", "array"), ("array", "_array_reconstructor")]
    + [("builtins", "frozenset"), ("builtins", "set")]
)
_END_SECONDS = 5.0  # for a worker that has been told there is no more work
_READING: set[asyncio.Task[None]] = set()  # the event loop itself holds its tasks weakly


class WorkerDied(MonitorError):
    """The process has ended with pages in hand."""


class WorkersUnusable(MonitorError):
    """No worker can be started at all: the fault is not the page's."""


class WorkFailed(MonitorError):
    """A job has raised something in the worker: a bug. Its traceback there is a note."""


@dataclass(frozen=True, slots=True)
class _Failure:
    message: str
    details: str


# ---------------------------------------------------------------- in the worker


def end_with_parent() -> None:
    """This worker ends when its parent does, however that ends: a parent that was killed outright
    closes nothing, and its workers would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _serve(pipe: socket.socket, equipment: Equipment) -> None:
    """Until the parent closes its side: a job in, a result or what it raised out."""
    from monitor.pipeline.working import Bench

    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when a drain ends
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    bench = Bench(equipment)
    with suppress(ConnectionError), pipe, pipe.makefile("rwb") as stream:
        file = cast(BinaryIO, stream)
        _put(file, None)  # ready
        while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
            _put(file, _result(bench.work, file.read(*_LENGTH.unpack(head))))


def _result(work: Callable[[Job | Text], Done], packed: bytes) -> Done | _Failure:
    try:
        return work(pickle.Unpickler(io.BytesIO(packed)).load())  # our own parent's
    except Exception as error:  # noqa: BLE001 - told to the parent
        return _Failure(f"{type(error).__name__}: {error}", traceback.format_exc())


def _put(file: BinaryIO, value: object) -> None:
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    file.write(_LENGTH.pack(len(packed)))
    file.write(packed)
    file.flush()


# ---------------------------------------------------------------- in the parent


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


def _launch(equipment: Equipment) -> tuple[BaseProcess, socket.socket]:
    """A new process and our end of its pipe. If nobody takes them any more, the pipe closes and
    the process ends by itself."""
    context = cast(Any, worker_context())
    ours, theirs = socket.socketpair()
    with theirs:
        process = context.Process(target=_serve, args=(theirs, equipment), daemon=True)
        process.start()
    return process, ours


class WorkerProcess:
    """A worker that has said it is ready. Results come in the order of the jobs."""

    def __init__(
        self,
        process: BaseProcess,
        pipe: socket.socket,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._pipe = pipe  # the writer's, once more: to close one direction of it
        self._reader = reader
        self._writer = writer
        self._waiting: deque[asyncio.Future[Done]] = deque()
        self._ended = False
        reading = asyncio.create_task(self._read())
        _READING.add(reading)
        reading.add_done_callback(_READING.discard)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid or 0

    @property
    def inside(self) -> int:
        """Jobs it has in hand."""
        return len(self._waiting)

    @classmethod
    async def start(cls, equipment: Equipment) -> WorkerProcess:
        """Raises WorkersUnusable if it dies before it is ready: no page is to blame."""
        try:
            # In a thread: the fork waits until the server has read its libraries, pages need not.
            process, pipe = await asyncio.to_thread(_launch, equipment)
            reader, writer = await asyncio.open_connection(sock=pipe.dup(), limit=_BUFFER)
        except (OSError, EOFError) as error:
            raise WorkersUnusable(f"no worker process can be started: {error}") from error
        try:
            await _get(reader)
        except BaseException as error:
            process.kill()  # if we are stopped while it starts, nobody else knows of it
            writer.close()
            pipe.close()
            if not isinstance(error, Exception):
                raise
            raise WorkersUnusable("no worker process can be started") from error
        return cls(process, pipe, reader, writer)

    async def ask(self, job: Job | Text) -> Done:
        """Raises WorkerDied, WorkFailed."""
        if self._ended:
            raise WorkerDied("the worker process has ended")
        packed = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._writer.writelines((_LENGTH.pack(len(packed)), packed))
        return await future

    async def _read(self) -> None:
        try:
            while True:
                self._answer(await _get(self._reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except Exception as error:  # noqa: BLE001 - a page has taken the worker over, or a bug
            warn("worker_unreadable", error=f"{type(error).__name__}: {error}")
            self.kill()
        finally:
            self._end()

    def _answer(self, result: object) -> None:
        if not isinstance(result, Done | _Failure):
            raise pickle.UnpicklingError(f"{type(result).__name__} is no result")
        future = self._waiting.popleft()
        if future.done():
            return
        if isinstance(result, Done):
            future.set_result(result)
        else:
            error = WorkFailed(result.message)
            error.add_note(result.details)
            future.set_exception(error)

    def _end(self) -> None:
        self._ended = True
        self._writer.close()
        self._pipe.close()
        for future in self._waiting:
            if not future.done():
                future.set_exception(WorkerDied("the worker process has ended"))

    def no_more(self) -> None:
        """What it has in hand is finished, then it ends. Only for a worker with an empty hand:
        what is still to be written would be cut off."""
        if not self._ended:
            with suppress(OSError):  # it has just died
                self._pipe.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """At once; what it has in hand ends with WorkerDied."""
        self._process.kill()

    def join(self) -> None:
        """After `no_more`: wait until it is gone, a few seconds at most."""
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()


async def _get(reader: asyncio.StreamReader) -> object:
    """Raises IncompleteReadError at the end, pickle.UnpicklingError and others for nonsense."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > _MOST:
        raise pickle.UnpicklingError(f"a result of {length} bytes")
    return _Values(io.BytesIO(await reader.readexactly(length))).load()


class _Values(pickle.Unpickler):
    """Reads values only. Workers read strangers' pages with libraries in C: one that a page has
    taken over must not be able to run anything here."""

    def find_class(self, module: str, name: str) -> Any:
        """Raises pickle.UnpicklingError for what is no value."""
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith(_ROOMS):
            found = super().find_class(module, name)
            if isinstance(found, type) and is_dataclass(found) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")
