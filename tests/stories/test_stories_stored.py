"""Stories in the database: ids that stay, chains of reprints, splits by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.cli import main
from monitor.models import Source
from monitor.pipeline.storying import Stories
from monitor.pipeline.working import Done
from monitor.store.database import open_database, utc_text, write
from monitor.store.rows import insert
from monitor.store.stories import copies, split_article
from monitor.store.ways import sync_sources
from monitor.stories import find_features, make_sketch

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
FIRE = (
    "Пожар на складе в Таразе потушили за 7 часов, сгорело 1200 квадратных метров кровли. Никто не "
    "пострадал, сообщил начальник департамента Ерлан Сабитов. Причину ищет полиция, ущерб владелец "
    "оценил в 85 млн тенге."
)
FIRE_SHORT = "В Таразе горел склад: огонь прошёл 1200 метров кровли. Ерлан Сабитов сказал, что пострадавших нет, ущерб 85 млн тенге."


@pytest.fixture
def stocked(db: Database) -> Database:
    sync_sources(db, [Source(id=name, name=name, ways=()) for name in "abc"], NOW)
    return db


def store(
    db: Database, stories: Stories, source: str, text: str, *, hours: float = 0, age: float = 0
) -> int:
    """`age`: hours between publication and the moment it is first seen."""
    at = NOW + timedelta(hours=hours)
    row = {
        "url": f"http://{source}.kz/{hours}", "source_id": source, "title": "Пожар в Таразе", "text": text,
        "final_url": "", "content_hash": f"{source}{hours}", "published_at": utc_text(at - timedelta(hours=age)),
        "first_seen_at": utc_text(at), "fetched_at": utc_text(at),
    }  # fmt: skip
    done = Done(sketch=make_sketch(text), features=find_features("Пожар в Таразе", text, "ru"))
    with write(db) as connection:
        article_id = insert(connection, "articles", row)
        stories.place(connection, article_id, done, at)
    return article_id


def story_of(db: Database, article_id: int) -> object:
    return db.conn.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()[
        0
    ]


def test_a_story_begins_with_its_second_article_and_survives_a_restart(stocked: Database) -> None:
    stories = Stories.load(stocked, NOW)
    first = store(stocked, stories, "a", FIRE)
    assert story_of(stocked, first) is None
    second = store(stocked, stories, "b", FIRE_SHORT, hours=1)
    story = story_of(stocked, first)
    assert story is not None
    assert story_of(stocked, second) == story
    again = Stories.load(stocked, NOW + timedelta(hours=2))
    third = store(stocked, again, "c", FIRE_SHORT + " Склад новый.", hours=2)
    assert story_of(stocked, third) == story_of(stocked, first) == story
    (row,) = stocked.query("SELECT * FROM stories")
    assert (row["articles"], row["outlets"], row["first_article_id"]) == (3, 3, first)
    assert "85" in row["bound_by"]


def test_a_chain_of_reprints_knows_who_was_first_and_the_lag(stocked: Database) -> None:
    stories = Stories.load(stocked, NOW)
    first = store(stocked, stories, "a", FIRE)
    store(stocked, stories, "b", FIRE + " Источник: А.", hours=1)
    last = store(stocked, stories, "c", FIRE + " Источник: Б.", hours=3)
    chain = copies(stocked, last)
    assert [(c.source_id, c.kind, c.lag_minutes) for c in chain] == [
        ("a", None, 0.0), ("b", "copy", 60.0), ("c", "copy", 180.0),
    ]  # fmt: skip
    assert {c.article_id for c in copies(stocked, first)} == {c.article_id for c in chain}


def test_a_split_holds_for_articles_that_come_later(stocked: Database) -> None:
    stories = Stories.load(stocked, NOW)
    first = store(stocked, stories, "a", FIRE)
    second = store(stocked, stories, "b", FIRE_SHORT, hours=1)
    with write(stocked) as connection:
        assert split_article(connection, second, "not the same fire", NOW) == [first]
    assert story_of(stocked, first) is None
    assert story_of(stocked, second) is None
    third = store(stocked, stories, "c", FIRE_SHORT + " Склад новый.", hours=2)
    assert story_of(stocked, third) is not None
    assert story_of(stocked, first) != story_of(stocked, second)
    with write(stocked) as connection:
        assert split_article(connection, 999, "", NOW) == []


def test_the_source_is_who_published_first_even_if_seen_later(stocked: Database) -> None:
    stories = Stories.load(stocked, NOW)
    reprint = store(stocked, stories, "a", FIRE)
    again = store(stocked, stories, "b", FIRE + " Источник: А.", hours=1)
    source = store(stocked, stories, "c", FIRE + " Фото автора.", hours=2, age=3)
    chain = copies(stocked, again)
    assert [(c.article_id, c.kind) for c in chain] == [
        (source, None), (reprint, "copy"), (again, "copy"),
    ]  # fmt: skip
    assert chain[1].lag_minutes == 60.0


def test_old_sketches_are_dropped_at_the_next_start(stocked: Database) -> None:
    store(stocked, Stories.load(stocked, NOW), "a", FIRE)
    for days, left in ((13, 1), (15, 0)):
        Stories.load(stocked, NOW + timedelta(days=days))
        assert stocked.conn.execute("SELECT count(*) FROM sketches").fetchone()[0] == left


def test_the_command_splits_and_says_from_what(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text(
        f"settings: {{database: {tmp_path / 'm.db'}}}\n"
        "sources:\n  - {id: a, name: A, ways: [{kind: feed, url: http://one.kz/rss}]}\n",
        encoding="utf-8",
    )
    db = open_database(tmp_path / "m.db")
    sync_sources(db, [Source(id=name, name=name, ways=()) for name in "ab"], NOW)
    stories = Stories.load(db, NOW)
    first = store(db, stories, "a", FIRE)
    second = store(db, stories, "b", FIRE_SHORT, hours=1)
    db.close()
    command = ["split", str(second), "--why", "another fire", "--config", str(config)]
    assert main(command) == 0
    assert capsys.readouterr().out == f"article {second} taken apart from {first}\n"
    assert main(command) == 1
    assert "is in no story" in capsys.readouterr().err
    assert main(["split", "77", "--config", str(config)]) == 1
