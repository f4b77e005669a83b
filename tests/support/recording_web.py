"""A loopback web server that says exactly what a test tells it to and remembers who asked what.

It runs in a thread of its own, on any number of 127.x addresses (each is a host to the fetcher),
and speaks raw HTTP, so that it can lie in every way that real servers do.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. `raw` replaces everything; `drip` sends the body in pieces with pauses."""

    status: int = 200
    body: bytes = b"ok"
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    content_length: int | None = None  # None: the true one; -1: none at all, close at the end
    drip: tuple[int, float] | None = None  # (bytes a piece, seconds between pieces)
    delay: float = 0.0
    hang: bool = False
    reset: bool = False  # abort the connection after what was sent


@dataclass(slots=True)
class Seen:
    """One request as the server saw it (seconds of the monotonic clock)."""

    ip: str
    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


Page = Reply | Sequence[Reply] | Callable[[Seen], Reply]


@dataclass
class RecordingWeb:
    """Start with `with RecordingWeb() as web`; then `web.pages["/path"] = Reply(...)`."""

    ips: tuple[str, ...] = ("127.0.0.1",)
    pages: dict[str, Page] = field(default_factory=dict)  # "/path" or "127.0.0.2/path"
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    open_connections: int = 0
    most_connections: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._turns: dict[str, int] = defaultdict(int)
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> RecordingWeb:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def url(self, path: str, ip: str | None = None) -> str:
        return f"http://{ip or self.ips[0]}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    def clashes(self, delay: float) -> list[tuple[Seen, Seen]]:
        """Pairs on one host that overlapped or began less than `delay` seconds apart."""
        found = []
        for ip in self.ips:
            mine = sorted((s for s in self.seen if s.ip == ip), key=lambda s: s.began)
            for one, other in itertools.pairwise(mine):
                too_soon = other.began - one.began < delay - 0.003
                if too_soon or (one.ended and other.began < one.ended - 0.003):
                    found.append((one, other))
        return found

    # ------------------------------------------------------------------ inside the thread

    async def _listen(self) -> None:
        for ip in self.ips:
            server = await asyncio.start_server(
                lambda r, w, ip=ip: self._track(ip, r, w), ip, self.port
            )
            self.port = server.sockets[0].getsockname()[1]
            self._servers.append(server)

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _track(self, ip: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(ip, reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, ip: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.open_connections += 1
        self.most_connections = max(self.most_connections, self.open_connections)
        try:
            while await self._exchange(ip, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open_connections -= 1
            writer.close()

    async def _exchange(
        self, ip: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        request = Seen(ip, head[0].split(" ")[1], headers, time.monotonic())
        self.seen.append(request)
        reply = self._reply(request)
        if reply.hang:
            await asyncio.sleep(3600)
        await asyncio.sleep(reply.delay)
        try:
            return await self._send(reply, writer)
        finally:
            request.ended = time.monotonic()

    def _reply(self, request: Seen) -> Reply:
        bare = request.path.partition("?")[0]
        for key in (request.ip + request.path, request.path, request.ip + bare, bare):
            if key in self.pages:
                page = self.pages[key]
                break
        else:
            return Reply(status=404, body=b"nothing here")
        if callable(page):
            return page(request)
        if isinstance(page, Reply):
            return page
        turn = self._turns[key]
        self._turns[key] += 1
        return page[min(turn, len(page) - 1)]

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        writer.write(reply.raw if reply.raw is not None else self._head(reply))
        if reply.raw is None and reply.drip is None:
            writer.write(reply.body)
        elif reply.drip is not None:
            size, pause = reply.drip
            for start in range(0, len(reply.body), size):
                writer.write(reply.body[start : start + size])
                await writer.drain()
                await asyncio.sleep(pause)
        await writer.drain()
        if reply.reset:
            await asyncio.sleep(0.02)
            writer.transport.abort()
            return False
        return reply.raw is None and reply.content_length is None

    @staticmethod
    def _head(reply: Reply) -> bytes:
        lines = [f"HTTP/1.1 {reply.status} Whatever"]
        lines += [f"{name}: {value}" for name, value in reply.headers]
        if reply.content_length != -1:
            length = len(reply.body) if reply.content_length is None else reply.content_length
            lines.append(f"Content-Length: {length}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
