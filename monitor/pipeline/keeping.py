"""What one collected page leaves in the database: article, verdicts, addresses, the closed entry
and what was learned about its host, together or not at all."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from monitor.models import Fetched
from monitor.pipeline.jobs import Done
from monitor.store.articles import NewArticle, replace_article, store_article
from monitor.store.entries import DueEntry, finish_entry, postpone_entry
from monitor.store.memory import save_memory

# A page that failed or was too short is asked again after these times, then kept as it is.
RETRY_HOURS = (1, 6, 24)
SHORT_TEXT = 200  # characters; below it a page that promises more is looked at again
REVISIT_FIRST = timedelta(hours=1)


def keep_article(
    connection: sqlite3.Connection,
    item: DueEntry,
    fetched: Fetched | None,
    done: Done,
    *,
    page_id: int | None,
    now: datetime,
    revisit: str,
) -> tuple[int, str]:
    """Inside the caller's transaction. Returns the article's id, and `stored` or, for an article
    that was already there under another address, `known`."""
    new = _new_article(item, fetched, done, page_id=page_id, now=now, revisit=revisit)
    if item.article_id is not None:
        replace_article(connection, item.article_id, new)
        article_id, result = item.article_id, "stored"
    else:
        stored = store_article(connection, new)
        article_id, result = stored.id, "stored" if stored.new else "known"
    _close_entry(connection, item, new, article_id, result, now=now)
    if done.changes is not None:
        save_memory(connection, done.changes)
    return article_id, result


def _close_entry(
    connection: sqlite3.Connection,
    item: DueEntry,
    new: NewArticle,
    article_id: int,
    result: str,
    *,
    now: datetime,
) -> None:
    plan = RETRY_HOURS[item.attempts :]
    if result == "stored" and plan and _worth_another_look(new, item):
        postpone_entry(
            connection,
            item.id,
            state="retry",
            reason="short",
            detail=f"{len(new.article.text)} characters; the page promises more",
            next_attempt_at=now + timedelta(hours=plan[0]),
            article_id=article_id,
        )
        return
    state = "done" if result == "stored" else "known"
    finish_entry(connection, item.id, state=state, article_id=article_id)


def _worth_another_look(new: NewArticle, item: DueEntry) -> bool:
    """Short although more is promised. A brief that is all there is counts as complete."""
    if item.entry.is_post or len(new.article.text) >= SHORT_TEXT:
        return False
    return new.article.is_truncated or "short" in new.article.problems


def _new_article(
    item: DueEntry,
    fetched: Fetched | None,
    done: Done,
    *,
    page_id: int | None,
    now: datetime,
    revisit: str,
) -> NewArticle:
    assert done.article is not None
    assert done.tagging is not None
    tagged = any(relation.level > 0 for relation in done.tagging.relations)
    watched = fetched is not None and (revisit == "all" or (revisit == "tagged" and tagged))
    return NewArticle(
        article=done.article,
        tagging=done.tagging,
        facts=done.facts,
        source_id=item.source_id,
        entry_url=item.entry.url,
        final_url=fetched.final_url if fetched else item.entry.url,
        first_seen_at=now,  # ids follow it; the entry keeps when its link was first seen
        fetched_at=fetched.fetched_at if fetched else now,
        extractor_version=done.extractor_version,
        date_clamped="future_date" in done.article.problems,
        page_id=page_id,
        etag=fetched.etag if fetched else None,
        last_modified=fetched.last_modified if fetched else None,
        next_check_at=now + REVISIT_FIRST if watched else None,
        backfilled=item.way_id is None,  # no way has shown it: `monitor backfill` entered it
    )
