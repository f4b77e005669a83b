"""Revisions: articles that are looked at again, and what had changed or gone."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime

from monitor.store.database import Database, optional_time, utc_text, utc_time
from monitor.store.rows import insert, text_or_none, update


@dataclass(frozen=True, slots=True, kw_only=True)
class DueArticle:
    """An article whose page is looked at again."""

    id: int
    url: str
    final_url: str
    title: str
    text: str
    source_id: str
    published_at: datetime | None
    published_raw: str
    date_source: str | None
    first_seen_at: datetime
    etag: str | None
    last_modified: str | None
    page_id: int | None
    checks: int
    removed: bool
    sentences: tuple[str, ...]  # the evidence of its verdicts


def due_articles(db: Database, now: datetime, *, limit: int) -> list[DueArticle]:
    """What is due to be looked at again, the longest waiting first."""
    rows = db.conn.execute(
        "SELECT * FROM articles WHERE next_check_at <= ? ORDER BY next_check_at LIMIT ?",
        (utc_text(now), limit),
    ).fetchall()
    return [_due_article(db, row) for row in rows]


def _due_article(db: Database, row: sqlite3.Row) -> DueArticle:
    return DueArticle(
        id=row["id"],
        url=row["url"],
        final_url=row["final_url"],
        title=row["title"],
        text=row["text"],
        source_id=row["source_id"],
        published_at=optional_time(row["published_at"]),
        published_raw=row["published_raw"],
        date_source=row["date_source"],
        first_seen_at=utc_time(row["first_seen_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        page_id=row["page_id"],
        checks=row["checks"],
        removed=row["removed_at"] is not None,
        sentences=_evidence_sentences(db, row["id"]),
    )


def _evidence_sentences(db: Database, article_id: int) -> tuple[str, ...]:
    rows = db.conn.execute(
        "SELECT evidence FROM article_relations WHERE article_id = ? AND level > 0", (article_id,)
    )
    return tuple(item["sentence"] for row in rows for item in json.loads(row["evidence"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A change of an article after it was stored."""

    article_id: int
    seen_at: datetime
    kind: str  # edit / removed / restored
    title: str = ""  # as it was before
    text: str = ""  # as it was before
    diff: str = ""
    touches_tagged: bool = False
    page_id: int | None = None  # of the new page


def record_revision(connection: sqlite3.Connection, revision: Revision) -> None:
    """Keep what the article said before, and mark or unmark it as removed."""
    row = asdict(revision) | {
        "seen_at": utc_text(revision.seen_at),
        "touches_tagged": int(revision.touches_tagged),
    }
    insert(connection, "revisions", row)
    if revision.kind in ("removed", "restored"):
        removed_at = utc_text(revision.seen_at) if revision.kind == "removed" else None
        update(connection, "articles", revision.article_id, {"removed_at": removed_at})


def record_check(
    connection: sqlite3.Connection,
    article_id: int,
    *,
    now: datetime,
    next_check_at: datetime | None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """The article was looked at; None: it is not looked at again."""
    connection.execute(
        """
        UPDATE articles SET checks = checks + 1, last_checked_at = ?, next_check_at = ?,
            etag = coalesce(?, etag), last_modified = coalesce(?, last_modified) WHERE id = ?
        """,
        (utc_text(now), text_or_none(next_check_at), etag, last_modified, article_id),
    )
