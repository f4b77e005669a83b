"""Backup, restore, prune and upgrade: what an operator has after a bad night."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from support.installation import NOW, Installation

from monitor.commands.app import read_settings
from monitor.errors import SchemaTooNew, StoreError
from monitor.models import Article, Fetched, Relation, Source, Tagging, Way
from monitor.pipeline.maintaining import Maintained, maintain, maintenance_due
from monitor.store.articles import NewArticle, store_article
from monitor.store.backup import backup_name, list_backups, make_backup, rotate, verify_copy
from monitor.store.database import InstanceLock, open_database, write
from monitor.store.pages import PageArchive
from monitor.store.retention import prune_records, used_pages
from monitor.store.schema import migrations
from monitor.store.ways import sync_sources

TEXT = "Министры двух стран обсудили поставки зерна. " * 12
SOURCE = Source(id="one", name="One", ways=(Way(kind="feed", url="http://one.kz/rss"),))


def put(db: Database, number: int, *, seen: datetime = NOW, page_id: int | None = None) -> int:
    url = f"http://one.kz/{number}"
    new = NewArticle(
        article=Article(url=url, title=f"Зерно {number}", text=f"{TEXT} {number}"),
        tagging=Tagging(
            language="ru", relations=(Relation(partner="ru", level=2, score=0.9),),
            topics={"energy": 0.5}, version="t",
        ),
        source_id="one", entry_url=url, final_url=url + "/long", first_seen_at=seen,
        fetched_at=seen, extractor_version="t", page_id=page_id,
    )  # fmt: skip
    with write(db) as connection:
        return store_article(connection, new).id


@pytest.fixture
def house(tmp_path: Path) -> Installation:
    """Twenty articles, a digest that went out, a promise to a subscription."""
    house = Installation.bare(tmp_path)
    db = open_database(house.database)
    sync_sources(db, [SOURCE], NOW)
    for number in range(20):
        put(db, number)
    send_digest(db, "2025-12-26")
    db.close()
    return house


def send_digest(db: Database, slot: str) -> None:
    with write(db) as connection:
        number = connection.execute(
            """INSERT INTO digests (subscription, slot, window_start_id, window_end_id,
               window_start_at, window_end_at, state, html, made_at, sent_at, slot_at)
               VALUES ('day', ?, 0, 99, ?, ?, 'sent', '<p>', ?, ?, ?)""",
            (slot, *["2025-12-26T02:00:00Z"] * 5),
        ).lastrowid
        connection.execute(
            "INSERT INTO deliveries (digest_id, channel, recipient, state, sent_at) "
            "VALUES (?, 'folder', 'day', 'sent', '2025-12-26T02:00:00Z')",
            (number,),
        )


def test_a_backup_is_a_private_checked_single_file_with_every_row(house: Installation) -> None:
    answer = house.run("backup")
    assert answer.returncode == 0, answer.stderr
    assert "20 articles" in answer.stdout
    (copy,) = list_backups(house.backups)
    assert dict(verify_copy(copy))["articles"] == 20
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(house.backups.stat().st_mode) == 0o700
    assert sorted(p.name for p in house.backups.iterdir()) == [".lock", copy.name]


def test_a_backup_taken_while_others_write_is_one_moment(house: Installation) -> None:
    stop = threading.Event()

    def go_on_writing() -> None:
        db = open_database(house.database)
        number = 1000
        while not stop.is_set():
            put(db, number)  # article, verdicts and addresses in one transaction
            number += 1
        db.close()

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        copies = [
            make_backup(house.database, house.backups, backup_name("monitor", NOW + timedelta(n)))
            for n in range(5)
        ]
    finally:
        stop.set()
        writer.join()
    for made in copies:
        with closing(sqlite3.connect(made.path)) as copy:
            whole = "SELECT count(*) FROM articles a JOIN article_relations USING (id)"
            whole = whole.replace("USING (id)", "r ON r.article_id = a.id")
            assert copy.execute(whole).fetchone()[0] == dict(made.counts)["articles"]


def test_old_backups_rotate_and_the_last_one_never_goes(house: Installation) -> None:
    for day in range(5):
        name = backup_name("monitor", NOW + timedelta(days=day))
        make_backup(house.database, house.backups, name)
    (house.backups / "monitor-20200101T000000Z.db.part").touch()
    rotate(house.backups, 2)
    days = [path.name[8:16] for path in list_backups(house.backups)]
    assert days == ["20251230", "20251229"]
    rotate(house.backups, 0)
    assert len(list_backups(house.backups)) == 1
    assert not list(house.backups.glob("*.part"))


def test_the_copy_from_before_an_upgrade_outlives_the_nights_after_it(house: Installation) -> None:
    name = backup_name("monitor", NOW, before_upgrade=True)
    make_backup(house.database, house.backups, name)
    for day in range(1, 4):
        make_backup(house.database, house.backups, backup_name("monitor", NOW + timedelta(day)))
    rotate(house.backups, 2)
    assert [path.name for path in list_backups(house.backups)][-1] == name
    assert len(list_backups(house.backups)) == 3


@pytest.mark.parametrize("name", ["../x.db", "monitor.db", "/etc/x", "monitor-1.db", "a\n.db"])
def test_a_backup_has_no_name_but_its_own(house: Installation, name: str) -> None:
    with pytest.raises(StoreError):
        make_backup(house.database, house.backups, name)


def test_a_damaged_database_never_becomes_a_backup(house: Installation) -> None:
    damage(house.database)
    answer = house.run("backup")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert not list_backups(house.backups)
    assert not list(house.backups.glob("*.part*"))


def damage(path: Path) -> None:
    """Noise over the middle of the file; the header stays."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192 - 4096))


def test_restore_brings_back_everything_that_the_backup_had(house: Installation) -> None:
    house.run("backup")
    damage(house.database)
    answer = house.run("restore", "latest")
    assert answer.returncode == 0, answer.stderr
    assert house.one("SELECT count(*) FROM articles") == 20
    assert house.rows("PRAGMA integrity_check") == [("ok",)]
    assert list(house.backups.glob("replaced-*.db"))


def test_restore_sends_no_digest_twice_that_went_out_after_the_backup(house: Installation) -> None:
    house.run("backup")
    db = open_database(house.database)
    put(db, 500)
    send_digest(db, "2025-12-27")
    db.close()
    assert house.run("restore", "latest").returncode == 0
    slots = "SELECT slot, state, window_end_id FROM digests ORDER BY slot"
    # The window ends at the backup's last article: what came later is told again, not lost.
    assert house.rows(slots) == [("2025-12-26", "sent", 20), ("2025-12-27", "sent", 20)]
    delivered = "SELECT count(*) FROM deliveries WHERE state = 'sent'"
    assert house.one(delivered) == 2


def test_restore_is_refused_while_the_service_runs(house: Installation) -> None:
    house.run("backup")
    lock = InstanceLock(house.database)
    lock.acquire()
    try:
        answer = house.run("restore", "latest")
    finally:
        lock.release()
    assert answer.returncode == 1
    assert "already working on this database" in answer.stderr


@pytest.mark.parametrize("content", [b"", b"not a database at all, just text" * 99])
def test_restore_refuses_what_is_no_backup(house: Installation, content: bytes) -> None:
    file = house.folder / "x.db"
    file.write_bytes(content)
    answer = house.run("restore", str(file))
    assert answer.returncode == 1
    assert house.one("SELECT count(*) FROM articles") == 20


def test_restore_refuses_a_backup_of_a_newer_program(house: Installation) -> None:
    house.run("backup")
    (copy,) = list_backups(house.backups)
    add_future_step(copy)
    answer = house.run("restore", "latest")
    assert answer.returncode == 1
    assert "newer version" in answer.stderr
    assert house.one("SELECT count(*) FROM articles") == 20


def add_future_step(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('monitor', 'from_the_future', '2030-01-01')"
        )
        connection.commit()


def test_an_older_program_refuses_a_newer_database_untouched(house: Installation) -> None:
    add_future_step(house.database)
    before = house.database.read_bytes()
    with pytest.raises(SchemaTooNew):
        open_database(house.database)
    assert house.database.read_bytes() == before


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Database], None]], None]:
    """A program with one more schema step."""

    def add(step: Callable[[Database], None]) -> None:
        monkeypatch.setattr(migrations, "_migrations", list(migrations._migrations))
        migrations(name="next_version")(step)

    return add


def test_an_upgrade_copies_the_database_first(house: Installation, next_version: Any) -> None:
    next_version(lambda db: db.conn.execute("ALTER TABLE articles ADD COLUMN mood TEXT"))
    open_database(house.database).close()
    assert house.one("SELECT count(*) FROM articles WHERE mood IS NULL") == 20
    (copy,) = list_backups(house.backups)
    assert copy.name.endswith("-before-upgrade.db")
    assert dict(verify_copy(copy))["articles"] == 20


def test_an_upgrade_that_fails_changes_nothing(house: Installation, next_version: Any) -> None:
    def step(db: Database) -> None:
        db.conn.execute("ALTER TABLE articles ADD COLUMN mood TEXT")
        db.conn.execute("CREATE TABLE articles (a)")  # it exists

    next_version(step)
    with pytest.raises(StoreError):
        open_database(house.database)
    columns = [row[1] for row in house.rows("PRAGMA table_info(articles)")]
    assert "mood" not in columns
    assert house.rows("PRAGMA integrity_check") == [("ok",)]


def test_two_programs_that_upgrade_at_once_both_succeed(house: Installation) -> None:
    answers: list[int] = []

    def open_it() -> None:
        open_database(house.database).close()
        answers.append(1)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4


def test_retention_forgets_texts_and_keeps_verdicts_and_addresses(db: Database) -> None:
    sync_sources(db, [SOURCE], NOW)
    old = NOW - timedelta(days=100)
    first, judged = put(db, 1, seen=old), put(db, 2, seen=old)
    kept = put(db, 3)
    with write(db) as connection:
        connection.execute(
            "INSERT INTO verdicts (article_id, relation, level, made_at) VALUES (?, 'ru', 0, ?)",
            (judged, "2025-12-01T00:00:00Z"),
        )
        for moment in ("2025-01-01T00:00:00Z", "2025-12-26T00:00:00Z"):
            connection.execute(
                "INSERT INTO attempts (at, url, host, purpose) VALUES (?, 'u', 'h', 'page')",
                (moment,),
            )
    pruned = prune_records(db, NOW, attempts_days=90, articles_days=30)
    assert (pruned.articles, pruned.attempts) == (1, 1)
    ids = [row[0] for row in db.conn.execute("SELECT id FROM articles ORDER BY id")]
    assert ids == [judged, kept]
    known = db.conn.execute("SELECT count(*) FROM entries WHERE state = 'known'").fetchone()[0]
    assert known >= 2  # its address and the one after the redirect: neither is fetched again
    assert first not in used_pages(db)
    assert not db.conn.execute("PRAGMA foreign_key_check").fetchall()
    fts = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'министры'"
    assert db.conn.execute(fts).fetchone()[0] == 2


def test_retention_never_takes_the_newest_article(db: Database) -> None:
    sync_sources(db, [SOURCE], NOW)
    numbers = [put(db, n, seen=NOW - timedelta(days=100)) for n in range(3)]
    prune_records(db, NOW, attempts_days=90, articles_days=30)
    assert put(db, 9) > max(numbers)  # an id is never given out twice: digests count by id


def test_retention_knows_every_table_that_hangs_on_articles(db: Database) -> None:
    from monitor.store import retention

    tables = [
        row[0] for row in db.conn.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    hanging = {
        table for table in tables
        if any(r[2] == "articles" for r in db.conn.execute(f"PRAGMA foreign_key_list({table})"))
    }  # fmt: skip
    assert hanging <= {*retention._PARTS, "verdicts"}


def night(house: Installation, **settings: object) -> Maintained:
    given = read_settings(str(house.folder / "feeds.yaml"), {})
    return maintain(replace(given, **settings), NOW)  # type: ignore[arg-type]


def test_a_night_prunes_backs_up_and_checks(house: Installation) -> None:
    done = night(house)
    assert done.problems == ()
    assert done.backup is not None
    assert len(list_backups(house.backups)) == 1
    facts = dict(house.rows("SELECT key, value FROM meta"))
    assert facts["integrity"] == "ok"
    assert facts["backup_ok"] == done.backup.path.name


def test_a_night_without_backups_still_checks_every_page_once_a_week(house: Installation) -> None:
    done = night(house, keep_backups=0)
    assert done.backup is None
    assert house.one("SELECT value FROM meta WHERE key = 'integrity_checked'") == "in place"


def test_damage_found_at_night_makes_health_fail_and_keeps_the_good_backups(
    house: Installation,
) -> None:
    night(house)
    good = list_backups(house.backups)
    with closing(sqlite3.connect(house.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'articles_hash'"
        ).fetchone()[0]
    with house.database.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xa5" * 4096)
    done = night(house)
    assert any("backup" in problem for problem in done.problems)
    assert list_backups(house.backups) == good
    answer = house.run("health")
    assert answer.returncode == 1
    assert "integrity check" in answer.stdout


def test_a_night_with_a_full_disk_still_frees_space(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.backup.ROOM", 1e12)
    with closing(sqlite3.connect(house.database)) as connection:
        connection.execute(
            "INSERT INTO attempts (at, url, host, purpose) VALUES ('2020-01-01T00:00:00Z','u','h','p')"
        )
        connection.commit()
    done = night(house)
    assert done.pruned.attempts == 1
    assert "no room for a backup" in done.problems[0]
    assert house.one("SELECT count(*) FROM incidents WHERE stage = 'maintain'") == 1


def page(number: int, at: datetime = NOW) -> Fetched:
    url = f"http://one.kz/{number}"
    return Fetched(url=url, final_url=url, fetched_at=at, status=200, headers={}, body=b"x" * 500)


def test_pages_that_no_article_needs_are_swept_and_fresh_ones_spared(tmp_path: Path) -> None:
    archive = PageArchive(tmp_path / "pages.db")
    old = [archive.add(page(n, NOW - timedelta(days=2))) for n in range(3)]
    fresh = archive.add(page(9))
    gone = archive.sweep_orphans({old[0]}, older_than=NOW - timedelta(days=1))
    left = [n for n in (*old, fresh) if archive.get(n) is not None]
    archive.close()
    assert gone == 2
    assert left == [old[0], fresh]


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_archive_is_set_aside_and_no_page_gets_an_old_id(
    tmp_path: Path, whole: bool
) -> None:
    path = tmp_path / "pages.db"
    archive = PageArchive(path)
    for number in range(200):
        archive.add(page(number))
    archive.close()
    if whole:
        path.write_bytes(b"garbage" * 5000)
    else:
        damage(path)
    told: list[Path] = []
    archive = PageArchive(path, ids_above=200, on_damage=told.append)
    number = archive.add(page(1))
    found = archive.get(number)
    archive.close()
    assert found is not None
    assert number > 200
    assert [p.name for p in told] == ["pages.db.damaged-1"]
    assert told[0].exists()


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2025-12-26T06:00:00+05:00", False),  # begun today: its first night comes
        ("2025-12-25T22:31:00+00:00", "2025-12-26T06:00:00+05:00", False),
        ("2025-12-25T04:00:00+05:00", "2025-12-26T03:00:00+05:00", False),
        ("2025-12-25T04:00:00+05:00", "2025-12-26T03:31:00+05:00", True),
        ("2025-12-20T04:00:00+05:00", "2025-12-26T12:00:00+05:00", True),  # it was switched off
    ],
)
def test_every_night_is_looked_after_once(
    db: Database, last: str | None, now: str, due: bool
) -> None:
    if last:
        with write(db) as connection:
            connection.execute("INSERT INTO meta VALUES ('maintenance', ?, ?)", (last, last))
    moment = datetime.fromisoformat(now).astimezone(UTC)
    assert maintenance_due(db, moment, "Asia/Almaty") is due


def test_prune_reports_what_went(house: Installation) -> None:
    answer = house.run("prune", "--vacuum")
    assert answer.returncode == 0, answer.stderr
    assert "articles" in answer.stdout
    assert "given back" in answer.stdout


def test_moving_to_another_machine_is_feeds_yaml_and_one_backup(
    house: Installation, tmp_path: Path
) -> None:
    house.run("backup")
    (copy,) = list_backups(house.backups)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(house.folder / "feeds.yaml", other)
    shutil.copy(copy, other)
    new = Installation(other)
    answer = new.run("restore", str(other / copy.name))
    assert answer.returncode == 0, answer.stderr
    assert new.one("SELECT count(*) FROM articles") == 20
