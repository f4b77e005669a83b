"""Backups: an online copy that was opened and counted before it got its name, and the way back.

The copy is made from one snapshot while the service goes on writing. A file in the backup folder
without `.part` at its end has been verified; what a killed run leaves behind is swept later.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreError

COUNTED = ("articles", "entries", "digests", "deliveries", "verdicts")
PART = ".part"
UPGRADES_KEPT = 2  # copies made before an upgrade: the way back outlives the nights after it
ROOM = 1.1  # free space asked for, as a multiple of the database
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_NAME = re.compile(r"^(monitor|pages)-\d{8}T\d{6}Z(-before-upgrade)?\.db$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A verified copy. `counts`: rows per table of COUNTED that the copy has."""

    path: Path
    bytes: int
    counts: tuple[tuple[str, int], ...]


def backup_name(stem: str, now: datetime, *, before_upgrade: bool = False) -> str:
    """`monitor-20251226T060000Z.db`: sorts like time does."""
    return f"{stem}-{now:%Y%m%dT%H%M%SZ}{'-before-upgrade' if before_upgrade else ''}.db"


def make_backup(database: Path, folder: Path, name: str) -> Backup:
    """Copy `database` to `folder/name`, verified. Raises StoreError, and then leaves nothing."""
    if not _NAME.match(name):
        raise StoreError(f"{name!r} is not the name of a backup")
    private_folder(folder)
    with _alone(folder):
        return _make(database, folder, name)


def _make(database: Path, folder: Path, name: str) -> Backup:
    _ask_for_room(database, folder)
    part = folder / (name + PART)
    try:
        part.unlink(missing_ok=True)
        create_private(part)
        counts = _copy(database, part)
        found = verify_copy(part)
        if found != counts:
            raise StoreError(f"{name}: the copy has {found}, the database had {counts}")
        _sync(part)
        os.replace(part, folder / name)
        _sync(folder)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"backup of {database} failed: {error}") from error
    finally:
        for leftover in (part, *_companions(part)):
            leftover.unlink(missing_ok=True)
    return Backup(path=folder / name, bytes=(folder / name).stat().st_size, counts=counts)


def verify_copy(path: Path) -> tuple[tuple[str, int], ...]:
    """Open a copy, check every page of it and count its rows. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)) as connection:
            problems = integrity_problems(connection)
            if problems:
                raise StoreError(f"{path.name} is damaged: {problems}")
            return count_rows(connection)
    except sqlite3.Error as error:
        raise StoreError(f"{path.name} is not a usable database: {error}") from error


def integrity_problems(connection: sqlite3.Connection) -> str:
    """What `PRAGMA integrity_check` finds, in one line; "" for a sound database."""
    try:
        rows = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if rows == ["ok"] else "; ".join(" ".join(row.split()) for row in rows)[:500]


def count_rows(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """Rows of the tables of COUNTED that this database has."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    return tuple(
        (table, int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))  # noqa: S608
        for table in COUNTED
        if table in names
    )


def list_backups(folder: Path, stem: str = "monitor") -> tuple[Path, ...]:
    """The verified copies, newest first."""
    found = [path for path in folder.glob(f"{stem}-*.db") if _NAME.match(path.name)]
    return tuple(sorted(found, key=lambda path: path.name, reverse=True))


def rotate(folder: Path, keep: int, stem: str = "monitor") -> tuple[Path, ...]:
    """Remove all but the newest `keep` (at least one), and what killed runs left; what went.
    Copies from before an upgrade are counted on their own."""
    with _alone(folder):
        found = list_backups(folder, stem)
        upgrades = [path for path in found if "before-upgrade" in path.name]
        nights = [path for path in found if path not in upgrades]
        gone = (*nights[max(1, keep) :], *upgrades[UPGRADES_KEPT:])
        for path in (*gone, *folder.glob(f"{stem}-*{PART}*")):
            path.unlink(missing_ok=True)
    return gone


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time works in the backup folder; the kernel frees the lock of a dead one."""
    try:
        handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def restore(
    backup: Path, database: Path, kept_name: str, fill: Callable[[Path, Path], None] | None = None
) -> Path | None:
    """Put a verified copy in the place of `database`; where the replaced file went (None: there
    was none). Nothing may have the database open for writing: the caller holds the InstanceLock.

    The new file is complete before the old one moves, and the old one has a second name before
    the new one takes its place: a kill at any moment leaves a whole database.
    `fill(new file, replaced file)` may bring over what was promised since.
    """
    if "articles" not in dict(verify_copy(backup)):
        raise StoreError(f"{backup} holds no articles table: it is not a backup of monitor.db")
    private_folder(database.parent)
    part = database.with_name(database.name + PART)
    try:
        part.unlink(missing_ok=True)
        create_private(part)
        shutil.copyfile(backup, part)
        kept = _keep_replaced(database, database.parent / "backups" / kept_name)
        if fill is not None and kept is not None:
            fill(part, kept)
        verify_copy(part)
        _sync(part)
        for companion in _companions(database):
            companion.unlink(missing_ok=True)
        os.replace(part, database)
        _sync(database.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"restore of {backup} failed: {error}") from error
    return kept


def create_private(path: Path) -> None:
    """An empty file that only its owner may read; SQLite gives its companions the same rights."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, PRIVATE_FILE))


def private_folder(folder: Path) -> None:
    """Create a folder that only its owner may enter; one that exists stays as it is."""
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error


def _copy(database: Path, target: Path) -> tuple[tuple[str, int], ...]:
    """Copy one snapshot and count the rows of exactly that snapshot."""
    uri = f"file:{database.absolute()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as source:
        source.execute("PRAGMA busy_timeout=15000")
        source.execute("BEGIN")
        counts = count_rows(source)
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable from anywhere
        source.execute("COMMIT")
    return counts


def _ask_for_room(database: Path, folder: Path) -> None:
    try:
        figures = os.statvfs(folder)
        needed = database.stat().st_size * ROOM
    except OSError as error:
        raise StoreError(f"backup of {database}: {error.strerror}") from error
    free = figures.f_bavail * figures.f_frsize
    if free < needed:
        raise StoreError(
            f"no room for a backup: {needed / 1e6:.0f} MB needed, {free / 1e6:.0f} MB free"
        )


def _keep_replaced(database: Path, kept: Path) -> Path | None:
    """A second name for the database and its write-ahead log, so that nothing is ever dropped."""
    if not database.exists():
        return None
    private_folder(kept.parent)
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a damaged one keeps its log
    for old in (database, *_companions(database)):
        new = kept.with_name(kept.name + old.name.removeprefix(database.name))
        if old.exists() and not new.exists():
            os.link(old, new)
    return kept


def _companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + tail) for tail in ("-wal", "-shm", "-journal"))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
