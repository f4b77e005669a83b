"""Facts in the database: joined by key, replaced when found again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from monitor.facts import FactFinder
from monitor.models import Source
from monitor.store.database import write
from monitor.store.facts import store_facts
from monitor.store.rows import insert
from monitor.store.ways import sync_sources

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
RUSSIAN = "Вчера президент Касым-Жомарт Токаев выделил 5 млн тенге. «Мы построим эту дорогу вместе», – сказал Токаев."
KAZAKH = "Кеше Президент Қасым-Жомарт Тоқаев жолды көрді."


@pytest.fixture
def articles(db: Database) -> list[int]:
    sync_sources(db, [Source(id="a", name="A", ways=())], NOW)
    times = ("first_seen_at", "fetched_at")
    return [
        insert(
            db.conn,
            "articles",
            {"url": f"http://a.kz/{n}", "source_id": "a", "title": "", "text": "",
             "final_url": "", "content_hash": str(n), **dict.fromkeys(times, "2025-12-26")},
        )
        for n in range(2)
    ]  # fmt: skip


def store(db: Database, article_id: int, text: str, language: str) -> None:
    facts = FactFinder(()).find(title="", text=text, language=language, published=NOW.date())
    with write(db) as connection:
        store_facts(connection, article_id, facts, language=language, now=NOW)


def counts(db: Database) -> dict[str, int]:
    tables = ("people", "mentions", "amounts", "events", "quotes")
    return {t: db.conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def test_a_person_of_two_languages_is_one_row_with_both_names(
    db: Database, articles: list[int]
) -> None:
    store(db, articles[0], RUSSIAN, "ru")
    store(db, articles[1], KAZAKH, "kk")
    (row,) = db.query("SELECT * FROM people")
    assert (row["key"], row["name_ru"], row["name_kk"], row["name_en"], row["country"]) == (
        "tokayev-kassym-jomart", "Касым-Жомарт Токаев", "Қасым-Жомарт Тоқаев", None, "kz",
    )  # fmt: skip
    (quote,) = db.query("SELECT person_key, speaker FROM quotes")
    assert quote == {"person_key": row["key"], "speaker": "Касым-Жомарт Токаев"}


def test_facts_found_again_replace_the_old_ones(db: Database, articles: list[int]) -> None:
    store(db, articles[0], RUSSIAN, "ru")
    before = counts(db)
    store(db, articles[0], RUSSIAN, "ru")
    assert (
        counts(db) == before == {"people": 1, "mentions": 2, "amounts": 1, "events": 0, "quotes": 1}
    )
    store(db, articles[0], "Дождь.", "ru")
    assert counts(db) == {"people": 1, "mentions": 0, "amounts": 0, "events": 0, "quotes": 0}
