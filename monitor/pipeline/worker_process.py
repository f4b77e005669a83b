"""One process that works on pages, and the pipe to it.

The parent writes jobs and reads results in the same order, each a pickle with its length in
front, over a pair of sockets that the event loop serves: no thread waits for a worker. Forked
from a server that has read libraries and lexicon once (pipeline/warm.py), never from this process
with its threads and sockets.
"""

from __future__ import annotations

import asyncio
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
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, BinaryIO, cast

from monitor.errors import MonitorError
from monitor.pipeline.jobs import Done, Equipment, Job, Text

_LENGTH = struct.Struct("!I")
_BUFFER = 1 << 20  # bytes; a result is some 60 KB, with the packed page
_END_SECONDS = 5.0  # for a worker that has been told there is no more work


class WorkerDied(MonitorError):
    """The process has ended with pages in hand."""


class WorkersUnusable(MonitorError):
    """No worker can be started at all: the fault is not the page's."""


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


def _result(work: Callable[[Job | Text], Done], packed: bytes) -> Done | Exception:
    try:
        return work(pickle.loads(packed))
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        error.add_note(traceback.format_exc())
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - an error that cannot travel is told in words
            return RuntimeError(traceback.format_exc())
        return error


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
        self._reading = asyncio.create_task(self._read())

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
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkersUnusable("no worker process can be started") from error
        except asyncio.CancelledError:  # stopped while it starts: nobody else knows of it
            process.kill()
            raise
        return cls(process, pipe, reader, writer)

    async def ask(self, job: Job | Text) -> Done:
        """Raises WorkerDied, or what the job raised in the worker."""
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
                result = await _get(self._reader)
                future = self._waiting.popleft()
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(cast(Done, result))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._end()

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
            self._pipe.shutdown(socket.SHUT_WR)

    def kill(self) -> None:
        """At once; what it has in hand ends with WorkerDied."""
        self._process.kill()

    def join(self) -> None:
        """After `no_more`: wait until it is gone, a few seconds at most."""
        self._process.join(_END_SECONDS)
        if self._process.is_alive():
            self._process.kill()


async def _get(reader: asyncio.StreamReader) -> Done | Exception | None:
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    packed = await reader.readexactly(length)
    return cast("Done | Exception | None", pickle.loads(packed))
