"""Extract or tag again, from the archive of raw pages, with today's program and rules.

    monitor reprocess                          extract and tag everything again
    monitor reprocess --stage tag              only the tags (after changed rules or weights)
    monitor reprocess --since 2025-12-01 --source vlast

Interrupted runs go on where they were when the same command is given again. The stored article
stays where today's program finds none, and where the raw page is no longer kept.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, read_settings, run_async
from monitor.commands.display import print_table, progress_display
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", choices=("extract", "tag"), default="extract")
    parser.add_argument("--source", metavar="ID", help="only this source")
    parser.add_argument(
        "--since", type=_day, metavar="YYYY-MM-DD", help="only articles first seen since this day"
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    from monitor.logs import set_up_logging

    settings = read_settings(arguments.config)
    set_up_logging(settings.log_format, level=40)
    known = [source.id for source in settings.sources]
    if arguments.source and arguments.source not in known:
        raise ConfigError([f"--source: there is no source {arguments.source!r}"])
    return run_async(_reprocess(settings, arguments))


async def _reprocess(settings: Settings, arguments: argparse.Namespace) -> int:
    from monitor.pipeline.reprocessing import Plan, reprocess

    plan = Plan(stage=arguments.stage, source_id=arguments.source, since=arguments.since)
    async with open_service(settings, progress=progress_display()) as service:
        report = await reprocess(service, plan)
    rows = [
        ("looked at", report.looked_at),
        ("text or title changed", report.texts_changed),
        ("verdict changed", report.verdicts_changed),
        ("raw page not kept", report.no_page),
        ("no article found now (kept as it was)", report.no_article),
        ("page killed its worker", report.crashed),
    ]
    print_table(("articles", "count"), rows)
    return 0
