"""Small facts about the service itself: heartbeat, incidents, learned memory of hosts."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from sqlite_utils import Database

from monitor.store.database import utc_text, utc_time, write
from monitor.store.rows import insert


def set_meta(db: Database, key: str, value: str, now: datetime) -> None:
    """Remember one named fact."""
    with write(db) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO meta (key, value, updated_at) VALUES (?, ?, ?)",
            (key, value, utc_text(now)),
        )


def get_meta(db: Database, key: str) -> str | None:
    """A remembered fact, None if there is none."""
    row = db.conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def note_round(db: Database, key: str, now: datetime) -> None:
    """A line has come to its end; written every ten minutes, for `health` thinks in hours."""
    row = db.conn.execute("SELECT updated_at FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None or abs(now - utc_time(row[0])) > timedelta(minutes=10):
        set_meta(db, key, "", now)


def record_incident(
    connection: sqlite3.Connection,
    *,
    at: datetime,
    stage: str,
    subject: str,
    kind: str,
    detail: str,
) -> None:
    """A failure that has no row of its own elsewhere: shown in the digest's health section."""
    row = {"at": utc_text(at), "stage": stage, "subject": subject, "kind": kind}
    insert(connection, "incidents", {**row, "detail": detail[:2000]})
