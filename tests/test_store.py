"""Identity in the database: nothing twice, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunning, SchemaTooNew, StoreError
from monitor.models import Article, Entry, Fetched, Relation, Source, Tagging, Way
from monitor.store.articles import NewArticle, Stored, replace_article, store_article
from monitor.store.database import Database, InstanceLock, open_database, write
from monitor.store.entries import Remembered, due_entries, remember_entries
from monitor.store.pages import PageArchive
from monitor.store.ways import load_ways, sync_sources

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
TEXT = "Министры двух стран обсудили поставки зерна. " * 12


def source(identifier: str = "one", **ways: str) -> Source:
    urls = ways or {"feed": f"http://{identifier}.kz/rss"}
    return Source(
        id=identifier,
        name=identifier.title(),
        ways=tuple(Way(kind=kind, url=url) for kind, url in urls.items()),
    )


@pytest.fixture
def stocked(db: Database) -> Database:
    sync_sources(db, [source("one"), source("two")], NOW)
    return db


def remember(
    db: Database, *entries: Entry, guid_policy: str = "guid", **given: object
) -> Remembered:
    with write(db) as connection:
        return remember_entries(
            connection,
            entries,
            source_id=str(given.get("source_id", "one")),
            way_id=1,
            guid_policy=guid_policy,
            now=NOW,
        )


def article(url: str, *, final: str | None = None, **fields: object) -> NewArticle:
    values: dict[str, object] = {"title": "Зерно", "text": TEXT, **fields}
    return NewArticle(
        article=Article(url=url, **values),  # type: ignore[arg-type]
        tagging=Tagging(
            language="ru",
            relations=(
                Relation(partner="us", level=0, score=0.1),
                Relation(partner="ru", level=1, score=0.7),
                Relation(partner="cn", level=2, score=0.9),
            ),
            topics={"trade_investment": 0.8},
            version="test",
        ),
        source_id="one",
        entry_url=url,
        final_url=final or url,
        first_seen_at=NOW,
        fetched_at=NOW,
        extractor_version="test",
    )


def put(db: Database, new: NewArticle) -> Stored:
    with write(db) as connection:
        return store_article(connection, new)


def entry(url: str, guid: str | None = None, title: str = "Зерно") -> Entry:
    return Entry(url=url, guid=guid, title=title)


def test_an_entry_is_remembered_once_whatever_its_tracking_parameters(stocked: Database) -> None:
    assert remember(stocked, entry("http://one.kz/a?utm_source=rss")).new == 1
    again = remember(stocked, entry("https://one.kz/a?from=rss"), entry("http://one.kz/a"))
    assert again == Remembered(new=0, known=2)


def test_a_guid_with_another_link_and_the_same_title_is_the_same_entry(stocked: Database) -> None:
    remember(stocked, entry("http://one.kz/a", guid="7"))
    assert remember(stocked, entry("http://one.kz/b", guid="7")).new == 0


def test_a_guid_used_again_for_another_article_hides_nothing(stocked: Database) -> None:
    remember(stocked, entry("http://one.kz/a", guid="7"))
    assert remember(stocked, entry("http://one.kz/b", guid="7", title="Газ")).new == 1


def test_the_link_policy_ignores_guids(stocked: Database) -> None:
    remember(stocked, entry("http://one.kz/a", guid="7"))
    assert remember(stocked, entry("http://one.kz/b", guid="7"), guid_policy="link").new == 1


def test_the_same_link_in_another_source_is_not_a_second_entry(stocked: Database) -> None:
    remember(stocked, entry("http://one.kz/a"))
    assert remember(stocked, entry("http://one.kz/a"), source_id="two").new == 0


def test_a_link_that_is_the_final_address_of_an_article_is_never_fetched(stocked: Database) -> None:
    stored = put(stocked, article("http://one.kz/short", final="http://one.kz/2025/long"))
    assert remember(stocked, entry("http://one.kz/2025/long")) == Remembered(new=0, known=1)
    assert due_entries(stocked, NOW, limit=9) == []
    row = stocked.conn.execute("SELECT state, article_id FROM entries").fetchone()
    assert tuple(row) == ("known", stored.id)


def test_an_article_reached_by_two_links_is_stored_once(stocked: Database) -> None:
    first = put(stocked, article("http://one.kz/a", final="http://one.kz/long"))
    second = put(stocked, article("http://one.kz/b", final="http://one.kz/long"))
    assert second == Stored(id=first.id, new=False)


def test_an_amp_page_joins_its_article_through_the_canonical_url(stocked: Database) -> None:
    first = put(stocked, article("http://one.kz/news/a"))
    amp = article("http://one.kz/amp/news/a", canonical_url="http://one.kz/news/a")
    assert put(stocked, amp) == Stored(id=first.id, new=False)


def test_a_canonical_url_that_lies_loses_no_article(stocked: Database) -> None:
    put(stocked, article("http://one.kz/news/a"))
    other = article(
        "http://one.kz/news/b",
        canonical_url="http://one.kz/news/a",
        title="Совсем другое",
        text="Речь о погоде на выходные дни и о том, как к ней готовятся в городе. " * 9,
    )
    assert put(stocked, other).new
    home = article("http://one.kz/news/c", canonical_url="http://one.kz/", title="Третье")
    assert put(stocked, home).new


def test_a_copy_under_another_address_is_kept_and_linked(stocked: Database) -> None:
    first = put(stocked, article("http://one.kz/a"))
    copy = put(stocked, article("http://one.kz/b"))
    row = stocked.conn.execute("SELECT dup_of FROM articles WHERE id = ?", (copy.id,)).fetchone()
    assert copy.new
    assert row["dup_of"] == first.id


def test_language_versions_share_a_group(stocked: Database) -> None:
    versions = {"ru": "http://one.kz/ru/a", "kk": "http://one.kz/kk/a"}
    put(stocked, article("http://one.kz/ru/a", alternates=versions))
    put(stocked, article("http://one.kz/kk/a", alternates=versions, title="Астық", text="қ" * 300))
    groups = [r[0] for r in stocked.conn.execute("SELECT version_group FROM articles")]
    assert groups[0] == groups[1] is not None


def test_verdicts_are_plain_words_and_rows(stocked: Database) -> None:
    stored = put(stocked, article("http://one.kz/a"))
    row = stocked.conn.execute("SELECT relations, level, topics FROM articles").fetchone()
    assert tuple(row) == ("cn, ru", 2, "trade_investment")
    levels = stocked.conn.execute(
        "SELECT relation, level FROM article_relations WHERE article_id = ?", (stored.id,)
    )
    assert {r["relation"]: r["level"] for r in levels} == {"us": 0, "ru": 1, "cn": 2}


def test_the_index_follows_a_replaced_text(stocked: Database) -> None:
    stored = put(stocked, article("http://one.kz/a"))
    with write(stocked) as connection:
        replace_article(connection, stored.id, article("http://one.kz/a", text="Трубопровод " * 40))

    def hits(word: str) -> int:
        sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
        return int(stocked.conn.execute(sql, (word,)).fetchone()[0])

    assert (hits("Трубопровод"), hits("Министры")) == (1, 0)


def test_what_was_learned_of_a_way_survives_a_changed_order(db: Database) -> None:
    both = source("one", feed="http://one.kz/rss", sitemap="http://one.kz/map.xml")
    sync_sources(db, [both], NOW)
    with write(db) as connection:
        connection.execute("UPDATE ways SET etag = 'x' WHERE kind = 'feed'")
    turned = source("one", sitemap="http://one.kz/map.xml", feed="http://one.kz/rss")
    sync_sources(db, [turned], NOW)
    ways = load_ways(db, [turned])["one"]
    assert [(state.way.kind, state.etag) for state in ways] == [("sitemap", None), ("feed", "x")]


def test_a_failed_transaction_leaves_nothing_behind(stocked: Database) -> None:
    def store_and_fail() -> None:
        with write(stocked) as connection:
            store_article(connection, article("http://one.kz/a"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        store_and_fail()
    assert stocked.conn.execute("SELECT count(*) FROM articles").fetchone()[0] == 0


def test_an_older_program_refuses_a_newer_database(db: Database) -> None:
    db.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('monitor', 'from_the_future', '2030')"
    )
    path = Path(db.conn.execute("PRAGMA database_list").fetchone()[2])
    with pytest.raises(SchemaTooNew, match="from_the_future"):
        open_database(path)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(b"this is not a database at all, just text " * 50)
    with pytest.raises(StoreError, match="not a database"):
        open_database(path)


def test_a_folder_of_another_user_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(StoreError, match=r"chown -R \d+ "):
        InstanceLock(tmp_path / "monitor.db").acquire()


def test_a_second_instance_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    first, second = InstanceLock(tmp_path / "m.db"), InstanceLock(tmp_path / "m.db")
    first.acquire()
    with pytest.raises(AlreadyRunning, match="process"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_raw_page_comes_back_as_it_was_and_retention_takes_the_oldest(tmp_path: Path) -> None:
    archive = PageArchive(tmp_path / "pages.db")
    bodies = [bytes([i]) * 2_000_000 + str(i).encode() for i in range(3)]
    ids = [
        archive.add(
            Fetched(
                url=f"http://one.kz/{i}",
                final_url=f"http://one.kz/{i}",
                status=200,
                headers={"content-type": "text/html"},
                body=body,
                fetched_at=NOW + timedelta(days=i),
            )
        )
        for i, body in enumerate(bodies)
    ]
    kept = archive.get(ids[1])
    assert kept is not None
    assert kept.fetched.body == bodies[1]
    assert archive.sweep(older_than=NOW + timedelta(hours=1), megabytes=100) == 1
    assert archive.get(ids[0]) is None
    archive.close()
