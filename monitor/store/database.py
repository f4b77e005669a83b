"""The only door to sqlite3 and sqlite-utils connections: open, migrate, write, lock.

Rules (architecture notes, measured): WAL, busy_timeout, BEGIN IMMEDIATE for every writer
(deferred ones gave 316 of 450 "locked" errors), no network inside a transaction.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from monitor.errors import AlreadyRunning, SchemaTooNew, StoreError
from monitor.store.backup import backup_name, create_private, make_backup, private_folder
from monitor.store.schema import migrations

__all__ = [
    "BUSY_TIMEOUT_MS",
    "Database",
    "InstanceLock",
    "is_damage",
    "open_database",
    "optional_time",
    "utc_text",
    "utc_time",
    "write",
]

BUSY_TIMEOUT_MS = 15_000


def utc_text(moment: datetime) -> str:
    """UTC ISO-8601 text with seconds and a Z: the only form of time in the database.

    Sorts like time does. Sub-second parts are dropped.
    """
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def utc_time(text: str) -> datetime:
    """The inverse of `utc_text`; accepts any ISO-8601 text with a zone."""
    return datetime.fromisoformat(text).astimezone(UTC)


def optional_time(text: str | None) -> datetime | None:
    """`utc_time` for columns that may be NULL."""
    return utc_time(text) if text else None


def open_database(path: Path, *, migrate: bool = True, read_only: bool = False) -> Database:
    """Open (and create and migrate) the database.

    Raises StoreError when the file is not usable, SchemaTooNew when a newer program wrote it.
    """
    try:
        with ExitStack() as unless_ready:
            db = Database(_connect(path, read_only=read_only))
            unless_ready.callback(db.close)
            if not read_only:
                db.conn.execute("PRAGMA journal_mode=WAL")
                db.conn.execute("PRAGMA synchronous=NORMAL")
            _refuse_newer(db)
            if migrate and not read_only:
                _migrate(db, path)
            unless_ready.pop_all()
    except sqlite3.Error as error:
        remedy = "; put a backup back: monitor restore latest" if is_damage(error) else ""
        raise StoreError(f"{path}: {error}{remedy}") from error
    return db


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if read_only:
        target = f"file:{path.absolute()}?mode=ro"
        connection = sqlite3.connect(
            target, uri=True, check_same_thread=False, isolation_level=None
        )
    else:
        _prepare_file(path)
        # Autocommit: a transaction begins where `write` says so and nowhere else.
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.row_factory = sqlite3.Row
    return connection


def _prepare_file(path: Path) -> None:
    """Folder and file exist and are private; a folder or file that may not be written is said
    with what to do about it."""
    private_folder(path.parent)
    try:
        if not path.exists():
            create_private(path)
        elif not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "may not be written")
    except OSError as error:
        raise _not_ours(path, error) from error


def _not_ours(path: Path, error: OSError) -> StoreError:
    """A file or folder that may not be written, with what to do about it."""
    remedy = ""
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = (
            f"; this process runs as user {os.getuid()}: "
            f"give it the folder (chown -R {os.getuid()} {path.parent})"
        )
    return StoreError(f"{path}: {error.strerror}{remedy}")


def _refuse_newer(db: Database) -> None:
    known = {step.name for step in migrations._migrations}
    applied = {step.name for step in migrations.applied(db)}
    unknown = applied - known
    if unknown:
        raise SchemaTooNew(
            "the database was written by a newer version of this program "
            f"(unknown schema steps: {', '.join(sorted(unknown))}); nothing was changed"
        )


def _migrate(db: Database, path: Path) -> None:
    """All pending steps in one transaction, safe when two processes start at once; a database
    that holds something is copied first (`backups/…-before-upgrade.db`)."""
    if not migrations.pending(db):
        return
    if migrations.applied(db):
        last_written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        name = backup_name("monitor", last_written, before_upgrade=True)
        make_backup(path, path.parent / "backups", name)
    with write(db):
        migrations.apply(db)


@contextmanager
def write(db: Database, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
    """One write transaction. Nested use joins the outer one.

    `durable=True` is for what was promised to a person (digest sent, verdict given): it survives
    a power loss, not only a crash.
    """
    connection: sqlite3.Connection = db.conn
    if connection.in_transaction:
        yield connection
        return
    if durable:
        connection.execute("PRAGMA synchronous=FULL")
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
    finally:
        if durable:
            connection.execute("PRAGMA synchronous=NORMAL")


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is broken (malformed, not a database)."""
    return isinstance(error, sqlite3.DatabaseError) and any(
        word in str(error) for word in ("malformed", "not a database")
    )


class InstanceLock:
    """One service per database: an advisory lock on a file beside it, freed by the kernel when
    the process dies, however it dies."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_suffix(database.suffix + ".lock")
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Raises AlreadyRunning with the process id of the holder."""
        private_folder(self._path.parent)
        try:
            handle = self._path.open("a+", encoding="ascii")
        except OSError as error:
            raise _not_ours(self._path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise AlreadyRunning(
                f"another monitor (process {holder}) is already working on this database; "
                f"lock file: {self._path}"
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        self._file = handle

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
