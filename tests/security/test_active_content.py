"""Nothing that an outlet publishes acts in a reader's mail or browser: feed -> database -> both."""

from __future__ import annotations

import email
import email.policy
import html
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.installation import Installation
from support.recording_web import RecordingWeb, Reply

sys.path.insert(0, str(Path(__file__).parent))
from corpus import MARK, PAYLOADS, active_content

GOODS = [
    "зерно",
    "уран",
    "нефть",
    "газ",
    "уголь",
    "медь",
    "цинк",
    "хлопок",
    "шерсть",
    "мясо",
    "рыба",
    "мёд",
    "соль",
    "сахар",
    "чай",
    "кофе",
    "стекло",
    "цемент",
    "кирпич",
    "вагоны",
    "рельсы",
    "трубы",
    "кабели",
    "станки",
    "тракторы",
    "автобусы",
    "самолёты",
    "спутники",
    "лекарства",
    "вакцины",
    "учебники",
    "ткани",
    "обувь",
    "мебель",
    "бумага",
    "краска",
    "шины",
    "серу",
    "фосфор",
    "титан",
    "алюминий",
    "сталь",
    "золото",
    "серебро",
    "свинец",
    "асфальт",
    "муку",
    "рис",
    "ячмень",
    "лён",
]
PLACES = [
    "Костанае",
    "Петропавловске",
    "Актобе",
    "Атырау",
    "Актау",
    "Шымкенте",
    "Таразе",
    "Семее",
    "Павлодаре",
    "Экибастузе",
    "Жезказгане",
    "Балхаше",
    "Кокшетау",
    "Рудном",
    "Темиртау",
    "Сарани",
    "Риддере",
    "Зайсане",
    "Хоргосе",
    "Достыке",
    "Аральске",
    "Байконуре",
    "Кандыагаше",
    "Лисаковске",
    "Житикаре",
    "Аркалыке",
    "Степногорске",
    "Щучинске",
    "Талдыкоргане",
    "Текели",
    "Конаеве",
    "Каскелене",
    "Есике",
    "Туркестане",
    "Кентау",
    "Жанатасе",
    "Каратау",
    "Шу",
    "Сарыагаше",
    "Ленгере",
    "Арысе",
    "Кульсары",
    "Жанаозене",
    "Уральске",
    "Аксае",
    "Хромтау",
    "Алге",
    "Эмбе",
    "Шалкаре",
    "Курчатове",
]
NAMES = [
    "Абенов",
    "Байжанов",
    "Васенин",
    "Горлов",
    "Дузбаев",
    "Ертаев",
    "Жумин",
    "Зарубин",
    "Искаков",
    "Каримов",
    "Ломов",
    "Мусин",
    "Нургалин",
    "Омаров",
    "Пак",
    "Рахимов",
    "Сагин",
    "Тулеев",
    "Умаров",
    "Фролов",
    "Хасенов",
    "Цой",
    "Чукин",
    "Шарипов",
    "Юсупов",
    "Якупов",
    "Алпысов",
    "Бектуров",
    "Досанов",
    "Есимов",
]
KINDS = ("заводе", "складе", "рынке", "выставке", "станции", "форуме", "пункте пропуска")


def story(number: int) -> tuple[str, str]:
    """A headline and a text of their own, so that no two articles are one story and each of them
    comes into the digest."""
    what, where = GOODS[number % len(GOODS)], PLACES[number % len(PLACES)]
    who, place = NAMES[number % len(NAMES)], KINDS[number % len(KINDS)]
    title = f"Россия купит {what}: что решили в {where}"
    text = (
        f"Россия купит у Казахстана {what}: об этом в {where} сказал {who}. "
        f"На {place} в {where} {who} показал российским гостям {what} и {number * 37 + 11} машин. "
        f"Договор с Россией на {what} стоит ${number * 13 + 17} млн, уточнил {who}. "
    )
    return title, text


EVIL_IP = "127.0.0.1"


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that has collected a hostile outlet and sent its digest."""
    folder = tmp_path_factory.mktemp("hostile")
    with RecordingWeb() as web:
        publish(web)
        house = Installation(folder)
        (folder / "feeds.yaml").write_text(
            "settings: {host_delay_seconds: 0, allow_addresses: [127.0.0.0/8], workers: 1,\n"
            "  datasette_url: 'http://127.0.0.1:8001'}\n"
            f"sources: [{{id: evil, name: Evil, home: true, ways: [{{kind: feed, url: '{web.url('/rss')}'}}]}}]\n"
            "subscriptions: [{name: day, channels: [folder, atom], at: '07:00'}]\n",
            encoding="utf-8",
        )
        first = house.run("once", "--quiet")
        assert first.returncode == 0, first.stderr
        house.now = house.now.replace(day=27, hour=2, minute=30)
        second = house.run("once", "--quiet")
        assert second.returncode == 0, second.stderr
        yield house


def publish(web: RecordingWeb) -> None:
    """One article for every payload: in the title, the summary, the author and the body."""
    items = []
    for number, payload in enumerate(PAYLOADS):
        link = web.url(f"/news/{number}")
        shown = html.escape(xml_safe(payload))
        items.append(
            f"<item><title>{story(number)[0]} {shown}</title><link>{link}</link>"
            f"<guid>{shown}</guid><author>{shown}</author><category>{shown}</category>"
            f"<description>{shown}</description>"
            f"<pubDate>Fri, 26 Dec 2025 05:{number % 60:02d}:00 GMT</pubDate></item>"
        )
        web.pages[f"/news/{number}"] = page(number, payload)
    items.append(
        f"<item><title>Адрес</title><link>javascript:{MARK}()</link><guid>js</guid></item>"
    )
    feed = f"<rss version='2.0'><channel><title>E</title>{''.join(items)}</channel></rss>"
    web.pages["/rss"] = Reply(
        body=feed.encode(), headers=(("Content-Type", "application/rss+xml; charset=utf-8"),)
    )


def page(number: int, payload: str) -> Reply:
    shown = html.escape(payload)
    title, text = story(number)
    body = (
        f"<html lang=ru><head><meta charset=utf-8><title>{shown}</title>"
        f'<meta name=author content="{shown}"><meta property=\'og:image\' content="{shown}">'
        f'<link rel=canonical href="{shown}"></head><body><article>'
        f"<h1>{title} {shown}</h1><p>{text}</p><p>{text}</p>"
        f"<p>{payload}</p><p>Текст показан знаками: {shown}</p>"
        f"<p>«Мы договорились {shown}», — сказал министр Асан {number}.</p></article></body></html>"
    )
    return Reply(body=body.encode(), headers=(("Content-Type", "text/html; charset=utf-8"),))


def xml_safe(text: str) -> str:
    return "".join(c for c in text if c in "\t\n\r" or ord(c) >= 32)


def test_the_corpus_was_collected_and_tagged(harvest: Installation) -> None:
    """Otherwise the tests below would pass for want of anything hostile."""
    stored = harvest.one("SELECT count(*) FROM articles WHERE level > 0")
    assert int(str(stored)) >= 0.8 * len(PAYLOADS)
    told = harvest.one("SELECT count(*) FROM articles WHERE title || text LIKE ?", f"%{MARK}%")
    assert int(str(told)) >= 0.6 * len(PAYLOADS)


def test_no_address_but_the_webs_is_ever_stored(harvest: Installation) -> None:
    sql = """SELECT url FROM articles UNION SELECT final_url FROM articles
             UNION SELECT canonical_url FROM articles WHERE canonical_url IS NOT NULL
             UNION SELECT image FROM articles WHERE image IS NOT NULL"""
    assert [u for (u,) in harvest.rows(sql) if not re.match(r"https?://", str(u))] == []


def test_the_digest_has_no_active_content(harvest: Installation) -> None:
    files = sorted((harvest.folder / "storage" / "digests").glob("*.html"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.count(MARK) >= 30  # the stories differ, so that few are folded away
        assert active_content(text) == []
        assert "7*191" in text
        assert "1337" not in text  # 7*191: no template of an outlet is ever run


def test_the_digest_as_feed_has_no_active_content(harvest: Installation) -> None:
    import feedparser

    feeds = list((harvest.folder / "storage" / "digests").rglob("*.xml"))
    feeds += list((harvest.folder / "storage" / "digests").rglob("*.atom"))
    assert feeds
    for file in feeds:
        found = feedparser.parse(file.read_bytes(), sanitize_html=False)
        assert not found.bozo
        for entry in found.entries:
            assert active_content(" ".join(part.value for part in entry.get("content", []))) == []


def test_datasette_shows_every_article_without_active_content(harvest: Installation) -> None:
    with served(harvest.database) as get:
        pages = ["/", "/monitor/articles", "/monitor/entries?_size=100", "/monitor/digests"]
        pages += [f"/monitor/articles/{n}" for (n,) in harvest.rows("SELECT id FROM articles")]
        pages += [
            f"/monitor/articles?_search={MARK}",
            "/monitor/articles?_search=%22%3E%3Cscript%3E",
        ]
        for path in pages:
            answer = get(path)
            assert answer.status in (200, 302), path
            found = active_content(answer.text, allowed_scripts=("/-/", "/static/"))
            hostile = [item for item in found if MARK in item or "evil" in item]
            assert hostile == [], path
            if path == "/" or path.count("/") == 3:  # where strangers' text is read at length
                policy = answer.headers["content-security-policy"]
                assert "script-src 'self';" in policy + ";"


@contextmanager
def served(database: Path) -> Iterator[Callable[[str], Any]]:
    spec = importlib.util.spec_from_file_location(
        "reader_conftest", Path(__file__).parents[1] / "reader" / "conftest.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reader_conftest"] = module
    spec.loader.exec_module(module)
    with module.datasette(database) as server:
        yield server.get


def test_sql_in_headlines_is_text(harvest: Installation) -> None:
    assert harvest.rows("PRAGMA integrity_check") == [("ok",)]
    held = harvest.one("SELECT count(*) FROM articles WHERE title LIKE '%DROP TABLE%'")
    assert int(str(held)) >= 1


def test_a_headline_of_several_lines_is_one_header(harvest: Installation) -> None:
    subjects = [str(s) for (s,) in harvest.rows("SELECT subject FROM digests")]
    assert subjects
    assert not [s for s in subjects if "\n" in s or "\r" in s]
    for (title,) in harvest.rows("SELECT title FROM articles"):
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["Subject"] = re.sub(r"[\r\n]+", " ", str(title))
        assert list(message.keys()) == ["Subject"]


def test_the_finder_finds_what_it_should() -> None:
    """The detector itself, seen to fail: unescaped, nearly every payload of markup is found."""
    markup = [p for p in PAYLOADS[:40] if "<" in p and "\x00" not in p]
    missed = [p for p in markup if not active_content(f"<p>{p}</p>")]
    assert len(missed) <= 5, missed
    assert active_content(f'<p title="{PAYLOADS[20]}">') != []
    assert active_content(f"<p>{html.escape(PAYLOADS[0])}</p>") == []
