"""Titles, authors and dates where pages state them in odd places."""

from __future__ import annotations

import pytest
from extract_pages import PARAGRAPHS, extract

BODY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def html(head: str, below: str, *, headline: str = "<h1>Тарифы обсудят в феврале</h1>") -> str:
    return f"<html><head>{head}</head><body><div class='post'>{headline}{below}</div></body></html>"


@pytest.mark.parametrize(
    ("head", "headline"),
    [
        ("<title>Экономика | Тарифы обсудят в феврале | Степной вестник</title>", "<h1>Тарифы обсудят в феврале</h1>"),
        ("<title>Тарифы обсудят в феврале: Степной вестник</title><meta property='og:site_name' content='Степной вестник'>", ""),
        ("<title>Тарифы обсудят в феврале</title>", "<h1>Степной вестник</h1>"),
        ("<meta property='og:title' content='Тарифы обсудят в феврале'><title>Новости дня</title>", ""),
        ("<title>Тарифы обсудят</title>", "<h1>Тарифы обсудят в феврале</h1>"),
    ],
)  # fmt: skip
def test_the_title_is_the_headline_without_the_outlet(head: str, headline: str) -> None:
    assert extract(html(head, BODY, headline=headline)).title == "Тарифы обсудят в феврале"


@pytest.mark.parametrize(
    ("head", "below", "expected"),
    [
        ("", "<div class='author'>Автор: Ержан Сапаров</div>", ("Ержан Сапаров",)),
        ("<meta name='author' content='Ержан Сапаров, Дана Ким'>", "", ("Ержан Сапаров", "Дана Ким")),
        ("<meta name='author' content='Редакция'>", "", ()),
        ("<meta name='author' content='admin'>", "", ()),
        ("<meta name='author' content='vestnik.example'>", "", ()),
        ("<meta name='author' content='Әсел Нұрғалиқызы'>", "", ("Әсел Нұрғалиқызы",)),
    ],
)  # fmt: skip
def test_authors_are_people(head: str, below: str, expected: tuple[str, ...]) -> None:
    assert extract(html(head, below + BODY)).authors == expected


def test_a_signature_at_the_end_is_the_author() -> None:
    assert extract(html("", f"<div>{BODY}<p>Ержан Сапаров</p></div>")).authors == ("Ержан Сапаров",)
    assert extract(html("", f"<div>{BODY}<p>Дана КИМ, Тараз</p></div>")).authors == ("Дана КИМ",)


def test_dates_of_other_articles_are_not_taken() -> None:
    aside = "<ul class='x'><li><time datetime='2025-12-26T01:00:00Z'>1</time><a href='/1'>Другая новость о дорогах</a></li></ul>"
    meta = "<div class='meta'><span>Обновлено: 25.12.2025 18:00</span><span>Опубликовано: 24.12.2025 10:00</span></div>"
    article = extract(html("", meta + BODY + aside))
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-12-24T05:00:00+00:00"
