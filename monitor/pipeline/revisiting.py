"""revisit: due article -> fetch (conditionally) -> extract -> revision, or a record of removal.

An edit is what changed between the archived page and today's, both extracted by today's program
with the same memory: a better extractor or a newly learned line is not an edit.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.errors import FetchError, Gone, StoreError
from monitor.logs import emit
from monitor.models import Article, Entry, Fetched, Request, Source
from monitor.pipeline.boundary import guarded, together
from monitor.pipeline.comparing import readable_diff, same_words
from monitor.pipeline.jobs import Done, Job
from monitor.pipeline.service import Service
from monitor.pipeline.workers import WorkerCrashed
from monitor.store.articles import NewArticle, replace_article
from monitor.store.database import write
from monitor.store.revisions import (
    DueArticle,
    Revision,
    due_articles,
    record_check,
    record_revision,
)
from monitor.urls import site_of

# When an article is looked at again, counted from when it was stored.
CHECK_AFTER = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=7),
)
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitOutcome:
    """What one look brought."""

    article_id: int
    result: str  # unchanged / edit / removed / restored / failed
    reason: str = ""


async def revisit_round(service: Service, *, limit: int = BATCH) -> list[RevisitOutcome]:
    """Look again at everything that is due, hosts side by side."""
    if service.settings.revisit == "none":
        return []
    queues: dict[str, list[DueArticle]] = defaultdict(list)
    for item in due_articles(service.db, service.clock.now(), limit=limit):
        queues[site_of(item.final_url)].append(item)
    outcomes: list[RevisitOutcome] = []
    await together(_host(service, queue, outcomes) for queue in queues.values())
    service.flush_journal()
    return outcomes


async def _host(service: Service, queue: list[DueArticle], outcomes: list[RevisitOutcome]) -> None:
    for item in queue:
        if service.stopping:
            return
        outcome = await guarded(service, "revisit", item.url, _look_again(service, item))
        outcomes.append(outcome or _checked(service, item, None, "failed", "bug"))


async def _look_again(service: Service, item: DueArticle) -> RevisitOutcome:
    source = next((s for s in service.settings.sources if s.id == item.source_id), None)
    if source is None:
        return _checked(service, item, None, "failed", "source_left_the_configuration")
    request = Request(
        url=item.final_url,
        etag=item.etag,
        last_modified=item.last_modified,
        article_id=item.id,
    )
    try:
        fetched = await service.fetcher.fetch(request)
    except FetchError as error:
        if isinstance(error, Gone) or error.status == 404:
            return _removed(service, item, error.reason)
        return _checked(service, item, None, "failed", error.reason)
    if fetched.not_modified:
        return _checked(service, item, fetched, "unchanged")
    if _sent_home(item, fetched):
        return _removed(service, item, "redirect_home")
    return await _compare(service, source, item, fetched)


def _sent_home(item: DueArticle, fetched: Fetched) -> bool:
    """The page now leads to a front page: a removal in disguise."""
    before, after = urlsplit(item.final_url), urlsplit(fetched.final_url)
    return len(before.path.strip("/")) > 0 and len(after.path.strip("/")) <= 3 and not after.query


async def _compare(
    service: Service, source: Source, item: DueArticle, fetched: Fetched
) -> RevisitOutcome:
    try:
        done = await _work(service, source, item, fetched)
        before = await _as_archived(service, source, item)
    except WorkerCrashed:
        return _checked(service, item, fetched, "failed", "worker_crashed")
    if done.article is None or done.tagging is None:
        return _checked(service, item, fetched, "failed", done.page_class)
    title, text = (before.title, before.text) if before else (item.title, item.text)
    unchanged = same_words(title, done.article.title) and same_words(text, done.article.text)
    if unchanged and not item.removed:
        return _checked(service, item, fetched, "unchanged")
    return _store_edit(service, item, fetched, done, restored=unchanged)


async def _work(service: Service, source: Source, item: DueArticle, fetched: Fetched) -> Done:
    entry = Entry(
        url=item.url,
        title=item.title,
        published_at=item.published_at,
        published_raw=item.published_raw,
        date_source=item.date_source or "",
    )
    job = Job(
        entry=entry,
        fetched=fetched,
        now=service.clock.now(),
        home=source.home,
        hints=source.extract,
        time_zone=service.settings.time_zone,
    )
    return await service.workers.work(site_of(item.final_url), job)


async def _as_archived(service: Service, source: Source, item: DueArticle) -> Article | None:
    """The kept page, extracted today; None when there is none."""
    if service.archive is None or item.page_id is None:
        return None
    try:
        page = service.archive.get(item.page_id)
    except StoreError:
        return None
    if page is None:
        return None
    return (await _work(service, source, item, page.fetched)).article


def _store_edit(
    service: Service, item: DueArticle, fetched: Fetched, done: Done, *, restored: bool
) -> RevisitOutcome:
    assert done.article is not None
    assert done.tagging is not None
    page_id = _archive(service, fetched)
    now = service.clock.now()
    after = done.article
    kind = "restored" if restored else "edit"
    revision = Revision(
        article_id=item.id,
        seen_at=now,
        kind=kind,
        title=item.title,
        text=item.text,
        diff=readable_diff(f"{item.title}\n{item.text}", f"{after.title}\n{after.text}"),
        touches_tagged=_touches(item, after),
        page_id=page_id,
    )
    new = NewArticle(
        article=replace(after, published_at=item.published_at or after.published_at),
        tagging=done.tagging,
        facts=done.facts,
        source_id=item.source_id,
        entry_url=item.url,
        final_url=fetched.final_url,
        first_seen_at=item.first_seen_at,
        fetched_at=fetched.fetched_at,
        extractor_version=done.extractor_version,
        page_id=page_id or item.page_id,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
    )
    with write(service.db) as connection:
        replace_article(connection, item.id, new)
        record_revision(connection, revision)
        if item.removed and not restored:
            record_revision(connection, replace(revision, kind="restored", diff=""))
        _record_check(service, connection, item, fetched)
        service.journal.flush(connection)
    emit("revision", article_id=item.id, kind=kind, touches_tagged=revision.touches_tagged)
    return RevisitOutcome(article_id=item.id, result=kind)


def _touches(item: DueArticle, after: Article) -> bool:
    """Does the change touch a passage that carried a verdict?"""
    text = f"{after.title}\n{after.text}"
    return any(sentence not in text for sentence in item.sentences)


def _archive(service: Service, fetched: Fetched) -> int | None:
    if service.archive is None:
        return None
    try:
        return service.archive.add(fetched)
    except StoreError:
        return None


def _removed(service: Service, item: DueArticle, reason: str) -> RevisitOutcome:
    """Recorded once; the text stays."""
    if item.removed:
        return _checked(service, item, None, "removed", reason)
    with write(service.db) as connection:
        now = service.clock.now()
        record_revision(
            connection,
            Revision(
                article_id=item.id,
                seen_at=now,
                kind="removed",
                title=item.title,
                diff=reason,
                touches_tagged=bool(item.sentences),
            ),
        )
        _record_check(service, connection, item, None)
        service.journal.flush(connection)
    emit("revision", article_id=item.id, kind="removed", reason=reason)
    return RevisitOutcome(article_id=item.id, result="removed", reason=reason)


def _checked(
    service: Service, item: DueArticle, fetched: Fetched | None, result: str, reason: str = ""
) -> RevisitOutcome:
    with write(service.db) as connection:
        _record_check(service, connection, item, fetched)
        service.journal.flush(connection)
    return RevisitOutcome(article_id=item.id, result=result, reason=reason)


def _record_check(
    service: Service, connection: sqlite3.Connection, item: DueArticle, fetched: Fetched | None
) -> None:
    now = service.clock.now()
    done = item.checks + 1
    following = item.first_seen_at + CHECK_AFTER[done] if done < len(CHECK_AFTER) else None
    record_check(
        connection,
        item.id,
        now=now,
        next_check_at=max(following, now + CHECK_AFTER[0]) if following else None,
        etag=fetched.etag if fetched else None,
        last_modified=fetched.last_modified if fetched else None,
    )
