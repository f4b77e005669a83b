"""What a digest is made of: candidates with their evidence and facts, counts, edits, health.

Reads only. The ledger of what was promised and sent is in `monitor.store.ledger`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from monitor.models import (
    Amount,
    DigestArticle,
    DigestMaterial,
    DigestWindow,
    Edit,
    Event,
    Evidence,
    Incident,
    Quote,
    Relation,
    SourceHealth,
    Subscription,
    Turn,
)
from monitor.store.database import Database, optional_time, utc_text, utc_time
from monitor.store.digest_counts import relation_history
from monitor.store.ledger import sent_before
from monitor.urls import without_tracking

T = TypeVar("T")


def gather_material(
    db: Database,
    subscription: Subscription,
    window: DigestWindow,
    *,
    period: timedelta,
    superseding: Sequence[int] = (),
) -> DigestMaterial:
    """Everything the choice needs for one window of one subscription.

    `superseding`: ids of digests that reached nobody and that this one replaces; what they held
    counts as not sent.
    """
    connection: sqlite3.Connection = db.conn
    sent = sent_before(db, subscription.name, window.end_at, superseding)
    watched, outlets = _watched(connection, window)
    return DigestMaterial(
        window=window,
        articles=_articles(connection, window),
        watched=watched,
        outlets=outlets,
        history=relation_history(connection, subscription, window.end_at, period),
        edits=_edits(connection, window),
        sources=_sources(connection),
        incidents=_incidents(connection, window),
        sent_articles=sent.articles,
        sent_stories=sent.stories,
    )


def newest_article_id(db: Database) -> int:
    """The watermark of now; 0 for an empty archive."""
    return int(db.conn.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])


def last_id_before(db: Database, moment: datetime) -> int:
    """The highest id among the articles first seen before `moment`; 0 if there is none."""
    sql = "SELECT coalesce(max(id), 0) FROM articles WHERE first_seen_at <= ?"
    return int(db.conn.execute(sql, (utc_text(moment),)).fetchone()[0])


_CANDIDATES = """
SELECT a.*, s.name AS outlet, s.owner AS owner, s.home AS home FROM articles a
JOIN sources s ON s.id = a.source_id
WHERE a.id > ? AND a.id <= ? AND a.backfilled = 0
  AND a.id IN (SELECT article_id FROM article_relations
               WHERE level >= 1 AND article_id > ? AND article_id <= ?)
ORDER BY a.id
"""


def _articles(connection: sqlite3.Connection, window: DigestWindow) -> tuple[DigestArticle, ...]:
    span = (window.start_id, window.end_id)
    rows = connection.execute(_CANDIDATES, (*span, *span)).fetchall()
    relations = _by_article(connection, "article_relations", span, _relation, "AND level >= 1")
    topics = _by_article(connection, "article_topics", span, lambda row: str(row["topic"]))
    quotes = _by_article(connection, "quotes", span, _quote)
    amounts = _by_article(connection, "amounts", span, _amount)
    events = _by_article(connection, "events", span, _event)
    return tuple(
        _article(
            row,
            relations=tuple(relations[row["id"]]),
            topics=tuple(topics[row["id"]]),
            quotes=tuple(quotes[row["id"]]),
            amounts=tuple(amounts[row["id"]]),
            events=tuple(events[row["id"]]),
        )
        for row in rows
    )


def _by_article(
    connection: sqlite3.Connection,
    table: str,
    span: tuple[int, int],
    value: Callable[[sqlite3.Row], T],
    condition: str = "",
) -> defaultdict[int, list[T]]:
    """Rows of one table for all articles of a window; names come from this module only."""
    sql = f"SELECT * FROM {table} WHERE article_id > ? AND article_id <= ? {condition}"  # noqa: S608
    found: defaultdict[int, list[T]] = defaultdict(list)
    for row in connection.execute(sql, span):
        found[row["article_id"]].append(value(row))
    return found


def _article(row: sqlite3.Row, **gathered: Any) -> DigestArticle:
    return DigestArticle(
        id=row["id"],
        url=without_tracking(row["url"]),
        title=row["title"],
        source_id=row["source_id"],
        outlet=row["outlet"],
        owner=row["owner"],
        home=bool(row["home"]),
        first_seen_at=utc_time(row["first_seen_at"]),
        published_at=optional_time(row["published_at"]),
        language=row["language"],
        lead=row["lead"],
        text=row["text"],
        origin=row["origin"],
        is_interview=bool(row["is_interview"]),
        interviewee=row["interviewee"],
        interviewee_role=row["interviewee_role"],
        is_opinion=bool(row["is_opinion"]),
        turns=tuple(Turn(**turn) for turn in json.loads(row["turns"])),
        dup_of=row["dup_of"],
        story_id=row["story_id"],
        removed=row["removed_at"] is not None,
        **gathered,
    )


def _relation(row: sqlite3.Row) -> Relation:
    return Relation(
        partner=row["relation"],
        level=row["level"],
        score=row["score"],
        evidence=tuple(Evidence(**item) for item in json.loads(row["evidence"])),
        limit=row["limited_by"],
    )


def _quote(row: sqlite3.Row) -> Quote:
    return Quote(
        text=row["text"], speaker=row["speaker"], role=row["role"],
        start=row["start"], end=row["end"], sentence=row["sentence"],
    )  # fmt: skip


def _amount(row: sqlite3.Row) -> Amount:
    return Amount(
        value=row["value"], currency=row["currency"], surface=row["surface"], start=row["start"],
        end=row["end"], sentence=row["sentence"], usd=row["usd"], rate=row["rate"],
    )  # fmt: skip


def _event(row: sqlite3.Row) -> Event:
    return Event(
        kind=row["kind"], partner=row["partner"], date=row["date"],
        start=row["start"], end=row["end"], sentence=row["sentence"],
    )  # fmt: skip


def _watched(connection: sqlite3.Connection, window: DigestWindow) -> tuple[int, int]:
    sql = "SELECT count(*), count(DISTINCT source_id) FROM articles WHERE id > ? AND id <= ?"
    watched, outlets = connection.execute(sql, (window.start_id, window.end_id)).fetchone()
    return int(watched), int(outlets)


_EDITS = """
SELECT v.article_id, v.seen_at, v.kind, v.diff, v.touches_tagged, v.title AS old_title,
       a.url, a.title, s.name AS outlet
FROM revisions v JOIN articles a ON a.id = v.article_id JOIN sources s ON s.id = a.source_id
WHERE v.seen_at > ? AND v.seen_at <= ? AND a.level >= 1
ORDER BY v.touches_tagged DESC, v.seen_at
"""


def _edits(connection: sqlite3.Connection, window: DigestWindow) -> tuple[Edit, ...]:
    """The last change of each tagged article inside the window."""
    rows = connection.execute(_EDITS, _times(window)).fetchall()
    latest = {row["article_id"]: row for row in rows}
    return tuple(
        Edit(
            article_id=row["article_id"],
            url=without_tracking(row["url"]),
            title=row["title"],
            outlet=row["outlet"],
            seen_at=utc_time(row["seen_at"]),
            kind=row["kind"],
            diff=row["diff"],
            old_title=row["old_title"],
            touches_tagged=bool(row["touches_tagged"]),
        )
        for row in latest.values()
    )


_SOURCES = """
SELECT s.id, s.name, count(*) AS ways,
       sum(w.state = 'gone') AS gone,
       min(CASE WHEN w.state <> 'gone' THEN w.failures END) AS failures,
       max(w.last_ok_at) AS last_ok_at, max(w.last_new_at) AS last_new_at,
       max(w.rate_per_day) AS rate_per_day,
       (SELECT coalesce(b.last_error_reason, '') FROM ways b WHERE b.source_id = s.id
        AND b.configured = 1 ORDER BY b.failures LIMIT 1) AS reason
FROM sources s JOIN ways w ON w.source_id = s.id
WHERE s.enabled = 1 AND w.configured = 1
GROUP BY s.id ORDER BY s.name
"""


def _sources(connection: sqlite3.Connection) -> tuple[SourceHealth, ...]:
    return tuple(
        SourceHealth(
            id=row["id"],
            name=row["name"],
            ways=row["ways"],
            gone=row["gone"],
            failures=row["failures"] or 0,
            reason=row["reason"] or "",
            last_ok_at=optional_time(row["last_ok_at"]),
            last_new_at=optional_time(row["last_new_at"]),
            rate_per_day=row["rate_per_day"],
        )
        for row in connection.execute(_SOURCES)
    )


def _incidents(connection: sqlite3.Connection, window: DigestWindow) -> tuple[Incident, ...]:
    sql = "SELECT * FROM incidents WHERE at > ? AND at <= ? ORDER BY id DESC LIMIT 20"
    return tuple(
        Incident(at=utc_time(row["at"]), stage=row["stage"], subject=row["subject"],
                 kind=row["kind"], detail=row["detail"])
        for row in connection.execute(sql, _times(window))
    )  # fmt: skip


def _times(window: DigestWindow) -> tuple[str, str]:
    return utc_text(window.start_at), utc_text(window.end_at)
