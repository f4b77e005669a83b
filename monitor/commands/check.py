"""Is feeds.yaml right, and do its ways still answer?

    monitor check                    every problem of the file, with line and remedy
    monitor check --schema           the JSON Schema of feeds.yaml, for editors
    monitor check --live             ask every way once, politely, and say what it is worth
    monitor check --live --source X  only this source (may be repeated)
    monitor check --live --json      one JSON line per way

Exit code 0 when the file is right; a way that does not answer is a finding, not an error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.commands.app import read_settings, user_agent
from monitor.commands.display import print_table, progress_display
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.models import Source
    from monitor.pipeline.probing import Probe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema")
    parser.add_argument("--live", action="store_true", help="ask every way of every source once")
    parser.add_argument("--source", action="append", default=[], metavar="ID", help="only this one")
    parser.add_argument("--all", action="store_true", help="disabled sources too")
    parser.add_argument("--json", action="store_true", help="one JSON line per way")


def run(arguments: argparse.Namespace) -> int:
    if arguments.schema:
        print(schema_text(), end="")
        return 0
    settings = read_settings(arguments.config)
    sources = _chosen(settings, arguments)
    if not arguments.json:
        print(_said(settings))
        if settings.smtp.host is None and any(
            "mail" in wanted.channels and wanted.recipients for wanted in settings.subscriptions
        ):
            print("no mail leaves: MONITOR_SMTP_HOST is not set; digests go to the folder only")
    if arguments.live:
        probes = asyncio.run(_probe(settings, sources))
        (_print_json if arguments.json else _print_probes)(probes)
    return 0


def _chosen(settings: Settings, arguments: argparse.Namespace) -> list[Source]:
    unknown = set(arguments.source) - {source.id for source in settings.sources}
    if unknown:
        raise ConfigError([f"there is no source with id {name!r}" for name in sorted(unknown)])
    return [
        source
        for source in settings.sources
        if (source.id in arguments.source)
        or (not arguments.source and (source.enabled or arguments.all))
    ]


def _said(settings: Settings) -> str:
    enabled = [source for source in settings.sources if source.enabled]
    kinds = Counter(way.kind for source in enabled for way in source.ways)
    ways = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return (
        f"{settings.path} is in order: {len(enabled)} of {_count(len(settings.sources), 'source')} "
        f"enabled; ways: {ways}; {_count(len(settings.subscriptions), 'subscription')}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def schema_text() -> str:
    """The JSON Schema of feeds.yaml, as shipped in monitor/config/feeds.schema.json."""
    from monitor.config.form import feeds_schema
    from monitor.sources import KINDS

    schema = feeds_schema({name: kind.options for name, kind in KINDS.items()})
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


async def _probe(settings: Settings, sources: Sequence[Source]) -> list[Probe]:
    from monitor.clock import clock_from
    from monitor.fetch import FetchSettings, WebFetcher
    from monitor.pipeline.probing import probe_ways
    from monitor.sources import KINDS

    clock = clock_from(os.environ)
    limits = FetchSettings(
        user_agent=user_agent(settings),
        allow_addresses=settings.allow_addresses,
        host_delay_seconds=settings.host_delay_seconds,
        max_connections=settings.max_connections,
    )
    async with WebFetcher(limits, clock) as fetcher:
        return await probe_ways(
            fetcher, KINDS, sources, now=clock.now(), progress=progress_display()
        )


def _print_probes(probes: Sequence[Probe]) -> None:
    rows = [
        (
            probe.source_id,
            probe.way.kind,
            f"{probe.verdict} ({probe.reason})" if probe.reason else probe.verdict,
            f"{probe.newest_at:%Y-%m-%d %H:%M}" if probe.newest_at else "",
            len(probe.entries),
            probe.per_day if probe.per_day is not None else "",
            probe.robots,
            probe.suggestion or probe.way.url,
        )
        for probe in probes
    ]
    headers = ("source", "way", "verdict", "newest (UTC)", "items", "a day", "robots", "suggestion")
    print_table(headers, rows, "Ways")
    counts = Counter(probe.verdict for probe in probes)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))


def _print_json(probes: Sequence[Probe]) -> None:
    for probe in probes:
        line = {
            "source": probe.source_id,
            "kind": probe.way.kind,
            "url": probe.way.url,
            "verdict": probe.verdict,
            "reason": probe.reason,
            "items": len(probe.entries),
            "newest_at": probe.newest_at.isoformat() if probe.newest_at else None,
            "per_day": probe.per_day,
            "robots": probe.robots,
            "suggestion": probe.suggestion,
        }
        print(json.dumps(line, ensure_ascii=False))
