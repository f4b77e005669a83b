"""A real archive with invented articles, for the tests of delivering."""

from __future__ import annotations

import json
from datetime import datetime

from sqlite_utils import Database

from monitor.models import Message
from monitor.store.database import utc_text, write


def add_source(db: Database, source: str = "dala", owner: str = "private") -> None:
    with write(db) as connection:
        connection.execute(
            "INSERT OR IGNORE INTO sources (id, name, owner, updated_at) VALUES (?, ?, ?, '')",
            (source, f"Издание {source}", owner),
        )


def add_article(
    db: Database,
    seen: datetime,
    *,
    partner: str = "us",
    level: int = 2,
    source: str = "dala",
    story: int | None = None,
    topic: str | None = None,
    title: str | None = None,
) -> int:
    """One tagged article; its id."""
    add_source(db, source)
    with write(db) as connection:
        number = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0]
        sentence = f"Казахстан и партнёр номер {number} договорились о поставках зерна на весну."
        title = title or f"Договорённость {number} о поставках зерна весной"
        url = f"https://{source}.example/{number}"
        connection.execute(
            """INSERT INTO articles (id, url, title, source_id, level, relations, first_seen_at,
                   language, text, final_url, content_hash, fetched_at, story_id, published_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, 'ru', ?, ?, ?, ?, ?, ?)""",
            (
                number,
                url,
                title,
                source,
                level,
                partner if level else "",
                utc_text(seen),
                sentence,
                url,
                str(number),
                utc_text(seen),
                story,
                utc_text(seen),
            ),
        )
        evidence = [
            {
                "field": "text",
                "start": 0,
                "end": len(sentence),
                "sentence": sentence,
                "why": "договорились",
            }
        ]
        connection.execute(
            "INSERT INTO article_relations (article_id, relation, level, score, evidence) VALUES (?, ?, ?, .9, ?)",
            (number, partner, level, json.dumps(evidence if level else [])),
        )
        if topic:
            connection.execute("INSERT INTO article_topics VALUES (?, ?, .9)", (number, topic))
    return int(number)


def message(**changes: object) -> Message:
    from monitor.store.database import utc_time

    values: dict[str, object] = {
        "subject": "Казахстан и соседи · 26 декабря",
        "html": "<p>Привет, <b>мир</b></p>",
        "text": "Привет, мир\n.\nточка в начале строки",
        "slot": "2025-12-26T07:00",
        "subscription": "утро",
        "message_id": "<digest.abc@monitor.example>",
        "sent_for": utc_time("2025-12-26T02:00:00Z"),
    }
    values.update(changes)
    return Message(**values)  # type: ignore[arg-type]
