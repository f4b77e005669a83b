"""What a restore brings over from the database that it replaces: promises made to people.

Without it a digest that went out after the backup would go out again. Articles are not brought
over: the feeds still show them, and what is damaged may be damaged there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.logs import warn


def carry_promises(restored: Path, replaced: Path) -> None:
    """Copy digests, deliveries and the subscriptions' starts that `restored` lacks.

    A replaced database that cannot be read any more is said, and costs nothing but this.
    """
    with closing(sqlite3.connect(restored, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("ATTACH ? AS old", (f"{replaced}",))
            connection.execute("BEGIN IMMEDIATE")
            _carry_digests(connection)
            connection.execute(
                "INSERT OR IGNORE INTO main.meta SELECT * FROM old.meta "
                "WHERE key LIKE 'subscription:%'"
            )
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            warn("promises_not_carried_over", error=str(error))


def _carry_digests(connection: sqlite3.Connection) -> None:
    newest = connection.execute("SELECT coalesce(max(id), 0) FROM main.articles").fetchone()[0]
    columns = _common(connection, "digests")
    missing = connection.execute(
        f"""SELECT id, {columns} FROM old.digests o WHERE NOT EXISTS
            (SELECT 1 FROM main.digests d WHERE d.subscription = o.subscription
             AND d.slot = o.slot) ORDER BY id"""  # noqa: S608 - names from the schema
    ).fetchall()
    for row in missing:
        number = connection.execute(
            f"INSERT INTO main.digests ({columns}) VALUES ({', '.join('?' * (len(row) - 1))})",  # noqa: S608
            tuple(row)[1:],
        ).lastrowid
        _carry_deliveries(connection, row["id"], number)
    # Articles collected again get new ids above the backup's: the next window begins there.
    connection.execute(
        "UPDATE main.digests SET window_start_id = min(window_start_id, ?), "
        "window_end_id = min(window_end_id, ?)",
        (newest, newest),
    )
    _settle_known(connection)


def _carry_deliveries(connection: sqlite3.Connection, old: int, new: int | None) -> None:
    columns = _common(connection, "deliveries", without=("digest_id",))
    connection.execute(
        f"""INSERT OR REPLACE INTO main.deliveries (digest_id, {columns})
            SELECT ?, {columns} FROM old.deliveries WHERE digest_id = ?""",  # noqa: S608
        (new, old),
    )


def _settle_known(connection: sqlite3.Connection) -> None:
    """Digests that the backup knows as open and that have been sent since."""
    for row in connection.execute(
        """SELECT d.id AS new, o.id AS old, o.state, o.sent_at FROM main.digests d
           JOIN old.digests o ON o.subscription = d.subscription AND o.slot = d.slot
           WHERE d.state <> o.state OR d.sent_at IS NOT o.sent_at"""
    ).fetchall():
        connection.execute(
            "UPDATE main.digests SET state = ?, sent_at = ? WHERE id = ?",
            (row["state"], row["sent_at"], row["new"]),
        )
        _carry_deliveries(connection, row["old"], row["new"])


def _common(connection: sqlite3.Connection, table: str, without: tuple[str, ...] = ()) -> str:
    """The columns that both databases have, but for the id."""
    both = [
        {row["name"] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")}
        for schema in ("main", "old")
    ]
    return ", ".join(sorted((both[0] & both[1]) - {"id", *without}))
