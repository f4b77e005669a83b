"""Bombs, endless things, wrong doors: each test was seen to fail without its defence
(`bench/defences.py` takes the defences away one at a time)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import http.client
import importlib.util
import os
import signal
import ssl
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
import zstandard

from monitor.clock import SystemClock
from monitor.commands import archive as archive_command
from monitor.commands import export, listener
from monitor.digest.subject import one_line
from monitor.errors import ExtractError, FetchError, ParseError, Truncated
from monitor.extract import page as page_door
from monitor.fetch import FetchSettings, WebFetcher
from monitor.fetch.decode import BodyReader
from monitor.models import Entry, Fetched, Listing, Request, Way
from monitor.pipeline import workers as worker_module
from monitor.pipeline.workers import Processes, WorkerCrashed
from monitor.pipeline.working import Done, Equipment, Job
from monitor.sources import KINDS, syndication
from monitor.sources.opml import read_opml
from monitor.store.database import open_database
from monitor.store.exports import Selection, export_warc
from monitor.store.pages import PageArchive
from monitor.urls import is_web_address

sys.path.insert(0, str(Path(__file__).parents[1] / "deliver"))
from smtp_faults import certificate

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


# ------------------------------------------------------------------------------ bombs


def zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(body)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd)],
    ids=["gzip", "br", "zstd"],
)
def test_a_bomb_costs_no_memory(coding: str, pack: Callable[[bytes], bytes]) -> None:
    """60 MB in a few kilobytes: what is held is the cap and one piece, never the whole."""
    bomb = pack(b"\0" * 60_000_000)
    cap = 1_000_000
    reader = BodyReader(coding, cap)
    tracemalloc.start()
    try:
        with pytest.raises(Truncated):
            _feed(reader, bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * cap, f"{peak / 1e6:.0f} MB were held"


def _feed(reader: BodyReader, body: bytes) -> None:
    for start in range(0, len(body), 65_536):
        reader.feed(body[start : start + 65_536])


def laughs(inside: str) -> bytes:
    """Six levels of eight: 260,000 times a word from one line."""
    names = "abcdefg"
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 8}">' for before, name in pairwise(names)
    )
    return f"<?xml version='1.0'?><!DOCTYPE r [{entities}]>{inside}".encode()


def outside(path: Path, inside: str) -> bytes:
    """An entity that stands for a file of this machine."""
    return f'<!DOCTYPE r [<!ENTITY g SYSTEM "{path.as_uri()}">]>{inside}'.encode()


FEED = "<rss version='2.0'><channel><item><title>&g;</title><link>http://a.kz/1</link></item></channel></rss>"
SITEMAP = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
    "<url><loc>http://a.kz/1?&g;</loc></url></urlset>"
)
OPML = "<opml version='2.0'><body><outline text='x' xmlUrl='http://a.kz/rss'>&g;</outline></body></opml>"


def read_kind(kind: str, body: bytes) -> Listing:
    way = Way(kind=kind, url="http://a.kz/x")
    answer = Fetched(
        url=way.url, final_url=way.url, fetched_at=NOW, status=200,
        headers={"content-type": "text/xml"}, body=body,
    )  # fmt: skip
    return KINDS[kind].parse(answer, way)


DOORS = [
    pytest.param(lambda body: read_kind("feed", body), FEED, id="feed"),
    pytest.param(lambda body: read_kind("sitemap", body), SITEMAP, id="sitemap"),
    pytest.param(read_opml, OPML, id="opml"),
]


@pytest.mark.parametrize(("door", "inside"), DOORS)
def test_entities_that_multiply_are_refused_by_every_door_to_xml(
    door: Callable[[bytes], object], inside: str
) -> None:
    with pytest.raises(ParseError) as caught:
        door(laughs(inside))
    assert caught.value.reason == "bomb"


@pytest.mark.parametrize(("door", "inside"), DOORS)
def test_no_door_to_xml_reads_a_file_for_an_entity(
    door: Callable[[bytes], object], inside: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret")
    try:
        found = door(outside(secret, inside))
    except ParseError:
        return
    assert "the-secret" not in repr(found)


def test_whatever_the_feed_library_raises_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for failure in (ValueError, KeyError, RecursionError, UnicodeError, AttributeError):

        def broken(*_: object, failure: type[Exception] = failure, **__: object) -> None:
            raise failure("of the library")

        monkeypatch.setattr(syndication.feedparser, "parse", broken)
        with pytest.raises(ParseError):
            read_kind("feed", FEED.replace("&g;", "x").encode())


def test_no_more_of_a_page_is_parsed_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_door, "MAXIMUM_BYTES", 1000)
    page = page_door.parse_page(b"<p>" + b"begin " * 500 + b"the-end</p>", url="http://a.kz/1")
    text = page.tree.text_content()
    assert "begin" in text
    assert "the-end" not in text


@pytest.mark.parametrize(
    "body", [b"<!-- nothing else -->", b"<?php echo 1 ?>", b"\x00", b"<!DOCTYPE html>"]
)
def test_a_page_that_is_nothing_to_the_parser_is_our_error(body: bytes) -> None:
    with pytest.raises(ExtractError):
        page_door.parse_page(body, url="http://a.kz/1")


async def test_a_page_that_takes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process stands for a parser that never comes back."""
    monkeypatch.setattr(worker_module, "PAGE_SECONDS", 0.5)
    workers = Processes(Equipment, 1)
    job = Job(entry=Entry(url="http://a.kz/1", text="слово " * 99, is_post=True), now=NOW)
    pids: list[int] = []
    try:
        async with asyncio.timeout(60):
            await _first(workers, job)
            worker = workers._lanes[0]._worker
            assert worker is not None
            pids = [worker.process.pid]
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            async with asyncio.timeout(20):
                with pytest.raises(WorkerCrashed):
                    await workers.work("a.kz", job)
            assert (await _first(workers, job)).article is not None
    finally:
        for pid in pids:
            _resume(pid)
        workers.close()


async def _first(workers: Processes, job: Job) -> Done:
    """A page by a new worker; the short limit of this test may end one that has just begun."""
    while True:
        try:
            return await workers.work("a.kz", job)
        except WorkerCrashed:
            continue


def _resume(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        return  # ended, as it should


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "data:text/html,x", "file:///etc/passwd", "ftp://a.kz/", "about:blank",
     "vbscript://a.kz/%0ax", "http:", "//a.kz/1", "http://user:pass@a.kz/"],
)  # fmt: skip
def test_only_the_webs_addresses_are_web_addresses(address: str) -> None:
    assert not is_web_address(address)


@pytest.mark.parametrize("text", ["a\r\nBcc: x@y.z", "a\nb", "a\x00b", "a\u2028b", "a\u202eb"])
def test_a_headline_becomes_one_printable_line_of_a_subject(text: str) -> None:
    assert one_line(text).isprintable()


# ------------------------------------------------------------------------------ certificates


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """The server is real and answers; only who checks its certificate turns away."""
    theirs, _ = certificate(tmp_path)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=theirs)
    port = server.sockets[0].getsockname()[1]
    careless = ssl._create_unverified_context()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=careless)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert (await reader.read()).endswith(b"ok")
    writer.close()
    settings = FetchSettings(
        user_agent="t/1", allow_addresses=("127.0.0.0/8",), host_delay_seconds=0.0
    )
    async with WebFetcher(settings, SystemClock()) as fetcher:
        asked = Request(url=f"https://127.0.0.1:{port}/", obey_robots=False)
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(asked)
    assert caught.value.reason == "tls"
    server.close()
    await server.wait_closed()


# ------------------------------------------------------------------------------ the listener


@pytest.fixture
async def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The listener over an empty database, impatient."""
    open_database(tmp_path / "monitor.db").close()
    monkeypatch.setattr(listener, "PATIENCE", 1.5)
    ours = listener.Listener(tmp_path / "monitor.db", SystemClock())
    await ours.start(0)
    assert ours._server is not None
    yield ours._server.sockets[0].getsockname()[1]
    await ours.stop()


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def test_a_client_that_says_nothing_is_hung_up_on(figures: int) -> None:
    reader, writer = await _connect(figures)
    writer.write(b"GET /metrics HTT")
    async with asyncio.timeout(15):
        assert await reader.read() == b""
    writer.close()


async def test_a_request_without_end_is_hung_up_on(
    figures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "PATIENCE", 30.0)
    reader, writer = await _connect(figures)
    writer.write(b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 100_000)
    async with asyncio.timeout(15):
        with contextlib.suppress(ConnectionResetError):  # the rest lay unread: a hang-up too
            assert await reader.read() == b""
    writer.close()


async def test_more_clients_than_four_are_turned_away(figures: int) -> None:
    held = [await _connect(figures) for _ in range(4)]
    await asyncio.sleep(0.1)
    reader, writer = await _connect(figures)
    writer.write(b"GET /metrics HTTP/1.1\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
    for _, other in (*held, (reader, writer)):
        other.close()


# ------------------------------------------------------------------------------ what leaves


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[Any, PageArchive]]:
    """One article whose address and headline are made to do harm, with its raw page."""
    db = open_database(tmp_path / "storage" / "monitor.db")
    pages = PageArchive(tmp_path / "storage" / "pages.db")
    url = "http://a.kz/../../../outside/%2e%2e/owned.html"
    number = pages.add(
        Fetched(url=url, final_url=url, status=200, headers={"content-type": "text/html"},
                body=b"<h1>owned</h1>", fetched_at=NOW)
    )  # fmt: skip
    seen = "2025-12-26T06:00:00Z"
    db["sources"].insert({"id": "../a", "name": "A", "updated_at": seen})
    db["articles"].insert(
        {"id": 1, "url": url, "final_url": url, "source_id": "../a", "page_id": number,
         "title": "=cmd|' /C calc'!A0", "text": "x", "first_seen_at": seen, "fetched_at": seen, "content_hash": "x"}
    )  # fmt: skip
    yield db, pages
    pages.close()
    db.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio's
def test_a_pages_address_names_no_file_when_it_is_exported(
    full: tuple[Any, PageArchive], tmp_path: Path
) -> None:
    db, pages = full
    target = tmp_path / "a" / "b" / "c" / "d"
    target.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    assert export_warc(db, pages, target / "pages.warc.gz", Selection()) == 1
    assert set(tmp_path.rglob("*")) - before == {target / "pages.warc.gz"}
    assert b"owned" in gzip.decompress((target / "pages.warc.gz").read_bytes())


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_headline_is_no_formula_in_the_exported_table(
    cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    export._print_csv([{"id": 1, "title": cell, "verdicts": {}}])
    assert f"'{cell[0]}" in capsys.readouterr().out.partition("\n")[2]


# ------------------------------------------------------------------------------ the archive


def test_the_archive_is_on_loopback_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _, command, __: started.append(command))
    (tmp_path / "feeds.yaml").write_text("settings: {host_delay_seconds: 0}\n")
    parser = argparse.ArgumentParser()
    archive_command.add_arguments(parser)
    arguments = parser.parse_args([])
    arguments.config = str(tmp_path / "feeds.yaml")
    archive_command.run(arguments)
    (command,) = started
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert not {"0.0.0.0", "::"} & set(command)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Datasette over an empty archive: its address."""
    name = "reader_conftest"
    path = Path(__file__).parents[1] / "reader" / "conftest.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    database = tmp_path_factory.mktemp("archive") / "monitor.db"
    open_database(database).close()
    (database.parent / "secret.txt").write_text("the-secret")
    with module.datasette(database) as server:
        yield server.base


def ask(base: str, path: str) -> tuple[int, str]:
    """The path exactly as it is written; no client tidies it."""
    place = urlsplit(base)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", place.netloc)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    ["/-/reader/../site.py", "/-/reader/..%2Fsite.py", "/-/reader/%2e%2e/site.py",
     "/-/reader/..%5csite.py", "/-/reader/....//site.py", "/-/static/../app.py",
     "/-/static/..%2Fapp.py", "/-/kept/../secret.txt", "/-/kept/..%2fsecret.txt",
     "/-/static-plugins/monitor/..%2f..%2fsite.py", "/..%2fsecret.txt", "/monitor/../secret.txt",
     "/monitor/..%2f..%2fsecret.txt", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"],
)  # fmt: skip
def test_no_address_of_the_archive_leads_to_other_files(archive: str, path: str) -> None:
    status, text = ask(archive, path)
    assert status in (302, 400, 404)
    for inside in ("the-secret", "from __future__", "import ", "root:"):
        assert inside not in text


def test_a_query_without_end_is_stopped(archive: str) -> None:
    endless = (
        "with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)select+count(*)+from+n"
    )
    status, text = ask(archive, f"/monitor.json?sql={endless}")
    assert status == 400
    assert "interrupted" in text.lower()
