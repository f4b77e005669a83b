"""The first page of the archive: what came last, and how this week compares with the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.reader.pages import CARD, Archive, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One relation on the home page."""

    relation: str
    now: int  # articles in the last seven days
    before: int | None  # in the seven days before; None: the archive is younger than that
    days: tuple[int, ...]  # 14 days, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page. `newest` None: no article yet."""

    newest: str | None
    trends: tuple[Trend, ...] = ()
    stories: tuple[Row, ...] = ()
    articles: tuple[Row, ...] = ()
    failing: tuple[Row, ...] = ()


async def home(archive: Archive, relations: tuple[str, ...]) -> Home:
    """Counts run to the newest article, not to the wall clock: a stopped archive still reads."""
    newest = await archive.row(
        "select (select min(first_seen_at) from articles) as began, "
        "(select max(first_seen_at) from articles) as at"
    )
    if newest is None or newest["at"] is None:
        return Home(newest=None)
    stories = await archive.rows(
        "select id, title, articles, outlets, relations, level, first_seen_at, last_seen_at "
        "from stories where level > 0 and articles > 1 order by last_seen_at desc limit 6"
    )
    articles = await archive.rows(
        f"select * from (select {CARD} where a.level > 0 order by a.id desc limit 200) "
        "order by at desc limit 12"
    )
    failing = await archive.rows(
        "select s.id, s.name, max(w.failures) as failures from ways w "
        "join sources s on s.id = w.source_id where w.configured = 1 "
        "group by s.id having min(w.failures) > 2 order by failures desc limit 8"
    )
    return Home(
        newest=newest["at"],
        trends=await _trends(archive, newest["began"], newest["at"], relations),
        stories=tuple(stories),
        articles=tuple(articles),
        failing=tuple(failing),
    )


async def _trends(
    archive: Archive, began: str, newest: str, relations: tuple[str, ...]
) -> tuple[Trend, ...]:
    last = datetime.fromisoformat(newest)
    since = (last - timedelta(days=14)).strftime("%Y-%m-%dT%H:%M:%SZ")
    # Two index ranges instead of a coalesce, which would read the whole table.
    rows = await archive.rows(
        "with recent as materialized (select id, published_at as at from articles "
        "where published_at > :since union all select id, first_seen_at from articles "
        "where published_at is null and first_seen_at > :since) "
        "select r.relation, "
        "max(0, min(13, cast(julianday(:newest) - julianday(recent.at) as int))) as age, "
        "count(*) as n from recent join article_relations r on r.article_id = recent.id "
        "where r.level > 0 group by 1, 2",
        {"newest": newest, "since": since},
    )
    found = {code: [0] * 14 for code in relations}
    for row in rows:
        found.setdefault(row["relation"], [0] * 14)[13 - row["age"]] += row["n"]
    return tuple(
        Trend(
            relation=code,
            now=sum(days[7:]),
            before=sum(days[:7]) if began <= since else None,
            days=tuple(days),
        )
        for code, days in found.items()
    )
