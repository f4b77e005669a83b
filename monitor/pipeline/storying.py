"""Where a stored article belongs: the window in memory, the rows in the article's transaction."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from monitor.pipeline.jobs import Done
from monitor.store.database import Database, write
from monitor.store.stories import (
    SketchRow,
    forget_sketches,
    join_story,
    mark_copy,
    save_sketch,
    sketches_since,
    splits,
)
from monitor.stories import (
    Candidate,
    Features,
    StoryWindow,
    features_from,
    features_text,
    from_bytes,
    to_bytes,
)

REMEMBERED = timedelta(days=7)
NEWS = timedelta(days=3)  # published longer ago (a back-filled archive): no part of today's events
_OLD = Features("", frozenset(), frozenset())


class Stories:
    """The window of the last days. One per running service; only the collecting line adds to it.

    What a rolled-back transaction had added stays in the window until the next start: an article
    that is not in the database is never joined, because its row is looked up first.
    """

    def __init__(self, window: StoryWindow) -> None:
        self._window = window

    @classmethod
    def load(cls, db: Database, now: datetime) -> Stories:
        """The window as the database knows it; sketches that are too old for it are dropped."""
        with write(db) as connection:
            forget_sketches(connection, now - 2 * REMEMBERED)
        window = StoryWindow(splits(db))
        for row in sketches_since(db, now - REMEMBERED):
            window.add(
                Candidate(
                    id=row.article_id,
                    at=row.at,
                    sketch=from_bytes(row.sketch),
                    features=features_from(row.features),
                    source=row.source_id,
                ),
                row.story_id,
            )
        return cls(window)

    def place(
        self, connection: sqlite3.Connection, article_id: int, done: Done, now: datetime
    ) -> None:
        """Link the article to its source text and its story; inside the caller's transaction."""
        if done.sketch is None or done.features is None:
            return
        published = done.article.published_at if done.article else None
        new = Candidate(
            id=article_id,
            at=now,
            sketch=done.sketch,
            features=_OLD if published and now - published > NEWS else done.features,
            source=_source_of(connection, article_id),
        )
        self._heed_splits(connection)
        story = _story_of(connection, article_id)  # a text that has grown stays where it is
        if story is None:
            story = self._link(connection, new)
        self._window.add(new, story)
        row = SketchRow(
            article_id=article_id,
            at=now,
            sketch=to_bytes(new.sketch),
            features=features_text(new.features),
        )
        save_sketch(connection, row)

    def _link(self, connection: sqlite3.Connection, new: Candidate) -> int | None:
        """Write what the window says of a new article; the id of its story."""
        placement = self._window.place(new)
        source, joins = placement.dup_of, placement.joins
        if source is not None and _exists(connection, source):
            kind, reverse = placement.dup_kind or "copy", placement.reverse_kind or "copy"
            mark_copy(connection, new.id, source, kind, reverse)
        if joins is None or not _exists(connection, joins):
            return None
        story = join_story(connection, new.id, joins, placement.bound_by, new.at)
        self._window.assign(joins, story)
        return story

    def _heed_splits(self, connection: sqlite3.Connection) -> None:
        """What a person split while the service ran."""
        pairs = connection.execute("SELECT article_id, other_article_id FROM story_splits")
        for article, other in pairs.fetchall():
            self._window.split(article, [other])


def _source_of(connection: sqlite3.Connection, article_id: int) -> str:
    row = connection.execute(
        "SELECT source_id FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    return str(row[0]) if row else ""


def _story_of(connection: sqlite3.Connection, article_id: int) -> int | None:
    row = connection.execute("SELECT story_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    return int(row[0]) if row and row[0] is not None else None


def _exists(connection: sqlite3.Connection, article_id: int) -> bool:
    row = connection.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone()
    return row is not None
