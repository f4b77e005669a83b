"""The pages of a story, a person and an outlet, read from the archive.

Counts look back a fixed span from the newest article, so that a page costs the same in an
archive of any age.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.reader.pages import CARD, Archive

Row = sqlite3.Row
_RECENT_DAYS = 90
_LAST_MENTIONS = 2000  # the articles that relations of a person are counted in


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One article of a story's timeline."""

    article: Row
    minutes_later: int  # after the first article of the story


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """Who told a story, and when."""

    story: Row
    timeline: tuple[Told, ...]
    outlets: tuple[Row, ...]
    people: tuple[Row, ...]
    amounts: tuple[Row, ...]


async def story_page(archive: Archive, key: str) -> StoryPage | None:
    """The page of one story; None if there is no such row."""
    story = await archive.row("select * from stories where id = :id", {"id": key})
    if story is None:
        return None
    by_id = {"id": story["id"]}
    articles = await archive.rows(
        f"select {CARD} where a.story_id = :id order by a.first_seen_at, a.id limit 200", by_id
    )
    return StoryPage(
        story=story,
        timeline=tuple(
            Told(article=row, minutes_later=_minutes(articles[0]["at"], row["at"]))
            for row in articles
        ),
        outlets=tuple(
            await archive.rows(
                "select s.id, s.name, s.owner, s.country, count(*) as n, "
                "min(coalesce(a.published_at, a.first_seen_at)) as first_at "
                "from articles a join sources s on s.id = a.source_id where a.story_id = :id "
                "group by s.id order by first_at",
                by_id,
            )
        ),
        people=tuple(
            await archive.rows(
                "select p.key, p.name, max(m.role) as role, count(distinct m.article_id) as n "
                "from articles a join mentions m on m.article_id = a.id "
                "join people p on p.key = m.person_key where a.story_id = :id "
                "group by p.key order by n desc limit 20",
                by_id,
            )
        ),
        amounts=tuple(
            await archive.rows(
                "select m.surface, max(m.usd) as usd, m.currency, count(distinct a.id) as n "
                "from articles a join amounts m on m.article_id = a.id where a.story_id = :id "
                "group by m.value, m.currency order by n desc limit 12",
                by_id,
            )
        ),
    )


def _minutes(first: str, later: str) -> int:
    delta = datetime.fromisoformat(later) - datetime.fromisoformat(first)
    return int(delta.total_seconds() // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """What a person said and where a person or organisation is named."""

    person: Row
    mentions: int
    relations: tuple[Row, ...]
    quotes: tuple[Row, ...]
    articles: tuple[Row, ...]
    together: tuple[Row, ...]


async def person_page(archive: Archive, key: str) -> PersonPage | None:
    """The page of one person or organisation; None if there is no such row."""
    person = await archive.row("select * from people where key = :key", {"key": key})
    if person is None:
        return None
    by_key = {"key": key, "last": _LAST_MENTIONS}
    recent = (
        "with recent as materialized (select distinct article_id as id from mentions "
        "where person_key = :key order by article_id desc limit :last) "
    )
    counted = await archive.row(
        "select count(distinct article_id) as n from mentions where person_key = :key", by_key
    )
    return PersonPage(
        person=person,
        mentions=counted["n"] if counted else 0,
        relations=tuple(
            await archive.rows(
                recent + "select r.relation, count(*) as n from recent "
                "join article_relations r on r.article_id = recent.id where r.level > 0 "
                "group by 1 order by n desc",
                by_key,
            )
        ),
        quotes=tuple(
            await archive.rows(
                "select q.text, q.role, q.article_id as id, a.title, s.name as source, "
                "a.relations, a.level, coalesce(a.published_at, a.first_seen_at) as at "
                "from quotes q join articles a on a.id = q.article_id "
                "join sources s on s.id = a.source_id "
                "where q.person_key = :key order by q.article_id desc limit 40",
                by_key,
            )
        ),
        articles=tuple(
            await archive.rows(
                recent + f"select {CARD} join recent on recent.id = a.id order by a.id desc "
                "limit 20",
                by_key,
            )
        ),
        together=tuple(
            await archive.rows(
                recent + "select p.key, p.name, count(distinct m.article_id) as n from recent "
                "join mentions m on m.article_id = recent.id join people p on p.key = m.person_key "
                "where m.person_key <> :key group by 1 order by n desc limit 20",
                by_key,
            )
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletPage:
    """Rhythm, health and subjects of a source."""

    source: Row
    ways: tuple[Row, ...]
    days: tuple[Row, ...]  # day, n: the last thirty days
    relations: tuple[Row, ...]
    stories: Row | None  # told, first: of the recent stories with several outlets
    articles: tuple[Row, ...]


async def outlet_page(archive: Archive, key: str) -> OutletPage | None:
    """The page of one outlet; None if there is no such row."""
    source = await archive.row("select * from sources where id = :id", {"id": key})
    if source is None:
        return None
    newest = await archive.row("select max(first_seen_at) as at from articles")
    last = newest["at"] if newest and newest["at"] else "1970-01-01T00:00:00Z"
    given = {"id": key, "since": _before(last, _RECENT_DAYS), "month": _before(last, 30)}
    return OutletPage(
        source=source,
        ways=tuple(
            await archive.rows(
                "select * from ways where source_id = :id order by configured desc, position", given
            )
        ),
        days=tuple(
            await archive.rows(
                "select substr(first_seen_at, 1, 10) as day, count(*) as n, sum(level > 0) as hits "
                "from articles where first_seen_at > :month and source_id = :id group by 1",
                given,
            )
        ),
        relations=tuple(
            await archive.rows(
                "select r.relation, count(*) as n, sum(r.level = 2) as main from articles a "
                "join article_relations r on r.article_id = a.id "
                "where a.first_seen_at > :since and a.source_id = :id and r.level > 0 "
                "group by 1 order by n desc",
                given,
            )
        ),
        stories=await archive.row(
            "select count(distinct s.id) as told, "
            "count(distinct case when f.source_id = :id then s.id end) as first "
            "from stories s join articles a on a.story_id = s.id "
            "join articles f on f.id = s.first_article_id "
            "where s.last_seen_at > :since and s.outlets > 1 and a.source_id = :id",
            given,
        ),
        articles=tuple(
            await archive.rows(
                f"select {CARD} where a.source_id = :id order by a.id desc limit 15", given
            )
        ),
    )


def _before(moment: str, days: int) -> str:
    return (datetime.fromisoformat(moment) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPage:
    """A digest as it was sent."""

    digest: Row
    items: tuple[Row, ...]
    deliveries: tuple[Row, ...]
    earlier: Row | None
    later: Row | None


async def digest_page(archive: Archive, key: str) -> DigestPage | None:
    """The page of one digest; None if there is no such row. Recipients are only counted."""
    digest = await archive.row("select * from digests where id = :id", {"id": key})
    if digest is None:
        return None
    given = {"id": digest["id"], "subscription": digest["subscription"], "slot": digest["slot"]}
    near = "select id, slot from digests where subscription = :subscription and slot "
    return DigestPage(
        digest=digest,
        items=tuple(
            await archive.rows(
                f"select {CARD} join digest_items i on i.article_id = a.id "
                "where i.digest_id = :id order by i.position limit 100",
                given,
            )
        ),
        deliveries=tuple(
            await archive.rows(
                "select channel, state, count(*) as n from deliveries where digest_id = :id "
                "group by 1, 2",
                given,
            )
        ),
        earlier=await archive.row(near + "< :slot order by slot desc limit 1", given),
        later=await archive.row(near + "> :slot order by slot limit 1", given),
    )
