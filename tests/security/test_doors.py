"""Every door that bytes from outside come through: garbage in raises only our own errors."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.recording_web import RecordingWeb, Reply

from monitor.clock import SystemClock
from monitor.config import load_settings
from monitor.errors import AddressRefused, ConfigError, ExtractError, FetchError
from monitor.extract import SiteMemory, extract_article
from monitor.fetch import FetchSettings, WebFetcher
from monitor.fetch.address import AddressGuard
from monitor.fetch.robots import crawl_delay, is_allowed, rules_of
from monitor.language import detect_language
from monitor.models import Fetched, Request
from monitor.sources import KINDS
from monitor.urls import is_web_address, url_key

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
PAGE = (
    "<!doctype html><html lang=ru><head><meta charset=utf-8><title>Зерно</title>"
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Зерно"}</script>'
    "</head><body><article><h1>Зерно</h1><time datetime=2025-12-26T05:00:00Z>сегодня</time>"
    + "<p>Министры двух стран обсудили поставки зерна и порядок осмотра вагонов.</p>" * 6
    + "</article></body></html>"
).encode()
quick = settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a piece cut out and another put in."""
    place = st.integers(0, len(whole))
    return st.tuples(place, place, st.binary(max_size=12)).map(
        lambda cut: whole[: cut[0]] + cut[2] + whole[cut[1] :]
    )


def fetched(body: bytes, content_type: str) -> Fetched:
    return Fetched(
        url="http://a.kz/1", final_url="http://a.kz/1", fetched_at=NOW, status=200,
        headers={"content-type": content_type}, body=body,
    )  # fmt: skip


@quick
@given(
    body=st.one_of(st.binary(max_size=300), damaged(PAGE)),
    content_type=st.sampled_from(["text/html", "text/html; charset=nonsense", "", "image/png"]),
)
def test_a_page_of_garbage_is_an_article_or_our_error(body: bytes, content_type: str) -> None:
    with contextlib.suppress(ExtractError):
        article = extract_article(
            fetched(body, content_type), memory=SiteMemory.load((), ()), now=NOW
        )
        assert is_web_address(article.canonical_url or article.url)
        article.text.encode()  # no lone surrogate reaches the database


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 50_000 + b"x",
        b"<table><tr><td>" * 5_000,
        b"<a href='" + b"a" * 500_000 + b"'>x</a>",
        b"<p>" + b"&amp;" * 100_000,
        b'<script type="application/ld+json">' + b"[" * 50_000 + b"</script><p>x",
        b"<html>" + "Министр. ".encode() * 100_000,
    ],
    ids=["deep", "tables", "long link", "entities", "deep json", "long text"],
)
def test_a_page_made_to_exhaust_is_done_in_seconds(body: bytes) -> None:
    with contextlib.suppress(ExtractError):
        extract_article(fetched(body, "text/html"), memory=SiteMemory.load((), ()), now=NOW)


@quick
@given(body=st.binary(max_size=400), path=st.text(max_size=40))
def test_robots_of_garbage_allow_or_refuse_and_never_fail(body: bytes, path: str) -> None:
    rules = rules_of(200, body)
    assert is_allowed(rules, f"http://a.kz/{path}", "kz-monitor/1") in (True, False)
    crawl_delay(rules, "kz-monitor/1")


VALID = 'settings: {database: x.db}\nsources: [{id: a, name: A, ways: [{kind: feed, url: "http://a.kz/"}]}]\n'


@quick
@given(
    text=st.one_of(
        st.text(max_size=200), damaged(VALID.encode()).map(lambda b: b.decode("utf-8", "replace"))
    )
)
def test_a_configuration_of_garbage_is_settings_or_problems(tmp_path: Path, text: str) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    with contextlib.suppress(ConfigError):
        load_settings(file, {}, {name: kind.options for name, kind in KINDS.items()})


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
        "sources: !!python/object/apply:os.system ['touch {owned}']\n",
        "sources: " + "[" * 3000,
    ],
    ids=["aliases", "python object", "deep"],
)
def test_a_configuration_made_to_exhaust_or_execute_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "feeds.yaml"
    owned = tmp_path / "owned"
    file.write_text(text.replace("{owned}", str(owned)), encoding="utf-8")
    with pytest.raises(ConfigError):
        load_settings(file, {}, {})
    assert not owned.exists()


@quick
@given(text=st.text(max_size=60))
def test_any_text_is_an_address_or_not_and_never_fails(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://a.kz/{text}", html.unescape(text)):
        if is_web_address(candidate):
            key = url_key(candidate)
            assert url_key(candidate) == key
    detect_language(text)


# ------------------------------------------------------------------------------ the guard


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.100.100.200",
     "0.0.0.0", "255.255.255.255", "224.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "fd00::2",
     "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
     "2001:0:7f00:1::", "198.18.0.1", "192.0.0.8", "not an address", "", "0177.0.0.1", "2130706433"],
)  # fmt: skip
def test_the_guard_refuses_every_address_that_is_not_the_public_web(address: str) -> None:
    assert not AddressGuard().allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::8a", "195.12.113.1"])
def test_the_guard_lets_the_public_web_through(address: str) -> None:
    assert AddressGuard().allows(address)


SPELLINGS = (
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://127.1:{port}/",
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/",
    "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/",
    "http://user:pass@127.0.0.1:{port}/", "http://127.0.0.1.:{port}/",
)  # fmt: skip


def fetch(url: str, allow: tuple[str, ...] = ()) -> Fetched:
    async def ask() -> Fetched:
        settings = FetchSettings(user_agent="t/1", allow_addresses=allow, host_delay_seconds=0.0)
        async with WebFetcher(settings, SystemClock()) as fetcher:
            return await fetcher.fetch(Request(url=url, purpose="feed", obey_robots=False))

    return asyncio.run(ask())


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_this_machine_is_ever_connected_to(spelling: str) -> None:
    with RecordingWeb(ips=("127.0.0.1",)) as web:
        web.pages["/"] = Reply(body=b"the inside of the network")
        with pytest.raises(FetchError):
            fetch(spelling.format(port=web.port))
        assert web.seen == []


@pytest.mark.parametrize("spelling", SPELLINGS[:6])
def test_no_redirect_leads_inside(spelling: str) -> None:
    """127.0.0.2 is on the allow-list as "the web", 127.0.0.1 is "inside"."""
    with RecordingWeb(ips=("127.0.0.1", "127.0.0.2")) as web:
        target = spelling.format(port=web.port)
        web.pages["127.0.0.2/start"] = Reply(status=302, headers=(("Location", target),), body=b"")
        web.pages["127.0.0.1/"] = Reply(body=b"the inside of the network")
        with pytest.raises(FetchError) as caught:
            fetch(web.url("/start", ip="127.0.0.2"), allow=("127.0.0.2/32",))
        assert [seen.ip for seen in web.seen] == ["127.0.0.2"]
        if "[" not in spelling and "@" not in spelling:
            assert isinstance(caught.value, AddressRefused | FetchError)


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://a.kz/",
        "//",
        "javascript:x",
        "http:///x",
        "",
    ],
)
def test_no_redirect_leaves_the_web(target: str) -> None:
    with RecordingWeb(ips=("127.0.0.2",)) as web:
        web.pages["/start"] = Reply(status=302, headers=(("Location", target),), body=b"secret")
        with pytest.raises(FetchError):
            fetch(web.url("/start"), allow=("127.0.0.2/32",))


def test_without_the_guard_the_inside_would_answer() -> None:
    """The test above, seen to fail without its defence."""
    with RecordingWeb(ips=("127.0.0.1",)) as web:
        web.pages["/"] = Reply(body=b"the inside of the network")
        assert fetch(web.url("/"), allow=("127.0.0.0/8",)).body == b"the inside of the network"


# ------------------------------------------------------------------------------ SQL


def test_hostile_names_are_values_in_every_statement(tmp_path: Path) -> None:
    """Sources, entries and metadata named like SQL: stored as they are, nothing executed."""
    from monitor.models import Entry, Source, Way
    from monitor.store.database import open_database, write
    from monitor.store.entries import known_keys, remember_entries
    from monitor.store.records import set_meta
    from monitor.store.ways import load_ways, sync_sources

    evil = "x'; DROP TABLE articles; --\" OR 1=1"
    db = open_database(tmp_path / "monitor.db")
    source = Source(
        id=evil, name=evil, note=evil, ways=(Way(kind=evil, url=f"http://a.kz/{evil}"),)
    )
    sync_sources(db, [source], NOW)
    load_ways(db, [source])
    set_meta(db, evil, evil, NOW)
    with write(db) as connection:
        remember_entries(
            connection, [Entry(url=f"http://a.kz/{evil}", guid=evil, title=evil, summary=evil)],
            source_id=evil, way_id=1, guid_policy="guid", now=NOW,
        )  # fmt: skip
    known_keys(db, [evil, url_key(f"http://a.kz/{evil}")])
    assert db.conn.execute("SELECT title FROM entries").fetchone()[0] == evil
    assert db.conn.execute("SELECT count(*) FROM articles").fetchone()[0] == 0
    assert json.loads(json.dumps([r[0] for r in db.conn.execute("SELECT value FROM meta")])) == [
        evil
    ]
    db.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "monitor.db")) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
