"""What stands below an article is not parsed where a profile knows that it says nothing."""

from __future__ import annotations

import json

from extract_pages import extract

from monitor.extract import SiteMemory
from monitor.models import Article

URL = "https://kesuaq.example/n/{}"
BELOW = "".join(
    f"<div class='card'><a href='/k/{i}'>Соседняя заметка номер {i}</a><p>Её начало без конца</p></div>"
    for i in range(60)
)
SENTENCES = (
    "Паром через залив пойдёт по новому расписанию с начала навигации, сообщили в порту",
    "Причал углубили, поэтому суда с осадкой до пяти метров больше не ждут прилива",
    "Перевозчики просили об этом три года подряд и обещают не поднимать плату до осени",
    "Грузовые машины будут ставить на верхнюю палубу, чтобы быстрее освобождать нижнюю",
    "Ледокол останется у входа в залив ещё на две недели и уйдёт на ремонт в соседний порт",
)
DATED = "<meta property='article:published_time' content='2025-12-20T10:00:00+05:00'>"
AUTHOR = "<meta name='author' content='Асель Порохова'>"


def read(
    number: int,
    memory: SiteMemory,
    *,
    head: str = DATED + AUTHOR,
    below: str = BELOW,
    times: int = 4,
    box: str = "",
) -> Article:
    body = "".join(
        f"<p>{sentence} ({number}.{part}.{index}).</p>"
        for part in range(times)
        for index, sentence in enumerate(SENTENCES)
    )
    source = (
        f"<html><head><title>Паром пойдёт чаще, рейс {number}</title>{head}</head><body><main>"
        f"<h1>Паром пойдёт чаще, рейс {number}</h1><div class='telo'>{body}{box}</div></main>"
        f"<section>{below}</section></body></html>"
    )
    return extract(source, url=URL.format(number), memory=memory)


def learned(**options: str) -> SiteMemory:
    memory = SiteMemory()
    for number in range(6):
        read(number, memory, **options)  # type: ignore[arg-type]
    assert memory.profiles("kesuaq.example").learned[0].state == "confirmed"
    return memory


def tail(memory: SiteMemory) -> int:
    return memory.profiles("kesuaq.example").learned[0].tail


def test_the_lower_part_is_measured_and_nothing_is_lost_without_it() -> None:
    memory = learned()
    assert 0.8 * len(BELOW.encode()) < tail(memory) < len(BELOW.encode()) + 200
    found = read(20, memory)
    assert found.method == "profile"
    assert found.text == read(20, SiteMemory()).text
    assert (found.authors, found.title) == (("Асель Порохова",), "Паром пойдёт чаще, рейс 20")


def test_an_article_that_reaches_further_down_is_read_whole() -> None:
    memory = learned()
    before = tail(memory)
    found = read(21, memory, below="<p>Все права защищены</p>", times=9)
    assert found.text == read(21, SiteMemory(), below="", times=9).text
    assert tail(memory) < before


def test_an_author_who_is_named_only_below_is_found() -> None:
    memory = learned(head=DATED)
    assert tail(memory)
    below = "<span class='author'>Асель Порохова</span>" + BELOW
    assert read(22, memory, head=DATED, below=BELOW + below).authors == ("Асель Порохова",)


def test_statements_to_machines_below_are_read() -> None:
    memory = learned()
    stated = {"@type": "NewsArticle", "headline": "x", "dateModified": "2025-12-21T10:00:00+05:00"}
    script = f"<script type='application/ld+json'>{json.dumps(stated)}</script>"
    assert read(23, memory, below=BELOW + script).modified_at is not None


def test_a_site_that_names_its_authors_below_is_always_read_whole() -> None:
    below = BELOW + "<div class='author'>Асель Порохова</div>"
    memory = learned(head=DATED, below=below)
    assert tail(memory) == 0
    assert read(24, memory, head=DATED, below=below).authors == ("Асель Порохова",)


def test_what_was_measured_survives_a_restart() -> None:
    memory = learned()
    changes = memory.changes()
    assert tail(SiteMemory.load(changes.lines, changes.profiles)) == tail(memory)
