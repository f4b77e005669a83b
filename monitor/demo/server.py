"""A small HTTP/1.1 server for the demo site: one thread, one address per outlet, one port.

Standard library only. Knows ETag, Last-Modified, 304, gzip, HEAD and keep-alive; outlets are told
apart by the local address of the connection. Every request is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from monitor.demo.dates import http_date

MAX_HEAD_BYTES = 65_536
TRIES_FOR_A_FREE_PORT = 50
REQUESTS_KEPT = 2000  # a site that serves a simulated month must not grow by its log


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site has at an address."""

    status: int
    body: bytes
    content_type: str
    modified: datetime | None = None  # None: not conditional


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as the server saw it; `time` is seconds of the monotonic clock."""

    time: float
    host: str
    path: str
    status: int
    user_agent: str
    conditional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    method: str
    path: str
    headers: dict[str, str]


Site = Callable[[str, str], Answer]  # address, path with query -> answer


class Served:
    """A running server: `port` and the log of `requests` (the last REQUESTS_KEPT)."""

    def __init__(self, site: Site, addresses: Sequence[str], port: int) -> None:
        self._site = site
        self._sockets = _listen(addresses, port)
        self.port: int = self._sockets[0].getsockname()[1]
        self._requests: deque[LoggedRequest] = deque(maxlen=REQUESTS_KEPT)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name=f"demo-site-{self.port}")

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        return tuple(self._requests)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and wait for the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        talks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._talk(reader, writer))
            talks.add(task)
            task.add_done_callback(talks.discard)

        servers = [
            await asyncio.start_server(accept, sock=sock, limit=MAX_HEAD_BYTES)
            for sock in self._sockets
        ]
        await self._stop.wait()
        for server in servers:
            server.close()
        for task in tuple(talks):
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while (asked := await _read_request(reader)) is not None:
                writer.write(self._respond(host, asked))
                await writer.drain()
                if asked.headers.get("connection", "").lower() == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away: nothing to tell it
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _respond(self, host: str, asked: _Asked) -> bytes:
        answer = self._site(host, asked.path)
        status, head, body = _dress(answer, asked)
        self._requests.append(
            LoggedRequest(
                time=time.monotonic(),
                host=host,
                path=asked.path,
                status=status,
                user_agent=asked.headers.get("user-agent", ""),
                conditional="if-none-match" in asked.headers
                or "if-modified-since" in asked.headers,
            )
        )
        return head + (b"" if asked.method == "HEAD" else body)


def _listen(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """One listening socket per address, all on one port (0: any that is free on all of them)."""
    for _ in range(TRIES_FOR_A_FREE_PORT):
        sockets: list[socket.socket] = []
        chosen = port
        try:
            for address in addresses:
                sockets.append(_bind(address, chosen))
                chosen = sockets[0].getsockname()[1]
        except OSError:
            for sock in sockets:
                sock.close()
            if port:
                raise
            continue
        return sockets
    raise OSError("no port is free on all demo addresses")


def _bind(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.listen(64)
    except OSError:
        sock.close()
        raise
    return sock


async def _read_request(reader: asyncio.StreamReader) -> _Asked | None:
    """The next request of a connection; None when the client closed it or talks nonsense."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3:
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    await reader.readexactly(int(headers.get("content-length", "0")))
    return _Asked(method=parts[0], path=parts[1], headers=headers)


def _dress(answer: Answer, asked: _Asked) -> tuple[int, bytes, bytes]:
    """Status, head and body as they go over the wire."""
    etag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    lines = [("Server", "demo"), ("Connection", "keep-alive"), ("Vary", "Accept-Encoding")]
    status, body = answer.status, answer.body
    if answer.modified is not None and status == 200:
        lines += [("ETag", etag), ("Last-Modified", http_date(answer.modified))]
        if _unchanged(asked.headers, etag, answer.modified):
            status, body = 304, b""
    if status != 304:
        lines.append(("Content-Type", answer.content_type))
        if "gzip" in asked.headers.get("accept-encoding", "") and len(body) > 500:
            body = gzip.compress(body, compresslevel=5, mtime=0)
            lines.append(("Content-Encoding", "gzip"))
        lines.append(("Content-Length", str(len(body))))
    reasons = {200: "OK", 304: "Not Modified", 404: "Not Found", 410: "Gone"}
    head = f"HTTP/1.1 {status} {reasons.get(status, '')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in lines) + "\r\n"
    return status, head.encode("latin-1"), body


def _unchanged(headers: dict[str, str], etag: str, modified: datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it is present."""
    if "if-none-match" in headers:
        return etag in headers["if-none-match"]
    try:
        since = parsedate_to_datetime(headers["if-modified-since"])
    except (KeyError, ValueError, TypeError):
        return False
    return modified.replace(microsecond=0) <= since
