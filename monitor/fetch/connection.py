"""One HTTP/1.1 connection: h11 speaks, asyncio carries. The only door to h11.

h11 is the protocol half of httpx; its other half (httpcore over anyio) cost 0.5 ms of CPU a request
on top, twice what speaking and carrying cost (bench/README.md). Knows no address guard and no body
coding; whoever opens it has judged the address. What goes wrong is an error of httpx's tree.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from typing import cast

import h11
import httpx

_HEAD_BYTES = 100 * 1024  # the most that status line and headers may hold
_HELD_BYTES = 256 * 1024  # read ahead of the reader, then the server has to wait

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers (names in lower case) of an answer."""

    status: int
    headers: Headers


class _Pipe(asyncio.Protocol):
    """Bytes as they come, handed over when asked for; never much more than `_HELD_BYTES` wait."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False
        self._lost: Exception | None = None
        self.ended = False

    @property
    def is_quiet(self) -> bool:
        """Still open, and nothing has come that nobody asked for."""
        return not (self.ended or self._pieces)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)
        if self._held > _HELD_BYTES and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self._lost = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self, seconds: float) -> bytes:
        """The next bytes, empty at the end. Raises httpx.TransportError, after `seconds` without
        any too."""
        if not (self._pieces or self.ended):
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._waiter
            except TimeoutError as error:
                raise httpx.ReadTimeout(f"nothing came for {seconds:.0f} s") from error
            finally:
                self._waiter = None
        if self._pieces:
            piece = self._pieces.popleft()
            self._held -= len(piece)
            if self._paused and not self._pieces:
                self._paused = False
                self.transport.resume_reading()
            return piece
        if self._lost is not None:
            raise httpx.ReadError(str(self._lost)) from self._lost
        return b""


class Connection:
    """GET after GET over one socket. Use `open`, then for every request `ask`, `piece` until it is
    empty, and `settle`."""

    def __init__(self, pipe: _Pipe) -> None:
        self._pipe = pipe
        self.read_seconds = 5.0  # the longest silence, set for every request
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_BYTES)
        self.idle_since = 0.0  # on the event loop's clock

    @classmethod
    async def open(
        cls, address: str, port: int, *, tls: ssl.SSLContext | None, host: str
    ) -> Connection:
        """Connect to an IP address; `host` is whom the certificate must name. Raises OSError
        (ssl.SSLError among them)."""
        loop = asyncio.get_running_loop()
        _, pipe = await loop.create_connection(
            _Pipe, address, port, ssl=tls, server_hostname=host if tls else None
        )
        return cls(pipe)

    @property
    def is_good(self) -> bool:
        """Idle, open and silent: fit for the next request."""
        return self._pipe.is_quiet and not self._pipe.transport.is_closing()

    async def ask(self, path: bytes, headers: Headers) -> Head:
        """Send a GET, read the head of its answer. Raises httpx.TransportError."""
        try:
            request = h11.Request(method=b"GET", target=path, headers=headers)
            sent = self._state.send(request) or b""
            self._state.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        self._pipe.transport.write(sent)
        event = await self._event()
        while isinstance(event, h11.InformationalResponse) and event.status_code != 101:
            event = await self._event()
        if not isinstance(event, h11.Response):
            raise httpx.RemoteProtocolError("the answer is no HTTP answer")
        return Head(event.status_code, list(event.headers))

    async def piece(self) -> bytes:
        """The next piece of the body, empty at its end. Raises httpx.TransportError when it
        breaks off."""
        event = await self._event()
        while isinstance(event, h11.Data):
            if event.data:
                return bytes(event.data)
            event = await self._event()
        if not isinstance(event, h11.EndOfMessage):
            raise httpx.RemoteProtocolError("the body broke off")
        return b""

    def settle(self) -> bool:
        """After an answer: True when the connection is ready for another request. What came behind
        the answer would be taken for the next one."""
        state = self._state
        done = state.our_state is h11.DONE and state.their_state is h11.DONE
        if not done or state.trailing_data[0]:
            return False
        state.start_next_cycle()
        return self.is_good

    def close(self) -> None:
        """At once: whatever is still on its way is of no interest."""
        self._pipe.transport.abort()

    async def _event(self) -> object:
        try:
            event = self._state.next_event()
            while event is h11.NEED_DATA:
                data = await self._pipe.read(self.read_seconds)
                if not data and self._state.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("the server closed without an answer")
                self._state.receive_data(data)
                event = self._state.next_event()
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        return event
