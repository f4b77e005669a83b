"""Deliveries on their way: claim one, send it elsewhere, write down what the channel said.

The states and what they mean are told in `monitor.store.ledger`. Written durably.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.models import Message, Receipt
from monitor.store.database import Database, utc_text, utc_time, write
from monitor.store.ledger import OPEN

LEASE = timedelta(minutes=15)  # longer than any one delivery can take (timeouts included)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one recipient."""

    id: int
    digest_id: int
    channel: str
    recipient: str
    attempts: int
    made_at: datetime
    message: Message


def due_deliveries(db: Database, now: datetime) -> tuple[Delivery, ...]:
    """Deliveries whose time has come, oldest digest first."""
    sql = f"""SELECT d.*, v.id AS delivery_id, v.channel, v.recipient, v.attempts
              FROM deliveries v JOIN digests d ON d.id = v.digest_id
              WHERE v.state IN {OPEN} AND (v.next_attempt_at IS NULL OR v.next_attempt_at <= ?)
              ORDER BY v.id"""  # noqa: S608
    return tuple(_delivery(row) for row in db.conn.execute(sql, (utc_text(now),)))


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["delivery_id"],
        digest_id=row["id"],
        channel=row["channel"],
        recipient=row["recipient"],
        attempts=row["attempts"],
        made_at=utc_time(row["made_at"]),
        message=Message(
            subject=row["subject"],
            html=row["html"],
            text=row["text"],
            slot=row["slot"],
            subscription=row["subscription"],
            message_id=row["message_id"],
            sent_for=utc_time(row["slot_at"]),
            kind=row["kind"],
        ),
    )


def claim(db: Database, delivery: Delivery, now: datetime) -> bool:
    """Take a delivery before sending it. False: somebody else has it, or it is settled."""
    with write(db, durable=True) as connection:
        done = connection.execute(
            f"""UPDATE deliveries SET uncertain = max(uncertain, state = 'sending'),
                    state = 'sending', attempts = attempts + 1, next_attempt_at = ?
                WHERE id = ? AND attempts = ? AND state IN {OPEN}
                  AND (next_attempt_at IS NULL OR next_attempt_at <= ?)""",  # noqa: S608
            (utc_text(now + LEASE), delivery.id, delivery.attempts, utc_text(now)),
        )
    return done.rowcount == 1


def record_receipt(
    db: Database, delivery: Delivery, receipt: Receipt, now: datetime, retry_at: datetime | None
) -> str:
    """Write down what the channel said; the new state. `retry_at` None: no further attempt."""
    state = _state_after(receipt, retry_at)
    with write(db, durable=True) as connection:
        connection.execute(
            """UPDATE deliveries SET state = ?, code = ?, detail = ?, next_attempt_at = ?,
                   sent_at = ?, uncertain = max(uncertain, ?) WHERE id = ?""",
            (
                state, receipt.code, receipt.detail[:300],
                utc_text(retry_at) if retry_at and state == "retry" else None,
                utc_text(now) if state == "sent" else None, int(receipt.uncertain), delivery.id,
            ),
        )  # fmt: skip
        if state in ("refused", "failed"):
            _note(connection, delivery, receipt, state, now)
        _settle(connection, delivery.digest_id, now)
    return state


def _state_after(receipt: Receipt, retry_at: datetime | None) -> str:
    if receipt.status == "sent":
        return "sent"
    if receipt.transient and retry_at is not None:
        return "retry"
    return "refused" if receipt.status == "refused" else "failed"


def _note(
    connection: sqlite3.Connection, delivery: Delivery, receipt: Receipt, state: str, now: datetime
) -> None:
    """An undelivered digest is an incident; the address stays out of it."""
    connection.execute(
        "INSERT INTO incidents (at, stage, subject, kind, detail) VALUES (?, 'deliver', ?, ?, ?)",
        (utc_text(now), delivery.message.subscription, f"{delivery.channel} {state}",
         f"{delivery.message.slot}: {receipt.code or ''} {receipt.detail}"[:300]),
    )  # fmt: skip


def _settle(connection: sqlite3.Connection, digest_id: int, now: datetime) -> None:
    """Sent only when nobody is open any more and somebody has it."""
    sql = f"""SELECT sum(state IN {OPEN}), sum(state = 'sent') FROM deliveries
              WHERE digest_id = ?"""  # noqa: S608
    pending, sent = connection.execute(sql, (digest_id,)).fetchone()
    if pending:
        return
    connection.execute(
        "UPDATE digests SET state = ?, sent_at = ? WHERE id = ?",
        ("sent" if sent else "failed", utc_text(now) if sent else None, digest_id),
    )


def reopen(db: Database, subscription: str, slot: str) -> int:
    """Try refused and failed deliveries of a slot again (by hand). Returns how many."""
    with write(db, durable=True) as connection:
        done = connection.execute(
            """UPDATE deliveries SET state = 'retry', next_attempt_at = NULL
               WHERE state IN ('refused', 'failed', 'retry') AND digest_id =
                   (SELECT id FROM digests WHERE subscription = ? AND slot = ?
                    AND state <> 'superseded')""",
            (subscription, slot),
        )
    return done.rowcount


def add_deliveries(
    db: Database, subscription: str, slot: str, pairs: Sequence[tuple[str, str]]
) -> int:
    """More (channel, recipient) pairs for a digest that has none of their channels yet; how many
    were added. A digest whose mails are on their way, or were refused, is left as it is."""
    marks = ", ".join("?" for _ in pairs)
    sql = f"""SELECT id FROM digests d WHERE subscription = ? AND slot = ? AND kind = 'digest'
              AND state <> 'superseded' AND NOT EXISTS (SELECT 1 FROM deliveries
                  WHERE digest_id = d.id AND channel IN ({marks}))"""  # noqa: S608
    wanted = (subscription, slot, *(channel for channel, _ in pairs))
    if db.conn.execute(sql, wanted).fetchone() is None:
        return 0  # asked every minute: no transaction for the usual answer
    with write(db, durable=True) as connection:
        row = connection.execute(sql, wanted).fetchone()
        if row is None:
            return 0
        connection.executemany(
            "INSERT INTO deliveries (digest_id, channel, recipient) VALUES (?, ?, ?)",
            [(row[0], channel, recipient) for channel, recipient in pairs],
        )
        connection.execute("UPDATE digests SET state = 'planned' WHERE id = ?", (row[0],))
    return len(pairs)


def delivery_states(db: Database, subscription: str, slot: str) -> tuple[str, ...]:
    """The state of every delivery of a slot."""
    sql = """SELECT v.state FROM deliveries v JOIN digests d ON d.id = v.digest_id
             WHERE d.subscription = ? AND d.slot = ? ORDER BY v.id"""
    return tuple(row[0] for row in db.conn.execute(sql, (subscription, slot)))


def stored_message(db: Database, subscription: str, slot: str) -> Message | None:
    """A digest as it was made; None if the slot has none."""
    sql = """SELECT *, 0 AS delivery_id, '' AS channel, '' AS recipient, 0 AS attempts
             FROM digests WHERE subscription = ? AND slot = ? AND state <> 'superseded'"""
    row = db.conn.execute(sql, (subscription, slot)).fetchone()
    return _delivery(row).message if row else None
