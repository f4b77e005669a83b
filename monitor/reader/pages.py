"""What our own pages show, read from the archive: one value a page.

Rows are sqlite3.Row of the columns named in the SQL beside them; times stay UTC text until the
template shows them in the operator's zone. Every query is bounded by an index or a LIMIT.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.reader.marks import Change, Mark, Paragraph, Piece, Spoken, changes, paragraphs, pieces

Row = sqlite3.Row
Parameters = Mapping[str, object]


class Archive:
    """Read-only questions to one Datasette database."""

    def __init__(self, database: Any) -> None:
        self._database = database

    async def rows(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        result = await self._database.execute(sql, dict(parameters or {}), truncate=True)
        return list(result.rows)

    async def row(self, sql: str, parameters: Parameters | None = None) -> Row | None:
        found = await self.rows(sql, parameters)
        return found[0] if found else None

    async def is_ready(self) -> bool:
        """False before the first migration: an empty volume."""
        sql = "select 1 from sqlite_master where name = 'articles'"
        return await self.row(sql) is not None


CARD = (
    "a.id, a.title, a.lead, a.url, a.relations, a.level, a.language, a.words, a.source_id, "
    "coalesce(a.published_at, a.first_seen_at) as at, s.name as source "
    "from articles a join sources s on s.id = a.source_id"
)


# ---------------------------------------------------------------- article


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One relation of one article, with its passages."""

    relation: str
    level: int
    score: float
    limited_by: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence of evidence; `anchor` is its paragraph on the page, None: in the title."""

    sentence: str
    why: str
    anchor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A later version of the article."""

    seen_at: str
    kind: str
    touches_tagged: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """Everything the article page shows."""

    article: Row
    title: tuple[Piece, ...]
    paragraphs: tuple[Paragraph, ...]
    verdicts: tuple[Verdict, ...]
    topics: tuple[str, ...]
    reprint_of: Row | None
    reprints: tuple[Row, ...]
    story: Row | None
    story_articles: tuple[Row, ...]
    edits: tuple[Edit, ...]
    people: tuple[Row, ...]
    amounts: tuple[Row, ...]
    events: tuple[Row, ...]
    quotes: tuple[Row, ...]


async def article_page(archive: Archive, key: str) -> ArticlePage | None:
    """The page of one article; None if there is no such row."""
    article = await archive.row(
        "select a.*, s.name as source, s.owner as owner, s.homepage as homepage from articles a "
        "join sources s on s.id = a.source_id where a.id = :id",
        {"id": key},
    )
    if article is None:
        return None
    by_id: Parameters = {"id": article["id"]}
    rows = await archive.rows(
        "select * from article_relations where article_id = :id order by level desc, score desc",
        by_id,
    )
    marks = [mark for row in rows if row["level"] > 0 for mark in _marks(row, "text")]
    body = paragraphs(article["text"], marks, _turns(article["turns"]))
    title_marks = [mark for row in rows if row["level"] > 0 for mark in _marks(row, "title")]
    topics = await archive.rows(
        "select topic from article_topics where article_id = :id order by score desc", by_id
    )
    return ArticlePage(
        article=article,
        title=tuple(pieces(article["title"], 0, title_marks)),
        paragraphs=tuple(body),
        verdicts=tuple(_verdict(row, body) for row in rows if row["level"] > 0),
        topics=tuple(row["topic"] for row in topics),
        edits=await _edits(archive, article),
        **await _siblings(archive, article),
        **await _facts(archive, by_id),
    )


def _evidence(row: Row) -> list[Mapping[str, Any]]:
    return list(json.loads(row["evidence"] or "[]"))


def _marks(row: Row, field: str) -> list[Mark]:
    return [
        Mark(start=e["start"], end=e["end"], relation=row["relation"], why=e.get("why", ""))
        for e in _evidence(row)
        if e.get("field", "text") == field
    ]


def _verdict(row: Row, body: list[Paragraph]) -> Verdict:
    passages = []
    for item in _evidence(row):
        anchor = None
        if item.get("field", "text") == "text":
            before = [p.start for p in body if p.start <= item["start"]]
            anchor = before[-1] if before else 0
        passages.append(
            Passage(sentence=item.get("sentence", ""), why=item.get("why", ""), anchor=anchor)
        )
    return Verdict(
        relation=row["relation"],
        level=row["level"],
        score=row["score"],
        limited_by=row["limited_by"],
        passages=tuple(passages),
    )


def _turns(stored: str) -> list[Spoken]:
    return [
        Spoken(kind=t.get("kind", "answer"), speaker=t.get("speaker"), text=t.get("text", ""))
        for t in json.loads(stored or "[]")
    ]


async def _edits(archive: Archive, article: Row) -> tuple[Edit, ...]:
    """Each revision row holds what stood before; it is compared with what came after it."""
    rows = await archive.rows(
        "select seen_at, kind, title, text, touches_tagged from revisions "
        "where article_id = :id order by id limit 20",
        {"id": article["id"]},
    )
    found = []
    for index, row in enumerate(rows):
        following = next((later for later in rows[index + 1 :] if later["text"]), article)
        before, after = (
            f"{row['title']}\n{row['text']}",
            f"{following['title']}\n{following['text']}",
        )
        found.append(
            Edit(
                seen_at=row["seen_at"],
                kind=row["kind"],
                touches_tagged=bool(row["touches_tagged"]),
                changes=tuple(changes(before, after)) if row["text"] else (),
            )
        )
    return tuple(found)


async def _siblings(archive: Archive, article: Row) -> dict[str, Any]:
    by_id = {"id": article["id"], "of": article["dup_of"], "story": article["story_id"]}
    reprints = await archive.rows(
        f"select {CARD} where a.dup_of = coalesce(:of, :id) and a.id <> :id order by a.id limit 30",
        by_id,
    )
    others = await archive.rows(
        f"select {CARD} where a.story_id = :story and a.id <> :id order by a.id limit 30", by_id
    )
    return {
        "reprint_of": await archive.row(f"select {CARD} where a.id = :of", by_id),
        "reprints": tuple(reprints),
        "story": await archive.row("select * from stories where id = :story", by_id),
        "story_articles": tuple(others),
    }


async def _facts(archive: Archive, by_id: Parameters) -> dict[str, Any]:
    people = await archive.rows(
        "select p.key, p.name, p.kind, max(m.role) as role, count(*) as n from mentions m "
        "join people p on p.key = m.person_key where m.article_id = :id "
        "group by p.key order by n desc, min(m.start) limit 30",
        by_id,
    )
    amounts = await archive.rows(
        "select surface, value, currency, usd, sentence from amounts where article_id = :id "
        "order by start limit 30",
        by_id,
    )
    events = await archive.rows(
        "select kind, partner, date, sentence from events where article_id = :id "
        "order by start limit 20",
        by_id,
    )
    quotes = await archive.rows(
        "select person_key, speaker, role, text from quotes where article_id = :id "
        "order by start limit 20",
        by_id,
    )
    return {
        "people": tuple(people),
        "amounts": tuple(amounts),
        "events": tuple(events),
        "quotes": tuple(quotes),
    }


# ---------------------------------------------------------------- lists


async def snippets(archive: Archive, typed: str, ids: list[int]) -> dict[int, str]:
    """The best passage of each hit in original words, hits between U+27E6 and U+27E7."""
    if not typed or not ids:
        return {}
    slots = {f"i{n}": value for n, value in enumerate(ids)}
    wanted = ", ".join(f":{slot}" for slot in slots)
    # "+rowid": a plain rowid IN makes FTS5 run the whole query once a row (40 x 20 ms measured).
    rows = await archive.rows(
        "select rowid, snippet(articles_fts, 1, '⟦', '⟧', ' … ', 32) as found from articles_fts "
        "where articles_fts match escape_fts(:typed) and rowid between :least and :most "
        f"and +rowid in ({wanted})",
        {"typed": typed, "least": min(ids), "most": max(ids), **slots},
    )
    return {row["rowid"]: row["found"] for row in rows}


async def source_names(archive: Archive) -> dict[str, str]:
    """Identifier -> name of every outlet."""
    return {r["id"]: r["name"] for r in await archive.rows("select id, name from sources")}
