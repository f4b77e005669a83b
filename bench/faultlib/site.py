"""The demo site with a will of its own: every answer may be cut, delayed, replaced or refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from monitor.demo.outlets import OUTLETS
from monitor.demo.server import Served, _read_request
from monitor.demo.site import DemoSite


@dataclass(frozen=True)
class Trick:
    """What goes over the wire instead of the answer."""

    data: bytes
    close: bool = True
    delay: float = 0.0


@dataclass
class Asked:
    """A request as a fault sees it: `count` of this path so far, the whole honest answer."""

    host: str
    path: str
    count: int
    whole: bytes
    is_feed: bool = field(default=False)

    @property
    def head(self) -> bytes:
        return self.whole.split(b"\r\n\r\n", 1)[0]

    @property
    def body(self) -> bytes:
        return self.whole.split(b"\r\n\r\n", 1)[1]


Fault = Callable[[Asked], Trick | None]


class FaultySite(Served):
    """Served, with `fault` between the site and the wire (None: honest)."""

    fault: Fault | None = None
    down = False

    def __init__(self, demo: DemoSite, port: int = 0) -> None:
        self.seen: Counter[str] = Counter()
        self._feeds = {(o.address, way.path.split("?")[0]) for o in OUTLETS for way in o.ways}
        super().__init__(demo._answer, [outlet.address for outlet in OUTLETS], port)
        demo._port = self.port

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while not self.down and (asked := await _read_request(reader)) is not None:
                whole = self._respond(host, asked)
                trick = self._trick(host, asked.path, whole)
                await asyncio.sleep(trick.delay)
                writer.write(trick.data)
                await writer.drain()
                if trick.close:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort() if self.down else writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _trick(self, host: str, path: str, whole: bytes) -> Trick:
        key = host + path
        self.seen[key] += 1
        fault = self.fault
        is_feed = (host, path.split("?", maxsplit=1)[0]) in self._feeds
        asked = Asked(host, path, self.seen[key], whole, is_feed)
        found = fault(asked) if fault and "robots" not in path else None
        return found or Trick(whole, close=False)


@contextmanager
def serve(now: datetime) -> Iterator[tuple[DemoSite, FaultySite]]:
    demo = DemoSite(now)
    site = FaultySite(demo)
    site.start()
    try:
        yield demo, site
    finally:
        site.stop()


def status(code: int, *headers: str, body: bytes = b"", kind: str = "text/html") -> bytes:
    """A whole answer with its head."""
    lines = [f"HTTP/1.1 {code} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *headers, "Connection: close", "", ""]).encode() + body
