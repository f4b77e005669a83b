"""Take data out: articles as JSON lines or CSV, raw pages as WARC.

monitor export > articles.jsonl
monitor export --csv --relation cn --level 2 --since 2025-12-01 > china.csv
monitor export --with-text > full.jsonl      texts belong to their outlets: mind the rights
monitor export --warc pages.warc.gz --since 2025-12-01
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import open_archive, read_settings
from monitor.errors import StoreError
from monitor.store.database import open_database

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.store.exports import Selection


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv", action="store_true", help="CSV instead of JSON lines")
    parser.add_argument("--warc", type=Path, metavar="FILE", help="raw pages into this file")
    parser.add_argument("--with-text", action="store_true", help="full texts, too")
    parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD")
    parser.add_argument("--relation", metavar="us/ru/cn/…", help="only articles tagged with it")
    parser.add_argument("--level", type=int, choices=(0, 1, 2), default=0, help="at least this")
    parser.add_argument("--source", metavar="ID")


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    from monitor.store.exports import Selection, exported_articles

    settings = read_settings(arguments.config)
    selection = Selection(
        since=arguments.since,
        relation=arguments.relation,
        minimum_level=arguments.level,
        source_id=arguments.source,
        with_text=arguments.with_text,
    )
    if not settings.database.exists():
        raise StoreError(f"there is no database yet: {settings.database}")
    if arguments.warc:
        return _warc(settings, arguments.warc, selection)
    db = open_database(settings.database, read_only=True)
    try:
        rows = exported_articles(db, selection)
        _print_csv(rows) if arguments.csv else _print_lines(rows)
    finally:
        db.close()
    return 0


def _print_lines(rows: Iterable[dict[str, object]]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _print_csv(rows: Iterable[dict[str, object]]) -> None:
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        flat = {**row, "verdicts": json.dumps(row["verdicts"], ensure_ascii=False)}
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(flat))
            writer.writeheader()
        writer.writerow({name: _safe_cell(value) for name, value in flat.items()})


_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a tab or a return before one is skipped over


def _safe_cell(value: object) -> object:
    """A cell that a spreadsheet would run as a formula is shown as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def _warc(settings: Settings, file: Path, selection: Selection) -> int:
    from monitor.store.exports import export_warc

    db = open_database(settings.database)
    try:
        archive = open_archive(settings, db)
        if archive is None:
            raise StoreError("raw pages are not kept, or pages.db cannot be used")
        count = export_warc(db, archive, file, selection)
        archive.close()
    finally:
        db.close()
    print(f"{count} pages written to {file}")
    return 0
