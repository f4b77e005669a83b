"""Fill in years that were missed: from WARC files, or from an outlet's own sitemaps.

    monitor backfill --warc CC-NEWS-20251226.warc.gz --warc more.warc.gz
    monitor backfill --warc pages.warc.gz --engine ray --workers 16 --address auto
    monitor backfill --source vlast --sitemap https://vlast.kz/sitemap.xml --since 2023-01-01

WARC files (Common Crawl News, `monitor export --warc`) are read on this machine's cores, or with
the optional extra `ray` on a cluster that sees the same files; pages of outlets that are not in
feeds.yaml are passed over. Sitemaps are read and their pages fetched with the usual pauses and
robots.txt, so years of a large outlet take days. An interrupted back-fill goes on where it was
when the same command is given again; an article is stored once, whatever happens. A running
service must be stopped first: two programs would ask a site twice as often as it is good for.
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, open_store, read_settings, run_async
from monitor.commands.display import print_table, progress_display
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.backfilling import Tally
    from monitor.pipeline.shards import Kit, Runner


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--warc", type=Path, action="append", metavar="FILE", help="repeatable")
    parser.add_argument("--engine", choices=("pool", "ray"), default="pool")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="default: one per core")
    parser.add_argument("--address", metavar="ADDRESS", help="of a running Ray cluster, e.g. auto")
    parser.add_argument("--source", metavar="ID", help="the outlet of --sitemap")
    parser.add_argument("--sitemap", metavar="URL")
    parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD")
    parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="this day not included")


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def run(arguments: argparse.Namespace) -> int:
    from monitor.logs import set_up_logging
    from monitor.store.database import InstanceLock

    if bool(arguments.warc) == bool(arguments.sitemap):
        raise ConfigError(["give either --warc FILE or --sitemap URL"])
    settings = read_settings(arguments.config)
    set_up_logging(settings.log_format, level=40)
    lock = InstanceLock(settings.database)
    lock.acquire()
    try:
        if arguments.warc:
            return _from_warc(settings, arguments)
        return run_async(_from_sitemap(settings, arguments))
    finally:
        lock.release()


def _from_warc(settings: Settings, arguments: argparse.Namespace) -> int:
    from monitor.clock import clock_from
    from monitor.pipeline.backfilling import backfill_warc, kit_for

    missing = [str(file) for file in arguments.warc if not file.is_file()]
    if missing:
        raise ConfigError([f"--warc: there is no file {name}" for name in missing])
    clock = clock_from(os.environ)
    db = open_store(settings, clock)
    try:
        kit = kit_for(settings, db)
        runner = _runner(kit, arguments)
        try:
            for file in arguments.warc:
                progress = progress_display()
                tally = backfill_warc(db, file, kit, runner, now=clock.now, progress=progress)
                _print(file.name, tally)
        finally:
            runner.close()
    finally:
        db.close()
    return 0


def _runner(kit: Kit, arguments: argparse.Namespace) -> Runner:
    workers = arguments.workers or os.cpu_count() or 1
    if arguments.engine == "ray":
        from monitor.pipeline.ray_runner import RayRunner

        return RayRunner(kit, workers, arguments.address)
    from monitor.pipeline.shards import PoolRunner

    return PoolRunner(kit, workers)


def _print(name: str, tally: Tally) -> None:
    rows = [
        ("pages of known outlets", tally.pages),
        ("stored", tally.stored),
        ("already there", tally.known),
        ("without an article", tally.without_article),
        ("page killed its worker", tally.killed_workers),
    ]
    print_table(("pages", "count"), rows, title=name)


async def _from_sitemap(settings: Settings, arguments: argparse.Namespace) -> int:
    from monitor.pipeline.backfilling import Span, enter_sitemap
    from monitor.pipeline.collecting import Collector

    source = next((s for s in settings.sources if s.id == arguments.source), None)
    if source is None:
        raise ConfigError([f"--source: there is no source {arguments.source!r}"])
    async with open_service(settings, progress=progress_display()) as service:
        collector = Collector(service)
        span = Span(since=arguments.since, until=arguments.until)
        members, new = await enter_sitemap(
            service, source, arguments.sitemap, span, collector.round
        )
        collected = await collector.round()
    print(f"{members} sitemaps read, {new} addresses new; {len(collected)} pages in the last round")
    return 0
