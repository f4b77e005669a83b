"""Facts of articles: people joined by key, mentions, sums, events, quotations."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from monitor.models import Amount, Event, Facts, Mention, Quote
from monitor.store.database import utc_text
from monitor.store.rows import insert_all

_TABLES = ("mentions", "amounts", "events", "quotes")


def store_facts(
    connection: sqlite3.Connection,
    article_id: int,
    facts: Facts,
    *,
    language: str | None,
    now: datetime,
) -> None:
    """Replace the facts of an article; a person or body not seen before gets a row in `people`."""
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
    insert_facts(connection, article_id, facts, language, now)


def insert_facts(
    connection: sqlite3.Connection,
    article_id: int,
    facts: Facts,
    language: str | None,
    now: datetime,
) -> None:
    """The facts of an article that has none yet."""
    for mention in {m.key: m for m in reversed(facts.mentions)}.values():
        _join(connection, mention, language, now)
    insert_all(connection, "mentions", [_mention_row(article_id, m) for m in facts.mentions])
    insert_all(connection, "amounts", [_amount_row(article_id, a) for a in facts.amounts])
    insert_all(connection, "events", [_event_row(article_id, e) for e in facts.events])
    keys = {m.name: m.key for m in reversed(facts.mentions) if m.kind == "person"}
    insert_all(connection, "quotes", [_quote_row(article_id, q, keys) for q in facts.quotes])


def _join(
    connection: sqlite3.Connection, mention: Mention, language: str | None, now: datetime
) -> None:
    """The person's row: the name in this language, role and country where they were missing."""
    connection.execute(
        "INSERT OR IGNORE INTO people (key, kind, name, role, country, first_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            mention.key,
            mention.kind,
            mention.name,
            mention.role,
            mention.country,
            utc_text(now),
        ),
    )
    column = f"name_{language}" if language in ("ru", "kk", "en") else None
    named = f", {column} = coalesce({column}, :name)" if column else ""
    connection.execute(
        f"""
        UPDATE people SET role = coalesce(:role, role), country = coalesce(country, :country){named}
        WHERE key = :key
        """,  # noqa: S608
        {
            "key": mention.key,
            "name": mention.name,
            "role": mention.role,
            "country": mention.country,
        },
    )


def _mention_row(article_id: int, mention: Mention) -> dict[str, object]:
    return {
        "article_id": article_id,
        "person_key": mention.key,
        "kind": mention.kind,
        "surface": mention.surface,
        "role": mention.role,
        "country": mention.country,
        "start": mention.start,
        "end": mention.end,
        "sentence": mention.sentence,
    }


def _amount_row(article_id: int, amount: Amount) -> dict[str, object]:
    return {
        "article_id": article_id,
        "value": amount.value,
        "currency": amount.currency,
        "usd": amount.usd,
        "rate": amount.rate,
        "surface": amount.surface,
        "start": amount.start,
        "end": amount.end,
        "sentence": amount.sentence,
    }


def _event_row(article_id: int, event: Event) -> dict[str, object]:
    return {
        "article_id": article_id,
        "kind": event.kind,
        "partner": event.partner,
        "date": event.date,
        "start": event.start,
        "end": event.end,
        "sentence": event.sentence,
    }


def _quote_row(article_id: int, quote: Quote, keys: dict[str, str]) -> dict[str, object]:
    return {
        "article_id": article_id,
        "person_key": keys.get(quote.speaker or ""),
        "speaker": quote.speaker,
        "role": quote.role,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "sentence": quote.sentence,
    }
