"""What extraction has learned per host: boilerplate lines, profiles. Inspectable, forgettable."""

from __future__ import annotations

import json
import sqlite3

from sqlite_utils import Database

from monitor.models import HostLine, MemoryChanges, Profile
from monitor.store.database import optional_time, utc_text, utc_time
from monitor.store.rows import json_text, text_or_none


def save_memory(connection: sqlite3.Connection, changes: MemoryChanges) -> None:
    """Insert or replace what a site memory learned."""
    connection.executemany(
        """
        INSERT OR REPLACE INTO host_lines
            (host, line_hash, line, articles, first_seen_at, last_seen_at, seen)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                line.host,
                line.line_hash,
                line.line,
                line.articles,
                utc_text(line.first_seen_at),
                utc_text(line.last_seen_at),
                json_text(line.seen),
            )
            for line in changes.lines
        ],
    )
    connection.executemany(
        """
        INSERT OR REPLACE INTO profiles (host, template, selectors, state, agreements,
            disagreements, score, uses, learned_at, checked_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                profile.host,
                profile.template,
                profile.selectors,
                profile.state,
                profile.agreements,
                profile.disagreements,
                profile.score,
                profile.uses,
                utc_text(profile.learned_at),
                text_or_none(profile.checked_at),
            )
            for profile in changes.profiles
        ],
    )


def load_lines(db: Database) -> tuple[HostLine, ...]:
    """All remembered lines."""
    return tuple(
        HostLine(
            host=row["host"],
            line_hash=row["line_hash"],
            line=row["line"],
            articles=row["articles"],
            first_seen_at=utc_time(row["first_seen_at"]),
            last_seen_at=utc_time(row["last_seen_at"]),
            seen=tuple(json.loads(row["seen"])),
        )
        for row in db.conn.execute("SELECT * FROM host_lines")
    )


def load_profiles(db: Database) -> tuple[Profile, ...]:
    """All learned profiles."""
    return tuple(
        Profile(
            host=row["host"],
            template=row["template"],
            selectors=row["selectors"],
            state=row["state"],
            agreements=row["agreements"],
            disagreements=row["disagreements"],
            score=row["score"],
            uses=row["uses"],
            learned_at=utc_time(row["learned_at"]),
            checked_at=optional_time(row["checked_at"]),
        )
        for row in db.conn.execute("SELECT * FROM profiles")
    )
