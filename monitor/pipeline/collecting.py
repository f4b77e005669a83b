"""collect: due entry -> fetch -> extract -> tag -> article, in one transaction per article."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import FetchError, RateLimited, StoreError
from monitor.extract import EXTRACTOR_VERSION
from monitor.logs import emit, warn
from monitor.models import Fetched, Request, Source
from monitor.pipeline.boundary import guarded
from monitor.pipeline.service import Service
from monitor.pipeline.workers import WorkerCrashed
from monitor.pipeline.working import Done, Job
from monitor.store.articles import NewArticle, replace_article, store_article
from monitor.store.database import write
from monitor.store.entries import DueEntry, due_entries, finish_entry, postpone_entry
from monitor.store.memory import save_memory
from monitor.urls import is_web_address, site_of

# A page that failed or was too short is asked again after these times, then kept as it is.
RETRY_HOURS = (1, 6, 24)
# A fault of the network passes sooner, and is worth more patience before an article is lost.
TRANSIENT_RETRY_MINUTES = (5, 30, 120, 360, 1440, 1440, 2880)
SHORT_TEXT = 200  # characters; below it a page that promises more is looked at again
REVISIT_FIRST = timedelta(hours=1)
BATCH = 5000


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

    async def round(self, *, force: bool = False) -> list[CollectOutcome]:
        """Collect everything that is due, hosts side by side, one page at a time per host."""
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
            await asyncio.gather(*(self._host(s, q, outcomes) for s, q in self._queues(due)))
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
        self._busy.add(site)
        try:
            while queue and not self._service.stopping:
                item = queue.popleft()
                outcome = await guarded(
                    self._service, "collect", item.entry.url, self._collect(site, item)
                )
                outcomes.append(outcome or await self._bug(item))
                self._service.progress.step("collect", item.source_id)
                if outcome and outcome.reason == "rate_limited":
                    break  # the whole host waits; its entries stay due
        finally:
            self._busy.discard(site)

    async def _bug(self, item: DueEntry) -> CollectOutcome:
        """An unexpected failure: the entry is tried again like any other."""
        return self._postpone(item, "bug", "see incidents", RETRY_HOURS)

    async def _collect(self, site: str, item: DueEntry) -> CollectOutcome:
        source = self._sources.get(item.source_id)
        if source is None or not (item.entry.is_post or is_web_address(item.entry.url)):
            return self._give_up(item, "refused", "not_a_web_address")
        try:
            fetched = None if item.entry.is_post else await self._fetch(item)
        except FetchError as error:
            return await self._fetch_failed(site, source, item, error)
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
        )
        try:
            done = await self._service.workers.work(site, job)
        except WorkerCrashed as error:
            return self._postpone(item, "worker_crashed", str(error), RETRY_HOURS)
        if done.article is None or done.tagging is None:
            return await self._no_article(site, source, item, fetched, done)
        return self._store(item, fetched, done)

    # ------------------------------------------------------------ what can go wrong

    async def _fetch_failed(
        self, site: str, source: Source, item: DueEntry, error: FetchError
    ) -> CollectOutcome:
        if isinstance(error, RateLimited):
            wait = timedelta(seconds=error.retry_after or 0)
            return self._later(item, error, self._service.clock.now() + wait)
        plan: tuple[float, ...] = RETRY_HOURS
        if error.transient and error.reason not in ("status_404", "blocked"):
            plan = tuple(minutes / 60 for minutes in TRANSIENT_RETRY_MINUTES)
        if item.attempts < len(plan) and error.transient:
            return self._postpone(item, error.reason, str(error), plan)
        return await self._last_resort(site, source, item, error.reason, str(error))

    async def _no_article(
        self, site: str, source: Source, item: DueEntry, fetched: Fetched | None, done: Done
    ) -> CollectOutcome:
        self._remember(done)
        if fetched is not None and item.attempts < len(RETRY_HOURS):
            return self._postpone(item, done.page_class, done.problem, RETRY_HOURS)
        if fetched is None:
            return self._give_up(item, "failed", done.page_class, done.problem)
        return await self._last_resort(site, source, item, done.page_class, done.problem)

    async def _last_resort(
        self, site: str, source: Source, item: DueEntry, reason: str, detail: str
    ) -> CollectOutcome:
        """After the last try: the feed's own full text, if it has one; else the entry keeps
        title, summary and the reason."""
        if item.article_id is None and len(item.entry.text) >= SHORT_TEXT:
            return await self._finish(site, source, item, None)
        return self._give_up(item, "failed", reason, detail)

    def _later(self, item: DueEntry, error: FetchError, when: datetime) -> CollectOutcome:
        with write(self._service.db) as connection:
            postpone_entry(
                connection,
                item.id,
                state="retry",
                reason=error.reason,
                detail=str(error),
                next_attempt_at=when,
                counted=False,
            )
            self._service.journal.flush(connection)
        return self._outcome(item, "retry", error.reason)

    def _postpone(
        self, item: DueEntry, reason: str, detail: str, plan_hours: tuple[float, ...]
    ) -> CollectOutcome:
        if item.attempts >= len(plan_hours):
            return self._give_up(item, "failed", reason, detail)
        when = self._service.clock.now() + timedelta(hours=plan_hours[item.attempts])
        with write(self._service.db) as connection:
            postpone_entry(
                connection,
                item.id,
                state="retry",
                reason=reason,
                detail=detail,
                next_attempt_at=when,
            )
            self._service.journal.flush(connection)
        return self._outcome(item, "retry", reason)

    def _give_up(self, item: DueEntry, state: str, reason: str, detail: str = "") -> CollectOutcome:
        with write(self._service.db) as connection:
            postpone_entry(
                connection,
                item.id,
                state=state,
                reason=reason,
                detail=detail,
                next_attempt_at=None,
            )
            self._service.journal.flush(connection)
        warn("not_collected", source_id=item.source_id, entry_id=item.id, reason=reason)
        return self._outcome(item, state, reason)

    @staticmethod
    def _outcome(item: DueEntry, result: str, reason: str = "") -> CollectOutcome:
        return CollectOutcome(
            source_id=item.source_id, entry_id=item.id, result=result, reason=reason
        )

    # ------------------------------------------------------------ writing down

    def _remember(self, done: Done) -> None:
        if done.changes is not None:
            with write(self._service.db) as connection:
                save_memory(connection, done.changes)

    def _archive(self, fetched: Fetched | None) -> int | None:
        """The raw page, before the article that refers to it. A broken archive costs the
        archive, not the article."""
        archive = self._service.archive
        if archive is None or fetched is None:
            return None
        try:
            return archive.add(fetched)
        except StoreError as error:
            warn("archive_failed", url=fetched.url, error=str(error))
            return None

    def _store(self, item: DueEntry, fetched: Fetched | None, done: Done) -> CollectOutcome:
        page_id = self._archive(fetched)
        new = self._new_article(item, fetched, done, page_id)
        with write(self._service.db) as connection:
            if item.article_id is not None:
                replace_article(connection, item.article_id, new)
                article_id, result = item.article_id, "stored"
            else:
                stored = store_article(connection, new)
                article_id, result = stored.id, "stored" if stored.new else "known"
            self._close_entry(connection, item, new, article_id, result)
            if done.changes is not None:
                save_memory(connection, done.changes)
            self._service.journal.flush(connection)
        emit("collect", source_id=item.source_id, article_id=article_id, result=result)
        return self._outcome(item, result)

    def _close_entry(
        self,
        connection: sqlite3.Connection,
        item: DueEntry,
        new: NewArticle,
        article_id: int,
        result: str,
    ) -> None:
        plan = RETRY_HOURS[item.attempts :]
        if result == "stored" and plan and self._worth_another_look(new, item):
            postpone_entry(
                connection,
                item.id,
                state="retry",
                reason="short",
                detail=f"{len(new.article.text)} characters; the page promises more",
                next_attempt_at=self._service.clock.now() + timedelta(hours=plan[0]),
                article_id=article_id,
            )
            return
        state = "done" if result == "stored" else "known"
        finish_entry(connection, item.id, state=state, article_id=article_id)

    @staticmethod
    def _worth_another_look(new: NewArticle, item: DueEntry) -> bool:
        """Short although more is promised. A brief that is all there is counts as complete."""
        if item.entry.is_post or len(new.article.text) >= SHORT_TEXT:
            return False
        return new.article.is_truncated or "short" in new.article.problems

    def _new_article(
        self, item: DueEntry, fetched: Fetched | None, done: Done, page_id: int | None
    ) -> NewArticle:
        assert done.article is not None
        assert done.tagging is not None
        now = self._service.clock.now()
        article = done.article
        tagged = any(relation.level > 0 for relation in done.tagging.relations)
        revisit = self._service.settings.revisit
        watched = fetched is not None and (revisit == "all" or (revisit == "tagged" and tagged))
        return NewArticle(
            article=article,
            tagging=done.tagging,
            facts=done.facts,
            source_id=item.source_id,
            entry_url=item.entry.url,
            final_url=fetched.final_url if fetched else item.entry.url,
            first_seen_at=now,  # ids follow it; the entry keeps when its link was first seen
            fetched_at=fetched.fetched_at if fetched else now,
            extractor_version=EXTRACTOR_VERSION,
            date_clamped="future_date" in article.problems,
            page_id=page_id,
            etag=fetched.etag if fetched else None,
            last_modified=fetched.last_modified if fetched else None,
            next_check_at=now + REVISIT_FIRST if watched else None,
        )
