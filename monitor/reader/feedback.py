"""Readers mark a wrong tag: a database of its own, off by default.

The only thing the reader's side writes, and never into monitor.db. `monitor verdict --feedback`
takes it over. Off unless `feedback: true` stands in datasette.yaml and MONITOR_FEEDBACK_KEY is set.
"""

from __future__ import annotations

import contextlib
import csv
import io
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = "feedback.db"
_MAX_WHY, _MAX_BY = 500, 80
_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL,
    url TEXT NOT NULL,
    relation TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 2),
    machine_level INTEGER,
    why TEXT NOT NULL,
    by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    taken_at TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one reader says about one relation of one article."""

    article_id: int
    relation: str
    level: int
    why: str
    by: str
    url: str = ""
    machine_level: int | None = None  # None: the machine has no verdict


def opinion_from(form: Mapping[str, str], relations: tuple[str, ...]) -> Opinion | None:
    """A filled-in form; None if it is not one of ours."""
    article, level = form.get("article_id", ""), form.get("level", "")
    relation = form.get("relation", "")
    if not (article.isascii() and article.isdigit()) or level not in ("0", "1", "2"):
        return None
    if relation not in relations or len(article) > 18:
        return None
    return Opinion(
        article_id=int(article),
        relation=relation,
        level=int(level),
        why=form.get("why", "").strip()[:_MAX_WHY],
        by=form.get("by", "").strip()[:_MAX_BY],
    )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=15)
    try:
        connection.execute(_TABLE)
        with connection:
            yield connection
    finally:
        connection.close()


def keep(path: Path, opinion: Opinion, made_at: str) -> None:
    """Write one opinion durably; `made_at` is UTC text."""
    with _opened(path) as connection:
        connection.execute(
            "INSERT INTO feedback (article_id, url, relation, level, machine_level, why, by, "
            "made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                opinion.article_id,
                opinion.url,
                opinion.relation,
                opinion.level,
                opinion.machine_level,
                opinion.why,
                opinion.by,
                made_at,
            ),
        )


def waiting(path: Path) -> list[Opinion]:
    """What has not been taken over yet, oldest first; nothing if there is no file."""
    if not path.exists():
        return []
    with _opened(path) as connection:
        rows = connection.execute(
            "SELECT article_id, relation, level, why, by, url, machine_level FROM feedback "
            "WHERE taken_at IS NULL ORDER BY id"
        ).fetchall()
    names = ("article_id", "relation", "level", "why", "by", "url", "machine_level")
    return [Opinion(**dict(zip(names, row, strict=True))) for row in rows]


def mark_taken(path: Path, taken_at: str) -> None:
    """Everything that waits now has been taken over."""
    with _opened(path) as connection:
        connection.execute("UPDATE feedback SET taken_at = ? WHERE taken_at IS NULL", (taken_at,))


def as_csv(opinions: list[Opinion]) -> str:
    """The table that `monitor verdict --csv` reads."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("article", "relation", "level", "why", "by", "machine_level", "url"))
    for o in opinions:
        why, by = _plain(o.why), _plain(o.by)
        writer.writerow((o.article_id, o.relation, o.level, why, by, o.machine_level, o.url))
    return text.getvalue()


def _plain(value: str) -> str:
    """A spreadsheet must not take a reader's words for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
