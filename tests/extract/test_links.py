"""Links of a page: the quick look gives the same answers as a look at every link."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.extract.links import RareLinks, anchors, link_texts, links_within
from monitor.extract.page import parse_page

CASES = sorted((Path(__file__).parents[1] / "cases" / "extract").glob("*.html"))
URL = "https://qala.example.kz/news/1"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_quick_look_at_links_knows_the_same_texts(path: Path) -> None:
    page = parse_page(path.read_bytes(), url=URL)
    texts = link_texts(page.tree)
    for text in texts:
        assert text in RareLinks(page.tree, lambda: page.tree)
    inside = [" ".join("".join(e.itertext()).split()) for e in page.tree.iter("p", "li", "h2")]
    rare = RareLinks(page.tree, lambda: page.tree)
    assert [line in rare for line in inside] == [line in texts for line in inside]


def test_a_page_is_not_read_again_for_lines_that_no_link_holds() -> None:
    page = parse_page("<p>Мақала мәтіні. <a href='/2'>Басқа жаңалық</a></p>".encode(), url=URL)

    def refuse() -> object:
        raise AssertionError("read again")

    rare = RareLinks(page.tree, refuse)
    assert "Мақала мәтіні." not in rare


def test_a_link_is_the_articles_when_its_words_stand_in_the_text() -> None:
    body = (
        "<p>По данным <a href='/doc'>отчёта  ведомства</a>, рост составил 3 %.</p>"
        "<p><a href='/other'>Совсем другое</a></p><div><a href='/menu'>отчёта ведомства</a></div>"
    )
    page = parse_page(body.encode(), url=URL)
    found = tuple(anchors(page))
    text = "По данным отчёта ведомства, рост составил 3 %."
    assert links_within(text, found, page.base) == ("https://qala.example.kz/doc",)


def test_a_link_inside_a_link_shows_its_words_in_both() -> None:
    page = parse_page("<a href='/1'>Су қоймасы </a><a href='/2'>толды</a>".encode(), url=URL)
    outer, inner = page.tree.iter("a")
    outer.append(inner)
    rare = RareLinks(page.tree, lambda: page.tree)
    assert "Су қоймасы толды" in rare
    assert "толды" in rare
    assert "Су қоймасы" not in rare


def test_what_is_pruned_later_was_a_link_all_the_same() -> None:
    page = parse_page("<div><a href='/1'>Тағы бір <b>жаңалық</b></a></div>".encode(), url=URL)
    rare = RareLinks(page.tree, lambda: page.tree)
    page.tree.find(".//a").drop_tree()
    assert "Тағы бір жаңалық" in rare
