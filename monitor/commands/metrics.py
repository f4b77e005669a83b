"""Figures in Prometheus text: articles, backlog, digests, sources, disk, health.

    monitor metrics                              to standard output
    monitor metrics --textfile FILE              for node_exporter's textfile collector (atomic)

`settings.metrics_port` makes the service answer GET /metrics on 127.0.0.1 as well.
"""

from __future__ import annotations

import argparse
import os
from datetime import datetime
from pathlib import Path

from monitor import __version__
from monitor.clock import clock_from
from monitor.commands.health import database_of, examine
from monitor.errors import MonitorError, StoreError
from monitor.health import BACKLOG_LIMIT, DIGEST_LIMIT
from monitor.metrics import MetricsFacts, SourceFigures, metrics_text
from monitor.store.condition import Condition, read_condition
from monitor.store.database import open_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--textfile", type=Path, metavar="FILE", help="write there, whole or not")


def run(arguments: argparse.Namespace) -> int:
    text = read_metrics(database_of(Path(arguments.config)), clock_from(os.environ).now())
    if arguments.textfile is None:
        print(text, end="")
        return 0
    target: Path = arguments.textfile
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise MonitorError(f"{target}: {error.strerror}") from error
    return 0


def read_metrics(database: Path, now: datetime) -> str:
    """The figures of a database. Raises StoreError."""
    if not database.exists():
        raise StoreError(f"there is no database yet: {database}")
    found = examine(database, now)
    db = open_database(database, read_only=True)
    try:
        condition = read_condition(db, now, stuck_after=BACKLOG_LIMIT, overdue_after=DIGEST_LIMIT)
    finally:
        db.close()
    checks = tuple((finding.severity, finding.check) for finding in found)
    return metrics_text(_facts(condition, checks, database), now)


def _facts(
    condition: Condition, checks: tuple[tuple[str, str], ...], database: Path
) -> MetricsFacts:
    pages = database.parent / "pages.db"
    return MetricsFacts(
        version=__version__,
        healthy=not any(severity == "fail" for severity, _ in checks),
        findings=checks,
        heartbeat_at=condition.heartbeat_at,
        backup_at=condition.backup_at,
        integrity_ok=condition.integrity == "ok",
        articles=condition.articles,
        articles_day=condition.articles_day,
        tagged_day=condition.tagged_day,
        waiting_entries=condition.waiting_entries,
        stuck_entries=condition.stuck_entries,
        overdue_digests=len(condition.overdue_digests),
        failed_deliveries=condition.failed_deliveries,
        incidents_day=condition.incidents,
        free_megabytes=condition.free_megabytes,
        database_megabytes=condition.database_megabytes,
        pages_megabytes=pages.stat().st_size / 1e6 if pages.exists() else 0.0,
        sources=tuple(
            SourceFigures(
                id=row.id,
                last_ok_at=row.last_ok_at,
                last_new_at=row.last_new_at,
                failing=bool(row.states) and all(s not in ("ok", "new") for s in row.states),
            )
            for row in condition.sources
        ),
    )
