"""Kind `feed`: RSS, Atom, RDF and JSON Feed. The only door to feedparser.

feedparser is given bytes with the address as Content-Location (relative links resolve only so)
and its dates are not used: see `dates`. Options of a way: `time_zone` (IANA name, for dates
without a zone; default Asia/Almaty).
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources import jsonfeed
from monitor.sources.charset import repaired
from monitor.sources.dates import DEFAULT_ZONE, read_date
from monitor.sources.markup import one_line, plain, sanitised
from monitor.urls import is_web_address

name = "feed"
purpose = "feed"
parser_version = "feed-1"
options: Mapping[str, str] = {
    "time_zone": f"where dates without a zone are from, an IANA name (default {DEFAULT_ZONE})"
}

MAX_ENTRIES = 2000
_ENTRY_END = re.compile(rb"</(?:\w+:)?(item|entry)\s*>", re.I)
_ROOT_END = re.compile(rb"</(?:rss|feed|(?:\w+:)?RDF)\s*>", re.I)
_ROOT = re.compile(rb"<(rss|feed|(?:\w+:)?RDF)\b", re.I)
_HTML = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?[\w.:-]+\s+(\"[^\"]*\"|'[^']*')", re.I)
_FULL_TEXTS = ("yandex_full-text", "turbo_content", "full-text", "fulltext")
_DATE_FIELDS = (("published", "pubDate"), ("updated", "updated"), ("created", "created"))
_PERIOD_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}


def first_url(way: Way) -> str:
    return way.url


def parse(fetched: Fetched, way: Way) -> Listing:
    """Every entry that has an address, at most 2,000.

    Raises ParseError: `empty`, `html` (a page where the feed should be), `bomb` (nested XML
    entities), `not_a_feed`.
    """
    body = fetched.body.lstrip()
    if not body:
        raise ParseError("the body is empty", reason="empty")
    if jsonfeed.looks_like(body):
        return jsonfeed.parse(fetched, way, MAX_ENTRIES)
    _refuse_bombs(body)
    problems: list[str] = []
    body, content_type, repair = repaired(_capped(body, problems), fetched.content_type)
    if repair:
        problems.append(repair)
    result = _feedparser(body, content_type, fetched.final_url)
    _refuse_strangers(result, body)
    entries = tuple(_entries(result, fetched, way, problems))
    complete = not result.get("bozo") or bool(_ROOT_END.search(body[-2000:]))
    if not complete:
        problems.append("the document ends early")
    elif result.get("bozo") and not entries:
        problems.append(f"not well-formed: {result.get('bozo_exception')}")
    feed = result["feed"]
    return Listing(
        entries=entries,
        next_url=_next_page(feed, fetched.final_url),
        ttl_minutes=_ttl(feed),
        title=one_line(_text(feed, "title")),
        problems=tuple(problems),
        complete=complete,
    )


# ---------------------------------------------------------------- the library and its input


def _feedparser(body: bytes, content_type: str, url: str) -> Any:
    """The one place where a library eats hostile input: whatever it raises becomes ParseError."""
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    try:
        return feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise ParseError(f"feedparser: {type(error).__name__}: {error}") from error


def _refuse_bombs(body: bytes) -> None:
    """Entities that hold other entities are never needed in a feed. External ones are harmless
    here: feedparser never fetches them (old RDF feeds name the HTML entity sets so)."""
    for match in _ENTITY.finditer(body[:200_000]):
        if re.search(rb"[&%][\w.:-]+;", _unescaped(match[1])):
            raise ParseError("XML entities that nest", reason="bomb")


def _unescaped(value: bytes) -> bytes:
    return re.sub(rb"&(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);", b"", value, flags=re.I)


def _capped(body: bytes, problems: list[str]) -> bytes:
    """Cut after the 2,000th entry, before the parser spends seconds on the rest."""
    for number, match in enumerate(_ENTRY_END.finditer(body), start=1):
        if number == MAX_ENTRIES + 1:
            problems.append(f"more than {MAX_ENTRIES} entries: the rest was left out")
            return body[: match.start()].rsplit(b"<" + match[1], 1)[0] + _closing(body)
    return body


def _closing(body: bytes) -> bytes:
    root = _ROOT.search(body)
    tag = root[1] if root else b"rss"
    inner = b"</channel>" if tag.lower() == b"rss" else b""
    return inner + b"</" + tag + b">"


def _refuse_strangers(result: Any, body: bytes) -> None:
    if result.get("version") or result["entries"]:
        return
    if _HTML.match(body) or b"<body" in body[:5000].lower():
        raise ParseError("an HTML page where a feed is expected", reason="html")
    raise ParseError("neither RSS nor Atom nor JSON Feed", reason="not_a_feed")


# ---------------------------------------------------------------- entries


def _entries(result: Any, fetched: Fetched, way: Way, problems: list[str]) -> Iterator[Entry]:
    language = _text(result["feed"], "language") or None
    dropped = 0
    for item in result["entries"][:MAX_ENTRIES]:
        entry = _entry(item, fetched, way, language)
        if entry is None:
            dropped += 1
        else:
            yield entry
    if dropped:
        problems.append(f"{dropped} entries without a usable link")


def _entry(item: Any, fetched: Fetched, way: Way, language: str | None) -> Entry | None:
    url = _link(item, fetched.final_url)
    if url is None:
        return None
    raw, source = _raw_date(item)
    summary = plain(_text(item, "summary"))
    return Entry(
        url=url,
        guid=_text(item, "id").strip() or None,
        title=one_line(_text(item, "title")),
        summary=summary,
        text=_full_text(item, summary, url),
        published_at=_date(raw, fetched.fetched_at, way),
        published_raw=raw,
        date_source=source,
        authors=_authors(item),
        language=language,
    )


def _link(item: Any, base: str) -> str | None:
    for candidate in _link_candidates(item):
        tidy = "".join(candidate.split("\n")).strip().replace(" ", "%20")
        try:
            absolute = urljoin(base, tidy)
        except ValueError:
            continue
        if tidy and is_web_address(absolute):
            return absolute
    return None


def _link_candidates(item: Any) -> Iterator[str]:
    yield _text(item, "link")
    for link in _mappings(item, "links"):
        if link.get("rel", "alternate") in ("alternate", "canonical"):
            yield str(link.get("href", ""))
    identity = _text(item, "id").strip()
    if identity.startswith(("http://", "https://")):
        yield identity
    yield from (str(link.get("href", "")) for link in _mappings(item, "links"))


def _raw_date(item: Any) -> tuple[str, str]:
    for field, source in _DATE_FIELDS:
        raw = _text(item, field).strip()
        if raw:
            return raw, source
    return "", ""


def _date(raw: str, fetched_at: datetime, way: Way) -> datetime | None:
    zone = str(way.options.get("time_zone", DEFAULT_ZONE))
    return read_date(raw, zone=zone, today=fetched_at)


def _full_text(item: Any, summary: str, url: str) -> str:
    """The longest text that the feed itself gives, if it is more than the summary."""
    candidates = [_unescaped_markup(_text(item, field)) for field in _FULL_TEXTS]
    candidates += [str(content.get("value", "")) for content in _mappings(item, "content")]
    best = max(candidates, key=len)
    if len(plain(best)) <= len(summary):
        best = _text(item, "summary") if len(summary) > len(plain(best)) else best
    return sanitised(best, url) if best.strip() else ""


def _unescaped_markup(text: str) -> str:
    """feedparser leaves markup in elements that it does not know escaped."""
    return html.unescape(text) if "&lt;" in text and "<" not in text else text


def _authors(item: Any) -> tuple[str, ...]:
    names = [one_line(str(author.get("name", ""))) for author in _mappings(item, "authors")]
    names = names if any(names) else [one_line(_text(item, "author"))]
    return tuple(dict.fromkeys(name for name in names if name))


# ---------------------------------------------------------------- the feed itself


def _ttl(feed: Any) -> float | None:
    """Minutes that the publisher asks for: `ttl`, or the syndication module's period."""
    try:
        ttl = float(_text(feed, "ttl"))
    except ValueError:
        ttl = 0.0
    if ttl > 0:
        return ttl
    period = _PERIOD_MINUTES.get(_text(feed, "sy_updateperiod").strip().lower())
    if period is None:
        return None
    try:
        frequency = float(_text(feed, "sy_updatefrequency") or 1)
    except ValueError:
        frequency = 1.0
    return period / frequency if frequency > 0 else None


def _next_page(feed: Any, base: str) -> str | None:
    """RFC 5005 paging."""
    for link in _mappings(feed, "links"):
        if link.get("rel") == "next" and link.get("href"):
            address = urljoin(base, str(link["href"]))
            return address if is_web_address(address) else None
    return None


def _text(mapping: Any, field: str) -> str:
    """A text field without feedparser's own fall-backs from one field to another."""
    value = dict.get(mapping, field)
    return value if isinstance(value, str) else ""


def _mappings(mapping: Any, field: str) -> list[Mapping[str, object]]:
    value = dict.get(mapping, field)
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []
