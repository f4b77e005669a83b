"""A small invented archive and a real Datasette on loopback over it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

from archive import make  # noqa: E402

ARTICLES = 300


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): ", ".join(headers.get_all(name, [])) for name in headers}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


@dataclass(frozen=True)
class Server:
    """A running Datasette."""

    base: str

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Answer:
        return self.ask(path, headers=headers or {}, query=query)

    def raw(self, path: str) -> dict[str, str]:
        """Only the headers, for bodies that are not UTF-8."""
        with urllib.request.urlopen(self.base + path, timeout=20) as answer:
            return _lower(answer.headers)

    def ask(
        self,
        path: str,
        *,
        headers: dict[str, str],
        query: dict[str, str] | None = None,
        form: dict[str, str] | None = None,
    ) -> Answer:
        address = self.base + path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(address, headers=headers, data=body)
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=20) as answer:
                return Answer(answer.status, _lower(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read().decode())


@contextlib.contextmanager
def datasette(
    database: Path,
    *options: str,
    config: Path = ROOT / "storage" / "datasette.yaml",
    **environment: str,
) -> Iterator[Server]:
    """`datasette DATABASE -m storage/datasette.yaml`, as the README says, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "datasette", "serve", str(database),
        "-m", str(config), "--plugins-dir", str(ROOT / "storage" / "plugins"),
        "-p", str(port), *options,
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    log = database.parent / f"datasette-{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=env, stdout=output, stderr=output, cwd=database.parent
        )
    try:
        server = Server(f"http://127.0.0.1:{port}")
        _wait(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # in the middle of a query that never ends
            process.kill()
            process.wait(10)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            pytest.fail(f"datasette ended: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            server.get("/robots.txt")
            return
        time.sleep(0.1)
    pytest.fail("datasette did not answer")


@pytest.fixture(scope="session")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "monitor.db"
    make(path, ARTICLES, days=21, paragraphs=8)
    return path


@pytest.fixture(scope="session")
def server(archive_path: Path) -> Iterator[Server]:
    with datasette(archive_path) as running:
        yield running
