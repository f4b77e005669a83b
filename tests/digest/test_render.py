"""The mail itself: size, equal text, safety, empty days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html as lxml_html
from sample_day import SLOT, article, sample_material

from monitor.digest import choose_digest, render_digest
from monitor.digest.render import BYTES_MOST, safe_link
from monitor.models import DigestArticle, DigestMaterial, DigestWindow, Subscription

DAILY = Subscription(name="утро")


def many(number: int) -> DigestMaterial:
    """A day with long headlines and passages, the dearest that real news are."""
    articles = []
    for n in range(1, number + 1):
        partner = ("us", "ru", "cn")[n % 3]
        one = f"Казахстан и партнёр номер {n} договорились построить завод, дорогу и подстанцию, а также обучить тысячу специалистов в течение ближайших трёх лет."
        two = f"Стоимость проекта номер {n} оценили в сотни миллионов долларов, деньги дадут банки развития двух стран и частные вкладчики из Алматы."
        text = f"{one} {two}"
        articles.append(article(n, f"Договорённость номер {n} о большом заводе, дороге и подстанции подписана в Астане вчера вечером", text,
                                verdicts={partner: (2 if n % 4 else 1, [(one, "Казахстан + партнёр; agree, invest")])}))  # fmt: skip
    window = DigestWindow(start_id=0, end_id=number, start_at=SLOT - timedelta(days=1), end_at=SLOT)
    return DigestMaterial(window=window, articles=tuple(articles), watched=900, outlets=40)


@pytest.mark.parametrize("number", [0, 1, 12, 40, 80, 200, 900])
def test_the_mail_stays_under_the_limit_and_loses_nothing(number: int) -> None:
    rendered = render_digest(
        choose_digest(DAILY, many(number), SLOT), archive_url="https://archive.example"
    )
    assert rendered.digest is not None
    size = len(rendered.html.encode())
    forms = [item.form for section in rendered.digest.sections for item in section.items]
    print(
        f"{number} stories: {size} bytes, {forms.count('full')} full, {forms.count('line')} lines, {forms.count('counted')} counted"
    )
    assert size <= BYTES_MOST < 100_000
    assert len(forms) == number
    if number <= 12:
        assert set(forms) <= {"full"}
    if number == 40:
        assert forms.count("full") >= 30
    if number == 200:
        assert forms.count("full") >= 8
        assert forms.count("counted") == 0


def test_html_and_text_tell_the_same() -> None:
    rendered = render_digest(
        choose_digest(DAILY, many(300), SLOT), archive_url="https://archive.example"
    )
    assert rendered.digest is not None
    words = lxml_html.fromstring(rendered.html).text_content()
    for section in rendered.digest.sections:
        for item in section.items:
            number = f"номер {item.article_id} о"
            assert (number in words) == (number in rendered.text) == (item.form != "counted")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_nothing_today_is_said_plainly_and_is_not_a_fault(language: str) -> None:
    empty = replace(sample_material(), articles=(), history=())
    subscription = replace(DAILY, language=language)
    quiet = render_digest(choose_digest(subscription, empty, SLOT))
    blind = render_digest(choose_digest(subscription, replace(empty, watched=0, outlets=0), SLOT))
    assert quiet.subject != blind.subject
    assert len(quiet.text) < 1200
    if language == "ru":
        assert "о связях Казахстана с США, Россией и Китаем ничего не вышло" in quiet.text
        assert "похоже, сбой сбора" in blind.text
    for rendered in (quiet, blind):
        assert "{" not in rendered.text.replace("{{", "")
        assert "None" not in rendered.text


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_whole_day_renders_in_every_language(language: str) -> None:
    rendered = render_digest(
        choose_digest(replace(DAILY, language=language), sample_material(), SLOT),
        archive_url="https://archive.example",
    )
    assert "None" not in rendered.text
    assert not re.search(r"\{\w+\}", rendered.text + rendered.html.partition("</style>")[2])
    assert rendered.subject.startswith(
        "Казахстан и США" if language != "en" else "US and Kazakhstan sign"
    )


def hostile(text: str) -> DigestArticle:
    item = article(
        1,
        text,
        f"{text} Казахстан и Россия обсудили {text} на заседании.",
        verdicts={"ru": (2, [("Казахстан и Россия обсудили", text)])},
    )
    return replace(item, outlet=text, interviewee=text, is_interview=True, interviewee_role=text)


def test_feed_text_is_never_markup() -> None:
    bad = '<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}" onmouseover="x'
    source = replace(many(0), articles=(hostile(bad),))
    rendered = render_digest(choose_digest(DAILY, source, SLOT))
    tree = lxml_html.fromstring(rendered.html)
    assert not tree.xpath("//script | //img | //*[@onerror or @onmouseover]")
    assert "{{ 7*7 }}" in tree.text_content()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        " JaVaScRiPt:x",
        "//evil.example/x",
        "file:///etc/passwd",
        "http://",
        "http://[bad",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe_link(url) == ""
    source = replace(
        many(0), articles=(replace(hostile("Обычный заголовок новости дня"), url=url),)
    )
    rendered = render_digest(choose_digest(DAILY, source, SLOT))
    hrefs = lxml_html.fromstring(rendered.html).xpath("//a/@href")
    assert all(href.startswith(("http://", "https://")) for href in hrefs)


def test_the_subject_says_the_news_and_is_one_line() -> None:
    source = replace(many(0), articles=(hostile("Россия и Казахстан\r\nBcc: spy@evil.example"),))
    subject = render_digest(choose_digest(DAILY, source, SLOT)).subject
    assert "\n" not in subject
    assert "\r" not in subject
    assert subject.startswith("Россия и Казахстан")
    assert subject.endswith("26 декабря")


def test_a_catch_up_says_how_many_days_it_covers() -> None:
    source = many(3)
    long = replace(source, window=replace(source.window, start_at=SLOT - timedelta(days=4)))
    rendered = render_digest(choose_digest(DAILY, long, SLOT))
    assert "выпуск за 4\u00a0дня" in rendered.text


def test_every_story_links_to_the_original_and_into_the_archive() -> None:
    rendered = render_digest(
        choose_digest(DAILY, sample_material(), SLOT), archive_url="https://archive.example"
    )
    for number in (101, 105, 107, 113):
        assert f"https://archive.example/monitor/articles/{number}" in rendered.html
        assert f"/news/{number}" in rendered.html
    bare = render_digest(choose_digest(DAILY, sample_material(), SLOT)).html
    assert "/monitor/articles" not in bare
