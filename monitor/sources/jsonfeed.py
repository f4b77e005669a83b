"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), for the kind `feed`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urljoin

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources.dates import DEFAULT_ZONE, read_date
from monitor.sources.markup import one_line, plain, sanitised
from monitor.urls import is_web_address


def looks_like(body: bytes) -> bool:
    """True for a JSON object."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def parse(fetched: Fetched, way: Way, max_entries: int) -> Listing:
    """Raises ParseError `not_a_feed` for JSON that is something else."""
    try:
        document = json.loads(fetched.body.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"JSON: {error}", reason="not_a_feed") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version", "")):
        raise ParseError("JSON, but not a JSON Feed", reason="not_a_feed")
    entries = [_entry(item, document, fetched, way) for item in items if isinstance(item, Mapping)]
    problems = [f"more than {max_entries} entries"] if len(entries) > max_entries else []
    next_url = _string(document, "next_url")
    return Listing(
        entries=tuple(entry for entry in entries[:max_entries] if entry is not None),
        next_url=next_url if is_web_address(next_url) else None,
        title=one_line(_string(document, "title")),
        problems=tuple(problems),
    )


def _entry(
    item: Mapping[str, object], document: Mapping[str, object], fetched: Fetched, way: Way
) -> Entry | None:
    address = _string(item, "url") or _string(item, "external_url") or _string(item, "id")
    url = urljoin(fetched.final_url, address)
    if not address or not is_web_address(url):
        return None
    raw = _string(item, "date_published") or _string(item, "date_modified")
    markup = _string(item, "content_html") or _string(item, "content_text")
    zone = str(way.options.get("time_zone", DEFAULT_ZONE))
    return Entry(
        url=url,
        guid=_string(item, "id") or None,
        title=one_line(_string(item, "title")),
        summary=plain(_string(item, "summary")),
        text=sanitised(markup, url) if markup else "",
        published_at=read_date(raw, zone=zone, today=fetched.fetched_at),
        published_raw=raw,
        date_source="date_published" if _string(item, "date_published") else "date_modified",
        authors=_authors(item) or _authors(document),
        language=_string(item, "language") or _string(document, "language") or None,
    )


def _authors(mapping: Mapping[str, object]) -> tuple[str, ...]:
    listed = mapping.get("authors")
    people = listed if isinstance(listed, list) else [mapping.get("author")]
    names = (one_line(_string(person, "name")) for person in people if isinstance(person, Mapping))
    return tuple(name for name in names if name)


def _string(mapping: Mapping[str, object], field: str) -> str:
    value = mapping.get(field)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
