"""Links of a page, and those of a few blocks of it."""

from __future__ import annotations

from monitor.extract.blocks import page_blocks
from monitor.extract.links import block_anchors, links_within, page_links
from monitor.extract.page import parse_page

URL = "https://qala.example.kz/news/1"


def test_a_link_is_the_articles_when_its_words_stand_in_the_text() -> None:
    body = (
        "<p>По данным <a href='/doc'>отчёта  ведомства</a>, рост составил 3 %.</p>"
        "<p><a href='/other'>Совсем другое</a></p><div><a href='/menu'>отчёта ведомства</a></div>"
    )
    page = parse_page(body.encode(), url=URL)
    _, found = page_links(page.tree)
    text = "По данным отчёта ведомства, рост составил 3 %."
    assert links_within(text, found, page.base) == ("https://qala.example.kz/doc",)


def test_a_link_inside_a_link_shows_its_words_in_both() -> None:
    page = parse_page("<a href='/1'>Су қоймасы </a><a href='/2'>толды</a>".encode(), url=URL)
    outer, inner = page.tree.iter("a")
    outer.append(inner)
    assert page_links(page.tree)[0] == {"Су қоймасы толды", "толды"}


def test_only_blocks_with_linked_words_are_looked_at() -> None:
    body = (
        "<div><p>Мәтін сілтемесіз.</p><p>Мұнда <a href='/a'>бір  сілтеме</a> бар.</p>"
        "<a href='/card'><div>Басқа жаңалықтың тақырыбы</div></a></div>"
    )
    blocks = page_blocks(parse_page(body.encode(), url=URL).tree)
    assert block_anchors(blocks) == [
        ("бір сілтеме", "/a"),
        ("Басқа жаңалықтың тақырыбы", "/card"),
    ]
    assert block_anchors(blocks[:1]) == []
