"""Connections: the only place where a socket to the web is opened, and the address guard with it.

A transport of httpx. A name is resolved here once and the connection goes to the very address that
was judged, so there is no second resolution that could answer differently. TLS is always verified,
with one context for all. Idle connections are kept by origin.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator

import httpx

from monitor.errors import AddressRefused
from monitor.fetch.address import AddressGuard, read_address
from monitor.fetch.connection import Connection

_KEEPALIVE_SECONDS = 30.0
_MAX_ADDRESSES = 4
_PORTS = {"http": 80, "https": 443}
_SECONDS = 10.0  # for connecting and for a silence, where a request says nothing


class NameNotFound(httpx.ConnectError):
    """The resolver knows no such name (or there is no resolver)."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Answers GET. Never opens more than `limit` connections, the idle ones included, as long as
    the caller asks no more than `limit` requests at once."""

    def __init__(self, guard: AddressGuard, limit: int) -> None:
        self._guard = guard
        self._limit = limit
        self._tls: ssl.SSLContext | None = None
        self._idle: OrderedDict[bytes, Connection] = OrderedDict()
        self._in_use = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer with its body still to be read; closing the answer gives the
        connection back. Raises AddressRefused and httpx.TransportError."""
        origin = request.url.raw_scheme + b"://" + request.url.netloc
        self._in_use += 1
        lease = _Lease(self, origin)
        try:
            lease.connection = self._kept(origin) or await self._open(request)
            lease.connection.read_seconds = _seconds(request, "read")
            head = await lease.connection.ask(request.url.raw_path, request.headers.raw)
        except BaseException:
            await lease.aclose()
            raise
        return httpx.Response(head.status, headers=head.headers, stream=lease)

    async def aclose(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.popitem()[1].close()
        await asyncio.sleep(0)  # the event loop takes its leave of the sockets

    # ------------------------------------------------------------------ idle connections

    def _kept(self, origin: bytes) -> Connection | None:
        connection = self._idle.pop(origin, None)
        if connection is None:
            return None
        age = asyncio.get_running_loop().time() - connection.idle_since
        if connection.is_good and age < _KEEPALIVE_SECONDS:
            return connection
        connection.close()
        return None

    def give_back(self, origin: bytes, connection: Connection | None) -> None:
        """The end of a request: its connection is kept when the answer was read to its end."""
        self._in_use -= 1
        if connection is None:
            return
        if connection.settle() and origin not in self._idle:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle[origin] = connection
        else:
            connection.close()

    # ------------------------------------------------------------------ new connections

    async def _open(self, request: httpx.Request) -> Connection:
        """Resolve, judge, connect: in this order, in one place."""
        while self._idle and len(self._idle) + self._in_use > self._limit:
            self._idle.popitem(last=False)[1].close()
            await asyncio.sleep(0)  # the socket is gone before the next one is opened
        seconds = _seconds(request, "connect")
        host = request.url.raw_host.decode("ascii").strip("[]")
        if request.url.scheme not in _PORTS or not host:
            raise httpx.UnsupportedProtocol(f"not a web address: {str(request.url)[:200]}")
        addresses = await _resolve(host, request.url.port or _PORTS[request.url.scheme], seconds)
        allowed = [address for address in addresses if self._guard.allows(address)]
        if not allowed:
            raise AddressRefused(f"{host} resolves to {', '.join(addresses)}: not a public address")
        return await self._first_that_answers(allowed, request, host, seconds)

    async def _first_that_answers(
        self, addresses: list[str], request: httpx.Request, host: str, seconds: float
    ) -> Connection:
        failure: httpx.ConnectError | None = None
        port = request.url.port or _PORTS[request.url.scheme]
        tls = self._context() if request.url.scheme == "https" else None
        for address in addresses:
            try:
                async with asyncio.timeout(seconds / len(addresses)):
                    return await Connection.open(address, port, tls=tls, host=host)
            except OSError as error:  # TimeoutError and ssl.SSLError among them
                failure = httpx.ConnectError(str(error) or f"{address} does not answer")
                failure.__cause__ = error
        raise failure or httpx.ConnectError("no address")

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


class _Lease(httpx.AsyncByteStream):
    """The body of one answer, piece by piece; closing it gives the connection back, once."""

    def __init__(self, transport: GuardedTransport, origin: bytes) -> None:
        self._transport = transport
        self._origin = origin
        self._closed = False
        self.connection: Connection | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.connection is not None and (piece := await self.connection.piece()):
            yield piece

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            self._transport.give_back(self._origin, self.connection)


def _seconds(request: httpx.Request, what: str) -> float:
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    return limits.get(what) or _SECONDS


async def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name in the resolver's order, without repeats, at most four. An address
    is its own."""
    if read_address(host) is not None:
        return [host]
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpx.ConnectTimeout(f"{host}: name not resolved in time") from error
    except (OSError, UnicodeError) as error:
        raise NameNotFound(f"{host}: {error}") from error
    found = dict.fromkeys(str(answer[4][0]) for answer in answers)
    return list(found)[:_MAX_ADDRESSES]
