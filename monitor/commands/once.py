"""One round of everything that is due: poll the sources, collect the articles, send what waits.

    monitor once              what is due by its own interval
    monitor once --force      ignore intervals, retry and back-off times; pacing and robots stay

Shows progress while it works and a table per source at the end. A source that fails is recorded
and shown; it does not change the exit code. Not while the service runs on the same database.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, read_settings, run_async
from monitor.commands.display import print_table, progress_display

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.collecting import CollectOutcome
    from monitor.pipeline.polling import PollOutcome
    from monitor.pipeline.service import Service


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="ignore intervals and retry times")
    parser.add_argument("--quiet", action="store_true", help="no table at the end")


def run(arguments: argparse.Namespace) -> int:
    from monitor.logs import set_up_logging
    from monitor.store.database import InstanceLock

    settings = read_settings(arguments.config)
    set_up_logging(settings.log_format, level=40)  # what failed stands in the table
    lock = InstanceLock(settings.database)
    lock.acquire()
    try:
        return run_async(_once(settings, arguments))
    finally:
        lock.release()


async def _once(settings: Settings, arguments: argparse.Namespace) -> int:
    opened = open_service(settings, progress=progress_display(), ignore_back_off=arguments.force)
    async with opened as service:
        polled, collected = await one_round(service, force=arguments.force)
        if not arguments.quiet:
            print_summary(service, polled, collected)
    return 0


async def one_round(
    service: Service, *, force: bool = False
) -> tuple[list[PollOutcome], list[CollectOutcome]]:
    """Poll, collect, look again at what is due, deliver what is due."""
    from monitor.pipeline.collecting import Collector
    from monitor.pipeline.lines import deliver_round
    from monitor.pipeline.polling import poll_round
    from monitor.pipeline.revisiting import revisit_round

    polled = await poll_round(service, force=force)
    collected = await Collector(service).round(force=force)
    await revisit_round(service)
    await deliver_round(service)
    return polled, collected


def print_summary(
    service: Service, polled: Sequence[PollOutcome], collected: Sequence[CollectOutcome]
) -> None:
    """Per source: asked, new links, stored, failed, why."""
    rows = [
        row
        for source in service.sources
        if (row := _summary_row(source.id, source.name, polled, collected))
    ]
    headers = ("source", "asked", "new", "stored", "waiting", "failed", "why")
    print_table(headers, rows, title="This round")
    print(_totals(polled, collected))


def _summary_row(
    source_id: str,
    name: str,
    polled: Sequence[PollOutcome],
    collected: Sequence[CollectOutcome],
) -> tuple[object, ...] | None:
    polls = [outcome for outcome in polled if outcome.source_id == source_id]
    pages = [outcome for outcome in collected if outcome.source_id == source_id]
    if not polls and not pages:
        return None
    results = Counter(outcome.result for outcome in pages)
    reasons = Counter(o.reason for o in polls if not o.ok)
    reasons += Counter(o.reason for o in pages if o.result not in ("stored", "known"))
    return (
        name,
        len(polls),
        sum(outcome.new for outcome in polls),
        results["stored"],
        results["retry"],
        results["failed"] + results["refused"] + sum(not outcome.ok for outcome in polls),
        ", ".join(f"{reason} ×{count}" for reason, count in reasons.most_common(3)),
    )


def _totals(polled: Sequence[PollOutcome], collected: Sequence[CollectOutcome]) -> str:
    results = Counter(outcome.result for outcome in collected)
    failed = sum(not outcome.ok for outcome in polled)
    return (
        f"{len(polled)} ways asked ({failed} failed), {sum(o.new for o in polled)} new links; "
        f"{results['stored']} articles stored, {results['known']} already known, "
        f"{results['retry']} to be tried again, {results['failed'] + results['refused']} given up"
    )
