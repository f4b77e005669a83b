"""Rows of facts that somebody has read: which are right, which wrong and why.

A label is one line of bench/labels/facts.jsonl: the article (id, url), the table, a hash of the
row's values and offsets, and the reader's verdict. Texts are third parties' and are not here; who
has them as JSON lines (id, title, text, lang, date) counts with `bench/facts.py --labels`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.models import Facts

TABLES = ("people", "organisations", "amounts", "events", "quotes")


@dataclass(frozen=True)
class Row:
    """What a table says of an article, as a reader judges it; `shown` is for the reader alone."""

    table: str
    key: str
    shown: str


@dataclass(frozen=True)
class Label:
    """A reader's verdict; `why` says what is wrong."""

    right: bool
    why: str


def rows_of(id: str, facts: Facts) -> list[Row]:
    """The rows in the order of the text; a person or body once for each role and country."""
    found: dict[str, Row] = {}
    for m in facts.mentions:
        table = "people" if m.kind == "person" else "organisations"
        _add(found, id, table, (m.key, m.name, m.role, m.country), "")
    for a in facts.amounts:
        _add(found, id, "amounts", (a.value, a.currency, a.start), a.surface)
    for e in facts.events:
        _add(found, id, "events", (e.kind, e.partner, e.date, e.start), e.sentence)
    for q in facts.quotes:
        _add(found, id, "quotes", (q.speaker, q.role, q.start, q.end), q.sentence)
    return list(found.values())


def _add(
    found: dict[str, Row], id: str, table: str, values: tuple[object, ...], context: str
) -> None:
    written = json.dumps([id, table, *values], ensure_ascii=False)
    key = hashlib.sha256(written.encode()).hexdigest()[:12]
    shown = " | ".join(str(value) for value in (*values, context) if value != "")
    found.setdefault(key, Row(table, key, shown))


def read_labels(path: Path) -> dict[str, Label]:
    """Verdicts by the key of the row."""
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {line["row"]: Label(line["right"], line.get("why", "")) for line in lines}


def write_labels(path: Path, rows: Iterable[tuple[str, str, Row, Label]]) -> None:
    """Lines of id, url, row and verdict."""
    with path.open("w", encoding="utf-8") as out:
        for id, url, row, label in rows:
            line = {"id": id, "url": url, "table": row.table, "row": row.key, "right": label.right}
            line |= {"why": label.why} if label.why else {}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def report(rows: Iterable[Row], labels: Mapping[str, Label]) -> Iterator[str]:
    """Precision of each table over the rows that were read; the rest is counted as unread."""
    seen: Counter[tuple[str, str]] = Counter()
    for row in rows:
        label = labels.get(row.key)
        seen[row.table, "unread" if label is None else "right" if label.right else "wrong"] += 1
    for table in TABLES:
        right, wrong = seen[table, "right"], seen[table, "wrong"]
        share = f"{right / (right + wrong):.3f}" if right + wrong else "-"
        unread = f", {seen[table, 'unread']} unread" if seen[table, "unread"] else ""
        yield f"{table}: {right} of {right + wrong} right, precision {share}{unread}"
