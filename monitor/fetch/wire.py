"""One request on the wire and its whole answer; every library error becomes ours here.

Streams the body through `decode`, under a deadline for the whole transfer: a timeout for every read
is outlasted for ever by a slow drip (measured; see the traps).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import httpx

from monitor.errors import FetchError, Truncated
from monitor.fetch.connection import Headers
from monitor.fetch.decode import ACCEPT_ENCODING, BodyReader
from monitor.fetch.settings import FetchSettings, accept_header
from monitor.fetch.transport import NameNotFound
from monitor.models import Request

_WITH_BODY = frozenset({200, 203})
_DRAIN_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `error` is set when no whole answer came; status 0: not even a status."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    set_cookies: tuple[str, ...] = ()
    body: bytes = b""
    wire_bytes: int = 0
    error: FetchError | None = None


class Wire:
    """Sends one request and reads one answer."""

    def __init__(self, settings: FetchSettings, transport: httpx.AsyncBaseTransport) -> None:
        """The transport is asked by itself: httpx.AsyncClient would add redirects, cookies and
        defaults of its own, which are decided in client.py, and 0.1 ms of CPU a request."""
        self._settings = settings
        self._transport = transport
        self._limits = {"connect": settings.connect_seconds, "read": settings.read_seconds}

    async def get(
        self, request: Request, url: str, *, seconds: float, cookies: Mapping[str, str]
    ) -> Answer:
        """The whole answer within `seconds`; never raises a FetchError, returns it instead."""
        seen = _Progress()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._exchange(request, url, cookies, seen)
        except FetchError as error:
            return seen.failed(error)
        except TimeoutError as error:
            return seen.failed(_late(seen, error))
        except httpx.TransportError as error:
            return seen.failed(_translated(error, seen))
        except httpx.InvalidURL as error:
            return seen.failed(_no_address(error))

    async def _exchange(
        self, request: Request, url: str, cookies: Mapping[str, str], seen: _Progress
    ) -> Answer:
        asked = httpx.Request(
            "GET",
            url,
            headers=self._headers(request, cookies),
            extensions={"timeout": self._limits},
        )
        response = await self._transport.handle_async_request(asked)
        seen.status = response.status_code
        try:
            return await self._answer(response, request, seen)
        finally:
            await response.aclose()

    async def _answer(self, response: httpx.Response, request: Request, seen: _Progress) -> Answer:
        raw = response.headers.raw
        named = _named(raw)
        body = b""
        if seen.status in _WITH_BODY:
            cap = self._settings.cap_bytes(request.purpose)
            reader = BodyReader(named.get("content-encoding", ""), cap)
            body = await self._read(response, reader, seen)
        else:
            await self._drain(response, seen)
        return Answer(
            status=seen.status,
            headers=named,
            set_cookies=_set_cookies(raw),
            body=body,
            wire_bytes=seen.wire_bytes,
        )

    @staticmethod
    async def _read(response: httpx.Response, reader: BodyReader, seen: _Progress) -> bytes:
        async for piece in response.aiter_raw():
            seen.wire_bytes += len(piece)
            reader.feed(piece)
        return reader.finish()

    @staticmethod
    async def _drain(response: httpx.Response, seen: _Progress) -> None:
        """Read a short rest to its end, so that the connection can be used again."""
        pieces = cast("AsyncGenerator[bytes]", response.aiter_raw())  # what httpx makes it
        async with aclosing(pieces):
            async for piece in pieces:
                seen.wire_bytes += len(piece)
                if seen.wire_bytes > _DRAIN_BYTES:
                    break

    def _headers(self, request: Request, cookies: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        pairs = {
            "If-None-Match": request.etag,
            "If-Modified-Since": request.last_modified,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }
        said = [(n.encode("ascii"), _sendable(v)) for n, v in pairs.items() if v]
        return _standing(self._settings.user_agent, request.purpose) + [p for p in said if p[1]]


@lru_cache(maxsize=16)
def _standing(user_agent: str, purpose: str) -> Headers:
    """What every request of a purpose says; never changed."""
    return [
        (b"User-Agent", _sendable(user_agent)),
        (b"Accept", _sendable(accept_header(purpose))),
        (b"Accept-Encoding", ACCEPT_ENCODING.encode()),
    ]


_CONTROL = bytes(set(range(32)) | {127})


def _sendable(value: str) -> bytes:
    """A header value as a client may send it: servers hand out validators with blanks around
    them and control characters in them, and a validator that is refused would block the way."""
    return value.encode("latin-1", "replace").translate(None, _CONTROL).strip()


@dataclass(slots=True)
class _Progress:
    """How far an exchange came before it failed."""

    status: int = 0
    wire_bytes: int = 0

    def failed(self, error: FetchError) -> Answer:
        error.status = error.status or self.status or None
        return Answer(status=self.status, wire_bytes=self.wire_bytes, error=error)


def _named(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("ascii", "replace").lower(), value.decode("latin-1")
        named[key] = f"{named[key]}, {text}" if key in named else text
    return named


def _set_cookies(raw: list[tuple[bytes, bytes]]) -> tuple[str, ...]:
    return tuple(v.decode("latin-1") for name, v in raw if name.lower() == b"set-cookie")


def _late(seen: _Progress, cause: BaseException) -> FetchError:
    message = "the whole transfer took too long"
    kind = Truncated if seen.status else FetchError
    error = kind(message, reason="deadline", hardness=0.25)
    error.__cause__ = cause
    return error


def _translated(cause: httpx.TransportError, seen: _Progress) -> FetchError:
    """The transport's errors; what breaks after a status line leaves a truncated body."""
    text = str(cause) or type(cause).__name__
    error: FetchError
    if isinstance(cause, NameNotFound):
        error = FetchError(text, reason="dns")
    elif _is_tls(cause):
        error = FetchError(text, reason="tls")
    elif isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
        error = FetchError(text, reason="connect", hardness=0.25)
    elif seen.status in _WITH_BODY:
        error = Truncated(text, hardness=0.25)
    elif isinstance(cause, httpx.UnsupportedProtocol):
        error = FetchError(text, reason="address", hardness=0.5)
    else:
        reason = "timeout" if isinstance(cause, httpx.TimeoutException) else "protocol"
        error = FetchError(text, reason=reason, hardness=0.25)
    error.__cause__ = cause
    return error


def _is_tls(cause: BaseException | None) -> bool:
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _no_address(cause: httpx.InvalidURL) -> FetchError:
    error = FetchError(str(cause), reason="address", hardness=0.5)
    error.__cause__ = cause
    return error
