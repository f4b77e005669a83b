"""extract_article on small pages: what the pipeline relies on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from extract_pages import NOW, PARAGRAPHS, extract, page

from monitor.errors import ExtractError
from monitor.extract import SiteMemory, article_from_entry
from monitor.extract.page import decode_page
from monitor.models import Entry


def test_paragraphs_are_lines_and_the_title_is_not_among_them() -> None:
    article = extract(page())
    assert article.text.split("\n") == list(PARAGRAPHS)
    assert article.title == "Тарифы обсудят в феврале"
    assert (article.lead, article.language, article.script) == (PARAGRAPHS[0], "ru", "cyrl")


def test_the_entry_fills_what_the_page_does_not_state() -> None:
    published = datetime(2025, 12, 25, 4, 0, tzinfo=UTC)
    entry = Entry(
        url="https://vestnik.example/n/1", published_at=published, authors=("Дана Серикова",)
    )
    article = extract(page(), entry=entry)
    assert (article.published_at, article.date_source) == (published, "feed")
    assert article.authors == ("Дана Серикова",)


def test_a_date_in_the_future_is_clamped_and_said() -> None:
    head = '<meta property="article:published_time" content="2026-02-01T10:00:00+05:00">'
    article = extract(page(head=head))
    assert (article.published_at, article.problems) == (NOW, ("future_date",))


def test_a_windows_1251_page_without_a_declaration_is_read() -> None:
    assert extract(page().encode("windows-1251")).text.split("\n") == list(PARAGRAPHS)
    markup = page(head=f"<style>{'.column { width: 100% } ' * 2000}</style>")
    assert extract(markup.encode("koi8-r")).text.split("\n") == list(PARAGRAPHS)


def test_a_page_knows_its_code_page_better_than_a_lying_header() -> None:
    source = page(head="<meta charset='windows-1251'>").encode("windows-1251")
    assert decode_page(source, "text/html; charset=utf-8") == source.decode("windows-1251")
    french = "<p>Un été à Genève, où l'élève étudie</p>"
    assert decode_page(french.encode("windows-1252")) == french


def test_a_line_of_three_articles_is_boilerplate_from_then_on() -> None:
    memory, slogan = SiteMemory(), "Степной вестник выходит при поддержке читателей со всей страны"
    texts = []
    for number in range(4):
        own = tuple(f"{text[:-1]} — выпуск {number}." for text in PARAGRAPHS)
        source = page(own, after=f"<p>{slogan}</p>").replace("в феврале", f"в феврале {number}")
        texts.append(extract(source, url=f"https://vestnik.example/n/{number}", memory=memory).text)
    assert [slogan in text for text in texts] == [True, True, False, False]
    again = SiteMemory.load(memory.changes().lines)
    assert slogan not in extract(page(after=f"<p>{slogan}</p>"), memory=again).text
    again.forget("vestnik.example")
    assert slogan in extract(page(after=f"<p>{slogan}</p>"), memory=again).text


def test_one_article_read_again_and_again_never_becomes_boilerplate() -> None:
    memory = SiteMemory()
    for _ in range(5):
        article = extract(page(), memory=memory)
    assert article.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("source", "page_class"),
    [
        ("", "empty"),
        (
            "<html><body><div id='root'></div><script src=a.js></script></body></html>",
            "script_shell",
        ),
        (
            "<html><title>Just a moment...</title><body>Checking your browser</body></html>",
            "challenge",
        ),
        ("<html><title>404 Страница не найдена</title><body><p>Увы</p></body></html>", "error"),
    ],
)
def test_what_is_no_article_is_refused_with_its_class(source: str, page_class: str) -> None:
    with pytest.raises(ExtractError) as caught:
        extract(source)
    assert caught.value.page_class == page_class


def test_feed_full_text_is_sanitised() -> None:
    text = "<p>Первый абзац новости.</p><script>alert(1)</script><p>Второй, с <b>весом</b>.</p>"
    article = article_from_entry(
        Entry(url="https://t.example/1", title="Новость", text=text), now=NOW
    )
    assert article.text == "Первый абзац новости.\nВторой, с весом."
    assert article.method == "feed"


def test_a_page_in_another_latin_language_is_not_kazakh() -> None:
    lines = (
        "O governo anunciou ontem um novo plano para as estradas do interior do estado.",
        "Segundo o ministro, as obras devem durar dois anos e custar menos do que o previsto.",
    )
    source = page(lines).replace("<html>", "<html lang='pt-BR'>")
    assert extract(source).language == "pt"
