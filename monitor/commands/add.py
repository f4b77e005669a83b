"""Find the ways into a site and write its stanza for feeds.yaml.

    monitor add https://example.kz/            show what the site offers, print the stanza
    monitor add https://example.kz/ --write    and append it to feeds.yaml

Looks at the page's own links, the usual addresses, the sitemaps of robots.txt, the page itself as
a list, and Telegram channels that it names; asks each of them once, politely, and shows the
newest items. The address of a feed, a sitemap or a channel works too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from monitor.commands.app import read_settings, user_agent
from monitor.commands.display import print_table, progress_display
from monitor.errors import ConfigError, FetchError
from monitor.models import Entry, Source, Way

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.probing import Discovery, Probe

_SAMPLES = 3
_MAX_WAYS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="a page of the site, or a feed, sitemap or Telegram channel")
    parser.add_argument("--write", action="store_true", help="append the stanza to feeds.yaml")
    parser.add_argument("--id", help="the id to use (default: from the address)")


def run(arguments: argparse.Namespace) -> int:
    from monitor.commands.stanza import add_to_file, free_id, stanza_of

    settings = read_settings(arguments.config)
    url = arguments.url if "://" in arguments.url else f"https://{arguments.url}"
    found = asyncio.run(_look(settings, url))
    _show(found)
    if not found.found:
        print("\nNothing that can be polled was found.")
        return 1
    there = _already_there(settings, found)
    for line in there:
        print(line)
    if there and arguments.write:
        print(f"nothing was added to {arguments.config}")
        return 1
    taken = {source.id for source in settings.sources}
    source = _source_of(found, free_id(arguments.id or found.facts.id, taken))
    print(f"\n{stanza_of(source)}")
    if arguments.write:
        add_to_file(arguments.config, [source])
        print(f"added to {arguments.config}")
    return 0


def _already_there(settings: Settings, found: Discovery) -> list[str]:
    """What was found and stands in feeds.yaml, with the source it belongs to."""
    from monitor.urls import url_key

    known = {url_key(way.url): source.id for source in settings.sources for way in source.ways}
    ways = [probe.way for probe in found.found]
    return [
        f"\nalready in {settings.path}: {way.url} (source {known[url_key(way.url)]})"
        for way in ways
        if url_key(way.url) in known
    ]


async def _look(settings: Settings, url: str) -> Discovery:
    from monitor.clock import clock_from
    from monitor.fetch import FetchSettings, WebFetcher
    from monitor.pipeline.probing import discover
    from monitor.sources import KINDS

    clock = clock_from(os.environ)
    limits = FetchSettings(
        user_agent=user_agent(settings),
        allow_addresses=settings.allow_addresses,
        host_delay_seconds=settings.host_delay_seconds,
    )
    async with WebFetcher(limits, clock) as fetcher:
        try:
            return await discover(fetcher, KINDS, url, now=clock.now(), progress=progress_display())
        except FetchError as error:
            raise ConfigError([f"{url}: {_why_not(error)}"]) from error


def _why_not(error: FetchError) -> str:
    if error.reason == "robots_unavailable":  # the first thing that is asked of a site
        return "the site does not answer; is the address right?"
    return str(error)


def _show(found: Discovery) -> None:
    rows = [
        (
            probe.way.kind,
            probe.way.url,
            probe.verdict if not probe.reason else f"{probe.verdict} ({probe.reason})",
            len(probe.entries),
            f"{probe.newest_at:%Y-%m-%d %H:%M}" if probe.newest_at else "",
            probe.per_day if probe.per_day is not None else "",
        )
        for probe in found.tried
    ]
    print_table(("kind", "address", "verdict", "items", "newest (UTC)", "a day"), rows, "Tried")
    for probe in found.found:
        print(f"\n{probe.way.kind} {probe.way.url}")
        newest_first = sorted(probe.entries, key=_age)
        for entry in newest_first[:_SAMPLES]:
            when = f"{entry.published_at:%Y-%m-%d %H:%M}" if entry.published_at else "no date"
            print(f"  {when:16}  {entry.title or entry.url}")


def _age(entry: Entry) -> float:
    """Less is newer; what has no date stays in its order, after what has one."""
    return -entry.published_at.timestamp() if entry.published_at else 0.0


def _source_of(found: Discovery, identifier: str) -> Source:
    facts = found.facts
    return Source(
        id=identifier,
        name=facts.name,
        homepage=facts.homepage,
        languages=(facts.language,) if facts.language else (),
        country=facts.country,
        home=facts.country == "KZ",
        ways=tuple(_noted(probe) for probe in found.found[:_MAX_WAYS]),
    )


def _noted(probe: Probe) -> Way:
    count = f"{len(probe.entries)} items"
    pace = f", {probe.per_day} a day" if probe.per_day is not None else ""
    note = f"found by monitor add: {count}{pace}"
    return Way(kind=probe.way.kind, url=probe.way.url, options=probe.way.options, note=note)
