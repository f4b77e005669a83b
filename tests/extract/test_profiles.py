"""Learned profiles: confirmed by agreement, used, adapted, dropped, kept over a restart."""

from __future__ import annotations

from extract_pages import PARAGRAPHS, extract

from monitor.extract import SiteMemory
from monitor.models import Article

LONG = tuple(
    f"{text} Подробности обсуждали в {where}, где собрались перевозчики и таможенники."
    for text, where in zip(
        PARAGRAPHS * 2, ("Актау", "Хоргосе", "Астане", "Уральске", "Костанае", "Семее"), strict=True
    )
)


def article(
    number: int, memory: SiteMemory, *, box: str = "story__text", extra: str = ""
) -> Article:
    body = "".join(f"<p>{text[:-1]} — {number} {index}.</p>" for index, text in enumerate(LONG))
    source = (
        f"<html><head><title>Новость {number}</title></head><body><nav><a href=/>Главная</a></nav>"
        f"<div class='story'><h1>Новость номер {number} о тарифах</h1><div class='{box}'>{body}{extra}"
        f"</div></div><div class='feed'><a href='/x'>Другая новость {number}</a></div></body></html>"
    )
    return extract(source, url=f"https://profil.example/n/{number}", memory=memory)


def test_a_profile_is_confirmed_and_gives_the_same_text() -> None:
    memory = SiteMemory()
    methods = [article(number, memory).method for number in range(8)]
    assert methods[0] != "profile"
    assert methods[-1] == "profile"
    assert article(9, memory).text == article(9, SiteMemory()).text


def test_a_profile_survives_a_restart_and_can_be_forgotten() -> None:
    memory = SiteMemory()
    for number in range(6):
        article(number, memory)
    changes = memory.changes()
    assert [(row.state, row.score) for row in changes.profiles] == [("confirmed", 1.0)]
    assert memory.changes().profiles == ()
    again = SiteMemory.load(changes.lines, changes.profiles)
    assert article(20, again).method == "profile"
    again.forget("profil.example")
    assert article(21, again).method != "profile"


def test_a_changed_site_goes_back_to_the_general_way() -> None:
    memory = SiteMemory()
    for number in range(6):
        article(number, memory)
    moved = article(30, memory, box="renewed-content")
    assert moved.method != "profile"
    assert moved.text == article(30, SiteMemory(), box="renewed-content").text


def test_an_unknown_part_is_judged_by_the_general_extractor_first() -> None:
    memory = SiteMemory()
    for number in range(6):
        article(number, memory)
    box = "<div class='subscribe-us'><p>Подпишитесь на наш канал в Telegram и читайте первыми</p></div>"
    first = article(40, memory, extra=box)
    second = article(41, memory, extra=box)
    assert "Подпишитесь" not in first.text + second.text


def test_hand_written_hints_win() -> None:
    source = (
        "<html><body><div class='x'><h2 class='t'>Свой заголовок</h2><span class='d'>5 мая 2025, 10:00</span>"
        "<div class='b'><p>Короткий текст из трёх коротких предложений. Второе. И третье.</p></div></div><article><p>"
        + PARAGRAPHS[0]
        + "</p></article></body></html>"
    )
    hints = {"title": ".t", "date": ".d", "body": ".b"}
    found = extract(source, hints=hints)
    assert (found.title, found.method) == ("Свой заголовок", "hint")
    assert found.text == "Короткий текст из трёх коротких предложений. Второе. И третье."
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2025-05-05T05:00:00+00:00"


def plain_article(number: int, memory: SiteMemory, *, head: str = "", box: str = "") -> Article:
    """An article in an element without a name; `box` stands among its paragraphs."""
    body = "".join(f"<p>{text[:-1]} — {number} {index}.</p>" for index, text in enumerate(LONG))
    source = (
        f"<html><head><title>Новость {number}</title>{head}</head><body><div id='page'>"
        f"<div><h1>Новость номер {number} о тарифах</h1></div><div><section>{body}{box}</section>"
        "</div></div></body></html>"
    )
    return extract(source, url=f"https://bezymyanny.example/n/{number}", memory=memory)


def test_a_container_without_a_name_is_found_from_one_that_has_a_name() -> None:
    memory = SiteMemory()
    methods = [plain_article(number, memory).method for number in range(6)]
    assert methods[-1] == "profile"
    assert [row.template for row in memory.changes().profiles] == [
        '//div[@id="page"]/div[2]/section'
    ]
    assert plain_article(9, memory).text == plain_article(9, SiteMemory()).text


def test_what_a_container_repeats_around_the_article_is_left_out() -> None:
    links = "".join(f"<a href='/{i}'>Прошлогодний разбор под номером {i}</a><br>" for i in range(9))
    box = f"<div><b>Ещё по теме</b><br>{links}</div>"
    memory = SiteMemory()
    found = [plain_article(number, memory, box=box) for number in range(8)]
    assert found[-1].method == "profile"
    assert "разбор" not in found[-1].text
    changes = memory.changes()
    again = SiteMemory.load((), changes.profiles)
    assert plain_article(20, again, box=box).text.count("\n") == len(LONG) - 1


def test_a_summary_that_all_pages_share_does_not_speak_against_a_profile() -> None:
    head = (
        "<meta name='description' content='Ежедневная газета большого промышленного региона, "
        "выходит с прошлого века и печатает объявления читателей'>"
    )
    memory = SiteMemory()
    methods = [plain_article(number, memory, head=head).method for number in range(7)]
    assert methods[-1] == "profile"


def test_a_site_that_renames_its_parts_is_learned_again() -> None:
    memory = SiteMemory()
    for number in range(6):
        article(number, memory)
    for number in range(30, 36):
        article(number, memory, box="renewed-content")
    assert article(40, memory, box="renewed-content").method == "profile"
    assert article(41, memory).method == "profile"
