"""Kind `listing`: an index page of an outlet, read with CSS selectors.

Without selectors every link of the same site that looks like an article is taken: its text is
long enough for a headline, or its address ends in a number or a long slug.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from lxml import html as lxml_html

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources.dates import DEFAULT_ZONE, read_date
from monitor.sources.markup import one_line
from monitor.sources.page import absolute, first, first_page, next_page, option, select, tree_of
from monitor.sources.page import wanted as wanted_by_options
from monitor.urls import site_of, url_key

name = "listing"
purpose = "listing"
parser_version = "listing-1"
options: Mapping[str, str] = {
    "item": "CSS selector of one entry (default: links that look like articles)",
    "link": "CSS selector of the link in an entry (default: its first link)",
    "title": "CSS selector of the headline in an entry (default: the link's text)",
    "date": "CSS selector of the date in an entry (default: its <time>)",
    "summary": "CSS selector of the teaser in an entry",
    "include": "regular expression that article addresses match",
    "exclude": "regular expression that article addresses do not match",
    "next": "CSS selector of the link to the next page",
    "first_page": "number of the first page for an address with {page} (default 1)",
    "pages": "at most so many pages for an address with {page} (default 3)",
    "time_zone": f"where dates without a zone are from (default {DEFAULT_ZONE})",
}

_HEADLINE = 25  # characters; menus and tags are shorter
_ARTICLE_PATH = re.compile(r"\d{4,}|/[^/]*-[^/]*-[^/]*-[^/]*/?$|/\d{4}/\d{1,2}/")
_DATE_ATTRIBUTES = ("datetime", "content", "data-time", "data-date", "title")


def first_url(way: Way) -> str:
    return first_page(way)


def parse(fetched: Fetched, way: Way) -> Listing:
    """Entries in the order of the page. Raises ParseError `shape` when not one is found."""
    root = tree_of(fetched)
    items = _chosen(root, way) if option(way, "item") else _guessed(root, fetched)
    entries: dict[str, Entry] = {}
    for item in items:
        entry = _entry(item, fetched, way)
        if entry is not None:
            entries.setdefault(url_key(entry.url), entry)
    if not entries:
        raise ParseError("no entry found: the page has changed its shape", reason="shape")
    return Listing(
        entries=tuple(entries.values()),
        next_url=_next(root, fetched, way),
        title=one_line(root.findtext(".//title") or ""),
    )


def _chosen(root: lxml_html.HtmlElement, way: Way) -> Iterator[lxml_html.HtmlElement]:
    yield from select(root, option(way, "item"))


def _guessed(root: lxml_html.HtmlElement, fetched: Fetched) -> Iterator[lxml_html.HtmlElement]:
    """Links of the same site with a headline for a text or an article's address."""
    home = site_of(fetched.final_url)
    for link in root.iter("a"):
        url = absolute(fetched.final_url, link.get("href") or "")
        if url is None or site_of(url) != home or url_key(url) == url_key(fetched.final_url):
            continue
        text = " ".join(link.text_content().split())
        if len(text) >= _HEADLINE and _ARTICLE_PATH.search(urlsplit(url).path):
            yield link


def _entry(item: lxml_html.HtmlElement, fetched: Fetched, way: Way) -> Entry | None:
    link = _link(item, way)
    url = absolute(fetched.final_url, link.get("href") or "") if link is not None else None
    if link is None or url is None or not wanted_by_options(url, way):
        return None
    raw = _raw_date(item, way)
    return Entry(
        url=url,
        title=_part(item, way, "title")
        or one_line(link.get("title") or _text(link))
        or _text(link),
        summary=_part(item, way, "summary"),
        published_at=read_date(
            raw, zone=option(way, "time_zone", DEFAULT_ZONE), today=fetched.fetched_at
        ),
        published_raw=raw,
        date_source="listing" if raw else "",
    )


def _link(item: lxml_html.HtmlElement, way: Way) -> lxml_html.HtmlElement | None:
    chosen = option(way, "link")
    if chosen:
        return first(item, chosen)
    if item.tag == "a":
        return item
    return next((link for link in item.iter("a") if link.get("href")), None)


def _part(item: lxml_html.HtmlElement, way: Way, field: str) -> str:
    selector = option(way, field)
    found = first(item, selector) if selector else None
    return _text(found) if found is not None else ""


def _raw_date(item: lxml_html.HtmlElement, way: Way) -> str:
    found = first(item, option(way, "date", "time"))
    if found is None:
        return ""
    for attribute in _DATE_ATTRIBUTES:
        value = (found.get(attribute) or "").strip()
        if value and any(char.isdigit() for char in value):
            return value
    return _text(found)


def _text(element: lxml_html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _next(root: lxml_html.HtmlElement, fetched: Fetched, way: Way) -> str | None:
    selector = option(way, "next")
    if not selector:
        return next_page(way, fetched.url)
    link = first(root, selector)
    return absolute(fetched.final_url, link.get("href") or "") if link is not None else None
