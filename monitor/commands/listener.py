"""GET /metrics on loopback: the only port the service ever opens, and only when told to.

Answers with figures, never with texts or names of people; knows one path, keeps no connection.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from monitor.commands.metrics import read_metrics
from monitor.errors import StoreError
from monitor.metrics import CONTENT_TYPE
from monitor.ports import Clock

HOST = "127.0.0.1"
HEAD_LIMIT = 8192  # bytes of a request
PATIENCE = 5.0  # seconds for a request to arrive
AT_ONCE = 4  # requests answered side by side; the next ones are turned away


class Listener:
    """A listener that reads the database anew for every request."""

    def __init__(self, database: Path, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._open = 0

    async def start(self, port: int) -> None:
        """Raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._talk, HOST, port, limit=HEAD_LIMIT)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            writer.write(await self._answer(head.split(b"\r\n", 1)[0]))
            await asyncio.wait_for(writer.drain(), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # not a client worth an answer
        finally:
            self._open -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, first_line: bytes) -> bytes:
        method, _, rest = first_line.partition(b" ")
        path = rest.split(b" ")[0]
        if self._open > AT_ONCE:
            return _response("503 Service Unavailable", "busy\n")
        if method != b"GET" or path != b"/metrics":
            return _response("404 Not Found", "GET /metrics\n")
        try:
            text = await asyncio.to_thread(read_metrics, self._database, self._clock.now())
        except StoreError:
            return _response("503 Service Unavailable", "the database cannot be read\n")
        return _response("200 OK", text)


def _response(status: str, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\n"
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
