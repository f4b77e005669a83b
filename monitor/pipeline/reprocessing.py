"""reprocess: stored article -> extract or tag again -> the same row, with what changed counted.

Runs in batches; the checkpoint is written in the transaction of its batch, so a killed run goes on
where it was and ends as an undisturbed one would. Extraction uses the memory of hosts as it was
at the start and learns nothing, so the result does not depend on the order.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.errors import StoreError
from monitor.models import Article, Entry, Tagging, Turn
from monitor.pipeline.jobs import Done, Job, Text
from monitor.pipeline.service import Service
from monitor.pipeline.workers import WorkerCrashed
from monitor.store.articles import (
    ArticleText,
    NewArticle,
    article_texts,
    replace_article,
    store_tagging,
)
from monitor.store.database import utc_text, utc_time, write
from monitor.store.facts import store_facts
from monitor.store.records import get_meta, set_meta
from monitor.urls import site_of

BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do again."""

    stage: str  # extract (and tag) / tag
    source_id: str | None = None  # None: all sources
    since: datetime | None = None  # None: from the beginning

    @property
    def checkpoint(self) -> str:
        """The name under which the progress of this plan is remembered."""
        since = utc_text(self.since) if self.since else ""
        return f"reprocess {self.stage} {self.source_id or ''} {since}"


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run came to."""

    looked_at: int = 0
    texts_changed: int = 0
    verdicts_changed: int = 0
    no_page: int = 0  # the raw page is not kept (any more)
    no_article: int = 0  # today's program finds no article on the page; the stored one stays
    crashed: int = 0


async def reprocess(service: Service, plan: Plan) -> Report:
    """Do the stage again for every article of the plan. Resumes an interrupted run."""
    report = _interrupted(service, plan)
    start = int(json.loads(get_meta(service.db, plan.checkpoint) or "{}").get("after_id", 0))
    total = service.db.conn.execute("SELECT count(*) FROM articles WHERE id > ?", (start,))
    service.progress.begin("reprocess", int(total.fetchone()[0]))
    batch: list[ArticleText] = []
    for article in article_texts(
        service.db, after_id=start, source_id=plan.source_id, since=plan.since
    ):
        batch.append(article)
        if len(batch) == BATCH:
            await _do(service, plan, batch, report)
            batch = []
        if service.stopping:
            return report
    await _do(service, plan, batch, report)
    with write(service.db) as connection:
        connection.execute("DELETE FROM meta WHERE key = ?", (plan.checkpoint,))
    service.progress.end("reprocess")
    return report


def _interrupted(service: Service, plan: Plan) -> Report:
    kept = json.loads(get_meta(service.db, plan.checkpoint) or "{}")
    return Report(**kept.get("report", {}))


async def _do(service: Service, plan: Plan, batch: Sequence[ArticleText], report: Report) -> None:
    again = _extract_again if plan.stage == "extract" else _tag_again
    done = await asyncio.gather(*(again(service, article) for article in batch))
    if not batch:
        return
    with write(service.db):
        for article, result in zip(batch, done, strict=True):
            _count_and_store(service, plan, article, result, report)
        figures = {name: getattr(report, name) for name in Report.__dataclass_fields__}
        kept = json.dumps({"after_id": batch[-1].id, "report": figures})
        set_meta(service.db, plan.checkpoint, kept, service.clock.now())


async def _tag_again(service: Service, article: ArticleText) -> Done | str:
    source = next((s for s in service.settings.sources if s.id == article.source_id), None)
    text = Text(
        title=article.title,
        text=article.text,
        language=article.language,
        home=bool(source and source.home),
        published=utc_time(article.published_at) if article.published_at else None,
        now=utc_time(article.first_seen_at),
        time_zone=service.settings.time_zone,
        turns=tuple(Turn(**turn) for turn in json.loads(article.turns)),
    )
    try:
        return await service.workers.work(str(article.id % 64), text)
    except WorkerCrashed:
        return "crashed"


async def _extract_again(service: Service, article: ArticleText) -> Done | str:
    source = next((s for s in service.settings.sources if s.id == article.source_id), None)
    if service.archive is None or article.page_id is None:
        return "no_page"
    try:
        page = service.archive.get(article.page_id)
    except StoreError:
        return "no_page"
    if page is None:
        return "no_page"
    job = Job(
        entry=_entry(service, article),
        fetched=page.fetched,
        now=utc_time(article.first_seen_at),
        home=bool(source and source.home),
        hints=source.extract if source else {},
        time_zone=service.settings.time_zone,
        learn=False,
    )
    try:
        return await service.workers.work(site_of(article.url), job)
    except WorkerCrashed:
        return "crashed"


def _entry(service: Service, article: ArticleText) -> Entry:
    """The entry that led to the article: its title and date are a fall-back again."""
    row = service.db.conn.execute(
        "SELECT title, published_at, published_raw, date_source FROM entries WHERE article_id = ? "
        "ORDER BY id LIMIT 1",
        (article.id,),
    ).fetchone()
    if row is None:
        return Entry(url=article.url)
    return Entry(
        url=article.url,
        title=row["title"],
        published_at=utc_time(row["published_at"]) if row["published_at"] else None,
        published_raw=row["published_raw"],
        date_source=row["date_source"],
    )


def _count_and_store(
    service: Service, plan: Plan, article: ArticleText, result: Done | str, report: Report
) -> None:
    report.looked_at += 1
    service.progress.step("reprocess")
    if isinstance(result, str):
        setattr(report, result, getattr(report, result) + 1)
        return
    if result.tagging is None:
        report.no_article += 1
        return
    report.verdicts_changed += _verdict_differs(service, article.id, result.tagging)
    if plan.stage == "tag" or result.article is None:
        store_tagging(service.db.conn, article.id, result.tagging)
        if result.facts is not None:
            seen = utc_time(article.first_seen_at)
            language = article.language
            store_facts(service.db.conn, article.id, result.facts, language=language, now=seen)
        return
    after = result.article
    report.texts_changed += (after.title, after.text) != (article.title, article.text)
    _replace(service, article, after, result)


def _verdict_differs(service: Service, article_id: int, tagging: Tagging) -> bool:
    rows = service.db.conn.execute(
        "SELECT relation, level FROM article_relations WHERE article_id = ?", (article_id,)
    )
    before = {row["relation"]: row["level"] for row in rows}
    return before != {relation.partner: relation.level for relation in tagging.relations}


def _replace(service: Service, article: ArticleText, after: Article, done: Done) -> None:
    assert done.tagging is not None
    row = service.db.conn.execute(
        "SELECT final_url, fetched_at, etag, last_modified, next_check_at FROM articles "
        "WHERE id = ?",
        (article.id,),
    ).fetchone()
    new = NewArticle(
        article=replace(after, url=article.url),
        tagging=done.tagging,
        facts=done.facts,
        source_id=article.source_id,
        entry_url=article.url,
        final_url=row["final_url"],
        first_seen_at=utc_time(article.first_seen_at),
        fetched_at=utc_time(row["fetched_at"]),
        extractor_version=done.extractor_version,
        date_clamped="future_date" in after.problems,
        page_id=article.page_id,
        etag=row["etag"],
        last_modified=row["last_modified"],
        next_check_at=utc_time(row["next_check_at"]) if row["next_check_at"] else None,
    )
    replace_article(service.db.conn, article.id, new)
