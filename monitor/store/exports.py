"""Taking data out: articles with verdicts as plain rows, raw pages as a standard WARC file.

The only door to warcio.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.models import Fetched
from monitor.store.database import Database, utc_text
from monitor.store.pages import PageArchive

# What leaves the archive about an article; the text only on request (rights of the outlets).
COLUMNS = (
    "id", "url", "title", "source_id", "language", "published_at", "first_seen_at", "relations",
    "level", "topics", "lead", "words", "authors", "origin", "is_interview", "is_opinion",
    "is_truncated", "dup_of", "story_id", "removed_at",
)  # fmt: skip
# The body is kept decoded, so these headers of the wire would be wrong.
_WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles leave."""

    since: datetime | None = None  # first seen; None: from the beginning
    relation: str | None = None  # None: any, untagged ones too
    minimum_level: int = 0
    source_id: str | None = None
    with_text: bool = False


def exported_articles(db: Database, selection: Selection) -> Iterator[dict[str, object]]:
    """Rows in id order; `verdicts` holds level and score of every partner."""
    columns = ", ".join(f"a.{name}" for name in COLUMNS)
    text = ", a.text" if selection.with_text else ""
    cursor = db.conn.execute(
        f"""
        SELECT {columns}{text},
            (SELECT json_group_object(relation, json_object('level', level, 'score', score))
             FROM article_relations r WHERE r.article_id = a.id) AS verdicts
        FROM articles a
        WHERE a.first_seen_at >= ? AND (? IS NULL OR a.source_id = ?)
          AND (? IS NULL OR EXISTS (SELECT 1 FROM article_relations r WHERE r.article_id = a.id
               AND r.relation = ? AND r.level >= ?))
          AND (? IS NOT NULL OR a.level >= ?)
        ORDER BY a.id
        """,  # noqa: S608 - names from COLUMNS only
        (
            utc_text(selection.since) if selection.since else "",
            selection.source_id,
            selection.source_id,
            selection.relation,
            selection.relation,
            max(1, selection.minimum_level),
            selection.relation,
            selection.minimum_level,
        ),
    )
    for row in cursor:
        yield {**dict(row), "verdicts": json.loads(row["verdicts"] or "{}")}


def export_warc(db: Database, archive: PageArchive, file: Path, selection: Selection) -> int:
    """Raw pages of the selected articles as response records (gzip members); how many."""
    count = 0
    with file.open("wb") as handle:
        writer = WARCWriter(handle, gzip=True)
        writer.write_record(
            writer.create_warcinfo_record(
                file.name, {"software": "kz-monitor", "format": "WARC 1.0"}
            )
        )
        for row in exported_articles(db, selection):
            page = _page_of(db, archive, row["id"])
            if page is not None:
                _write(writer, page)
                count += 1
    return count


def _page_of(db: Database, archive: PageArchive, article_id: object) -> Fetched | None:
    row = db.conn.execute("SELECT page_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row["page_id"] is None:
        return None
    page = archive.get(row["page_id"])
    return page.fetched if page else None


def _write(writer: WARCWriter, page: Fetched) -> None:
    kept = [(k, v) for k, v in page.headers.items() if k.lower() not in _WIRE_HEADERS]
    kept.append(("content-length", str(len(page.body))))
    phrase = {status.value: status.phrase for status in HTTPStatus}.get(page.status, "")
    http = StatusAndHeaders(f"{page.status} {phrase}", kept, protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            page.final_url,
            "response",
            payload=io.BytesIO(page.body),
            http_headers=http,
            warc_headers_dict={"WARC-Date": utc_text(page.fetched_at)},
        )
    )
