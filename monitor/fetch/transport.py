"""Connections: the only place where a socket to the web is opened, and the address guard with it.

A name is resolved here once and the connection goes to the very address that was judged, so
there is no second resolution that could answer differently. TLS is always verified, with one
context for all. Connections are kept by origin here and not in httpcore's shared pool, which
costs 10-23 ms a request with many hosts (measured; httpcore PR 1035).
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

import httpcore
import httpx

from monitor.errors import AddressRefused
from monitor.fetch.address import AddressGuard

_KEEPALIVE_SECONDS = 30.0


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolve, judge, connect: in this order, in one place."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to an allowed address of `host`; raises AddressRefused when there is none."""
        addresses = await _resolve(host, port, timeout)
        allowed = [address for address in addresses if self._guard.allows(address)]
        if not allowed:
            raise AddressRefused(f"{host} resolves to {', '.join(addresses)}: not a public address")
        return await self._first_that_answers(allowed, port, timeout)

    async def _first_that_answers(
        self, addresses: list[str], port: int, timeout: float | None
    ) -> httpcore.AsyncNetworkStream:
        failure: httpcore.NetworkError | httpcore.TimeoutException | None = None
        share = timeout / len(addresses) if timeout else None
        for address in addresses:
            try:
                return await self._plain.connect_tcp(address, port, timeout=share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("unix sockets are not the web")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_MAX_ADDRESSES = 4


async def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of a name in the resolver's order, without repeats, at most four."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"{host}: name not resolved in time") from error
    except (OSError, UnicodeError) as error:
        raise NameNotFound(f"{host}: {error}") from error
    found = dict.fromkeys(str(answer[4][0]) for answer in answers)
    return list(found)[:_MAX_ADDRESSES]


class NameNotFound(httpcore.ConnectError):
    """The resolver knows no such name (or there is no resolver)."""


class Connections:
    """Idle connections by origin, least recently used first; with those in use never more than
    `limit`, which the caller's slots see to."""

    def __init__(self, guard: AddressGuard, limit: int) -> None:
        self._backend = GuardedBackend(guard)
        self._limit = limit
        self._tls: ssl.SSLContext | None = None
        self._idle: OrderedDict[str, httpcore.AsyncHTTPConnection] = OrderedDict()
        self._in_use = 0

    @asynccontextmanager
    async def get(
        self, url: str, headers: list[tuple[bytes, bytes]], timeouts: Mapping[str, float]
    ) -> AsyncIterator[httpcore.Response]:
        """One GET; its connection is kept for the next one when the body was read to the end."""
        target = httpx.URL(url)
        key = f"{target.scheme}://{target.netloc.decode('ascii')}"
        request = _request(target, headers, timeouts)
        connection: httpcore.AsyncHTTPConnection | None = None
        self._in_use += 1
        try:
            connection = await self._take(key, request.url.origin)
            response = await connection.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
        finally:
            self._in_use -= 1
            if connection is not None:
                await self._give_back(key, connection)

    async def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            _, connection = self._idle.popitem()
            await connection.aclose()

    async def _take(self, key: str, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """The idle connection of this origin, if it is still good; else a new one."""
        connection = self._idle.pop(key, None)
        if connection is not None:
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        await self._make_room()
        return httpcore.AsyncHTTPConnection(
            origin=origin,
            ssl_context=self._context() if key.startswith("https") else None,
            keepalive_expiry=_KEEPALIVE_SECONDS,
            http1=True,
            http2=False,
            network_backend=self._backend,
        )

    async def _give_back(self, key: str, connection: httpcore.AsyncHTTPConnection) -> None:
        if connection.is_idle() and key not in self._idle:
            self._idle[key] = connection
        else:
            await connection.aclose()

    async def _make_room(self) -> None:
        while self._idle and len(self._idle) + self._in_use > self._limit:
            _, connection = self._idle.popitem(last=False)  # out before the first await
            await connection.aclose()

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
        return self._tls


def _request(
    target: httpx.URL, headers: list[tuple[bytes, bytes]], timeouts: Mapping[str, float]
) -> httpcore.Request:
    return httpcore.Request(
        b"GET",
        httpcore.URL(
            scheme=target.raw_scheme,
            host=target.raw_host,
            port=target.port,
            target=target.raw_path,
        ),
        headers=[(b"Host", target.netloc), *headers],
        extensions={"timeout": dict(timeouts)},
    )
