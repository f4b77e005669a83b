"""No article twice, none lost, over a real loopback server: versions, AMP, links that return."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.recording_web import RecordingWeb, Reply

from monitor.commands.app import open_service, read_settings
from monitor.commands.once import one_round
from monitor.pipeline.polling import poll_round
from monitor.pipeline.service import Service
from monitor.pipeline.workers import Processes
from tests.conftest import FakeClock

WORDS = [
    "комиссия",
    "рассмотрела",
    "вопрос",
    "ремонта",
    "дороги",
    "жители",
    "обратились",
    "акимат",
    "ответил",
    "подрядчик",
    "завершит",
    "работу",
    "весной",
    "школа",
    "получила",
    "автобусы",
    "больница",
    "открыла",
    "отделение",
    "урожай",
    "собран",
    "музей",
    "показал",
    "выставку",
    "рынок",
    "расширят",
    "реку",
    "очистили",
    "мост",
    "закрыт",
    "поезд",
    "пришёл",
    "вовремя",
]


def page(title: str, head: str = "", seed: str = "") -> Reply:
    chance = random.Random(seed or title)
    text = "".join(f"<p>{' '.join(chance.sample(WORDS, 14)).capitalize()}.</p>" for _ in range(12))
    body = (
        f'<html lang="ru"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )
    return Reply(body=body.encode(), headers=(("Content-Type", "text/html"),))


def feed(*items: tuple[str, str, str]) -> Reply:
    """(link, title, guid) each."""
    entries = "".join(
        f"<item><link>{link}</link><title>{title}</title>"
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + "</item>"
        for link, title, guid in items
    )
    return Reply(body=f'<rss version="2.0"><channel>{entries}</channel></rss>'.encode())


def config(folder: Path, ways: Sequence[str]) -> str:
    path = folder / "feeds.yaml"
    sources = "".join(
        f"  - {{id: s{n}, name: S{n}, ways: [{{kind: feed, url: '{url}'}}]}}\n"
        for n, url in enumerate(ways)
    )
    path.write_text(
        "settings: {allow_addresses: [127.0.0.0/8], host_delay_seconds: 0.02, workers: 1}\n"
        f"sources:\n{sources}"
    )
    return str(path)


def articles(service: Service) -> list[dict[str, object]]:
    rows = service.db.conn.execute("SELECT url, title, version_group FROM articles ORDER BY id")
    return [dict(row) for row in rows]


@pytest.fixture
def web() -> RecordingWeb:
    return RecordingWeb()


async def test_language_versions_share_a_group_and_a_menu_of_languages_makes_none(
    web: RecordingWeb, tmp_path: Path, clock: FakeClock
) -> None:
    with web:
        where = {lang: web.url(f"/{lang}/news/7") for lang in ("ru", "kk", "en")}

        def links(languages: str) -> str:
            one = '<link rel="alternate" hreflang="{}" href="{}">'
            return "".join(one.format(lang, where[lang]) for lang in languages.split())

        menu = "".join(
            f'<link rel="alternate" hreflang="{lang}" href="{web.url(f"/{lang}")}">'
            for lang in ("ru", "kk")
        )
        web.pages |= {
            "/ru/news/7": page("Мост открыли", links("ru kk")),  # written before the English one
            "/kk/news/7": page("Көпір ашылды", links("ru kk en")),
            "/en/news/7": page("A bridge opens", links("kk")),  # does not name itself
            "/ru/news/8": page("Школа закрыта", menu),
            "/ru/news/9": page("Рынок переехал", menu),
        }
        addresses = [*where.values(), web.url("/ru/news/8"), web.url("/ru/news/9")]
        web.pages["/rss"] = feed(*((url, "", "") for url in addresses))
        async with open_service(
            read_settings(config(tmp_path, [web.url("/rss")]), {}), clock
        ) as service:
            await one_round(service)
            stored = articles(service)
    groups = {
        str(row["url"]).partition("//")[2].partition("/")[2]: row["version_group"] for row in stored
    }
    assert len(stored) == 5
    assert len({groups[f"{lang}/news/7"] for lang in where}) == 1
    assert groups["ru/news/7"] is not None
    assert groups["ru/news/8"] is groups["ru/news/9"] is None


@pytest.mark.parametrize("first", ["/news/3", "/amp/news/3"])
async def test_an_amp_page_is_the_article_it_belongs_to(
    first: str, web: RecordingWeb, tmp_path: Path, clock: FakeClock
) -> None:
    with web:
        canonical = f'<link rel="canonical" href="{web.url("/news/3")}">'
        both = page("Мост открыли", canonical)
        web.pages |= {"/news/3": both, "/amp/news/3": both}
        second = ({"/news/3", "/amp/news/3"} - {first}).pop()
        web.pages["/rss"] = (
            feed((web.url(first), "Мост", "")),
            feed((web.url(second), "Мост", ""), (web.url(first), "Мост", "")),
        )
        settings = read_settings(config(tmp_path, [web.url("/rss")]), {})
        async with open_service(settings, clock) as service:
            for _ in range(3):
                await one_round(service, force=True)
                clock.advance(hours=2)
            assert [row["url"] for row in articles(service)] == [web.url(first)]
            states = service.db.conn.execute("SELECT DISTINCT state FROM entries").fetchall()
        assert {row[0] for row in states} <= {"done", "known"}
        assert max(Counter(p for p in web.paths() if "news" in p).values()) == 1


async def test_a_link_that_returns_after_sixty_days_is_not_fetched_again(
    web: RecordingWeb, tmp_path: Path, clock: FakeClock
) -> None:
    with web:
        web.pages |= {"/old": page("Мост открыли"), "/new": page("Школа закрыта")}
        old, new = (web.url("/old"), "Мост", "1"), (web.url("/new"), "Школа", "2")
        moved = (web.url("/old") + "?utm_source=rss#top", "Мост", "77")
        web.pages["/rss"] = (feed(old), feed(new), feed(moved, new))
        settings = read_settings(config(tmp_path, [web.url("/rss")]), {})
        for days in (1, 60, 0):
            async with open_service(settings, clock) as service:
                await one_round(service, force=True)
                titles = [row["title"] for row in articles(service)]
                collected = service.db.conn.execute(
                    "SELECT url FROM attempts WHERE entry_id IS NOT NULL ORDER BY id"
                ).fetchall()
            clock.advance(days=days)
        assert titles == ["Мост открыли", "Школа закрыта"]
        # What is looked at again for edits is asked for as an article, not as a new link.
        assert [row["url"] for row in collected if "robots" not in row["url"]] == [old[0], new[0]]


async def test_a_link_in_three_feeds_is_fetched_once_and_stays_with_the_first(
    web: RecordingWeb, tmp_path: Path, clock: FakeClock
) -> None:
    with web:
        web.pages["/n"] = page("Мост открыли")
        forms = ("/n", "/n/?utm_medium=feed", "/n#comments")
        for number, form in enumerate(forms):
            web.pages[f"/rss{number}"] = feed((web.url(form), "Мост", str(number)))
        ways = [web.url(f"/rss{number}") for number in range(3)]
        async with open_service(read_settings(config(tmp_path, ways), {}), clock) as service:
            await one_round(service)
            clock.advance(hours=2)
            await one_round(service, force=True)
            assert len(articles(service)) == 1
        assert len([p for p in web.paths() if p.startswith("/n")]) == 1


async def test_a_guid_in_use_again_hides_nothing_and_an_edited_title_doubles_nothing(
    web: RecordingWeb, tmp_path: Path, clock: FakeClock
) -> None:
    with web:
        web.pages |= {"/a": page("Мост открыли"), "/b": page("Школа закрыта")}
        web.pages["/rss"] = (
            feed((web.url("/a"), "Мост открыли", "guid-1")),
            feed((web.url("/b"), "Школа закрыта", "guid-1"), (web.url("/a"), "Мост!", "guid-1")),
            feed((web.url("/a"), "Мост открыт, проезд свободен", "guid-9")),
        )
        settings = read_settings(config(tmp_path, [web.url("/rss")]), {})
        async with open_service(settings, clock) as service:
            for _ in range(3):
                await one_round(service, force=True)
                clock.advance(minutes=30)
            assert [row["title"] for row in articles(service)] == ["Мост открыли", "Школа закрыта"]
        assert Counter(p for p in web.paths() if p in ("/a", "/b")) == {"/a": 1, "/b": 1}


async def test_workers_are_made_ready_by_a_feed_that_has_changed_and_by_no_other(
    web: RecordingWeb, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Processes, "prepare", lambda self: asked.append("ready"))
    with web:
        web.pages["/rss"] = feed((web.url("/1"), "Мост открыли", ""))
        settings = read_settings(config(tmp_path, [web.url("/rss")]), {})
        async with open_service(settings, clock) as service:
            await poll_round(service, force=True)
            first = list(asked)
            await poll_round(service, force=True)  # the same bytes
    assert first == ["ready"]
    assert asked == ["ready"]
