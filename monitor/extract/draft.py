"""A fetched page in, a draft out: everything but what depends on what the host repeats.

Where a profile serves, a page is first tried without its lower part (cutting.py), and read as a
whole when that does not do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.extract.authors import clean_authors, page_authors
from monitor.extract.choose import Chosen, choose_lines
from monitor.extract.cutting import ReadWhole, cut_page, require_told
from monitor.extract.dates import FoundDate
from monitor.extract.hints import hinted_text
from monitor.extract.lines import clean_lines
from monitor.extract.links import Anchor
from monitor.extract.memory import SiteMemory
from monitor.extract.metadata import Metadata, read_metadata
from monitor.extract.page import Page, host_of, parse_page
from monitor.extract.pageclass import refuse_what_is_no_article
from monitor.extract.profiles import HostProfiles
from monitor.extract.published import Dates, find_dates, machine_date
from monitor.extract.titles import find_title, headings
from monitor.models import Article, Entry, Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article before the host's repeated lines are taken out; small enough to be queued."""

    article: Article  # without text and what is derived from the text
    host: str
    lines: tuple[str, ...]
    base: str
    anchors: tuple[Anchor, ...]  # links of the page that may stand in the text
    credits: tuple[str, ...]  # raw first and last lines, where the origin is named
    section: str
    stated_language: str
    paywalled: bool
    entry_authors: tuple[str, ...]
    site_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a draft is made of, and with what."""

    fetched: Fetched
    memory: SiteMemory
    known: HostProfiles
    now: datetime
    entry: Entry | None
    hints: Mapping[str, str]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What the page says about its article, before its text is looked for."""

    meta: Metadata
    heads: Sequence[str]
    title: str
    authors: tuple[str, ...]
    date: FoundDate | None


def draft_article(
    fetched: Fetched,
    *,
    memory: SiteMemory,
    now: datetime,
    entry: Entry | None = None,
    hints: Mapping[str, str] | None = None,
    time_zone: str = "Asia/Almaty",
) -> Draft:
    """The first half of `extract_article`: reads the page and lets the memory learn from it."""
    known = memory.profiles(host_of(fetched.final_url))
    task = _Task(
        fetched=fetched, memory=memory, known=known, now=now, entry=entry, hints=hints or {},
        zone=ZoneInfo(time_zone),
    )  # fmt: skip
    front = None if hints else cut_page(fetched, known)
    if front is not None:
        try:
            return _draft(task, front)
        except ReadWhole:
            pass
    return _draft(task, _whole(fetched))


def _whole(fetched: Fetched) -> Page:
    return parse_page(fetched.body, url=fetched.final_url, content_type=fetched.content_type)


def _draft(task: _Task, page: Page) -> Draft:
    stated = _stated(task, page)
    exact = stated.date is not None and stated.date.precision != "month"
    require_told(page, known=task.known, dated=exact, authors=bool(stated.authors))
    chosen = _chosen(task, page, stated)
    text = "\n".join(chosen.lines)
    refuse_what_is_no_article(
        page, stated.meta, text, stated.title, whole=lambda: _whole(task.fetched).tree
    )
    article = (task.fetched.url, stated.title)
    task.memory.learn_lines(page.host, article, chosen.lines, task.now)
    return Draft(
        article=_article(task.fetched, stated, _dates(task, page, stated, chosen), chosen),
        host=page.host,
        base=page.base,
        lines=chosen.lines,
        anchors=chosen.anchors,
        credits=(*chosen.raw[:4], *chosen.raw[-4:]),
        section=stated.meta.section,
        stated_language=stated.meta.language,
        paywalled=stated.meta.paywalled,
        entry_authors=task.entry.authors if task.entry else (),
        site_names=stated.meta.site_names,
    )


def _stated(task: _Task, page: Page) -> _Stated:
    meta, heads = read_metadata(page), headings(page.tree)
    title = hinted_text(page.tree, task.hints.get("title", "")) or find_title(
        heads, meta, host=page.host, fallback=task.entry.title if task.entry else ""
    )
    if task.known.repeats(meta.description, title):
        meta = replace(meta, description="")
    return _Stated(
        meta=meta,
        heads=heads,
        title=title,
        authors=_stated_authors(page, meta, task.hints),
        date=machine_date(page.tree, meta, task.zone),
    )


def _chosen(task: _Task, page: Page, stated: _Stated) -> Chosen:
    titles = (stated.title, *stated.heads[:3])

    def clean(lines: Sequence[str], links: Collection[str]) -> list[str]:
        return clean_lines(lines, titles=titles, links=links)

    def own(lines: Sequence[str], links: Collection[str]) -> list[str]:
        cleaned = clean(lines, links)
        repeated = task.memory.boilerplate(page.host, cleaned)
        return [line for line in cleaned if line not in repeated]

    return choose_lines(
        page, task.fetched, stated.meta, known=task.known, hints=task.hints,
        clean=clean, own=own, now=task.now,
    )  # fmt: skip


def _dates(task: _Task, page: Page, stated: _Stated, chosen: Chosen) -> Dates:
    return find_dates(
        page,
        stated.meta,
        zone=task.zone,
        fetched_at=min(task.now, task.fetched.fetched_at),
        machine=stated.date,
        entry=task.entry,
        hinted=hinted_text(page.tree, task.hints.get("date", "")),
        first_lines=(*chosen.raw[:3], *chosen.raw[-2:]),
    )


def _article(fetched: Fetched, stated: _Stated, dates: Dates, chosen: Chosen) -> Article:
    """What the page tells besides its text."""
    found = dates.published
    return Article(
        url=fetched.url,
        title=stated.title,
        text="",
        canonical_url=stated.meta.canonical,
        published_at=found.at if found else None,
        published_raw=found.raw if found else "",
        date_precision=found.precision if found else None,
        date_source=found.source if found else None,
        modified_at=dates.modified_at,
        alternates=dict(stated.meta.alternates),
        image=stated.meta.image,
        authors=stated.authors,
        method=chosen.method,
        problems=dates.problems,
    )


def _stated_authors(page: Page, stated: Metadata, hints: Mapping[str, str]) -> tuple[str, ...]:
    hinted = hinted_text(page.tree, hints.get("author", ""))
    if hinted:
        return clean_authors((hinted,), site_names=stated.site_names, host=page.host)
    return page_authors(page, stated)
