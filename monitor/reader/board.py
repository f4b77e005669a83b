"""The page of charts: canned questions of datasette.yaml, drawn, each with its table.

A chart shows exactly the rows of its question, so the numbers can be checked, changed in SQL and
taken away as CSV.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from monitor.reader import charts, words
from monitor.reader.charts import Bar, Point
from monitor.reader.questions import Question, known_questions

Row = sqlite3.Row
_TABLE_ROWS = 12
PERIODS = ("7", "30", "90", "365")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the reader chose."""

    days: str
    relation: str  # "" is all
    language: str
    articles: str  # address of the articles table


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One drawn question."""

    query: str
    title: str
    svg: str
    legend: tuple[tuple[str, str, str], ...]  # series, name, colour
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    arguments: str  # query string of the same question


Draw = Callable[[Sequence[Row], Setting], tuple[str, tuple[tuple[str, str, str], ...]]]


async def panels(datasette: Any, database: Any, setting: Setting) -> list[Panel]:
    """All panels, with the questions' own SQL; a question that was taken out is left out."""
    known = await known_questions(datasette, database.name)
    wanted = [_panel(database, known[query], setting) for query in _PANELS if query in known]
    return list(await asyncio.gather(*wanted))


async def _panel(database: Any, question: Question, setting: Setting) -> Panel:
    chosen = {"days": setting.days, "relation": setting.relation}
    given = {name: chosen.get(name, "") for name in question.parameters}
    result = await database.execute(question.sql, given, truncate=True)
    svg, legend = _PANELS[question.name](result.rows, setting)
    return Panel(
        query=question.name,
        title=question.title(setting.language),
        svg=svg,
        legend=legend,
        columns=tuple(result.columns),
        rows=tuple(result.rows[:_TABLE_ROWS]),
        total=len(result.rows),
        arguments=urlencode(given),
    )


def _legend(
    points: Sequence[Point], name: Callable[[str], str]
) -> tuple[tuple[str, str, str], ...]:
    order = charts.series_of(points)
    return tuple((series, name(series), charts.colour(series, order)) for series in order)


def _by_day(rows: Sequence[Row], setting: Setting) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    points = [Point(at=r["day"], series=r["relation"], value=r["articles"]) for r in rows]

    def name(code: str) -> str:
        return words.relation_name(code, setting.language)

    def link(day: str, relation: str) -> str:
        return f"{setting.articles}?" + urlencode(
            {"published_at__startswith": day, "relations__contains": relation}
        )

    label = words.phrase("articles", setting.language)
    return charts.stacked(points, name, link, label), _legend(points, name)


def _by_week(rows: Sequence[Row], setting: Setting) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    points = [Point(at=r["week"], series=r["topic"], value=r["articles"]) for r in rows]

    def name(code: str) -> str:
        return words.topic_name(code, setting.language)

    label = words.phrase("topics", setting.language)
    return charts.lines(points, name, label), _legend(points, name)


def _bars(
    value: str,
    part: str | None = None,
    *,
    title: str = "source",
    note: str | None = None,
    link: str = "",
) -> Draw:
    def draw(rows: Sequence[Row], setting: Setting) -> tuple[str, tuple[tuple[str, str, str], ...]]:
        database = setting.articles.rsplit("/", 1)[0]
        found = [
            Bar(
                name=str(row[title]),
                value=float(row[value] or 0),
                part=float(row[part] or 0) if part else None,
                note=str(row[note]) if note else "",
                link=f"{database}/{link.format(**dict(row))}" if link else "",
            )
            for row in rows[:_TABLE_ROWS]
        ]
        return charts.bars(found, words.phrase("charts", setting.language)), ()

    return draw


_PANELS: dict[str, Draw] = {
    "by_day": _by_day,
    "topics_by_week": _by_week,
    "outlets_share": _bars("all_articles", "articles", link="sources/{source_id}"),
    "first_reports": _bars("told", "first", link="sources/{source_id}"),
    "people_top": _bars("articles", title="name", link="people/{person_key}"),
    "amounts_top": _bars("usd", title="amount", note="amount", link="articles/{id}"),
    "source_health": _bars("failures", link="sources/{source_id}"),
}
