"""Is everything fresh and out? Prints the reasons; exit code 0 healthy, 1 not.

    monitor health            for people
    monitor health --json     for programs

Unhealthy (exit 1): the service gives no sign of life, a digest is overdue, the disk is nearly
full, pages pile up, most sources don't answer, the database is damaged. Single sources that fail
or fall silent are warnings. Used by the container's HEALTHCHECK.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from monitor.clock import clock_from
from monitor.errors import StoreError
from monitor.health import (
    BACKLOG_LIMIT,
    DIGEST_LIMIT,
    Finding,
    HealthFacts,
    SourceFacts,
    findings,
)
from monitor.store.condition import Condition, read_condition
from monitor.store.database import open_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    now = clock_from(os.environ).now()
    found = examine(database_of(Path(arguments.config)), now)
    failed = any(finding.severity == "fail" for finding in found)
    if arguments.json:
        report = {"healthy": not failed, "findings": [asdict(finding) for finding in found]}
        print(json.dumps(report, ensure_ascii=False))
    else:
        print("\n".join([_verdict(failed), *(_line(finding) for finding in found)]))
    return int(failed)


def examine(database: Path, now: datetime) -> tuple[Finding, ...]:
    """All findings; a database that cannot be read is one of them."""
    if not database.exists():
        text = f"there is no database yet: {database}"
        return (Finding(severity="fail", check="database", text=text),)
    try:
        db = open_database(database, read_only=True)
        try:
            condition = read_condition(
                db, now, stuck_after=BACKLOG_LIMIT, overdue_after=DIGEST_LIMIT
            )
        finally:
            db.close()
    except StoreError as error:
        return (Finding(severity="fail", check="database", text=str(error)),)
    return findings(health_facts(condition), now)


def health_facts(condition: Condition) -> HealthFacts:
    """From what the store reads to what health judges."""
    return HealthFacts(
        heartbeat_at=condition.heartbeat_at,
        sources=tuple(
            SourceFacts(
                id=row.id,
                name=row.name,
                last_ok_at=row.last_ok_at,
                last_new_at=row.last_new_at,
                states=row.states,
                last_error=row.last_error,
                silent=row.silent,
            )
            for row in condition.sources
        ),
        overdue_digests=condition.overdue_digests,
        failed_deliveries=condition.failed_deliveries,
        stuck_entries=condition.stuck_entries,
        incidents=condition.incidents,
        free_megabytes=condition.free_megabytes,
        integrity=condition.integrity,
        backup_problem=condition.backup_problem,
        mail_problem=condition.mail_problem,
        delivered_at=condition.delivered_at,
    )


def database_of(config: Path) -> Path:
    """The database that feeds.yaml names, without loading everything else: health is asked twice
    a minute and must stay cheap."""
    from monitor.commands.quick import quick_database

    return quick_database(config)


def _verdict(failed: bool) -> str:
    return "not healthy" if failed else "healthy"


def _line(finding: Finding) -> str:
    mark = {"fail": "✗", "warn": "!"}[finding.severity]
    return f"  {mark} {finding.check}: {finding.text}"
