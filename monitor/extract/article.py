"""A fetched page in, an article out; or a feed's own full text. Composes the other modules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.extract.authors import clean_authors, signed_by, visible_authors
from monitor.extract.body import Body, extract_body
from monitor.extract.lines import clean_lines
from monitor.extract.memory import SiteMemory
from monitor.extract.metadata import Metadata, read_metadata
from monitor.extract.page import Page, absolute, parse_page
from monitor.extract.pageclass import refuse_what_is_no_article
from monitor.extract.published import Dates, find_dates
from monitor.extract.titles import find_title
from monitor.models import Article, Entry, Fetched
from monitor.text import detect_language

_CUT = re.compile(
    r"(…|\.\.\.|\[…\]|\[\.\.\.\])\W*$|(читать (далее|полностью|дальше)|толығырақ|read more)\W*$", re.I
)


def extract_article(
    fetched: Fetched,
    *,
    memory: SiteMemory,
    now: datetime,
    entry: Entry | None = None,
    hints: Mapping[str, str] | None = None,
    time_zone: str = "Asia/Almaty",
) -> Article:
    """The article of a page.

    `memory` serves and learns per host; `entry` supplies title, date and authors that the page
    does not state; a time without a zone is in `time_zone`. Raises ExtractError (see its
    page_class) for lists, script shells, challenge pages and what holds no text. The result is a
    function of the arguments and the memory.
    """
    page = parse_page(fetched.body, url=fetched.final_url, content_type=fetched.content_type)
    stated = read_metadata(page)
    body = extract_body(page, stated)
    title = find_title(page.tree, stated, host=page.host, fallback=entry.title if entry else "")
    lines = clean_lines(body.lines, title=title)
    refuse_what_is_no_article(page, stated, "\n".join(lines), title)
    dates = find_dates(
        page,
        stated,
        zone=ZoneInfo(time_zone),
        fetched_at=min(now, fetched.fetched_at),
        entry=entry,
        first_lines=(*body.lines[:3], *body.lines[-2:]),
    )
    memory.learn_lines(page.host, (fetched.url, title), lines, now)
    lines = _without_boilerplate(memory, page.host, lines)
    return _assemble(fetched, page, stated, body, title, lines, dates, entry)


def _without_boilerplate(memory: SiteMemory, host: str, lines: Sequence[str]) -> list[str]:
    repeated = memory.boilerplate(host, lines)
    own = [line for line in lines if line not in repeated]
    return own or list(lines)


def _assemble(
    fetched: Fetched,
    page: Page,
    stated: Metadata,
    body: Body,
    title: str,
    lines: Sequence[str],
    dates: Dates,
    entry: Entry | None,
) -> Article:
    text = "\n".join(lines)
    language, script = detect_language(text)
    found = dates.published
    return Article(
        url=fetched.url,
        title=title,
        text=text,
        canonical_url=stated.canonical,
        lead=lines[0] if lines else "",
        authors=_authors(page, stated, lines, entry),
        published_at=found.at if found else None,
        published_raw=found.raw if found else "",
        date_precision=found.precision if found else None,
        date_source=found.source if found else None,
        modified_at=dates.modified_at,
        language=language,
        script=script,
        is_truncated=stated.paywalled or bool(_CUT.search(text)),
        alternates=dict(stated.alternates),
        links=_links(page, lines),
        image=stated.image,
        method=body.method,
        problems=dates.problems,
    )


def _authors(
    page: Page, stated: Metadata, lines: Sequence[str], entry: Entry | None
) -> tuple[str, ...]:
    signed = signed_by(lines)
    sources: list[Sequence[str]] = [
        stated.authors,
        visible_authors(page.tree),
        (signed,) if signed else (),
        entry.authors if entry else (),
    ]
    for names in sources:
        found = clean_authors(names, site_names=stated.site_names, host=page.host)
        if found:
            return found
    return ()


def _links(page: Page, lines: Sequence[str]) -> tuple[str, ...]:
    """Addresses linked from within the text's own lines."""
    text = "\n".join(lines)
    found = (
        absolute(page.base, link.get("href"))
        for link in page.tree.iter("a")
        if len(shown := " ".join("".join(link.itertext()).split())) > 2 and shown in text
    )
    return tuple(dict.fromkeys(address for address in found if address))[:50]


def article_from_entry(
    entry: Entry, *, now: datetime, time_zone: str = "Asia/Almaty"
) -> Article:
    """The article a way itself delivers: a Telegram post, a feed's full text (method "feed")."""
    from monitor.extract.fragment import fragment_lines

    lines = clean_lines(fragment_lines(entry.text or entry.summary), title=entry.title)
    text = "\n".join(lines)
    language, script = detect_language(text)
    published, problems = entry.published_at, ()
    if published and published > now:
        published, problems = now, ("future_date",)
    return Article(
        url=entry.url,
        title=entry.title or (lines[0][:120] if lines else ""),
        text=text,
        lead=lines[0] if lines else "",
        authors=clean_authors(entry.authors, site_names=(), host=""),
        published_at=published,
        published_raw=entry.published_raw,
        date_precision="second" if published else None,
        date_source="feed" if published else None,
        language=language or entry.language,
        script=script,
        is_truncated=bool(_CUT.search(text)),
        method="feed",
        problems=problems,
    )
