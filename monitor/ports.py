"""Protocols that have more than one implementation. Nothing else belongs here.

The store has no protocol: it has one implementation, and the tests use the real SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.models import Fetched, Listing, Message, Receipt, Request, Way


class Clock(Protocol):
    """Where the time comes from: the machine, or a simulation (MONITOR_NOW)."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Fetcher(Protocol):
    """Bytes from the web. Raises FetchError; never returns a partial body."""

    async def fetch(self, request: Request) -> Fetched: ...


class SourceKind(Protocol):
    """A kind of way in: turns one answer into entries. Pure, raises ParseError."""

    name: str
    purpose: str  # the Request purpose: feed / listing / sitemap
    parser_version: str  # validators are forgotten when it changes
    options: Mapping[str, str]  # keys of such a way in feeds.yaml -> one-line help

    def first_url(self, way: Way) -> str: ...

    def parse(self, fetched: Fetched, way: Way) -> Listing: ...


class Channel(Protocol):
    """A road to the reader.

    `send` returns one receipt per recipient; raises DeliveryError when none was reached.
    """

    name: str

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]: ...


class Progress(Protocol):
    """Where a long job shows how far it is: a terminal, plain lines, or nothing."""

    def begin(self, line: str, total: int) -> None:
        """A line of the pipeline starts; `total` steps are expected."""
        ...

    def step(self, line: str, note: str = "", *, more: int = 0) -> None:
        """One step is done; `more` further ones turned up."""
        ...

    def end(self, line: str) -> None: ...
