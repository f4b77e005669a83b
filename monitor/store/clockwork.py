"""A clock that went back (a wrong battery, a wrong time server): what waits is brought along.

Without this a feed that was asked at "tomorrow 09:00" would not be asked again for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.store.database import Database, optional_time, utc_text, write
from monitor.store.records import record_incident

TOLERANCE = timedelta(minutes=10)  # time servers correct seconds; two machines differ by minutes
_WAITING = (
    ("ways", "next_poll_at"),
    ("entries", "next_attempt_at"),
    ("articles", "next_check_at"),
    ("deliveries", "next_attempt_at"),
    ("hosts", "not_before"),
)


def heal_clock(db: Database, now: datetime) -> timedelta | None:
    """If the database knows a moment after `now`, move everything that waits back by as much;
    how much that was (None: nothing to do). Written down as an incident."""
    row = db.conn.execute(
        """SELECT max(at) FROM (SELECT updated_at AS at FROM meta WHERE key = 'heartbeat'
           UNION ALL SELECT max(last_polled_at) FROM ways)"""
    ).fetchone()
    latest = optional_time(row[0])
    if latest is None or latest - now <= TOLERANCE:
        return None
    back = latest - now
    with write(db) as connection:
        for table, column in _WAITING:
            # Names from _WAITING. Only what lies after now: what is due stays due.
            connection.execute(
                f"""UPDATE {table} SET {column} =
                    strftime('%Y-%m-%dT%H:%M:%SZ', {column}, ?) WHERE {column} > ?""",  # noqa: S608
                (f"-{back.total_seconds():.0f} seconds", utc_text(now)),
            )
        connection.execute(
            "UPDATE ways SET last_polled_at = ? WHERE last_polled_at > ?", (utc_text(now),) * 2
        )
        connection.execute(
            "UPDATE meta SET updated_at = ? WHERE key = 'heartbeat'", (utc_text(now),)
        )
        record_incident(
            connection, at=now, stage="clock", subject="went back", kind="clock",
            detail=f"the clock went back by {back}; what waits was moved along",
        )  # fmt: skip
    return back
