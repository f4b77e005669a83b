"""From values to rows and back: the small conversions that all nouns share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.store.database import utc_text


def text_or_none(moment: datetime | None) -> str | None:
    """A time column that may be NULL."""
    return utc_text(moment) if moment else None


def json_text(value: object) -> str:
    """JSON with readable letters, for JSON columns."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int:
    """One INSERT; the id of the row. `table` and the keys are names from this package only."""
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({_marks(row)})"  # noqa: S608
    return int(connection.execute(sql, tuple(row.values())).lastrowid or 0)


def insert_all(
    connection: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Many rows with the same keys."""
    if rows:
        sql = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({_marks(rows[0])})"  # noqa: S608
        connection.executemany(sql, [tuple(row.values()) for row in rows])


def update(
    connection: sqlite3.Connection, table: str, key: object, row: Mapping[str, object]
) -> None:
    """One UPDATE by `id`."""
    parts = ", ".join(f"{name} = ?" for name in row)
    connection.execute(f"UPDATE {table} SET {parts} WHERE id = ?", (*row.values(), key))  # noqa: S608


def _marks(row: Iterable[object]) -> str:
    return ", ".join("?" for _ in row)
