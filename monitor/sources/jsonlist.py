"""Kind `json`: a list from an outlet's own API, with paths to what an entry needs.

A path is field names joined by dots (`data.items`, `attributes.title.ru`, `images.0.src`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources.dates import DEFAULT_ZONE, read_date
from monitor.sources.markup import one_line, plain, sanitised
from monitor.sources.page import absolute, first_page, next_page, option, wanted

name = "json"
purpose = "listing"
parser_version = "json-1"
options: Mapping[str, str] = {
    "items": "path to the list (default: the document itself, or its only list)",
    "link": "path to the address, or a template such as https://site.kz/{slug}/{id} (default url)",
    "title": "path to the headline (default title)",
    "date": "path to the date: text, or seconds or milliseconds since 1970 (default date)",
    "summary": "path to the teaser",
    "text": "path to the full text",
    "id": "path to the identifier (default id)",
    "include": "regular expression that article addresses match",
    "exclude": "regular expression that article addresses do not match",
    "cursor": "path to the value that asks for the next page",
    "next": "address of the next page with {cursor} in it",
    "first_page": "number of the first page for an address with {page} (default 1)",
    "pages": "at most so many pages for an address with {page} (default 3)",
    "time_zone": f"where dates without a zone are from (default {DEFAULT_ZONE})",
}

_PLACE = re.compile(r"\{([\w.]+)\}")
_MILLISECONDS = 10_000_000_000  # larger numbers are not seconds of this or the next century


def first_url(way: Way) -> str:
    return first_page(way).replace("{cursor}", "")


def parse(fetched: Fetched, way: Way) -> Listing:
    """Raises ParseError `html`, `not_json`, or `shape` when no list is where it should be."""
    document = _document(fetched.body)
    items = _items(document, way)
    found = [_entry(item, fetched, way) for item in items if isinstance(item, Mapping)]
    entries = tuple(entry for entry in found if entry is not None)
    if items and not entries:
        raise ParseError("no entry has a usable address", reason="shape")
    dropped = len(items) - len(entries)
    return Listing(
        entries=entries,
        next_url=_next(document, fetched, way) if entries else None,
        problems=(f"{dropped} entries without a usable address",) if dropped else (),
    )


def _document(body: bytes) -> object:
    text = body.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("<"):
        raise ParseError("a page where JSON is expected", reason="html")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"JSON: {error}", reason="not_json") from error


def _items(document: object, way: Way) -> list[object]:
    path = option(way, "items")
    found = _at(document, path) if path else document
    if isinstance(found, Mapping) and not path:
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list):
        raise ParseError(f"no list at {path or 'the top'!r}", reason="shape")
    return found


def _at(value: object, path: str) -> object:
    """What lies at a dotted path, None when the way there is missing."""
    for step in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _string(value: object, path: str) -> str:
    found = _at(value, path) if path else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found).strip()


def _entry(item: Mapping[str, object], fetched: Fetched, way: Way) -> Entry | None:
    url = _address(item, fetched, way)
    if url is None or not wanted(url, way):
        return None
    raw = _string(item, option(way, "date", "date"))
    text = _string(item, option(way, "text"))
    return Entry(
        url=url,
        guid=_string(item, option(way, "id", "id")) or None,
        title=one_line(_string(item, option(way, "title", "title"))),
        summary=plain(_string(item, option(way, "summary"))),
        text=sanitised(text, url) if text else "",
        published_at=_moment(raw, fetched, way),
        published_raw=raw,
        date_source="json" if raw else "",
    )


def _address(item: Mapping[str, object], fetched: Fetched, way: Way) -> str | None:
    link = option(way, "link", "url")
    if "{" not in link:
        return absolute(fetched.final_url, _string(item, link))
    if any(not _string(item, path) for path in _PLACE.findall(link)):
        return None
    filled = _PLACE.sub(lambda place: quote(_string(item, place[1]), safe="/-_.~"), link)
    return absolute(fetched.final_url, filled)


def _moment(raw: str, fetched: Fetched, way: Way) -> datetime | None:
    try:
        number = float(raw)
    except ValueError:
        zone = option(way, "time_zone", DEFAULT_ZONE)
        return read_date(raw, zone=zone, today=fetched.fetched_at)
    seconds = number / 1000 if abs(number) >= _MILLISECONDS else number
    try:
        moment = datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year >= 1990 else None


def _next(document: object, fetched: Fetched, way: Way) -> str | None:
    cursor = _string(document, option(way, "cursor"))
    template = option(way, "next") or (way.url if "{cursor}" in way.url else "")
    if cursor and template:
        return absolute(fetched.final_url, template.replace("{cursor}", quote(cursor, safe="")))
    return next_page(way, fetched.url)
