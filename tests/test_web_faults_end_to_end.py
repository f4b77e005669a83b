"""Hosts at their worst, then well again: nothing lost, nothing twice, and manners kept throughout."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.recording_web import RecordingWeb, Reply, Seen

from monitor.commands.app import open_service, read_settings
from monitor.commands.once import one_round
from monitor.urls import url_key

START = datetime(2025, 12, 22, 6, 0, tzinfo=UTC)
HOSTS = ("127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14")
ITEMS = 7
DELAY = 0.06
WORDS = [
    "комиссия",
    "рассмотрела",
    "вопрос",
    "о",
    "ремонте",
    "дороги",
    "между",
    "посёлками",
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
    "новые",
    "автобусы",
    "больница",
    "открыла",
    "отделение",
    "урожай",
    "зерна",
    "собран",
    "раньше",
    "срока",
    "музей",
    "показал",
    "выставку",
    "рынок",
    "расширят",
    "реку",
    "очистили",
]


class Clock:
    time = START

    def now(self) -> datetime:
        return self.time


def sentences(seed: str, count: int = 14) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.sample(WORDS, 11)).capitalize() + "." for _ in range(count)]


def article(host: str, number: int, canonical: str) -> Reply:
    text = "".join(f"<p>{line}</p>" for line in sentences(f"{host}/{number}"))
    body = (
        f'<html lang="ru"><head><meta charset="utf-8"><title>Событие {number} на {host}</title>'
        f'<link rel="canonical" href="{canonical}">'
        f'<meta property="article:published_time" content="2025-12-22T0{number % 6}:00:00Z"></head>'
        f"<body><article><h1>Событие {number} на {host}</h1>{text}</article></body></html>"
    )
    return Reply(
        body=gzip.compress(body.encode()),
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
    )


def cut(reply: Reply) -> Reply:
    return Reply(body=reply.body[: len(reply.body) // 2], headers=reply.headers)


FAULTS = (
    lambda good: Reply(status=503, headers=(("Retry-After", "60"),)),
    cut,
    lambda good: Reply(status=500),
    lambda good: Reply(body=b"<html>", content_length=90_000, reset=True),
    lambda good: Reply(status=429, headers=(("Retry-After", "30"),)),
    lambda good: Reply(
        headers=(("Content-Type", "text/html"),),
        body=b"<html><title>Just a moment...</title><script>document.cookie='a=1';location.reload()</script></html>",
    ),
)


class Sick:
    """A page that fails once in its own way, then answers; later visits are counted."""

    def __init__(self, good: Reply, fault: Reply) -> None:
        self.good, self.fault, self.answered = good, fault, 0
        self.failed = False

    def __call__(self, _: Seen) -> Reply:
        if not self.failed:
            self.failed = True
            return self.fault
        self.answered += 1
        return self.good


def build(web: RecordingWeb) -> set[str]:
    """Feeds and pages with faults; returns the addresses that must be stored, each once."""
    truth = set()
    for index, host in enumerate(HOSTS):
        links = []
        for number in range(ITEMS):
            path = f"/n/{number}"
            url = web.url(path, host)
            truth.add(url)
            good = article(host, number, url)
            fault = FAULTS[(index + number) % len(FAULTS)](good)
            web.pages[f"{host}{path}"] = Sick(good, fault) if number % 2 else good
            links += [url, f"{url}/?utm_source=rss#top", f"{url}?from=rss"][: 1 + number % 3]
        shared = web.url("/n/0", HOSTS[0])  # one link in every feed
        items = "".join(
            f"<item><title>Событие</title><link>{link.replace('&', '&amp;')}</link>"
            f"<guid>{n % 2}</guid></item>"  # guids that repeat say nothing
            for n, link in enumerate([*links, shared])
        )
        feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        good_feed = Reply(body=feed.encode(), headers=(("ETag", f'"{index}"'),))
        web.pages[f"{host}/rss"] = Sick(good_feed, FAULTS[index](good_feed))
        moved = web.url("/n/1", HOSTS[(index + 1) % len(HOSTS)])
        web.pages[f"{host}/old"] = Reply(status=302, headers=(("Location", moved),))
    return truth


async def test_after_the_faults_every_article_is_there_exactly_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONITOR_NOW", START.isoformat())
    clock = Clock()
    with RecordingWeb(HOSTS) as web:
        truth = build(web)
        ways = "".join(
            f"  - {{id: s{n}, name: S{n}, ways: [{{kind: feed, url: '{web.url('/rss', host)}'}}]}}\n"
            for n, host in enumerate(HOSTS)
        )
        config = tmp_path / "feeds.yaml"
        config.write_text(
            f"settings: {{allow_addresses: [127.0.0.0/8], host_delay_seconds: {DELAY}, workers: 1}}\n"
            f"sources:\n{ways}"
        )
        async with open_service(read_settings(str(config), {}), clock) as service:
            for _ in range(9):
                await one_round(service)
                clock.time += timedelta(hours=9)
            stored = [r["url"] for r in service.db.conn.execute("SELECT url FROM articles")]
            attempts = service.db.conn.execute("SELECT url, http_status FROM attempts").fetchall()
            twice = service.db.conn.execute(
                "SELECT url FROM attempts WHERE purpose = 'page' AND http_status = 200"
                " AND reason IS NULL GROUP BY url HAVING COUNT(*) > 1"
            ).fetchall()
        assert sorted(url_key(url) for url in stored) == sorted(url_key(url) for url in truth)
        assert not web.clashes(DELAY * 0.5)
        asked = sorted(web.url(seen.path, seen.ip) for seen in web.seen)
        assert sorted(row["url"] for row in attempts) == asked
        pages = {url: count for url, count in _good_answers(web).items() if count > 1}
        assert not pages, (pages, [row["url"] for row in twice])


def _good_answers(web: RecordingWeb) -> dict[str, int]:
    """How often each article was given whole."""
    return {
        key: page.answered
        for key, page in web.pages.items()
        if isinstance(page, Sick) and urlsplit(f"http://{key}").path.startswith("/n/")
    }
