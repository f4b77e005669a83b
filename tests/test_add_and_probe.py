"""Finding the ways of a site, probing the ways of feeds.yaml, OPML: against loopback sites."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.recording_web import RecordingWeb, Reply

from monitor import cli
from monitor.commands.app import read_settings
from monitor.commands.stanza import with_sources
from monitor.fetch import FetchSettings, WebFetcher
from monitor.models import Source, Way
from monitor.pipeline.probing import Probe, probe_ways
from monitor.sources import KINDS

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
XML = (("Content-Type", "application/rss+xml; charset=utf-8"),)


def rss(count: int = 4, day: int = 26) -> bytes:
    items = "".join(
        f"<item><title>Новость номер {n}</title><link>/n/{n}</link>"
        f"<pubDate>{day - n} Dec 2025 10:00:00 +0500</pubDate></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>Лента</title>{items}</channel></rss>'.encode()


def page(body: str, head: str = "") -> Reply:
    text = f'<html lang="ru"><head><title>Пример — новости</title>{head}</head><body>{body}</body></html>'
    return Reply(body=text.encode(), headers=HTML)


LINKS = "".join(
    f'<a href="/news/10{n}45-slug">Длинный заголовок новости под номером {n}</a>' for n in range(8)
)
SITEMAP = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc>/news/1</loc><lastmod>2025-12-26T05:00:00Z</lastmod></url></urlset>"
)


@pytest.fixture
def web() -> Iterator[RecordingWeb]:
    with RecordingWeb(("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "settings:\n  allow_addresses: [127.0.0.0/8]\n  host_delay_seconds: 0\n\n"
        "sources:\n  # mine\n  - id: one\n    name: One\n    ways:\n"
        "      - {kind: feed, url: 'http://127.0.0.9/rss'}\n\n"
        "# who gets it\nsubscriptions:\n  - name: daily\n",
        "utf-8",
    )
    return path


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_NOW", "2025-12-26T12:00:00+05:00")


@pytest.mark.usefixtures("at_noon")
def test_add_finds_the_feed_that_a_page_announces(
    web: RecordingWeb, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/export/all.rss">'
    web.pages.update({"/": page(LINKS, head), "/export/all.rss": Reply(body=rss(), headers=XML)})
    web.pages["/robots.txt"] = Reply(body=f"Sitemap: {web.url('/map-news.xml')}\n".encode())
    web.pages["/map-news.xml"] = Reply(body=SITEMAP)
    assert cli.main(["add", web.url("/"), "--config", str(config), "--write"]) == 0
    shown = capsys.readouterr().out
    assert "Новость номер 0" in shown
    (_, added) = read_settings(str(config)).sources
    assert [way.kind for way in added.ways] == ["feed", "sitemap", "listing"]
    assert added.name == "Пример"
    assert added.languages == ("ru",)
    text = config.read_text("utf-8")
    assert "# mine" in text
    assert text.index("all.rss") < text.index("# who gets it")


@pytest.mark.usefixtures("at_noon")
def test_add_tries_the_usual_places_of_a_silent_page(
    web: RecordingWeb, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.pages.update({"/": page("<p>Добро пожаловать</p>"), "/rss.xml": Reply(body=rss())})
    assert cli.main(["add", web.url("/"), "--config", str(config)]) == 0
    shown = capsys.readouterr().out
    assert web.url("/rss.xml") in shown
    assert "kind: feed" in shown
    assert len(read_settings(str(config)).sources) == 1  # nothing written without --write


@pytest.mark.usefixtures("at_noon")
def test_add_takes_the_address_of_a_feed_itself(web: RecordingWeb, config: Path) -> None:
    web.pages["/my.rss"] = Reply(body=rss(), headers=XML)
    assert cli.main(["add", web.url("/my.rss"), "--config", str(config), "--write"]) == 0
    assert read_settings(str(config)).sources[-1].ways[0].url == web.url("/my.rss")


@pytest.mark.usefixtures("at_noon")
def test_add_does_not_add_what_is_there_already(
    web: RecordingWeb, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.pages["/my.rss"] = Reply(body=rss(), headers=XML)
    words = ["add", web.url("/my.rss"), "--config", str(config), "--write"]
    assert [cli.main(words), cli.main(words)] == [0, 1]
    assert f"{web.url('/my.rss')} (source 127_0_0_" in capsys.readouterr().out
    assert len(read_settings(str(config)).sources) == 2


def test_check_says_that_no_mail_can_leave(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MONITOR_SMTP_HOST", raising=False)
    assert cli.main(["check", "--config", str(config)]) == 0
    assert "no mail" not in capsys.readouterr().out  # nobody wants any
    text = config.read_text("utf-8").replace("name: daily", "{name: daily, recipients: [a@b.kz]}")
    config.write_text(text, "utf-8")
    assert cli.main(["check", "--config", str(config)]) == 0
    assert "MONITOR_SMTP_HOST is not set" in capsys.readouterr().out


@pytest.mark.usefixtures("at_noon")
def test_add_says_so_when_there_is_nothing(web: RecordingWeb, config: Path) -> None:
    web.pages["/"] = page("<p>Визитка</p>")
    assert cli.main(["add", web.url("/"), "--config", str(config)]) == 1


async def probed(web: RecordingWeb, *ways: Way) -> list[Probe]:
    class Clock:
        def now(self) -> datetime:
            return NOW

    class Quiet:
        def begin(self, line: str, total: int) -> None: ...
        def step(self, line: str, note: str = "", *, more: int = 0) -> None: ...
        def end(self, line: str) -> None: ...

    limits = FetchSettings(
        allow_addresses=("127.0.0.0/8",), host_delay_seconds=0, read_seconds=0.3, total_seconds=2
    )
    source = Source(id="s", name="S", ways=ways)
    async with WebFetcher(limits, Clock(), rng=random.Random(1)) as fetcher:
        return await probe_ways(fetcher, KINDS, [source], now=NOW, progress=Quiet())


async def test_a_probe_tells_what_each_way_is_worth(web: RecordingWeb) -> None:
    telegram = Path(__file__).parent / "cases" / "sources" / "telegram_channel.html"
    web.pages.update(
        {
            "/rss": Reply(body=rss()),
            "/old": Reply(body=rss(3, day=5)),
            "/empty": Reply(body=b'<rss version="2.0"><channel></channel></rss>'),
            "/gone": Reply(status=404),
            "/html": page("404"),
            "127.0.0.2/walled": Reply(status=403),
            "/hang": Reply(hang=True),
            "/moved": Reply(status=301, headers=(("Location", "/rss"),)),
            "/news/": page(LINKS),
            "/index.xml": Reply(body=b"<sitemapindex><sitemap><loc>/map.xml</loc></sitemap></sitemapindex>"),
            "/map.xml": Reply(body=SITEMAP),
            "/api": Reply(body=b'[{"url": "/a", "title": "A", "date": 1766725200}]'),
            "/s/mysal": Reply(body=telegram.read_bytes(), headers=HTML),
            "127.0.0.3/robots.txt": Reply(body=b"User-agent: *\nDisallow: /"),
            "127.0.0.3/list": page(LINKS),
        }
    )  # fmt: skip
    asked = [
        ("feed", web.url("/rss"), "works"),
        ("feed", web.url("/old"), "silent"),
        ("feed", web.url("/empty"), "empty"),
        ("feed", web.url("/gone"), "dead"),
        ("feed", web.url("/html"), "changed"),
        ("feed", web.url("/walled", "127.0.0.2"), "blocked"),
        ("feed", web.url("/hang"), "unreachable"),
        ("feed", web.url("/moved"), "works"),
        ("listing", web.url("/news/"), "works"),
        ("sitemap", web.url("/index.xml"), "works"),
        ("json", web.url("/api"), "works"),
        ("telegram", web.url("/s/mysal"), "works"),
        ("listing", web.url("/list", "127.0.0.3"), "blocked"),
    ]
    probes = await probed(web, *(Way(kind=kind, url=url) for kind, url, _ in asked))
    assert [probe.verdict for probe in probes] == [verdict for *_, verdict in asked]
    assert probes[0].newest_at == datetime(2025, 12, 26, 5, 0, tzinfo=UTC)
    assert probes[0].per_day == 1.0
    assert "write http" in probes[7].suggestion
    assert (probes[-1].robots, probes[0].robots, probes[8].robots) == (
        "forbids",
        "exempt",
        "allows",
    )
    assert all(probe.suggestion for probe in probes if not probe.works)


def test_opml_comes_in_and_goes_out(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outline = tmp_path / "in.opml"
    outline.write_text(
        '<?xml version="1.0"?><opml version="1.0"><body><outline text="Папка">'
        '<outline type="rss" text="Алматы &amp; жизнь" xmlUrl="https://a.example.kz/rss" '
        'htmlUrl="https://a.example.kz/"/><outline text="One again" xmlurl="http://127.0.0.9/rss/"/>'
        '<outline text="not a feed"/></outline></body></opml>',
        "utf-8",
    )
    assert cli.main(["opml", "import", str(outline), "--config", str(config), "--write"]) == 0
    (_, added) = read_settings(str(config)).sources
    assert (added.id, added.name) == ("a_example", "Алматы & жизнь")
    assert cli.main(["opml", "import", str(outline), "--config", str(config)]) == 0
    assert "there already" in capsys.readouterr().out
    assert cli.main(["opml", "export", "--config", str(config)]) == 0
    exported = capsys.readouterr().out
    assert 'xmlUrl="https://a.example.kz/rss"' in exported
    assert "Алматы &amp; жизнь" in exported


def test_a_file_that_is_no_opml_is_said_plainly(config: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.opml"
    bad.write_text("<html/>")
    assert cli.main(["opml", "import", str(bad), "--config", str(config)]) == 1


def test_a_stanza_is_added_to_a_file_without_sources() -> None:
    source = Source(id="x", name="X: новости", ways=(Way(kind="feed", url="https://x.kz/rss"),))
    text = with_sources("settings:\n  contact: me\n", [source])
    assert text.startswith("settings:\n  contact: me\n\nsources:\n")
    assert "'X: новости'" in text
    assert with_sources("sources: []\n", [source]).startswith("sources:\n")


@pytest.mark.usefixtures("at_noon")
def test_check_validates_and_asks_every_way(
    web: RecordingWeb, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.pages["/rss"] = Reply(body=rss())
    text = config.read_text("utf-8").replace("http://127.0.0.9/rss", web.url("/rss"))
    config.write_text(text, "utf-8")
    assert cli.main(["check", "--config", str(config)]) == 0
    assert "1 of 1 source enabled" in capsys.readouterr().out
    assert not web.seen
    assert cli.main(["check", "--live", "--config", str(config)]) == 0
    assert "works" in capsys.readouterr().out
    assert cli.main(["check", "--live", "--json", "--source", "one", "--config", str(config)]) == 0
    assert '"per_day": 1.0' in capsys.readouterr().out
    assert cli.main(["check", "--source", "nobody", "--config", str(config)]) == 1
