"""Dates as machines and people write them, from the region's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from extract_pages import extract, page
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.dates import parse_stated
from monitor.extract.visible_dates import parse_visible

ALMATY = ZoneInfo("Asia/Almaty")
NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)  # 11:00 in Almaty


@pytest.mark.parametrize(
    ("raw", "expected", "precision"),
    [
        ("2025-12-26T01:30:00+05:00", "2025-12-25 20:30", "second"),
        ("20251226T1351+0500", "2025-12-26 08:51", "minute"),
        ("2025-12-26 13:51", "2025-12-26 08:51", "minute"),
        ("2023-06-01 12:00", "2023-06-01 06:00", "minute"),  # Almaty was UTC+6 until 2024-03-01
        ("2024-06-01 12:00", "2024-06-01 07:00", "minute"),
        ("2025-12-26", "2025-12-26 07:00", "day"),
        ("1766731860", "2025-12-26 06:51", "second"),
        ("Fri, 26 Dec 2025 13:51:00 +0500", "2025-12-26 08:51", "second"),
    ],
)
def test_stated_dates(raw: str, expected: str, precision: str) -> None:
    found = parse_stated(raw, zone=ALMATY)
    assert found is not None
    assert (found.at.strftime("%Y-%m-%d %H:%M"), found.precision) == (expected, precision)


@pytest.mark.parametrize("raw", ["", "yesterday", "2025-13-45", "0000-00-00", "99999", "nan"])
def test_what_is_no_date_gives_none(raw: str) -> None:
    assert parse_stated(raw, zone=ALMATY) is None


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("24.08.2025, 15:10 28971", "2025-08-24 10:10", "minute"),
        ("24.08.2025, 15:1028971", "2025-08-24 10:10", "minute"),
        ("Сегодня, 10:26", "2025-12-26 05:26", "minute"),
        ("Вчера, 23:40", "2025-12-25 18:40", "minute"),
        ("13:51, 15 Август 2025", "2025-08-15 08:51", "minute"),
        ("15 августа 2025 г. в 13:51", "2025-08-15 08:51", "minute"),
        ("25 декабря, 09:05 | 1 254 просмотра", "2025-12-25 04:05", "minute"),
        ("25 декабря 1254 просмотра", "2025-12-25 07:00", "day"),
        ("28 декабря", "2024-12-28 07:00", "day"),  # year-less and not yet: last year's
        ("2 часа назад", "2025-12-26 04:00", "hour"),
        ("15 минут назад", "2025-12-26 05:45", "minute"),
        ("час назад", "2025-12-26 05:00", "hour"),
        ("25 Желтоқсан, 2025", "2025-12-25 07:00", "day"),
        ("2025 жылғы 25 желтоқсан", "2025-12-25 07:00", "day"),
        ("2025 ж. 25 желтоқсан, 18:20", "2025-12-25 13:20", "minute"),
        ("бүгін, 09:15", "2025-12-26 04:15", "minute"),
        ("кеше 21:00", "2025-12-25 16:00", "minute"),
        ("3 сағат бұрын", "2025-12-26 03:00", "hour"),
        ("14 qarasha 2025, 08:00", "2025-11-14 03:00", "minute"),
        ("5 qazan 2025", "2025-10-05 07:00", "day"),
        ("2025 jylǵy 3 maýsym", "2025-06-03 07:00", "day"),
        ("7 säuır 2025", "2025-04-07 07:00", "day"),
        ("12 qyrkúıek 2025", "2025-09-12 07:00", "day"),
        ("December 25, 2025 1:51 PM", "2025-12-25 08:51", "minute"),
        ("25 Dec 2025 13:51 GMT", "2025-12-25 13:51", "minute"),
        ("Опубликовано 09.05.25 в 7:30", "2025-05-09 02:30", "minute"),
        ("2025/11/17 08:00", "2025-11-17 03:00", "minute"),
        ("26 декабря 2025, 01:30 МСК", "2025-12-25 22:30", "minute"),
    ],
)
def test_visible_dates(text: str, expected: str, precision: str) -> None:
    found = parse_visible(text, zone=ALMATY, now=NOW)
    assert found is not None
    assert (found.at.strftime("%Y-%m-%d %H:%M"), found.precision) == (expected, precision)


@given(st.text(max_size=120))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    parse_visible(text, zone=ALMATY, now=NOW)
    parse_stated(text, zone=ALMATY)


@pytest.mark.parametrize(
    ("mark_up", "source", "expected"),
    [
        ("<div class='post-date'>Сегодня, 10:26</div>", "visible", "2025-12-26 05:26"),
        ("<time datetime='2025-12-25T10:00+05:00'>вчера</time>", "time", "2025-12-25 05:00"),
        ("<span>25 декабря 2025</span><span>1254 просмотра</span>", "visible", "2025-12-25 07:00"),
    ],
)
def test_the_date_below_the_headline_is_found(mark_up: str, source: str, expected: str) -> None:
    source_page = page().replace("</h1>", f"</h1>{mark_up}")
    article = extract(source_page)
    assert article.published_at is not None
    assert article.published_at.strftime("%Y-%m-%d %H:%M") == expected
    assert article.date_source == source


def test_the_publisher_beats_the_address_and_a_later_modification() -> None:
    head = (
        '<meta property="article:modified_time" content="2025-12-26T05:00:00Z">'
        '<meta property="article:published_time" content="2025-12-24T09:00:00Z">'
    )
    article = extract(page(head=head), url="https://vestnik.example/2025/12/20/tarify")
    assert article.published_at == datetime(2025, 12, 24, 9, 0, tzinfo=UTC)
    assert article.modified_at == datetime(2025, 12, 26, 5, 0, tzinfo=UTC)


def test_the_address_is_the_last_resort() -> None:
    article = extract(page(), url="https://vestnik.example/2025/12/20/tarify")
    assert (article.date_source, article.date_precision) == ("url", "day")
