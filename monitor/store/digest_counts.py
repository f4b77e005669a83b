"""How much there was before: stories a period and partner, articles a day and topic.

Reads only; what a digest compares its own day with.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.models import RelationHistory, Subscription
from monitor.store.database import Database, utc_text, utc_time

PERIODS = 14


_HISTORY = """
SELECT r.relation, a.source_id, a.first_seen_at,
       coalesce('s' || a.story_id, 'a' || coalesce(a.dup_of, a.id)) AS story
FROM articles a JOIN article_relations r ON r.article_id = a.id
WHERE a.first_seen_at > ? AND a.first_seen_at <= ? AND r.level >= ?
"""
_OF_TOPICS = """ AND EXISTS (SELECT 1 FROM article_topics t, json_each(?) wanted
                 WHERE t.article_id = a.id AND t.topic = wanted.value)"""


def relation_history(
    connection: sqlite3.Connection, subscription: Subscription, end: datetime, period: timedelta
) -> tuple[RelationHistory, ...]:
    """Distinct stories a period, `PERIODS` of them ending at `end`."""
    start = end - PERIODS * period
    values: list[object] = [utc_text(start), utc_text(end), subscription.minimum_level]
    sql = _HISTORY
    if subscription.topics:
        sql += _OF_TOPICS
        values.append(json.dumps(subscription.topics))
    told: dict[str, list[set[str]]] = {}
    for row in connection.execute(sql, values):
        if _outlet_wanted(subscription, row["source_id"]):
            bins = told.setdefault(row["relation"], [set() for _ in range(PERIODS)])
            place = (utc_time(row["first_seen_at"]) - start) / period
            bins[min(PERIODS - 1, int(place))].add(row["story"])
    known = _known_periods(connection, end, period)
    return tuple(
        RelationHistory(partner=partner, counts=tuple(map(len, bins)), known=known)
        for partner, bins in sorted(told.items())
    )


def _outlet_wanted(subscription: Subscription, source_id: str) -> bool:
    if source_id in subscription.outlets_out:
        return False
    return not subscription.outlets_in or source_id in subscription.outlets_in


def _known_periods(connection: sqlite3.Connection, end: datetime, period: timedelta) -> int:
    """For how many whole periods before the current one the archive was already running."""
    first = connection.execute("SELECT min(first_seen_at) FROM articles").fetchone()[0]
    if first is None:
        return 0
    return max(0, min(PERIODS - 1, int((end - utc_time(first)) / period) - 1))


def topic_counts(
    db: Database, topics: Iterable[str], end: datetime, days: int
) -> dict[str, tuple[int, ...]]:
    """Tagged articles a day and topic, oldest first, the last day ending at `end`."""
    sql = """SELECT t.topic, a.first_seen_at FROM article_topics t
             JOIN articles a ON a.id = t.article_id
             WHERE a.first_seen_at > ? AND a.first_seen_at <= ? AND a.level >= 1
               AND a.dup_of IS NULL"""
    start = end - timedelta(days=days)
    counts = {topic: [0] * days for topic in topics}
    for row in db.conn.execute(sql, (utc_text(start), utc_text(end))):
        if row["topic"] in counts:
            place = min(days - 1, int((utc_time(row["first_seen_at"]) - start) / timedelta(days=1)))
            counts[row["topic"]][place] += 1
    return {topic: tuple(days_of) for topic, days_of in counts.items()}
