"""Connections: the only place where a socket to the web is opened, and the address guard with it.

A name is resolved here once and the connection goes to the very address that was judged, so
there is no second resolution that could answer differently. TLS is always verified, with one
context for all. Idle connections are kept by origin.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from monitor.errors import AddressRefused
from monitor.fetch.address import AddressGuard, read_address
from monitor.fetch.connection import Connection, Fault
from monitor.fetch.target import Target

_KEEPALIVE_SECONDS = 30.0
_MAX_ADDRESSES = 4


class Connections:
    """Idle connections by origin, least recently used first; with those in use never more than
    `limit`, which the caller's slots see to."""

    def __init__(
        self, guard: AddressGuard, limit: int, *, connect_seconds: float, read_seconds: float
    ) -> None:
        self._guard = guard
        self._limit = limit
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._tls: ssl.SSLContext | None = None
        self._idle: OrderedDict[str, Connection] = OrderedDict()
        self._in_use = 0

    @asynccontextmanager
    async def to(self, target: Target) -> AsyncIterator[Connection]:
        """A connection for one request; it is kept for the next one when the answer was read to
        its end. Raises AddressRefused, Fault."""
        self._in_use += 1
        connection: Connection | None = None
        whole = False
        try:
            connection = self._kept(target.origin) or await self._open(target)
            yield connection
            whole = True
        finally:
            self._in_use -= 1
            if connection is not None:
                self._give_back(target.origin, connection, whole=whole)

    async def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.popitem()[1].close()
        await asyncio.sleep(0)  # the event loop takes its leave of the sockets

    # ------------------------------------------------------------------ idle connections

    def _kept(self, origin: str) -> Connection | None:
        connection = self._idle.pop(origin, None)
        if connection is None:
            return None
        age = asyncio.get_running_loop().time() - connection.idle_since
        if connection.is_good and age < _KEEPALIVE_SECONDS:
            return connection
        connection.close()
        return None

    def _give_back(self, origin: str, connection: Connection, *, whole: bool) -> None:
        if whole and connection.settle() and origin not in self._idle:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle[origin] = connection
        else:
            connection.close()

    # ------------------------------------------------------------------ new connections

    async def _open(self, target: Target) -> Connection:
        """Resolve, judge, connect: in this order, in one place."""
        while self._idle and len(self._idle) + self._in_use > self._limit:
            self._idle.popitem(last=False)[1].close()
            await asyncio.sleep(0)  # the socket is gone before the next one is opened
        addresses = await _resolve(target.host, target.port, self._connect_seconds)
        allowed = [address for address in addresses if self._guard.allows(address)]
        if not allowed:
            raise AddressRefused(
                f"{target.host} resolves to {', '.join(addresses)}: not a public address"
            )
        return await self._first_that_answers(allowed, target)

    async def _first_that_answers(self, addresses: list[str], target: Target) -> Connection:
        failure: Fault | None = None
        share = self._connect_seconds / len(addresses)
        for address in addresses:
            try:
                async with asyncio.timeout(share):
                    return await Connection.open(
                        address,
                        target.port,
                        tls=self._context() if target.tls else None,
                        host=target.host,
                        read_seconds=self._read_seconds,
                    )
            except OSError as error:  # TimeoutError and ssl.SSLError among them
                failure = Fault(str(error) or f"{address} does not answer", "connect")
                failure.__cause__ = error
        raise failure or Fault("no address", "connect")

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            import httpx  # late: a round that needs no TLS needs no httpx

            self._tls = httpx.create_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


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
        raise Fault(f"{host}: name not resolved in time", "connect") from error
    except (OSError, UnicodeError) as error:
        raise Fault(f"{host}: {error}", "dns") from error
    found = dict.fromkeys(str(answer[4][0]) for answer in answers)
    return list(found)[:_MAX_ADDRESSES]
