"""The archive of raw pages (pages.db): evidence from which every article can be made again.

Written packed (packing.py), before the article that refers to it; orphans are swept.
A broken archive never stops collecting: the caller records the StoreError and goes on.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard

from monitor.errors import StoreError
from monitor.models import Fetched
from monitor.store.backup import create_private
from monitor.store.database import BUSY_TIMEOUT_MS, is_damage, utc_text, utc_time
from monitor.store.packing import PackedPage, pack_page

_BATCH = 1000  # pages removed in one transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    final_url TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    size INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A raw page as it came over the wire (after content decoding)."""

    id: int
    fetched: Fetched


class PageArchive:
    """Compressed raw pages. Raises StoreError when the file cannot be used.

    `ids_above`: ids that articles already refer to; an archive that was lost and begins again
    never gives one of them to another page. `on_damage`: with it, a file that turns out to be
    broken is set aside, a new one is begun, and the callback is told where the old one is.
    """

    def __init__(
        self,
        path: Path,
        *,
        ids_above: int = 0,
        on_damage: Callable[[Path], None] | None = None,
    ) -> None:
        self._path = path
        self._ids_above = ids_above
        self._on_damage = on_damage
        try:
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            if on_damage is None or not is_damage(error):
                raise StoreError(f"{path}: {error}") from error
            self._begin_again()

    def _open(self) -> sqlite3.Connection:
        if not self._path.exists():
            create_private(self._path)
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_SCHEMA)
            connection.execute("CREATE INDEX IF NOT EXISTS pages_fetched ON pages(fetched_at)")
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin_again(self) -> None:
        """Set the broken file aside (nothing is deleted) and begin a new one."""
        number = 1
        while (aside := self._path.with_name(f"{self._path.name}.damaged-{number}")).exists():
            number += 1
        try:
            os.rename(self._path, aside)
            for tail in ("-wal", "-shm"):
                companion = self._path.with_name(self._path.name + tail)
                if companion.exists():
                    os.rename(companion, aside.with_name(aside.name + tail))
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self._path}: {error}") from error
        if self._on_damage is not None:
            self._on_damage(aside)

    def add(self, fetched: Fetched) -> int:
        """Keep a page; its id."""
        return self.add_all([pack_page(fetched)])[0]

    def add_all(self, pages: Sequence[PackedPage]) -> list[int]:
        """Keep many pages, all or none; their ids in order."""
        try:
            return self._insert_all(pages)
        except sqlite3.Error as error:
            if self._on_damage is None or not is_damage(error):
                raise StoreError(f"{self._path}: {error}") from error
        self._connection.close()
        self._begin_again()
        try:
            return self._insert_all(pages)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    def _insert_all(self, pages: Sequence[PackedPage]) -> list[int]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            ids = [self._insert(page) for page in pages]
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return ids

    def _insert(self, page: PackedPage) -> int:
        cursor = self._connection.execute(
            "INSERT INTO pages (url, final_url, fetched_at, status, headers, size, body, id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, max((SELECT coalesce(max(id), 0) FROM pages), ?) + 1)",
            (
                page.url,
                page.final_url,
                utc_text(page.fetched_at),
                page.status,
                page.headers,
                page.size,
                page.body,
                self._ids_above,
            ),
        )
        return int(cursor.lastrowid or 0)

    def get(self, page_id: int) -> ArchivedPage | None:
        """A kept page, or None when retention has taken it."""
        try:
            return _kept(self._connection, page_id)
        except (sqlite3.Error, zstandard.ZstdError) as error:
            raise StoreError(f"{self._path}: page {page_id}: {error}") from error

    def sweep(self, *, older_than: datetime, megabytes: int) -> int:
        """Apply the retention: age first, then size, oldest first. Returns how many went."""
        try:
            gone = self._connection.execute(
                "DELETE FROM pages WHERE fetched_at < ?", (utc_text(older_than),)
            ).rowcount
            total = self._connection.execute("SELECT sum(length(body)) FROM pages").fetchone()[0]
            excess = (total or 0) - megabytes * 1_000_000
            if excess > 0:
                gone += self._drop_oldest(excess)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error
        return int(gone)

    def sweep_orphans(self, used: Collection[int], *, older_than: datetime) -> int:
        """Remove pages that no article refers to (a crash between page and article leaves one).
        `older_than` spares pages whose article is being worked on. Returns how many went."""
        try:
            rows = self._connection.execute(
                "SELECT id FROM pages WHERE fetched_at < ?", (utc_text(older_than),)
            ).fetchall()
            orphans = [(number,) for (number,) in rows if number not in used]
            for start in range(0, len(orphans), _BATCH):
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(
                    "DELETE FROM pages WHERE id = ?", orphans[start : start + _BATCH]
                )
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error
        return len(orphans)

    def _drop_oldest(self, excess: int) -> int:
        last, dropped = 0, 0
        for page_id, size in self._connection.execute(
            "SELECT id, length(body) FROM pages ORDER BY id"
        ):
            if dropped >= excess:
                break
            last, dropped = page_id, dropped + size
        return self._connection.execute("DELETE FROM pages WHERE id <= ?", (last,)).rowcount

    def close(self) -> None:
        self._connection.close()


def read_kept(path: Path, page_id: int) -> ArchivedPage | None:
    """One kept page, opened read-only; None when there is no such page or no archive at all."""
    if not path.exists():
        return None
    try:
        connection = sqlite3.connect(f"file:{path.absolute()}?mode=ro", uri=True)
        try:
            return _kept(connection, page_id)
        finally:
            connection.close()
    except (sqlite3.Error, zstandard.ZstdError) as error:
        raise StoreError(f"{path}: page {page_id}: {error}") from error


def _kept(connection: sqlite3.Connection, page_id: int) -> ArchivedPage | None:
    row = connection.execute(
        "SELECT url, final_url, fetched_at, status, headers, body FROM pages WHERE id = ?",
        (page_id,),
    ).fetchone()
    if row is None:
        return None
    fetched = Fetched(
        url=row[0],
        final_url=row[1],
        fetched_at=utc_time(row[2]),
        status=row[3],
        headers=json.loads(row[4]),
        body=zstandard.ZstdDecompressor().decompress(row[5]),
    )
    return ArchivedPage(id=page_id, fetched=fetched)
