"""The ledger: which digest was promised for which slot, and who has it.

Everything here is written durably (it was promised to a person). States of a digest: planned
(some deliveries are open), sent (nobody is open, somebody has it), failed (nobody has it and no
attempt is left), superseded (nobody had it; a later digest covers its window), kept (nobody was
to get it). States of a delivery: due, sending (claimed; after the lease: outcome unknown), retry,
sent, refused, failed, superseded. `uncertain` stays 1 once a line broke, or the program died, when
the server may have taken the mail: such a digest is repeated as it was, never superseded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models import Digest, DigestWindow, Message
from monitor.store.database import Database, utc_text, utc_time, write

PEOPLE = ("mail", "webhook")  # where a subscription has these, files alone do not count as told
OPEN = "('due', 'sending', 'retry')"
_REACHED = "(state IN ('sent', 'sending') OR uncertain)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where the next window begins, and which unsent digests it takes over."""

    article_id: int
    at: datetime | None  # None: there was no digest yet
    superseding: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a subscription was told before, with when it was first told."""

    articles: dict[int, datetime]
    stories: dict[int, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """One article of a planned digest or alert."""

    article_id: int
    story_id: int | None
    relation: str
    form: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A digest (or alert) about to be promised."""

    message: Message
    window: DigestWindow
    items: tuple[PlannedItem, ...]
    deliveries: tuple[tuple[str, str], ...]  # (channel, recipient)
    made_at: datetime
    superseding: tuple[int, ...] = ()


def planned_items(digest: Digest) -> tuple[PlannedItem, ...]:
    """The ledger's rows for a digest as it was finally shown."""
    stories = {i.article_id: i.story_id for s in digest.sections for i in s.items}
    return tuple(
        PlannedItem(
            article_id=decision.article_id,
            story_id=stories.get(decision.article_id),
            relation=decision.relation,
            form=decision.verdict,
            why=decision.why,
        )
        for decision in digest.decisions
        if decision.verdict != "out"
    )


def known_since(db: Database, subscription: str, now: datetime) -> datetime:
    """When this subscription was first seen by the program; remembered from then on.

    A new subscription gets its first digest at its next slot, not for the one that has passed.
    """
    key = f"subscription:{subscription}"
    row = db.conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        with write(db, durable=True) as connection:
            connection.execute(
                "INSERT OR IGNORE INTO meta (key, value, updated_at) VALUES (?, ?, ?)",
                (key, utc_text(now), utc_text(now)),
            )
        return now
    return utc_time(row[0])


def is_planned(db: Database, subscription: str, slot: str) -> bool:
    """Whether the slot has its digest already, whatever became of it."""
    sql = "SELECT 1 FROM digests WHERE subscription = ? AND slot = ?"
    return db.conn.execute(sql, (subscription, slot)).fetchone() is not None


def next_start(db: Database, subscription: str) -> Start:
    """After the last digest that reached (or may have reached) anybody.

    Younger digests that surely reached nobody are to be superseded: after an outage of the mail
    server a reader gets one digest, not one for every day.
    """
    unreached: list[int] = []
    sql = """SELECT id, window_end_id, window_end_at, state FROM digests
             WHERE subscription = ? AND kind = 'digest' ORDER BY window_end_id DESC, id DESC"""
    for row in db.conn.execute(sql, (subscription,)):
        if row["state"] == "superseded":
            continue
        if _reached(db.conn, row["id"], row["state"]):
            return Start(
                article_id=row["window_end_id"],
                at=utc_time(row["window_end_at"]),
                superseding=tuple(unreached),
            )
        unreached.append(row["id"])
    return Start(article_id=0, at=None, superseding=tuple(unreached))


def _reached(connection: sqlite3.Connection, digest_id: int, state: str) -> bool:
    if state == "kept":
        return True
    rows = connection.execute(
        f"SELECT channel, {_REACHED} AS reached FROM deliveries WHERE digest_id = ?",  # noqa: S608
        (digest_id,),
    ).fetchall()
    people = [row for row in rows if row["channel"] in PEOPLE]
    return any(row["reached"] for row in people or rows)


def first_window_at(db: Database, subscription: str, superseding: Sequence[int]) -> datetime | None:
    """Where the earliest of the superseded windows began; None if there is none."""
    if not superseding:
        return None
    sql = "SELECT window_start_at FROM digests WHERE subscription = ? AND id = ?"
    row = db.conn.execute(sql, (subscription, min(superseding))).fetchone()
    return utc_time(row[0])


def sent_before(
    db: Database, subscription: str, now: datetime, superseding: Sequence[int] = ()
) -> Sent:
    """Articles and stories of the digests of the last 60 days that are not (being) superseded."""
    sql = """SELECT i.article_id, i.story_id, d.id, d.made_at FROM digest_items i
             JOIN digests d ON d.id = i.digest_id
             WHERE d.subscription = ? AND d.kind = 'digest' AND d.state <> 'superseded'
               AND d.made_at > ? ORDER BY d.id"""
    sent = Sent(articles={}, stories={})
    for row in db.conn.execute(sql, (subscription, utc_text(now - timedelta(days=60)))):
        if row["id"] in superseding:
            continue
        made = utc_time(row["made_at"])
        sent.articles.setdefault(row["article_id"], made)
        if row["story_id"] is not None:
            sent.stories.setdefault(row["story_id"], made)
    return sent


def alerted_articles(db: Database, subscription: str, since: datetime) -> frozenset[int]:
    """Articles that an alert has told this subscription about."""
    sql = """SELECT i.article_id FROM digest_items i JOIN digests d ON d.id = i.digest_id
             WHERE d.subscription = ? AND d.kind = 'alert' AND d.made_at > ?"""
    rows = db.conn.execute(sql, (subscription, utc_text(since)))
    return frozenset(row["article_id"] for row in rows)


def record_plan(db: Database, plan: Plan) -> int | None:
    """Promise a digest: row, items and deliveries in one durable transaction.

    None: another process promised this slot first (UNIQUE subscription, slot).
    """
    with write(db, durable=True) as connection:
        digest_id = _insert_digest(connection, plan)
        if digest_id is None:
            return None
        connection.executemany(
            """INSERT INTO digest_items (digest_id, article_id, story_id, relation, position,
                                         form, why) VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [
                (digest_id, i.article_id, i.story_id, i.relation, place, i.form, i.why)
                for place, i in enumerate(plan.items)
            ],
        )
        connection.executemany(
            "INSERT INTO deliveries (digest_id, channel, recipient) VALUES (?, ?, ?)",
            [(digest_id, channel, recipient) for channel, recipient in plan.deliveries],
        )
        _supersede(connection, plan.superseding)
    return digest_id


def _insert_digest(connection: sqlite3.Connection, plan: Plan) -> int | None:
    message, window = plan.message, plan.window
    row = connection.execute(
        """INSERT OR IGNORE INTO digests (subscription, slot, kind, window_start_id,
               window_end_id, window_start_at, window_end_at, state, subject, message_id, html,
               text, items, made_at, slot_at)
           VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id""",
        (
            message.subscription, message.slot, message.kind, window.start_id, window.end_id,
            utc_text(window.start_at), utc_text(window.end_at),
            "planned" if plan.deliveries else "kept", message.subject, message.message_id,
            message.html, message.text, len(plan.items), utc_text(plan.made_at),
            utc_text(message.sent_for),
        ),
    ).fetchone()  # fmt: skip
    return int(row[0]) if row else None


def _supersede(connection: sqlite3.Connection, digest_ids: Sequence[int]) -> None:
    for digest_id in digest_ids:
        connection.execute("UPDATE digests SET state = 'superseded' WHERE id = ?", (digest_id,))
        connection.execute(
            f"UPDATE deliveries SET state = 'superseded' WHERE digest_id = ? AND state IN {OPEN}",  # noqa: S608
            (digest_id,),
        )


def digests_from(db: Database, subscription: str, slot_at: datetime) -> tuple[int, ...]:
    """Ids of the digests of this slot and later ones: what a look back must not know of."""
    sql = "SELECT id FROM digests WHERE subscription = ? AND kind = 'digest' AND slot_at >= ?"
    return tuple(row[0] for row in db.conn.execute(sql, (subscription, utc_text(slot_at))))
