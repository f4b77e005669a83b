"""The state of the service as the database shows it: facts for `health` and for metrics."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor.store.database import Database, optional_time, utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One enabled source with the state of its configured ways."""

    id: str
    name: str
    last_ok_at: datetime | None
    last_new_at: datetime | None
    states: tuple[str, ...]
    last_error: str | None
    silent: bool  # alarm: the way in use is silent longer than its rhythm explains


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Counts and moments, as stored."""

    heartbeat_at: datetime | None
    sources: tuple[SourceRow, ...]
    overdue_digests: tuple[str, ...]
    failed_deliveries: int
    waiting_entries: int
    stuck_entries: int
    incidents: int
    integrity: str
    free_megabytes: float
    articles: int
    articles_day: int
    tagged_day: int
    database_megabytes: float
    backup_at: datetime | None = None  # None: no verified backup yet
    backup_problem: str = ""  # what the last attempt came to, "" for a good one
    mail_problem: str = ""  # why no mail can leave although somebody is to get some
    delivered_at: datetime | None = None  # the last whole round of delivering; None: no service yet


def read_condition(
    db: Database, now: datetime, *, stuck_after: timedelta, overdue_after: timedelta
) -> Condition:
    """Read everything in a few short queries (under 50 ms at 200,000 articles)."""
    path = Path(db.conn.execute("PRAGMA database_list").fetchone()[2])
    day = utc_text(now - timedelta(days=1))
    return Condition(
        heartbeat_at=_meta_time(db, "heartbeat"),
        sources=tuple(_sources(db)),
        overdue_digests=tuple(_overdue(db, now - overdue_after)),
        failed_deliveries=_count(
            db,
            "deliveries d JOIN digests g ON g.id = d.digest_id "
            "WHERE d.state = 'failed' AND g.made_at >= ?",
            utc_text(now - timedelta(days=7)),
        ),
        waiting_entries=_count(db, "entries WHERE state IN ('due', 'retry')"),
        stuck_entries=_count(
            db,
            "entries WHERE state IN ('due', 'retry') "
            "AND coalesce(next_attempt_at, first_seen_at) < ?",
            utc_text(now - stuck_after),
        ),
        incidents=_count(db, "incidents WHERE at >= ?", day),
        integrity=_meta(db, "integrity") or "ok",
        free_megabytes=free_megabytes(path.parent),
        articles=int(db.conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]),
        articles_day=_count(db, "articles WHERE first_seen_at >= ?", day),
        tagged_day=_count(db, "articles WHERE first_seen_at >= ? AND level > 0", day),
        backup_at=_meta_time(db, "backup_ok"),
        backup_problem=_meta(db, "backup") or "",
        mail_problem=_meta(db, "mail") or "",
        delivered_at=_meta_time(db, "delivered"),
        database_megabytes=path.stat().st_size / 1e6 if path.exists() else 0.0,
    )


def _count(db: Database, source: str, *values: str) -> int:
    return int(db.conn.execute(f"SELECT count(*) FROM {source}", values).fetchone()[0])  # noqa: S608


def _meta(db: Database, key: str) -> str | None:
    row = db.conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def _meta_time(db: Database, key: str) -> datetime | None:
    row = db.conn.execute("SELECT updated_at FROM meta WHERE key = ?", (key,)).fetchone()
    return optional_time(row[0]) if row else None


def _sources(db: Database) -> list[SourceRow]:
    rows = db.conn.execute(
        """
        SELECT s.id, s.name, max(w.last_ok_at) AS last_ok_at, max(w.last_new_at) AS last_new_at,
            group_concat(w.state, ' ') AS states,
            max(w.in_use = 1 AND w.silent_since IS NOT NULL) AS silent,
            (SELECT last_error_reason FROM ways WHERE source_id = s.id AND configured = 1
             AND last_error_reason IS NOT NULL ORDER BY position LIMIT 1) AS last_error
        FROM sources s JOIN ways w ON w.source_id = s.id AND w.configured = 1
        WHERE s.enabled = 1 GROUP BY s.id ORDER BY s.id
        """
    )
    return [_source(row) for row in rows]


def _source(row: sqlite3.Row) -> SourceRow:
    return SourceRow(
        id=row["id"],
        name=row["name"],
        last_ok_at=optional_time(row["last_ok_at"]),
        last_new_at=optional_time(row["last_new_at"]),
        states=tuple(row["states"].split()),
        last_error=row["last_error"],
        silent=bool(row["silent"]),
    )


def _overdue(db: Database, before: datetime) -> list[str]:
    """Promised and with nobody. What a later digest took over, or nobody was to get, is not."""
    rows = db.conn.execute(
        "SELECT subscription, slot FROM digests WHERE state IN ('planned', 'failed') "
        "AND made_at < ? ORDER BY id",
        (utc_text(before),),
    )
    return [f"{row['subscription']} {row['slot']}" for row in rows]


def free_megabytes(folder: Path) -> float:
    """Space on the disk of `folder` that this process may use, in MB (10^6 bytes)."""
    figures = os.statvfs(folder)
    return figures.f_bavail * figures.f_frsize / 1e6
