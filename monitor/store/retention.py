"""What is kept for how long: old records go in small transactions, so that no writer waits.

A forgotten article keeps its entry's address (it is never fetched again) and nothing of its text.
Verdicts are people's work: an article that has one stays.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.errors import StoreError
from monitor.store.database import Database, utc_text, write

BATCH = 500  # rows of articles per transaction: 500 took 60 ms in a 200,000-article database
_LOGS = (("attempts", "at"), ("polls", "started_at"), ("incidents", "at"))
_PARTS = (
    "article_relations", "article_topics", "revisions", "mentions", "amounts", "events", "quotes",
    "addresses", "sketches",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many rows of what went."""

    attempts: int = 0
    polls: int = 0
    incidents: int = 0
    articles: int = 0
    digests: int = 0  # emptied of their text, not removed: a slot is never sent twice

    @property
    def total(self) -> int:
        return self.attempts + self.polls + self.incidents + self.articles + self.digests


def prune_records(
    db: Database, now: datetime, *, attempts_days: int, articles_days: int | None
) -> Pruned:
    """Apply the retention rules. `articles_days` None: articles are kept for ever."""
    before = utc_text(now - timedelta(days=attempts_days))
    gone = {table: _drop_rows(db, table, column, before) for table, column in _LOGS}
    if articles_days is None:
        return Pruned(**gone)
    limit = utc_text(now - timedelta(days=articles_days))
    return Pruned(**gone, articles=_drop_articles(db, limit), digests=_empty_digests(db, limit))


def used_pages(db: Database) -> frozenset[int]:
    """Ids of the raw pages that articles and revisions refer to."""
    sql = """SELECT page_id FROM articles WHERE page_id IS NOT NULL
             UNION SELECT page_id FROM revisions WHERE page_id IS NOT NULL"""
    return frozenset(row[0] for row in db.conn.execute(sql))


def newest_page_id(db: Database) -> int:
    """The highest id of a raw page that anything refers to; 0 if there is none."""
    sql = """SELECT max(coalesce((SELECT max(page_id) FROM articles), 0),
                        coalesce((SELECT max(page_id) FROM revisions), 0))"""
    return int(db.conn.execute(sql).fetchone()[0])


def _drop_rows(db: Database, table: str, column: str, before: str) -> int:
    # Both names come from _LOGS.
    sql = f"""DELETE FROM {table} WHERE id IN
              (SELECT id FROM {table} WHERE {column} < ? LIMIT {BATCH * 10})"""  # noqa: S608
    gone = 0
    while True:
        with write(db) as connection:
            rows = connection.execute(sql, (before,)).rowcount
        gone += rows
        if rows < BATCH * 10:
            return gone


def _drop_articles(db: Database, before: str) -> int:
    # The newest stays: digests count by id, and an id must never be given out twice.
    sql = """SELECT id FROM articles WHERE first_seen_at < ?
             AND id NOT IN (SELECT article_id FROM verdicts)
             AND id < (SELECT max(id) FROM articles) ORDER BY id LIMIT ?"""
    gone = 0
    while ids := [int(row[0]) for row in db.conn.execute(sql, (before, BATCH))]:
        with write(db) as connection:
            _forget(connection, ids)
        gone += len(ids)
    if gone:
        with write(db) as connection:
            _settle_stories(connection)
            connection.execute(
                "UPDATE entries SET summary = '', text = '' WHERE first_seen_at < ? "
                "AND (summary <> '' OR text <> '')",
                (before,),
            )
    return gone


def _forget(connection: sqlite3.Connection, ids: list[int]) -> None:
    """Everything that hangs on these articles, then the articles. Their addresses become plain
    known entries, so that none of them is ever fetched again."""
    keys = [(number,) for number in ids]
    connection.executemany(
        """INSERT OR IGNORE INTO entries (url, url_key, source_id, first_seen_at, last_seen_at,
                                          state)
           SELECT d.url_key, d.url_key, a.source_id, a.first_seen_at, a.first_seen_at, 'known'
           FROM addresses d JOIN articles a ON a.id = d.article_id WHERE a.id = ?""",
        keys,
    )
    connection.executemany(
        "UPDATE entries SET article_id = NULL, state = 'known' WHERE article_id = ?", keys
    )
    for table in _PARTS:
        connection.executemany(f"DELETE FROM {table} WHERE article_id = ?", keys)  # noqa: S608
    connection.executemany("UPDATE articles SET dup_of = NULL WHERE dup_of = ?", keys)
    connection.executemany("DELETE FROM articles WHERE id = ?", keys)


def _settle_stories(connection: sqlite3.Connection) -> None:
    connection.execute(
        "DELETE FROM stories WHERE id NOT IN "
        "(SELECT story_id FROM articles WHERE story_id IS NOT NULL)"
    )
    connection.execute(
        "UPDATE stories SET first_article_id = "
        "(SELECT min(id) FROM articles WHERE story_id = stories.id) "
        "WHERE first_article_id NOT IN (SELECT id FROM articles)"
    )


def _empty_digests(db: Database, before: str) -> int:
    with write(db) as connection:
        return connection.execute(
            "UPDATE digests SET html = '', text = '' WHERE made_at < ? "
            "AND state IN ('sent', 'kept', 'skipped', 'superseded', 'failed') AND html <> ''",
            (before,),
        ).rowcount


def vacuum(path: Path) -> int:
    """Give freed pages of a database file back to the disk; the bytes that were freed.

    Needs as much free space again and nobody else writing. Raises StoreError.
    """
    if not path.exists():
        return 0
    before = path.stat().st_size
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from error
    return before - path.stat().st_size
