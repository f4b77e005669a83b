"""probe: ask ways once, politely and side by side, and say what they are worth; find the ways of
a site. Writes nothing to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from monitor import poll
from monitor.errors import Blocked, FetchError, Gone, ParseError, RateLimited
from monitor.models import Entry, Fetched, Listing, Request, Source, Way, WayState
from monitor.ports import Fetcher, Progress, SourceKind
from monitor.sources import discovery

SILENT_AFTER = timedelta(days=14)
_MAX_PAGES = 3  # an index, its member, one sibling
_LISTING_LEAST = 5  # a page with fewer links that look like articles is no listing
_DEAD = frozenset({"dns", "status_404", "status_410", "gone", "address", "address_refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one way answered. `verdict`: works / silent / empty / blocked / dead / changed /
    unreachable."""

    source_id: str
    way: Way
    verdict: str
    reason: str = ""
    entries: tuple[Entry, ...] = ()
    newest_at: datetime | None = None  # None: nothing dated
    per_day: float | None = None  # None: too few dates to say
    robots: str = "exempt"  # allows / forbids / unknown / exempt (feeds that the owner lists)
    suggestion: str = ""

    @property
    def works(self) -> bool:
        return self.verdict in ("works", "silent")


async def probe_ways(
    fetcher: Fetcher,
    kinds: Mapping[str, SourceKind],
    sources: Sequence[Source],
    *,
    now: datetime,
    progress: Progress,
) -> list[Probe]:
    """Every way of every source, in the order of the file; hosts side by side, each at its
    pace."""
    ways = [(source, way) for source in sources for way in source.ways]
    progress.begin("probe", len(ways))

    async def one(source: Source, way: Way) -> Probe:
        found = await probe_way(fetcher, kinds[way.kind], source.id, way, now=now)
        progress.step("probe", source.name)
        return found

    probes = await asyncio.gather(*(one(source, way) for source, way in ways))
    progress.end("probe")
    return list(probes)


async def probe_way(
    fetcher: Fetcher, kind: SourceKind, source_id: str, way: Way, *, now: datetime
) -> Probe:
    """Ask one way as polling would, an index with its newest members."""
    robots = "exempt" if kind.purpose == "feed" else "allows"
    try:
        entries, fetched = await _entries(fetcher, kind, way, now)
    except FetchError as error:
        verdict = _verdict_of(error)
        if error.reason in ("robots", "robots_unavailable"):
            robots = "forbids" if error.reason == "robots" else "unknown"
        return Probe(
            source_id=source_id,
            way=way,
            verdict=verdict,
            reason=error.reason,
            robots=robots,
            suggestion=_after_failure(verdict, error),
        )
    except ParseError as error:
        return Probe(
            source_id=source_id,
            way=way,
            verdict="changed",
            reason=error.reason,
            robots=robots,
            suggestion="look at the page: `monitor add` finds what a site offers now",
        )
    return _answered(source_id, way, entries, fetched, robots=robots, now=now)


async def _entries(
    fetcher: Fetcher, kind: SourceKind, way: Way, now: datetime
) -> tuple[tuple[Entry, ...], Fetched]:
    state = WayState(id=0, source_id="", way=way, current_url=way.url)
    request = poll.request_for(state, now, kind)
    first = Request(url=request.url, purpose=request.purpose, obey_robots=request.obey_robots)
    fetched = await fetcher.fetch(first)
    listing = kind.parse(fetched, way)
    entries, page = list(listing.entries), listing
    for _ in range(_MAX_PAGES - 1):
        if entries or not page.next_url:
            break
        page = await _further(fetcher, kind, way, page.next_url)
        entries += page.entries
    return tuple(entries), fetched


async def _further(fetcher: Fetcher, kind: SourceKind, way: Way, url: str) -> Listing:
    return kind.parse(await fetcher.fetch(Request(url=url, purpose=kind.purpose)), way)


def _answered(
    source_id: str,
    way: Way,
    entries: tuple[Entry, ...],
    fetched: Fetched,
    *,
    robots: str,
    now: datetime,
) -> Probe:
    dates = sorted(e.published_at for e in entries if e.published_at and e.published_at <= now)
    newest = dates[-1] if dates else None
    verdict, suggestion = "works", ""
    if not entries:
        verdict, suggestion = "empty", "an answer without entries: try the next way"
    elif newest and now - newest > SILENT_AFTER:
        verdict, suggestion = "silent", "nothing new for two weeks: is it still kept up?"
    elif any(hop.status in (301, 308) for hop in fetched.redirects):
        suggestion = f"moved for good: write {fetched.final_url}"
    return Probe(
        source_id=source_id,
        way=way,
        verdict=verdict,
        entries=entries,
        newest_at=newest,
        per_day=_per_day(dates),
        robots=robots,
        suggestion=suggestion,
    )


def _per_day(dates: Sequence[datetime]) -> float | None:
    if len(dates) < 3 or dates[-1] <= dates[0]:
        return None
    return round((len(dates) - 1) / ((dates[-1] - dates[0]).total_seconds() / 86400), 1)


def _verdict_of(error: FetchError) -> str:
    if isinstance(error, Blocked | RateLimited):
        return "blocked"
    return "dead" if isinstance(error, Gone) or error.reason in _DEAD else "unreachable"


def _after_failure(verdict: str, error: FetchError) -> str:
    if error.reason == "robots":
        return "robots.txt forbids it: take another way"
    if error.reason == "tls":
        return "the certificate does not verify: ask the site, or see whether plain http answers"
    return {
        "blocked": "try from your own network, or take another way",
        "dead": "take it out: `monitor add` finds what the site offers now",
        "unreachable": "try again later: the server or the road to it is at fault",
    }[verdict]


# ---------------------------------------------------------------- finding the ways of a site


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a site offers, the best way first, and what it says about itself."""

    facts: discovery.SiteFacts
    found: tuple[Probe, ...]
    tried: tuple[Probe, ...]  # everything that was asked, working or not


async def discover(
    fetcher: Fetcher,
    kinds: Mapping[str, SourceKind],
    url: str,
    *,
    now: datetime,
    progress: Progress,
) -> Discovery:
    """Find the ways into the site at `url` (a page of it, or a feed, sitemap or channel).

    Raises FetchError when not even the page answers.
    """
    page = await fetcher.fetch(Request(url=url, purpose="page"))
    progress.begin("probe", 0)
    asker = _Asker(fetcher=fetcher, kinds=kinds, now=now, progress=progress)
    tried = [] if _is_html(page) else await asker.itself(url)
    if not any(probe.works for probe in tried):
        tried += await asker.by_page(page)
    progress.end("probe")
    found = [probe for probe in tried if probe.works and _is_rich(probe)]
    order = {"feed": 0, "sitemap": 1, "listing": 2, "telegram": 3}
    found.sort(key=lambda probe: (probe.verdict != "works", order.get(probe.way.kind, 9)))
    return Discovery(facts=discovery.facts_of(page), found=tuple(found), tried=tuple(tried))


def _is_html(page: Fetched) -> bool:
    return "html" in page.content_type or b"<html" in page.body[:2000].lower()


def _is_rich(probe: Probe) -> bool:
    return probe.way.kind != "listing" or len(probe.entries) >= _LISTING_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Tries candidates one after the other: they are on one site anyway."""

    fetcher: Fetcher
    kinds: Mapping[str, SourceKind]
    now: datetime
    progress: Progress

    async def ask(self, ways: Sequence[Way], *, until_one_works: bool = False) -> list[Probe]:
        tried: list[Probe] = []
        self.progress.step("probe", more=len(ways))
        for way in ways:
            kind = self.kinds[way.kind]
            tried.append(await probe_way(self.fetcher, kind, "candidate", way, now=self.now))
            self.progress.step("probe", way.url)
            if until_one_works and tried[-1].works:
                break
        return tried

    async def itself(self, url: str) -> list[Probe]:
        """The address is a way already: a feed or a sitemap."""
        ways = [Way(kind="feed", url=url), Way(kind="sitemap", url=url)]
        return await self.ask(ways, until_one_works=True)

    async def by_page(self, page: Fetched) -> list[Probe]:
        """What the page names, then the usual places, sitemaps, the page itself, channels."""
        if urlsplit(page.final_url).hostname in ("t.me", "telegram.me"):
            return await self.ask([Way(kind="telegram", url=page.final_url)])
        tried = await self.ask(discovery.feeds_named_by(page))
        if not any(probe.works for probe in tried):
            usual = discovery.feeds_in_usual_places(page)
            tried += await self.ask(usual, until_one_works=True)
        sitemaps = discovery.sitemaps_named_by(await self._robots_text(page), page.final_url)
        tried += await self.ask(sitemaps, until_one_works=True)
        listing = Way(kind="listing", url=page.final_url)
        return tried + await self.ask([listing, *discovery.channels_named_by(page)])

    async def _robots_text(self, page: Fetched) -> str:
        url = urljoin(page.final_url, "/robots.txt")
        try:
            asking = Request(url=url, purpose="robots", obey_robots=False)
            return (await self.fetcher.fetch(asking)).body.decode("utf-8", "replace")
        except FetchError:
            return ""
