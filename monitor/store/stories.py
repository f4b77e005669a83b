"""Stories: sketches of articles, copies and their source, articles that tell one event."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.store.database import utc_text, utc_time
from monitor.store.rows import insert

_KEPT_LINES = 40  # reasons kept of one story


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchRow:
    """What is kept of an article to place later ones beside it (table `sketches`)."""

    article_id: int
    at: datetime
    sketch: bytes
    features: str
    story_id: int | None = None  # None: nobody else tells it yet
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One article of a chain of reprints."""

    article_id: int
    source_id: str
    kind: str | None  # None: the first of the chain as collected
    published_at: str | None
    first_seen_at: str
    lag_minutes: float | None  # behind the first published of the chain; None: no date


def sketches_since(db: Database, since: datetime) -> list[SketchRow]:
    """The sketches of the last days with the story of each article, oldest first."""
    rows = db.conn.execute(
        """
        SELECT s.article_id, s.at, s.sketch, s.features, a.story_id, a.source_id
        FROM sketches s JOIN articles a ON a.id = s.article_id
        WHERE s.at >= ? ORDER BY s.at, s.article_id
        """,
        (utc_text(since),),
    )
    return [
        SketchRow(
            article_id=row["article_id"],
            at=utc_time(row["at"]),
            sketch=row["sketch"],
            features=row["features"],
            story_id=row["story_id"],
            source_id=row["source_id"],
        )
        for row in rows
    ]


def save_sketch(connection: sqlite3.Connection, row: SketchRow) -> None:
    """Insert or replace an article's sketch."""
    connection.execute(
        "INSERT OR REPLACE INTO sketches (article_id, sketch, features, at) VALUES (?, ?, ?, ?)",
        (row.article_id, row.sketch, row.features, utc_text(row.at)),
    )


def forget_sketches(connection: sqlite3.Connection, before: datetime) -> None:
    """Drop the sketches that no window needs any more."""
    connection.execute("DELETE FROM sketches WHERE at < ?", (utc_text(before),))


def mark_copy(
    connection: sqlite3.Connection, article_id: int, other: int, kind: str, reverse_kind: str
) -> None:
    """Say that an article has the text of an earlier seen one. A chain points to its source.

    The source is who published first: where that is the new article, the older row becomes its
    copy (of `reverse_kind`) and the chain moves with it.
    """
    source = connection.execute(
        "SELECT coalesce(dup_of, id) FROM articles WHERE id = ?", (other,)
    ).fetchone()[0]
    if source != article_id and _published_first(connection, article_id, source):
        link = "UPDATE articles SET dup_of = ?, dup_kind = ? WHERE id = ?"
        connection.execute(link, (None, None, article_id))
        connection.execute(link, (article_id, reverse_kind, source))
        connection.execute("UPDATE articles SET dup_of = ? WHERE dup_of = ?", (article_id, source))
        return
    connection.execute(
        "UPDATE articles SET dup_of = ?, dup_kind = ? WHERE id = ? AND dup_of IS NULL",
        (source, kind, article_id),
    )


def _published_first(connection: sqlite3.Connection, article_id: int, source: int) -> bool:
    row = connection.execute(
        """
        SELECT a.published_at < b.published_at AND a.date_precision IS NOT 'day'
            AND b.date_precision IS NOT 'day'
        FROM articles a, articles b WHERE a.id = ? AND b.id = ?
        """,
        (article_id, source),
    ).fetchone()
    return bool(row and row[0])


def copies(db: Database, article_id: int) -> list[Copy]:
    """The chain of reprints that an article is in, the first published first."""
    rows = db.conn.execute(
        """
        WITH root AS (SELECT coalesce(dup_of, id) AS id FROM articles WHERE id = ?)
        SELECT a.id, a.source_id, a.dup_kind, a.published_at, a.first_seen_at,
            round((julianday(a.published_at) - min(julianday(a.published_at)) OVER ()) * 1440, 1)
                AS lag
        FROM articles a JOIN root ON root.id IN (a.id, a.dup_of)
        ORDER BY coalesce(a.published_at, a.first_seen_at), a.id
        """,
        (article_id,),
    )
    return [
        Copy(
            article_id=row["id"],
            source_id=row["source_id"],
            kind=row["dup_kind"],
            published_at=row["published_at"],
            first_seen_at=row["first_seen_at"],
            lag_minutes=row["lag"],
        )
        for row in rows
    ]


# ---------------------------------------------------------------- stories


def join_story(
    connection: sqlite3.Connection, article_id: int, other: int, bound_by: str, now: datetime
) -> int:
    """Put an article into the story of another one, which begins a story if it has none.

    The id of the story. Ids never change: stories are not merged.
    """
    row = connection.execute(
        "SELECT story_id, title, first_seen_at FROM articles WHERE id = ?", (other,)
    ).fetchone()
    story_id = row["story_id"]
    if story_id is None:
        story_id = insert(
            connection,
            "stories",
            {
                "title": row["title"],
                "first_article_id": other,
                "first_seen_at": row["first_seen_at"],
                "last_seen_at": utc_text(now),
            },
        )
        connection.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, other))
    connection.execute("UPDATE articles SET story_id = ? WHERE id = ?", (story_id, article_id))
    _explain(connection, story_id, f"{article_id} with {other}: {bound_by}")
    refresh_story(connection, story_id)
    return int(story_id)


def _explain(connection: sqlite3.Connection, story_id: int, line: str) -> None:
    row = connection.execute("SELECT bound_by FROM stories WHERE id = ?", (story_id,)).fetchone()
    lines = [*row["bound_by"].splitlines(), line][-_KEPT_LINES:]
    connection.execute("UPDATE stories SET bound_by = ? WHERE id = ?", ("\n".join(lines), story_id))


def refresh_story(connection: sqlite3.Connection, story_id: int) -> None:
    """Count again what a story's articles come to."""
    connection.execute(
        """
        UPDATE stories SET
            articles = (SELECT count(*) FROM articles WHERE story_id = :id),
            outlets = (SELECT count(DISTINCT source_id) FROM articles WHERE story_id = :id),
            level = (SELECT coalesce(max(level), 0) FROM articles WHERE story_id = :id),
            last_seen_at = coalesce(
                (SELECT max(first_seen_at) FROM articles WHERE story_id = :id), last_seen_at),
            relations = coalesce((
                SELECT group_concat(relation, ', ') FROM (
                    SELECT relation FROM article_relations r JOIN articles a ON a.id = r.article_id
                    WHERE a.story_id = :id AND r.level > 0
                    GROUP BY relation ORDER BY max(r.level) DESC, sum(r.level) DESC, relation)), '')
        WHERE id = :id
        """,
        {"id": story_id},
    )


def splits(db: Database) -> list[tuple[int, int]]:
    """Pairs of articles that a person has taken apart."""
    rows = db.conn.execute("SELECT article_id, other_article_id FROM story_splits")
    return [(row["article_id"], row["other_article_id"]) for row in rows]


def split_article(
    connection: sqlite3.Connection, article_id: int, why: str, now: datetime
) -> list[int]:
    """Take an article out of its story for good; the articles it was with.

    An empty list: it is in no story. A story that keeps a single article is dropped.
    """
    row = connection.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is None or row["story_id"] is None:
        return []
    story_id = row["story_id"]
    others = [
        int(other["id"])
        for other in connection.execute(
            "SELECT id FROM articles WHERE story_id = ? AND id <> ? ORDER BY id",
            (story_id, article_id),
        )
    ]
    connection.executemany(
        "INSERT OR REPLACE INTO story_splits (article_id, other_article_id, why, made_at)"
        " VALUES (?, ?, ?, ?)",
        [(article_id, other, why, utc_text(now)) for other in others],
    )
    connection.execute("UPDATE articles SET story_id = NULL WHERE id = ?", (article_id,))
    if len(others) == 1:
        connection.execute("UPDATE articles SET story_id = NULL WHERE id = ?", (others[0],))
        connection.execute("DELETE FROM stories WHERE id = ?", (story_id,))
    else:
        refresh_story(connection, story_id)
    return others
