"""Shared by all tests: loopback only, a fixed clock, real SQLite."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.demo import DemoSite, Served
from monitor.store.database import open_database

SHARED = Path(__file__).resolve().parents[2] / "shared"


class FakeClock:
    """A clock that a test moves by hand."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **delta: float) -> None:
        self._now += timedelta(**delta)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that opens a non-loopback connection fails."""
    real = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> object:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if not (host.startswith("127.") or host in ("::1", "localhost")):
                pytest.fail(f"a test tried to reach {host}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2025, 12, 26, 6, 0, tzinfo=UTC))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "monitor.db")
    yield database
    database.close()


@pytest.fixture
def shared() -> Path:
    """The development data beside the project; the test skips where it is missing."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the project")
    return SHARED


@pytest.fixture
def demo_site() -> DemoSite:
    """The embedded news site at the fake clock's moment, not yet listening."""
    return DemoSite(datetime(2025, 12, 26, 6, 0, tzinfo=UTC))


@pytest.fixture
def served_demo(demo_site: DemoSite) -> Iterator[Served]:
    """`demo_site` listening on a free port of every outlet's address."""
    with demo_site.serve(port=0) as served:
        yield served
