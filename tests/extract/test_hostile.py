"""Whatever comes over the wire: only our errors, and never more than 5 s of CPU a page."""

from __future__ import annotations

import time

import pytest
from extract_pages import extract, page
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import ExtractError
from monitor.models import Article

CPU_SECONDS = 5.0
PROSE = "<p>Делегация вылетела утром, чтобы согласовать тарифы и сроки поставки зерна.</p>"


def survive(body: bytes) -> Article | None:
    start = time.process_time()
    try:
        return extract(body)
    except ExtractError:
        return None
    finally:
        assert time.process_time() - start < CPU_SECONDS


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=3000))
def test_random_bytes(body: bytes) -> None:
    survive(body)


TAGS = st.sampled_from(
    [
        "div",
        "p",
        "table",
        "tr",
        "td",
        "span",
        "a",
        "b",
        "article",
        "h1",
        "h2",
        "ul",
        "li",
        "br",
        "noindex",
        "script",
        "style",
        "time",
        "form",
        "blockquote",
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(TAGS, st.booleans(), st.text(max_size=60)), max_size=60))
def test_tag_soup(pieces: list[tuple[str, bool, str]]) -> None:
    soup = "".join(f"<{'/' if closing else ''}{tag}>{text}" for tag, closing, text in pieces)
    survive(soup.encode("utf-8", "replace"))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_page_cut_anywhere(share: float) -> None:
    whole = page(
        head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"Т"}</script>'
    ).encode()
    survive(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("tag", ["div", "table", "span", "b", "blockquote", "ul", "a", "font"])
def test_deep_nesting(tag: str) -> None:
    survive((f"<{tag}>" * 20_000 + "текст " * 50 + f"</{tag}>" * 20_000).encode())


@pytest.mark.parametrize(
    "body",
    [
        (f"<html><body><article><h1>Хроника</h1>{PROSE * 36_000}</article></body></html>").encode(),
        ("<html><body><p>" + "слово " * 800_000 + "</p></body></html>").encode(),
        (
            "<html><body>" + "<a href='/x'>ссылка на новость</a> " * 90_000 + "</body></html>"
        ).encode(),
        ("<html><body>" + "<span>1<b>2</b></span>" * 220_000 + "</body></html>").encode(),
        ("<script type='application/ld+json'>" + "[" * 100_000 + "</script>" + PROSE * 9).encode(),
        (
            "<meta name='description' content='" + "а, — сказал " * 200_000 + "'>" + PROSE * 9
        ).encode(),
        ("<p>" + "«а " * 400_000 + ", — сказал " * 100_000 + "</p>").encode(),
        ("<p>- " + "Вы - " * 400_000 + "?</p>").encode(),
    ],
    ids=["paragraphs", "one-word-run", "links", "spans", "json", "meta", "quotes", "dashes"],
)
@pytest.mark.slow
def test_five_megabytes(body: bytes) -> None:
    survive(body)


def test_a_live_blog_of_more_than_a_megabyte_is_read() -> None:
    posts = "".join(
        f"<div class='post'><time>1{n % 10}:{n % 6}0</time><p>Сообщение номер {n}: уровень воды у поста "
        f"вырос на {n % 90} сантиметров, дежурные продолжают укреплять дамбу мешками с песком.</p></div>"
        for n in range(5000)
    )
    source = f"<html><head><title>Паводок: хроника</title></head><body><article><h1>Паводок: хроника</h1>{posts}</article></body></html>"
    assert len(source.encode()) > 1_300_000
    found = survive(source.encode())
    assert found is not None
    assert found.text.count("Сообщение номер") >= 4900
