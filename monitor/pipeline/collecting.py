"""collect: due entry -> fetch -> extract -> tag -> article, each whole or not at all.

A host is asked for one page at a time; while the next one is fetched, those before it are worked
on and written. How many pages are in hand at once is bounded, so slow workers or a slow disk hold
the fetching back.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FetchError, RateLimited
from monitor.logs import emit, warn
from monitor.models import Fetched, Request, Source
from monitor.pipeline.boundary import guarded, together
from monitor.pipeline.jobs import Done, Job
from monitor.pipeline.keeping import RETRY_HOURS, SHORT_TEXT, keep_article
from monitor.pipeline.service import Service
from monitor.pipeline.storying import Stories
from monitor.pipeline.workers import WorkerCrashed
from monitor.store.entries import DueEntry, due_entries, postpone_entry
from monitor.store.memory import save_memory
from monitor.urls import is_web_address, site_of

# A fault of the network passes sooner, and is worth more patience before an article is lost.
TRANSIENT_RETRY_MINUTES = (5, 30, 120, 360, 1440, 1440, 2880)
BATCH = 5000
IN_HAND = 64  # pages between request and database, 85 KB each


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectOutcome:
    """What became of one entry."""

    source_id: str
    entry_id: int
    result: str  # stored / known / retry / failed / refused
    reason: str = ""


class Collector:
    """Keeps one queue per host and remembers which hosts are being worked on."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._sources: Mapping[str, Source] = {s.id: s for s in service.settings.sources}
        self._busy: set[str] = set()
        self._room = asyncio.Semaphore(IN_HAND)
        self._stories = Stories.load(service.db, service.clock.now())

    async def round(self, *, force: bool = False) -> list[CollectOutcome]:
        """Collect everything that is due, hosts side by side."""
        outcomes: list[CollectOutcome] = []
        after_id = 0
        self._service.progress.begin("collect", 0)
        while not self._service.stopping:
            now = self._service.clock.now()
            due = due_entries(self._service.db, now, limit=BATCH, force=force, after_id=after_id)
            if not due:
                break
            after_id = due[-1].id
            self._service.progress.step("collect", more=len(due))
            await together(self._host(s, q, outcomes) for s, q in self._queues(due))
        self._service.flush_journal()
        self._service.progress.end("collect")
        return outcomes

    def _queues(self, due: list[DueEntry]) -> list[tuple[str, deque[DueEntry]]]:
        queues: dict[str, deque[DueEntry]] = defaultdict(deque)
        for item in due:
            queues[site_of(item.entry.url)].append(item)
        return [(site, queue) for site, queue in queues.items() if site not in self._busy]

    async def _host(
        self, site: str, queue: deque[DueEntry], outcomes: list[CollectOutcome]
    ) -> None:
        """Fetch one page after the other; what follows a fetch runs beside the next one."""
        self._busy.add(site)
        try:
            async with asyncio.TaskGroup() as pages:
                while queue and not self._service.stopping:
                    await self._room.acquire()
                    asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
                    pages.create_task(self._page(site, queue.popleft(), asked, outcomes))
                    if not await asked:
                        break  # the whole host waits; its entries stay due
        except ExceptionGroup as group:  # the database cannot be used: `guarded` lets that through
            raise group.exceptions[0] from None
        finally:
            self._busy.discard(site)

    async def _page(
        self,
        site: str,
        item: DueEntry,
        asked: asyncio.Future[bool],
        outcomes: list[CollectOutcome],
    ) -> None:
        """One page to its end. `asked` is told when the host may be asked for the next one, and
        whether it wants to be (False after a 429)."""
        try:
            job = self._collect(site, item, asked)
            outcome = await guarded(self._service, "collect", item.entry.url, job)
            outcomes.append(outcome or await self._bug(item))
        finally:
            self._room.release()
            if not asked.done():
                asked.set_result(True)
        self._service.progress.step("collect", item.source_id)

    async def _bug(self, item: DueEntry) -> CollectOutcome:
        """An unexpected failure: the entry is tried again like any other."""
        return await self._postpone(item, "bug", "see incidents", RETRY_HOURS)

    async def _collect(
        self, site: str, item: DueEntry, asked: asyncio.Future[bool]
    ) -> CollectOutcome:
        source = self._sources.get(item.source_id)
        if source is None or not (item.entry.is_post or is_web_address(item.entry.url)):
            return await self._give_up(item, "refused", "not_a_web_address")
        try:
            fetched = None if item.entry.is_post else await self._fetch(item)
        except FetchError as error:
            asked.set_result(error.reason != "rate_limited")
            return await self._fetch_failed(site, source, item, error)
        asked.set_result(True)
        return await self._finish(site, source, item, fetched)

    async def _fetch(self, item: DueEntry) -> Fetched:
        return await self._service.fetcher.fetch(
            Request(url=item.entry.url, entry_id=item.id, way_id=item.way_id)
        )

    async def _finish(
        self, site: str, source: Source, item: DueEntry, fetched: Fetched | None
    ) -> CollectOutcome:
        job = Job(
            entry=item.entry,
            fetched=fetched,
            now=self._service.clock.now(),
            home=source.home,
            hints=source.extract,
            time_zone=self._service.settings.time_zone,
            pack=self._service.archive is not None,
        )
        try:
            done = await self._service.workers.work(site, job)
        except WorkerCrashed as error:
            return await self._postpone(item, "worker_crashed", str(error), RETRY_HOURS)
        if done.article is None or done.tagging is None:
            return await self._no_article(site, source, item, fetched, done)
        return await self._store(item, fetched, done)

    # ------------------------------------------------------------ what can go wrong

    async def _fetch_failed(
        self, site: str, source: Source, item: DueEntry, error: FetchError
    ) -> CollectOutcome:
        if isinstance(error, RateLimited):
            wait = timedelta(seconds=error.retry_after or 0)
            return await self._later(item, error, self._service.clock.now() + wait)
        plan: tuple[float, ...] = RETRY_HOURS
        if error.transient and error.reason not in ("status_404", "blocked"):
            plan = tuple(minutes / 60 for minutes in TRANSIENT_RETRY_MINUTES)
        if item.attempts < len(plan) and error.transient:
            return await self._postpone(item, error.reason, str(error), plan)
        return await self._last_resort(site, source, item, error.reason, str(error))

    async def _no_article(
        self, site: str, source: Source, item: DueEntry, fetched: Fetched | None, done: Done
    ) -> CollectOutcome:
        await self._remember(done)
        if fetched is not None and item.attempts < len(RETRY_HOURS):
            return await self._postpone(item, done.page_class, done.problem, RETRY_HOURS)
        if fetched is None:
            return await self._give_up(item, "failed", done.page_class, done.problem)
        return await self._last_resort(site, source, item, done.page_class, done.problem)

    async def _last_resort(
        self, site: str, source: Source, item: DueEntry, reason: str, detail: str
    ) -> CollectOutcome:
        """After the last try: the feed's own full text, if it has one; else the entry keeps
        title, summary and the reason."""
        if item.article_id is None and len(item.entry.text) >= SHORT_TEXT:
            return await self._finish(site, source, item, None)
        return await self._give_up(item, "failed", reason, detail)

    async def _later(self, item: DueEntry, error: FetchError, when: datetime) -> CollectOutcome:
        return await self._set_aside(item, "retry", error.reason, str(error), when, counted=False)

    async def _postpone(
        self, item: DueEntry, reason: str, detail: str, plan_hours: tuple[float, ...]
    ) -> CollectOutcome:
        if item.attempts >= len(plan_hours):
            return await self._give_up(item, "failed", reason, detail)
        when = self._service.clock.now() + timedelta(hours=plan_hours[item.attempts])
        return await self._set_aside(item, "retry", reason, detail, when)

    async def _give_up(
        self, item: DueEntry, state: str, reason: str, detail: str = ""
    ) -> CollectOutcome:
        warn("not_collected", source_id=item.source_id, entry_id=item.id, reason=reason)
        return await self._set_aside(item, state, reason, detail, None)

    async def _set_aside(
        self,
        item: DueEntry,
        state: str,
        reason: str,
        detail: str,
        when: datetime | None,
        *,
        counted: bool = True,
    ) -> CollectOutcome:
        def job(connection: sqlite3.Connection) -> None:
            postpone_entry(
                connection,
                item.id,
                state=state,
                reason=reason,
                detail=detail,
                next_attempt_at=when,
                counted=counted,
            )

        await self._service.writer.write(job)
        return self._outcome(item, state, reason)

    @staticmethod
    def _outcome(item: DueEntry, result: str, reason: str = "") -> CollectOutcome:
        return CollectOutcome(
            source_id=item.source_id, entry_id=item.id, result=result, reason=reason
        )

    # ------------------------------------------------------------ writing down

    async def _remember(self, done: Done) -> None:
        changes = done.changes
        if changes is not None and (changes.lines or changes.profiles):
            await self._service.writer.write(lambda connection: save_memory(connection, changes))

    async def _store(self, item: DueEntry, fetched: Fetched | None, done: Done) -> CollectOutcome:
        def job(connection: sqlite3.Connection, page_id: int | None) -> tuple[int, str]:
            now, revisit = self._service.clock.now(), self._service.settings.revisit
            article_id, result = keep_article(
                connection, item, fetched, done, page_id=page_id, now=now, revisit=revisit
            )
            if result == "stored":
                self._stories.place(connection, article_id, done, now)
            return article_id, result

        article_id, result = await self._service.writer.write_with_page(job, done.page)
        emit("collect", source_id=item.source_id, article_id=article_id, result=result)
        return self._outcome(item, result)
