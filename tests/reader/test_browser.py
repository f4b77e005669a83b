"""An analyst at work, in a real browser: search, read, follow the story, ask, take the CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import Server

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
PAGES = [
    "/", "/monitor/articles", "/monitor/articles?_search=Токаев", "/monitor/articles/290",
    "/monitor/stories", "/monitor/stories/1", "/monitor/people/tokayev", "/monitor/sources",
    "/monitor/sources/kaspiy-online", "/monitor/digests", "/-/charts", "/-/questions",
    "/monitor/statements?person=Токаев&partner=", "/monitor", "/monitor/polls",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page, its console errors and the servers it asked."""

    def __init__(self, browser: Any, server: Server, **options: Any) -> None:
        self.context = browser.new_context(base_url=server.base, **options)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda r: self.hosts.add(urlsplit(r.url).hostname or ""))


@pytest.fixture
def desk(browser: Any, server: Server) -> Iterator[Watched]:
    watched = Watched(
        browser, server, viewport={"width": 1280, "height": 900}, accept_downloads=True
    )
    yield watched
    watched.context.close()


@pytest.fixture
def phone(browser: Any, server: Server) -> Iterator[Watched]:
    watched = Watched(
        browser, server, viewport={"width": 375, "height": 720}, has_touch=True, is_mobile=True
    )
    yield watched
    watched.context.close()


def test_search_read_and_follow_the_story(desk: Watched) -> None:
    page = desk.page
    page.goto("/")
    page.fill("input[name=_search]", "Тоқаевпен")
    page.click(".find button")
    assert "_search=" in page.url
    assert any("Токаев" in hit or "Тоқаев" in hit for hit in page.locator("mark").all_inner_texts())
    cards = page.locator(".cards .card").count()
    page.select_option("select[name=relations__contains]", "us")
    page.click(".find button")
    assert 0 < page.locator(".cards .card").count() <= cards
    page.goto("/monitor/stories?_sort_desc=articles")
    page.click(".cards .t >> nth=0")
    assert page.locator(".timeline li").count() >= 2
    page.click(".timeline .t >> nth=0")
    assert page.locator("article.reader mark").count() >= 1
    page.click(".why a >> nth=0")
    assert re.search(r"#p\d+$", page.url)
    page.click("text=весь сюжет")
    assert "/monitor/stories/" in page.url
    assert desk.errors == []


def test_ask_change_the_parameter_and_take_the_csv(desk: Watched, tmp_path: Path) -> None:
    page = desk.page
    page.goto("/")
    page.click("nav.main >> text=Вопросы")
    page.click("text=Соглашения дороже суммы")
    page.fill("input[name=usd]", "1")
    page.click("form.ask input[type=submit]")
    many = page.locator("table tbody tr").count()
    page.fill("input[name=usd]", "1300000000")
    page.click("form.ask input[type=submit]")
    few = page.locator("table tbody tr").count()
    assert 0 < few < many
    with page.expect_download() as started:
        page.click("text=CSV")
    target = tmp_path / "answer.csv"
    started.value.save_as(target)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == few
    assert all(int(row["usd"]) >= 1_300_000_000 for row in rows)


def test_charts_answer_to_the_legend(desk: Watched) -> None:
    page = desk.page
    page.goto("/-/charts?days=30")
    marks = page.locator('#by_day svg rect[data-series="us"]')
    assert marks.first.is_visible()
    page.click('#by_day [data-toggle="us"]')
    assert not marks.first.is_visible()
    page.select_option("select[name=relation]", "cn")
    page.click("form.picks button")
    assert "relation=cn" in page.url
    assert page.locator('#by_day svg rect[data-series="us"]').count() == 0
    assert desk.errors == []


def test_the_language_stays_while_reading(desk: Watched) -> None:
    page = desk.page
    page.goto("/monitor/articles?_search=Токаев")
    page.click(".tongues a[hreflang=kk]")
    assert "_search=" in page.url
    assert page.locator("h1").inner_text() == "Мақалалар"
    page.click(".cards .t >> nth=0")
    assert "Неге белгіленді" in page.content()
    page.click(".tongues a[hreflang=en]")
    assert "Why it is tagged" in page.content()


def test_every_page_fits_a_phone_and_asks_only_this_server(phone: Watched) -> None:
    for path in PAGES:
        phone.page.goto(path)
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 375, (path, width)
        assert phone.page.locator("header.top .brand").is_visible()
    size = phone.page.goto("/monitor/articles/290") and phone.page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('article.reader > p.text')).fontSize)"
    )
    assert size >= 16
    assert phone.hosts == {"127.0.0.1"}
    assert phone.errors == []


def test_a_digest_cannot_run_scripts(desk: Watched) -> None:
    desk.page.goto("/monitor/digests/1")
    frame = desk.page.frame_locator("iframe.digest")
    assert frame.locator("h1").inner_text() == "Дайджест"
    assert any("sandbox" in error for error in desk.errors)
