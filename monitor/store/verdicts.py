"""The analyst's hand: verdicts kept beside the machine's, never instead of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.store.database import Database, utc_text, write
from monitor.store.rows import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A person's judgement of one relation of one article."""

    article_id: int
    relation: str
    level: int
    why: str = ""
    by: str = ""
    origin: str = "cli"  # cli / csv / page


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedArticle:
    """An article with the last verdict of a person on each relation, beside the machine's."""

    id: int
    url: str
    title: str
    text: str
    language: str | None
    source_id: str
    home: bool
    published_at: str | None
    levels: dict[str, int]
    machine: dict[str, int]
    why: str


def record_verdicts(db: Database, verdicts: Iterable[Verdict], now: datetime) -> int:
    """Keep verdicts durably; how many. The machine's level of that moment is kept with each."""
    count = 0
    with write(db, durable=True) as connection:
        for verdict in verdicts:
            machine = connection.execute(
                "SELECT level FROM article_relations WHERE article_id = ? AND relation = ?",
                (verdict.article_id, verdict.relation),
            ).fetchone()
            insert(
                connection,
                "verdicts",
                {
                    "article_id": verdict.article_id,
                    "relation": verdict.relation,
                    "level": verdict.level,
                    "machine_level": machine["level"] if machine else None,
                    "why": verdict.why,
                    "by": verdict.by,
                    "made_at": utc_text(now),
                    "origin": verdict.origin,
                },
            )
            count += 1
    return count


def find_article(db: Database, given: str) -> int | None:
    """An article's id from an id or a URL (as first seen, after redirects, canonical)."""
    if given.isdigit():
        row = db.conn.execute("SELECT id FROM articles WHERE id = ?", (int(given),)).fetchone()
    else:
        row = db.conn.execute(
            "SELECT id FROM articles WHERE url = ? OR final_url = ? OR canonical_url = ? LIMIT 1",
            (given, given, given),
        ).fetchone()
    return int(row[0]) if row else None


def judged_articles(db: Database) -> list[JudgedArticle]:
    """Every article that a person has judged, the newest verdict per relation."""
    rows = db.conn.execute(
        """
        SELECT v.article_id, v.relation, v.level, v.why,
            (SELECT level FROM article_relations r
             WHERE r.article_id = v.article_id AND r.relation = v.relation) AS machine
        FROM verdicts v
        WHERE v.id = (SELECT max(id) FROM verdicts w
                      WHERE w.article_id = v.article_id AND w.relation = v.relation)
        ORDER BY v.article_id, v.relation
        """
    ).fetchall()
    found: dict[int, list[tuple[str, int, int, str]]] = {}
    for row in rows:
        judged = (row["relation"], row["level"], row["machine"] or 0, row["why"])
        found.setdefault(row["article_id"], []).append(judged)
    return [_judged(db, article_id, judged) for article_id, judged in found.items()]


def _judged(
    db: Database, article_id: int, judged: list[tuple[str, int, int, str]]
) -> JudgedArticle:
    row = db.conn.execute(
        "SELECT a.id, a.url, a.title, a.text, a.language, a.source_id, a.published_at, s.home "
        "FROM articles a JOIN sources s ON s.id = a.source_id WHERE a.id = ?",
        (article_id,),
    ).fetchone()
    return JudgedArticle(
        id=row["id"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        source_id=row["source_id"],
        home=bool(row["home"]),
        published_at=row["published_at"],
        levels={relation: level for relation, level, _, _ in judged},
        machine={relation: machine for relation, _, machine, _ in judged},
        why="; ".join(dict.fromkeys(why for *_, why in judged if why)),
    )
