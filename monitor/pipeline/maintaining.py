"""maintain: once a night, what keeps an installation healthy for years.

Retention, a verified backup, a full integrity check once a week, fresh statistics for the query
planner. Runs beside the other lines on connections of its own; each step guards itself, because a
full disk must not stop the one step that frees it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from monitor.config import Settings
from monitor.errors import StoreError
from monitor.logs import emit, warn
from monitor.store.backup import (
    Backup,
    backup_name,
    integrity_problems,
    list_backups,
    make_backup,
    rotate,
)
from monitor.store.database import Database, is_damage, open_database, optional_time, write
from monitor.store.pages import PageArchive
from monitor.store.records import get_meta, record_incident, set_meta
from monitor.store.retention import Pruned, prune_records, used_pages

T = TypeVar("T")
NIGHT = time(3, 30)  # local; digests go out in the morning and the evening
CHECK_EVERY = timedelta(days=7)
ORPHANS_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What one night did. `backup` None: switched off or failed (see `problems`)."""

    pruned: Pruned
    pages: int
    backup: Backup | None
    problems: tuple[str, ...]


def maintenance_due(db: Database, now: datetime, time_zone: str) -> bool:
    """True after 03:30 local time on a day that has not been looked after. A database that was
    begun today waits for its first night; a missed night is made up for at once."""
    local = now.astimezone(ZoneInfo(time_zone))
    night = local.replace(hour=NIGHT.hour, minute=NIGHT.minute, second=0, microsecond=0)
    if local < night:
        night -= timedelta(days=1)
    last = get_meta(db, "maintenance")
    if last is None:
        set_meta(db, "maintenance", night.isoformat(), now)
        return False
    return datetime.fromisoformat(last) < night


def maintain(settings: Settings, now: datetime) -> Maintained:
    """All steps, each with its own failure; the day is marked as done whatever came of them."""
    problems: list[str] = []
    db = open_database(settings.database)
    try:
        set_meta(db, "maintenance", now.isoformat(), now)
        pruned = _kept(problems, "prune", lambda: prune_all(db, settings, now), (Pruned(), 0))
        backup = _kept(problems, "backup", lambda: _backup(db, settings, now), None)
        _kept(problems, "check", lambda: _check(db, now), None)
        for problem in problems:
            _note(db, now, problem)
    finally:
        db.close()
    emit("maintained", rows=pruned[0].total, pages=pruned[1], backup=backup and backup.path.name)
    return Maintained(pruned=pruned[0], pages=pruned[1], backup=backup, problems=tuple(problems))


def prune_all(db: Database, settings: Settings, now: datetime) -> tuple[Pruned, int]:
    """The retention of both databases; the rows and pages that went."""
    pruned = prune_records(
        db,
        now,
        attempts_days=settings.keep_attempts_days,
        articles_days=settings.keep_articles_days,
    )
    if not (settings.storage / "pages.db").exists():
        return pruned, 0
    archive = PageArchive(settings.storage / "pages.db")
    try:
        gone = archive.sweep(
            older_than=now - timedelta(days=settings.keep_pages_days),
            megabytes=settings.keep_pages_megabytes,
        )
        gone += archive.sweep_orphans(used_pages(db), older_than=now - ORPHANS_AFTER)
    finally:
        archive.close()
    return pruned, gone


def back_up(settings: Settings, now: datetime, *, pages: bool) -> list[Backup]:
    """Verified copies of monitor.db and, where wanted, pages.db; older ones rotate away."""
    stems = ["monitor"]
    if pages and (settings.storage / "pages.db").exists():
        stems.append("pages")
    made = []
    for stem in stems:
        source = settings.database if stem == "monitor" else settings.storage / "pages.db"
        made.append(make_backup(source, settings.backups_dir, backup_name(stem, now)))
        rotate(settings.backups_dir, settings.keep_backups or 1, stem)
    return made


def _backup(db: Database, settings: Settings, now: datetime) -> Backup | None:
    if settings.keep_backups == 0:
        return None
    try:
        made = back_up(settings, now, pages=settings.backup_pages)[0]
    except StoreError as error:
        set_meta(db, "backup", f"failed: {error}"[:500], now)
        # Source or copy is broken: the copy shows what the database is like.
        if "damaged" in str(error) or is_damage(error.__cause__ or error):
            set_meta(db, "integrity", str(error)[:500], now)
        raise
    set_meta(db, "backup", "", now)
    set_meta(db, "backup_ok", made.path.name, now)
    set_meta(db, "integrity", "ok", now)  # every page was copied and checked
    set_meta(db, "integrity_checked", made.path.name, now)
    return made


def _check(db: Database, now: datetime) -> None:
    """Statistics every night; the check of every page once a week, where no backup did it."""
    db.conn.execute("PRAGMA optimize")
    row = db.conn.execute("SELECT updated_at FROM meta WHERE key = 'integrity_checked'").fetchone()
    checked = optional_time(row[0]) if row else None
    if checked is not None and now - checked < CHECK_EVERY:
        return
    found = integrity_problems(db.conn)
    set_meta(db, "integrity", found or "ok", now)
    set_meta(db, "integrity_checked", "in place", now)
    if found:
        raise StoreError(f"integrity check: {found}")


def _kept(problems: list[str], step: str, work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except (StoreError, sqlite3.Error) as error:
        problems.append(f"{step}: {error}")
        warn("maintenance_failed", step=step, error=str(error))
        return otherwise


def _note(db: Database, now: datetime, problem: str) -> None:
    with write(db) as connection:
        record_incident(
            connection, at=now, stage="maintain", subject=problem.partition(":")[0],
            kind="maintenance", detail=problem,
        )  # fmt: skip


def newest_backup(folder: Path) -> Path | None:
    """The newest verified copy of monitor.db, None if there is none."""
    found = list_backups(folder)
    return found[0] if found else None
