"""Entries: what the ways have shown, and the work list of `collect`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from monitor.models import Entry
from monitor.store.database import optional_time, utc_text, utc_time
from monitor.store.rows import insert, json_text, text_or_none
from monitor.urls import url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEntry:
    """An entry whose page is to be fetched."""

    id: int
    source_id: str
    way_id: int | None
    entry: Entry
    first_seen_at: datetime
    attempts: int
    article_id: int | None  # set: the article is stored but short, and is looked at again


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What one answer of a way brought."""

    new: int
    known: int  # entries that were already there


def remember_entries(
    connection: sqlite3.Connection,
    entries: Iterable[Entry],
    *,
    source_id: str,
    way_id: int | None,
    guid_policy: str,
    now: datetime,
) -> Remembered:
    """Add what is new. Identity: the URL's key; then, under the guid policy, a guid of the same
    source with the same title (guids are re-used by broken feeds, so a guid alone never hides
    an article); then an address under which an article is already stored."""
    new = known = 0
    for entry in entries:
        key = url_key(entry.url)
        if _touch(connection, key, now) or _known_by_guid(
            connection, entry, source_id, guid_policy
        ):
            known += 1
            continue
        article_id = _known_address(connection, key)
        row = _row(entry, key, article_id, now)
        insert(connection, "entries", {**row, "source_id": source_id, "way_id": way_id})
        new += article_id is None
        known += article_id is not None
    return Remembered(new=new, known=known)


def _touch(connection: sqlite3.Connection, key: str, now: datetime) -> bool:
    cursor = connection.execute(
        "UPDATE entries SET last_seen_at = ? WHERE url_key = ?", (utc_text(now), key)
    )
    return cursor.rowcount > 0


def _known_by_guid(
    connection: sqlite3.Connection, entry: Entry, source_id: str, guid_policy: str
) -> bool:
    if guid_policy != "guid" or not entry.guid or not entry.title:
        return False
    row = connection.execute(
        "SELECT 1 FROM entries WHERE source_id = ? AND guid = ? AND title = ? LIMIT 1",
        (source_id, entry.guid, entry.title),
    ).fetchone()
    return row is not None


def _known_address(connection: sqlite3.Connection, key: str) -> int | None:
    row = connection.execute(
        "SELECT article_id FROM addresses WHERE url_key = ?", (key,)
    ).fetchone()
    return int(row[0]) if row else None


def _row(entry: Entry, key: str, article_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "url": entry.url,
        "url_key": key,
        "guid": entry.guid,
        "title": entry.title,
        "summary": entry.summary,
        "text": entry.text,
        "published_at": text_or_none(entry.published_at),
        "published_raw": entry.published_raw,
        "date_source": entry.date_source,
        "authors": json_text(entry.authors),
        "language": entry.language,
        "is_post": int(entry.is_post),
        "first_seen_at": utc_text(now),
        "last_seen_at": utc_text(now),
        "state": "due" if article_id is None else "known",
        "article_id": article_id,
    }


def count_due(db: Database, now: datetime, *, force: bool = False) -> int:
    """How many pages wait to be collected."""
    sql, values = _due_condition(now, force)
    return int(db.conn.execute(f"SELECT count(*) FROM entries WHERE {sql}", values).fetchone()[0])  # noqa: S608


def due_entries(
    db: Database, now: datetime, *, limit: int, force: bool = False, after_id: int = 0
) -> list[DueEntry]:
    """The next entries to collect, in the order they were first seen.

    `force` ignores retry times (not what was given up).
    """
    sql, values = _due_condition(now, force)
    rows = db.conn.execute(
        f"SELECT * FROM entries WHERE {sql} AND id > ? ORDER BY id LIMIT ?",  # noqa: S608
        (*values, after_id, limit),
    )
    return [_due(row) for row in rows]


def _due_condition(now: datetime, force: bool) -> tuple[str, tuple[str, ...]]:
    waiting = "state IN ('due', 'retry')"
    if force:
        return waiting, ()
    return f"{waiting} AND (next_attempt_at IS NULL OR next_attempt_at <= ?)", (utc_text(now),)


def _due(row: sqlite3.Row) -> DueEntry:
    return DueEntry(
        id=row["id"],
        source_id=row["source_id"],
        way_id=row["way_id"],
        first_seen_at=utc_time(row["first_seen_at"]),
        attempts=row["attempts"],
        article_id=row["article_id"],
        entry=Entry(
            url=row["url"],
            guid=row["guid"],
            title=row["title"],
            summary=row["summary"],
            text=row["text"],
            published_at=optional_time(row["published_at"]),
            published_raw=row["published_raw"],
            date_source=row["date_source"],
            authors=tuple(json.loads(row["authors"])),
            language=row["language"],
            is_post=bool(row["is_post"]),
        ),
    )


def finish_entry(
    connection: sqlite3.Connection, entry_id: int, *, state: str, article_id: int | None
) -> None:
    """Collected: `done`, or `known` when the page turned out to be an article already stored."""
    connection.execute(
        """
        UPDATE entries SET state = ?, article_id = ?, attempts = attempts + 1,
            next_attempt_at = NULL, last_error = NULL, last_error_reason = NULL WHERE id = ?
        """,
        (state, article_id, entry_id),
    )


def postpone_entry(
    connection: sqlite3.Connection,
    entry_id: int,
    *,
    state: str,
    reason: str,
    detail: str,
    next_attempt_at: datetime | None,
    counted: bool = True,
    article_id: int | None = None,
) -> None:
    """Not collected: `retry` with a time, or `failed` / `refused` for good, with the reason."""
    connection.execute(
        """
        UPDATE entries SET state = ?, last_error_reason = ?, last_error = ?, next_attempt_at = ?,
            attempts = attempts + ?, article_id = coalesce(?, article_id) WHERE id = ?
        """,
        (
            state,
            reason,
            detail[:500],
            text_or_none(next_attempt_at),
            int(counted),
            article_id,
            entry_id,
        ),
    )


def known_keys(db: Database, keys: Sequence[str]) -> set[str]:
    """Which of these URL keys are already entries or addresses of articles."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ", ".join("?" for _ in part)
        for table in ("entries", "addresses"):
            rows = db.conn.execute(
                f"SELECT url_key FROM {table} WHERE url_key IN ({marks})",  # noqa: S608
                part,
            )
            found.update(row[0] for row in rows)
    return found


def entry_times(
    db: Database, keys: Sequence[str], *, seen_after: datetime | None
) -> dict[str, datetime]:
    """When these entries were published, else when they were first seen, if that was after
    `seen_after`: what a first look at a site shows may be of any age."""
    found: dict[str, datetime] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ", ".join("?" for _ in part)
        rows = db.conn.execute(
            f"""
            SELECT url_key, coalesce(published_at, iif(first_seen_at > ?, first_seen_at, NULL))
            FROM entries WHERE url_key IN ({marks})
            """,  # noqa: S608
            (utc_text(seen_after) if seen_after else "9999", *part),
        )
        found.update((row[0], utc_time(row[1])) for row in rows if row[1])
    return found
