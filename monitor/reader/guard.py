"""Around every answer: security headers, no robots, an optional password."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from monitor.reader.kept import POLICY as KEPT
from monitor.reader.site import secret

# Article pages show strangers' text: no script may run there but files of this server. Datasette's
# own table and SQL pages have inline scripts and show values escaped.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "script-src 'self'{inline}"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"x-robots-tag", b"noindex, nofollow, noarchive"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_OURS = ("/-/reader", "/-/charts", "/-/questions", "/-/feedback")

App = Callable[[Any, Any, Any], Awaitable[None]]


def wrapper(datasette: Any) -> Callable[[App], App]:
    """The ASGI middleware; the password is read once, at the start."""
    password = secret("MONITOR_READER_PASSWORD")

    def wrap(app: App) -> App:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif password and not _knows(scope, password):
                await _refuse(send)
            else:
                await app(scope, receive, _with_headers(scope["path"], send))

        return guarded

    return wrap


def policy(path: str) -> str:
    """The content security policy of a page."""
    parts = path.strip("/").split("/")
    if path.startswith("/-/kept/"):
        return KEPT
    reading = path == "/" or path.startswith(_OURS)
    row = len(parts) == 3 and parts[0] != "-"
    return _POLICY.format(inline="" if reading or row else " 'unsafe-inline'")


def _with_headers(path: str, send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            extra = (*_HEADERS, (b"content-security-policy", policy(path).encode()))
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await send(message)

    return sending


def _knows(scope: Any, password: str) -> bool:
    """HTTP Basic with any user name; compared in constant time."""
    given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    try:
        decoded = base64.b64decode(given.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return hmac.compare_digest(decoded.partition(":")[2].encode(), password.encode())


async def _refuse(send: Any) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"www-authenticate", b'Basic realm="archive", charset="UTF-8"'),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": b"The archive asks for a password.\n"})
