"""Sources, their ways in, hosts and polls: what feeds.yaml says and what was learned about it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from monitor.models import Attempt, HostState, Source, Way, WayState
from monitor.store.database import Database, optional_time, utc_text, utc_time, write
from monitor.store.rows import insert, insert_all, json_text, text_or_none


def sync_sources(db: Database, sources: Iterable[Source], now: datetime) -> None:
    """Bring the tables in line with feeds.yaml. What was learned about a way is kept as long as
    its kind and address stay; ways that left the file stay as history, not configured."""
    with write(db) as connection:
        connection.execute("UPDATE sources SET enabled = 0")
        connection.execute("UPDATE ways SET configured = 0, in_use = 0")
        for source in sources:
            _put_source(connection, source, now)
            for position, way in enumerate(source.ways):
                _put_way(connection, source, position, way)


def _put_source(connection: sqlite3.Connection, source: Source, now: datetime) -> None:
    connection.execute(
        """
        INSERT INTO sources (id, name, homepage, languages, country, owner, home, enabled, note,
                             updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, homepage = excluded.homepage,
            languages = excluded.languages, country = excluded.country, owner = excluded.owner,
            home = excluded.home, enabled = excluded.enabled, note = excluded.note,
            updated_at = excluded.updated_at
        """,
        (
            source.id,
            source.name,
            source.homepage,
            ", ".join(source.languages),
            source.country,
            source.owner,
            int(source.home),
            int(source.enabled),
            source.note,
            utc_text(now),
        ),
    )


def _put_way(connection: sqlite3.Connection, source: Source, position: int, way: Way) -> None:
    connection.execute(
        """
        INSERT INTO ways (source_id, position, kind, url, current_url) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (source_id, kind, url) DO UPDATE SET position = excluded.position,
            configured = 1
        """,
        (source.id, position, way.kind, way.url, way.url),
    )


def ways_without_news(
    db: Database, sources: Iterable[Source], since: datetime
) -> Iterator[WayState]:
    """The configured ways in use that have brought nothing new since then, and those that are said
    to be silent."""
    ways = {(s.id, way.kind, way.url): way for s in sources for way in s.ways}
    sql = """SELECT * FROM ways WHERE configured = 1 AND (silent_since IS NOT NULL
             OR in_use = 1 AND coalesce(last_new_at, newest_item_at) <= ?)"""
    for row in db.conn.execute(sql, (utc_text(since),)).fetchall():
        way = ways.get((row["source_id"], row["kind"], row["url"]))
        if way is not None:
            yield _way_state(row, way)


def load_ways(db: Database, sources: Iterable[Source]) -> dict[str, tuple[WayState, ...]]:
    """The configured ways of every source, best first, keyed by source id."""
    rows: dict[tuple[str, str, str], sqlite3.Row] = {
        (row["source_id"], row["kind"], row["url"]): row
        for row in db.conn.execute("SELECT * FROM ways WHERE configured = 1")
    }
    return {
        source.id: tuple(
            _way_state(rows[(source.id, way.kind, way.url)], way) for way in source.ways
        )
        for source in sources
    }


def _way_state(row: sqlite3.Row, way: Way) -> WayState:
    return WayState(
        id=row["id"],
        source_id=row["source_id"],
        way=way,
        current_url=row["current_url"],
        state=row["state"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        parser_version=row["parser_version"],
        validators_trusted=bool(row["validators_trusted"]),
        last_unconditional_at=optional_time(row["last_unconditional_at"]),
        last_polled_at=optional_time(row["last_polled_at"]),
        last_ok_at=optional_time(row["last_ok_at"]),
        last_new_at=optional_time(row["last_new_at"]),
        newest_item_at=optional_time(row["newest_item_at"]),
        next_poll_at=optional_time(row["next_poll_at"]),
        interval_minutes=row["interval_minutes"],
        ttl_minutes=row["ttl_minutes"],
        failures=row["failures"],
        failure_score=row["failure_score"],
        last_error=row["last_error"],
        last_error_reason=row["last_error_reason"],
        empty_streak=row["empty_streak"],
        gone_days=tuple(row["gone_days"].split()),
        redirect_url=row["redirect_url"],
        redirect_count=row["redirect_count"],
        redirect_since=optional_time(row["redirect_since"]),
        guid_policy=row["guid_policy"],
        rhythm=tuple(json.loads(row["rhythm"] or "[]")),
        rate_per_day=row["rate_per_day"],
        in_use=bool(row["in_use"]),
        silent_since=optional_time(row["silent_since"]),
    )


def save_way(connection: sqlite3.Connection, state: WayState) -> None:
    """Write one way's memory. Called inside the transaction that stores its entries: validators
    saved before the entries would lose articles for ever (measured: 10.8 %)."""
    connection.execute(
        """
        UPDATE ways SET current_url = ?, state = ?, etag = ?, last_modified = ?, body_hash = ?,
            parser_version = ?, validators_trusted = ?, last_unconditional_at = ?,
            last_polled_at = ?, last_ok_at = ?, last_new_at = ?, newest_item_at = ?,
            next_poll_at = ?, interval_minutes = ?, ttl_minutes = ?, failures = ?,
            failure_score = ?, last_error = ?, last_error_reason = ?, empty_streak = ?,
            gone_days = ?, redirect_url = ?, redirect_count = ?, redirect_since = ?,
            guid_policy = ?, rhythm = ?, rate_per_day = ?
        WHERE id = ?
        """,
        (
            state.current_url,
            state.state,
            state.etag,
            state.last_modified,
            state.body_hash,
            state.parser_version,
            int(state.validators_trusted),
            text_or_none(state.last_unconditional_at),
            text_or_none(state.last_polled_at),
            text_or_none(state.last_ok_at),
            text_or_none(state.last_new_at),
            text_or_none(state.newest_item_at),
            text_or_none(state.next_poll_at),
            state.interval_minutes,
            state.ttl_minutes,
            state.failures,
            state.failure_score,
            state.last_error,
            state.last_error_reason,
            state.empty_streak,
            " ".join(state.gone_days),
            state.redirect_url,
            state.redirect_count,
            text_or_none(state.redirect_since),
            state.guid_policy,
            json_text(state.rhythm) if state.rhythm else "",
            state.rate_per_day,
            state.id,
        ),
    )


def mark_in_use(connection: sqlite3.Connection, source_id: str, way_id: int | None) -> None:
    """Which way a source lives on now; None: on none."""
    connection.execute(
        "UPDATE ways SET in_use = (id = ?) WHERE source_id = ?", (way_id or 0, source_id)
    )


def mark_silent(db: Database, way_id: int, since: datetime | None) -> None:
    """Raise the alarm (`since`) or clear it (None)."""
    with write(db) as connection:
        connection.execute(
            "UPDATE ways SET silent_since = ? WHERE id = ?", (text_or_none(since), way_id)
        )


def save_recall(
    connection: sqlite3.Connection, source_id: str, recall: float, detail: str, now: datetime
) -> None:
    """What comparing two ways of a source showed."""
    connection.execute(
        "UPDATE sources SET recall = ?, recall_detail = ?, recall_checked_at = ? WHERE id = ?",
        (round(recall, 4), detail, utc_text(now), source_id),
    )


def recall_checks(db: Database) -> dict[str, datetime]:
    """When each source's ways were compared last; sources never compared are absent."""
    rows = db.conn.execute(
        "SELECT id, recall_checked_at FROM sources WHERE recall_checked_at IS NOT NULL"
    )
    return {row["id"]: utc_time(row["recall_checked_at"]) for row in rows}


def record_poll(connection: sqlite3.Connection, row: dict[str, object]) -> None:
    """One line in `polls`."""
    insert(connection, "polls", row)


def load_hosts(db: Database) -> list[HostState]:
    """What is remembered about hosts: robots, back-off, crawl delay."""
    return [
        HostState(
            host=row["host"],
            not_before=optional_time(row["not_before"]),
            crawl_delay_seconds=row["crawl_delay_seconds"],
            robots=row["robots"],
            robots_status=row["robots_status"],
            robots_fetched_at=optional_time(row["robots_fetched_at"]),
            blocked_streak=row["blocked_streak"],
            note=row["note"],
        )
        for row in db.conn.execute("SELECT * FROM hosts")
    ]


def save_hosts(connection: sqlite3.Connection, hosts: Iterable[HostState]) -> None:
    """Replace what is remembered about these hosts."""
    connection.executemany(
        """
        INSERT OR REPLACE INTO hosts (host, not_before, crawl_delay_seconds, robots,
            robots_status, robots_fetched_at, blocked_streak, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (
                state.host,
                text_or_none(state.not_before),
                state.crawl_delay_seconds,
                state.robots,
                state.robots_status,
                text_or_none(state.robots_fetched_at),
                state.blocked_streak,
                state.note,
            )
            for state in hosts
        ],
    )


def record_attempts(connection: sqlite3.Connection, attempts: Iterable[Attempt]) -> None:
    """One line per request that left the machine."""
    rows = [
        {
            "at": utc_text(attempt.at),
            "url": attempt.url,
            "host": attempt.host,
            "purpose": attempt.purpose,
            "way_id": attempt.way_id,
            "entry_id": attempt.entry_id,
            "article_id": attempt.article_id,
            "http_status": attempt.http_status,
            "reason": attempt.reason,
            "bytes": attempt.bytes,
            "duration_ms": attempt.duration_ms,
        }
        for attempt in attempts
    ]
    insert_all(connection, "attempts", rows)
