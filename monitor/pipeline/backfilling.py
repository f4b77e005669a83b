"""backfill: years that were missed, from WARC files or from an outlet's own sitemaps.

WARC: shards through the stages (pipeline/shards.py), each shard's articles and the checkpoint in
one transaction, so a killed run goes on after the last whole shard and stores nothing twice.
Sitemaps: the members' addresses go into the work list that `collect` works through with its usual
manners; the checkpoint is the members already read. What was published long ago joins no story.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from monitor.config import Settings
from monitor.errors import FetchError, ParseError
from monitor.logs import warn
from monitor.models import Entry, Request, Source, Way
from monitor.pipeline.jobs import Equipment
from monitor.pipeline.service import Service
from monitor.pipeline.shards import Kept, Kit, Outlet, Runner, Shard, in_order
from monitor.ports import Progress
from monitor.store.articles import NewArticle, store_article
from monitor.store.database import Database, write
from monitor.store.entries import remember_entries
from monitor.store.memory import load_lines, load_profiles
from monitor.store.records import get_meta, set_meta
from monitor.store.warcs import page_offsets
from monitor.urls import site_of

SHARD = 50  # pages; Ray loses 2-7 % to the pool with such chunks, 20 % with single pages (notes)
_EVERYTHING = {"max_age_days": 36_500, "limit": 1_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a back-fill has come to, this run and those before it."""

    shards: int = 0
    pages: int = 0
    stored: int = 0
    known: int = 0
    without_article: int = 0
    killed_workers: int = 0  # pages that no worker survived

    def plus(self, **more: int) -> Tally:
        return replace(self, **{name: getattr(self, name) + n for name, n in more.items()})


def kit_for(settings: Settings, db: Database) -> Kit:
    """What the workers of a run need: rules, what is known about hosts, the outlets by site."""
    return Kit(
        equipment=Equipment(rules=settings.rules, lines=load_lines(db), profiles=load_profiles(db)),
        outlets=_outlets(settings.sources),
        time_zone=settings.time_zone,
    )


def _outlets(sources: Iterable[Source]) -> dict[str, Outlet]:
    outlets: dict[str, Outlet] = {}
    for source in sources:
        outlet = Outlet(source_id=source.id, home=source.home, hints=dict(source.extract))
        for url in (source.homepage or "", *(way.url for way in source.ways)):
            if url:
                outlets.setdefault(site_of(url), outlet)
    return outlets


# ---------------------------------------------------------------- WARC files


def backfill_warc(
    db: Database,
    file: Path,
    kit: Kit,
    runner: Runner,
    *,
    now: Callable[[], datetime],
    progress: Progress,
) -> Tally:
    """Every page of a known outlet in the file becomes an article, once. Resumable.

    The checkpoint is bound to the file's name and size.
    """
    key = f"backfill {file.name} {file.stat().st_size}"
    tally = Tally(**json.loads(get_meta(db, key) or "{}"))
    shards = islice(_shards(file, kit), tally.shards, None)
    progress.begin("backfill", 0)
    for shard, found in in_order(runner, shards):
        with write(db) as connection:
            tally = _keep(connection, shard, found, now(), tally)
            set_meta(db, key, json.dumps(asdict(tally)), now())
        for _ in found:
            progress.step("backfill", more=1)
    progress.end("backfill")
    return tally


def _shards(file: Path, kit: Kit) -> Iterator[Shard]:
    offsets = page_offsets(file, lambda url: bool(url) and site_of(url) in kit.outlets)
    while chosen := tuple(islice(offsets, SHARD)):
        yield Shard(path=file.absolute(), offsets=chosen)


def _keep(
    connection: sqlite3.Connection,
    shard: Shard,
    found: tuple[Kept, ...],
    now: datetime,
    tally: Tally,
) -> Tally:
    stored = [store_article(connection, new).new for k in found if (new := _article(k, now))]
    return tally.plus(
        shards=1,
        pages=len(shard.offsets),
        stored=sum(stored),
        known=len(stored) - sum(stored),
        without_article=len(found) - len(stored),
        killed_workers=len(shard.offsets) - len(found),
    )


def _article(kept: Kept, now: datetime) -> NewArticle | None:
    done = kept.done
    if done.article is None or done.tagging is None:
        return None
    return NewArticle(
        article=done.article,
        tagging=done.tagging,
        facts=done.facts,
        source_id=kept.source_id,
        entry_url=kept.url,
        final_url=kept.url,
        first_seen_at=now,  # ids follow it
        fetched_at=kept.fetched_at,
        extractor_version=done.extractor_version,
        date_clamped="future_date" in done.article.problems,
        backfilled=True,
    )


# ---------------------------------------------------------------- sitemaps of a live outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which days are wanted, by the sitemap's own dates; undated addresses are always wanted."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, entry: Entry) -> bool:
        at = entry.published_at
        if at is None:
            return True
        return not ((self.since and at < self.since) or (self.until and at >= self.until))


async def enter_sitemap(
    service: Service, source: Source, url: str, span: Span, collect: Callable[[], object]
) -> tuple[int, int]:
    """Read a sitemap with all its members, newest first as the outlet lists them; after each one
    `collect` is awaited, so the work list stays short. Returns (members read, new addresses)."""
    key = f"backfill {source.id} {url}"
    done: list[str] = json.loads(get_meta(service.db, key) or "[]")
    queue, members, new = [url], 0, 0
    while queue and not service.stopping:
        address = queue.pop(0)
        if address in done:
            continue
        children, added = await _enter(service, source, address, span, (key, [*done, address]))
        queue += [child for child in children if child not in queue]
        if not children:
            done.append(address)
            members, new = members + 1, new + added
            await collect()  # type: ignore[misc]
    return members, new


async def _enter(
    service: Service, source: Source, address: str, span: Span, checkpoint: tuple[str, list[str]]
) -> tuple[tuple[str, ...], int]:
    """The members of an index, or the new entries of a plain sitemap, entered."""
    from monitor.sources import sitemap

    way = Way(kind="sitemap", url=address, options=_EVERYTHING)
    try:
        fetched = await service.fetcher.fetch(Request(url=address, purpose="sitemap"))
        children = sitemap.members(fetched)
        entries = () if children else sitemap.parse(fetched, way).entries
    except (FetchError, ParseError) as error:
        warn("sitemap_failed", url=address, reason=error.reason)
        return (), 0
    if children:
        return children, 0

    def job(connection: sqlite3.Connection) -> int:
        now = service.clock.now()
        wanted = [entry for entry in entries if span.holds(entry)]
        seen = remember_entries(
            connection, wanted, source_id=source.id, way_id=None, guid_policy="link", now=now
        )
        set_meta(service.db, checkpoint[0], json.dumps(checkpoint[1]), now)
        return seen.new

    return (), await service.writer.write(job)
