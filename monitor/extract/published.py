"""Chooses an article's date among all that a page and its feed offer. Pure.

Order: JSON-LD, meta, `time` elements, visible dates near the headline, the feed's entry, the
address. A date after the fetch is clamped to it and reported as `future_date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.extract.dates import FoundDate, parse_stated
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, Tree
from monitor.extract.visible_dates import parse_visible
from monitor.models import Entry

TOLERANCE = timedelta(minutes=15)  # clocks that run ahead of ours
_HINT = re.compile(r"date|time|publi|posted|meta|created|info|дата|kun|уақыт", re.I)
_OTHER = re.compile(
    r"related|sidebar|widget|comment|footer|header-top|nav|menu|popular|recommend|latest|other|"
    r"teaser|card|ticker|lenta|aside|promo|weather|currency|calendar|copyright",
    re.I,
)
_OWN = re.compile(r"article|post|content|single", re.I)
_SKIPPED = {"script", "style", "nav", "aside", "footer", "noscript", "select", "option", "head"}
_LOOKS_DATED = re.compile(
    r"\d[.:/-]\d|(?:19|20)\d\d|\d\s*[а-яёәіңғүұқөһa-zıǵ]{3}|назад|бұрын|\bago\b", re.I
)
_UPDATED = re.compile(r"обновл|измен[её]н|жаңарт|updated|modified", re.I)
_FIRST_PUBLISHED = re.compile(r"опубликован|дата публикации|жариялан|published|posted", re.I)
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]([01]?\d)[/_-]([0-3]?\d)(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The chosen date, the modification time and what was wrong."""

    published: FoundDate | None
    modified_at: datetime | None
    problems: tuple[str, ...] = ()


def find_dates(
    page: Page,
    stated: Metadata,
    *,
    zone: ZoneInfo,
    fetched_at: datetime,
    machine: FoundDate | None,
    entry: Entry | None = None,
    hinted: str = "",
    first_lines: Sequence[str] = (),
) -> Dates:
    """When the article was published; `machine` is `machine_date` of the page as it
    came (the tree may have been pruned since), `hinted` what a hand-written selector found,
    `first_lines` of the raw body may hold a date line."""
    published = _hinted(hinted, zone, fetched_at) or machine
    if published is None or published.precision == "month":
        published = _visible(page, first_lines, zone, fetched_at) or published
    published = _prefer_feed(published, _from_entry(entry)) or _from_address(page.url, zone)
    modified = _stated(stated.modified, zone)
    problems: tuple[str, ...] = ()
    if published and published.at > fetched_at + TOLERANCE:
        same_day = published.at.astimezone(zone).date() <= fetched_at.astimezone(zone).date()
        problems = () if published.precision == "day" and same_day else ("future_date",)
        published = replace(published, at=fetched_at)
    modified_at = min(modified.at, fetched_at) if modified else None
    return Dates(published=published, modified_at=modified_at, problems=problems)


def machine_date(tree: Tree, stated: Metadata, zone: ZoneInfo) -> FoundDate | None:
    """What the page states to machines: JSON-LD, meta, then `time` elements and microdata."""
    return _stated(stated.published, zone) or _time_element(tree, zone)


def _hinted(text: str, zone: ZoneInfo, now: datetime) -> FoundDate | None:
    if not text:
        return None
    found = parse_stated(text, zone=zone) or parse_visible(text, zone=zone, now=now)
    return replace(found, source="visible") if found else None


def _stated(candidates: Sequence[tuple[str, str]], zone: ZoneInfo) -> FoundDate | None:
    """The first parseable statement; a later one on the same day that is more exact wins."""
    chosen: FoundDate | None = None
    for source, raw in candidates:
        if chosen is not None and chosen.precision != "day":
            break
        found = parse_stated(raw, zone=zone)
        if found is None:
            continue
        found = replace(found, source=source)
        if chosen is None:
            chosen = found
        elif chosen.precision == "day" != found.precision and _same_day(chosen, found, zone):
            return found
    return chosen


def _same_day(one: FoundDate, two: FoundDate, zone: ZoneInfo) -> bool:
    return one.at.astimezone(zone).date() == two.at.astimezone(zone).date()


def _time_element(tree: Tree, zone: ZoneInfo) -> FoundDate | None:
    """`<time datetime>` or microdata, outside lists of other articles; pubdate marks win."""
    best: tuple[float, FoundDate] | None = None
    below = 0.0
    for element in tree.iter("h1", "time", "meta", "span", "div", "p", "abbr"):
        below = 0.5 if element.tag == "h1" else below
        raw = element.get("datetime") or (
            element.get("content") or "" if element.get("itemprop") == "datePublished" else ""
        )
        if not raw or _elsewhere(element) or _in_card(element):
            continue
        found = parse_stated(raw, zone=zone)
        if found is None:
            continue
        marks = f"{element.get('itemprop')} {element.get('class')} {element.get('pubdate')}".lower()
        score = below + _rank(marks)
        if best is None or score > best[0]:
            best = (score, replace(found, source="time"))
    return best[1] if best and best[0] >= 1 else None


def _rank(marks: str) -> int:
    if "publi" in marks:
        return 2
    return 0 if "modif" in marks or "updat" in marks else 1


def _in_card(element: Tree) -> bool:
    """In a list item or a link of its own: the date of another article."""
    for ancestor in islice(element.iterancestors(), 4):
        if ancestor.tag == "a":
            return True
        if ancestor.tag == "li":
            return any(len("".join(a.itertext()).strip()) > 12 for a in ancestor.iter("a"))
    return False


def _elsewhere(element: Tree) -> bool:
    """Inside navigation, a side column, another article's card or the comments."""
    for ancestor in element.iterancestors():
        if ancestor.tag in ("nav", "aside", "footer", "body"):
            return bool(ancestor.tag != "body")
        marks = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        if marks != " " and _OTHER.search(marks) and not _OWN.search(marks):
            return True
    return False


def _visible(page: Page, lines: Sequence[str], zone: ZoneInfo, now: datetime) -> FoundDate | None:
    year = _IN_ADDRESS.search(page.url)
    hint = int(year[1]) if year else None
    ranked = sorted(_candidates(page.tree), key=lambda c: -c[0])
    texts = [text for _, text in ranked[:12]] + [line for line in lines if len(line) <= 80]
    for text in texts:
        found = parse_visible(text, zone=zone, now=now, year=hint)
        if found:
            return replace(found, source="visible")
    return None


def _candidates(tree: Tree) -> Iterator[tuple[float, str]]:
    """Short texts that look like dates: named as such, and soon after the headline."""
    since_headline: int | None = None
    body = tree.find("body")
    for element in (body if body is not None else tree).iter():
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        if element.tag == "h1":
            since_headline = 0
        elif since_headline is not None:
            since_headline += 1
        if len(element) > 4 or (element.tag in ("h1", "title", "p", "a") and len(element) > 1):
            continue
        text = " ".join(" ".join(element.itertext()).split())
        if not 4 <= len(text) <= 70 or not _LOOKS_DATED.search(text):
            continue
        yield from _scored(element, text, since_headline)


def _scored(element: Tree, text: str, since_headline: int | None) -> Iterator[tuple[float, str]]:
    marks = f"{element.get('class') or ''} {element.get('id') or ''}"
    score = 3.0 if element.tag == "time" else 2.0 if _HINT.search(marks) else 0.0
    if since_headline is not None and since_headline < 60:
        score += 2 - since_headline / 60
    elif since_headline is None and len(text) <= 30:
        score += 0.5  # before the headline, or a page without any: last choice
    if _UPDATED.search(text):
        score -= 2
    elif _FIRST_PUBLISHED.search(text):
        score += 1.5
    if score > 0 and not _elsewhere(element):
        yield score, text


def _from_entry(entry: Entry | None) -> FoundDate | None:
    if entry is None or entry.published_at is None:
        return None
    raw = entry.published_raw or entry.published_at.isoformat()
    return FoundDate(at=entry.published_at, precision="second", raw=raw, source="feed")


def _prefer_feed(found: FoundDate | None, feed: FoundDate | None) -> FoundDate | None:
    """The page's date, unless it is a bare day and the feed knows the time of that day."""
    if found is None or feed is None:
        return found or feed
    close = abs(found.at - feed.at) < timedelta(hours=20)
    return feed if found.precision == "day" and close else found


def _from_address(url: str, zone: ZoneInfo) -> FoundDate | None:
    match = _IN_ADDRESS.search(url)
    if not match:
        return None
    found = parse_stated(f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}", zone=zone)
    return replace(found, source="url") if found else None
