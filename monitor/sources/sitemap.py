"""Kind `sitemap`: news sitemaps, plain sitemaps, indexes, gzip, one address per line.

An index leads to its newest children (by lastmod, else by the highest number in the name), at
most three, one after the other through `next_url`; the siblings still to read travel in the
fragment of the address, which never leaves this machine. sitemaps.org/protocol.html.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, unquote, urldefrag

from lxml import etree

from monitor.errors import ParseError
from monitor.models import Entry, Fetched, Listing, Way
from monitor.sources.dates import DEFAULT_ZONE, read_date
from monitor.sources.markup import one_line
from monitor.sources.page import absolute, first_page, next_page, number, option, pattern, wanted

name = "sitemap"
purpose = "sitemap"
parser_version = "sitemap-1"
options: Mapping[str, str] = {
    "children": "regular expression for the members of an index that hold news",
    "include": "regular expression that article addresses match",
    "exclude": "regular expression that article addresses do not match",
    "max_age_days": "dated entries older than this are left out (default 3)",
    "limit": "at most so many entries, the newest (default 300)",
    "first_page": "number of the first page for an address with {page} (default 1)",
    "pages": "at most so many pages for an address with {page} (default 3)",
    "time_zone": f"where dates without a zone are from (default {DEFAULT_ZONE})",
}

_CAP_BYTES = 50 * 1024 * 1024  # the protocol's own limit for one uncompressed file
_MAX_CHILDREN = 3
_RECENT_CHILD = timedelta(days=2)
_ALSO = "also="
_NUMBERS = re.compile(r"\d+")
_SECOND_ADDRESS = re.compile(r"^https?://[^/?]*?(https?://.+)$")


def first_url(way: Way) -> str:
    return first_page(way)


def parse(fetched: Fetched, way: Way) -> Listing:
    """Entries newest first. Raises ParseError `empty`, `html`, `bomb` or `not_a_sitemap`."""
    body = _plain(fetched.body).strip()
    if not body:
        raise ParseError("the sitemap is empty", reason="empty")
    if body[:4].lower() == b"http":
        return _listing(_lines(body), fetched, way)
    root = _tree(body)
    kind = _local(root)
    if kind == "sitemapindex":
        return _index(root, fetched, way)
    if kind != "urlset":
        raise ParseError(
            f"<{kind}> instead of a sitemap", reason="html" if kind == "html" else "not_a_sitemap"
        )
    return _listing(_locations(root), fetched, way)


def members(fetched: Fetched) -> tuple[str, ...]:
    """All members of an index, in the order of the file; none for a plain sitemap. For
    back-fills: `parse` follows the newest ones only."""
    body = _plain(fetched.body).strip()
    if not body or body[:4].lower() == b"http":
        return ()
    root = _tree(body)
    if _local(root) != "sitemapindex":
        return ()
    found = (absolute(fetched.final_url, _repaired(_fields(e).get("loc", ""))) for e in root)
    return tuple(dict.fromkeys(address for address in found if address))


# ---------------------------------------------------------------- bytes to tree


def _plain(body: bytes) -> bytes:
    """Undo a gzip file (not a Content-Encoding), never past the cap and never half."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(31)
    try:
        plain = stream.decompress(body, _CAP_BYTES)
    except zlib.error as error:
        raise ParseError(f"gzip: {error}", reason="damaged") from error
    if not stream.eof:
        raise ParseError("gzip file cut short or over 50 MB", reason="damaged")
    return plain


def _tree(body: bytes) -> etree._Element:
    if b"<!ENTITY" in body[:200_000]:
        raise ParseError("a sitemap needs no entities", reason="bomb")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"XML: {error}", reason="not_a_sitemap") from error
    if root is None:
        raise ParseError("no XML in it", reason="not_a_sitemap")
    return root


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _fields(element: etree._Element) -> dict[str, str]:
    """Texts of all descendants by local name (`loc`, `lastmod`, `publication_date`, …)."""
    fields: dict[str, str] = {}
    for part in element.iter():
        text = (part.text or "").strip() if isinstance(part.tag, str) else ""
        if text:
            fields.setdefault(_local(part), text)
    return fields


# ---------------------------------------------------------------- indexes


def _index(root: etree._Element, fetched: Fetched, way: Way) -> Listing:
    zone = option(way, "time_zone", DEFAULT_ZONE)
    children: list[tuple[datetime | None, list[int], str]] = []
    wish = option(way, "children")
    for element in root:
        fields = _fields(element)
        address = absolute(fetched.final_url, _repaired(fields.get("loc", "")))
        if address and (not wish or pattern(wish).search(address)):
            date = read_date(fields.get("lastmod", ""), zone=zone)
            children.append((date, [int(n) for n in _NUMBERS.findall(address)], address))
    if not children:
        raise ParseError("no member of the index fits", reason="shape")
    newest = _newest(children)
    return Listing(entries=(), next_url=_chain(newest), only_leads_on=True)


def _newest(children: list[tuple[datetime | None, list[int], str]]) -> list[str]:
    dated = sorted(((date, url) for date, _, url in children if date), reverse=True)
    if dated:
        limit = dated[0][0] - _RECENT_CHILD
        return [url for date, url in dated if date >= limit][:_MAX_CHILDREN]
    if len(children) <= _MAX_CHILDREN:
        return [url for _, _, url in children]
    return [url for _, _, url in sorted(children, key=lambda child: child[1], reverse=True)][:1]


def _chain(addresses: list[str]) -> str | None:
    if not addresses:
        return None
    rest = ",".join(quote(address, safe="") for address in addresses[1:])
    return f"{addresses[0]}#{_ALSO}{rest}" if rest else addresses[0]


def _siblings(asked_url: str) -> list[str]:
    fragment = urldefrag(asked_url).fragment
    if not fragment.startswith(_ALSO):
        return []
    return [unquote(part) for part in fragment[len(_ALSO) :].split(",")]


# ---------------------------------------------------------------- entries


def _locations(root: etree._Element) -> Iterator[dict[str, str]]:
    return (_fields(element) for element in root if _local(element) == "url")


def _lines(body: bytes) -> Iterator[dict[str, str]]:
    return ({"loc": line.decode("utf-8", "replace")} for line in body.split())


def _listing(locations: Iterator[dict[str, str]], fetched: Fetched, way: Way) -> Listing:
    oldest = fetched.fetched_at - timedelta(days=number(way, "max_age_days", 3))
    entries = []
    for fields in locations:
        entry = _entry(fields, fetched, way)
        if entry and (entry.published_at is None or entry.published_at >= oldest):
            entries.append(entry)
    entries.sort(key=_age_order, reverse=True)
    limit = number(way, "limit", 300)
    problems = [f"{len(entries) - limit} older entries left out"] if len(entries) > limit else []
    return Listing(
        entries=tuple(entries[:limit]),
        next_url=_chain(_siblings(fetched.url)) or next_page(way, fetched.url),
        problems=tuple(problems),
    )


def _age_order(entry: Entry) -> tuple[bool, float]:
    """Dated ones by date; undated ones after them, in the order of the file."""
    date = entry.published_at
    return (date is not None, date.timestamp() if date else 0.0)


def _entry(fields: Mapping[str, str], fetched: Fetched, way: Way) -> Entry | None:
    url = absolute(fetched.final_url, _repaired(fields.get("loc", "")))
    if url is None or not wanted(url, way):
        return None
    source = "publication_date" if fields.get("publication_date") else "lastmod"
    raw = fields.get(source, "")
    zone = option(way, "time_zone", DEFAULT_ZONE)
    return Entry(
        url=url,
        title=one_line(fields.get("title", "")),
        published_at=read_date(raw, zone=zone, today=fetched.fetched_at),
        published_raw=raw,
        date_source=source if raw else "",
        language=fields.get("language"),
    )


def _repaired(location: str) -> str:
    """`https://a.kzhttps://b.kz/x` (seen in the wild) means the second address."""
    match = _SECOND_ADDRESS.match(location.strip())
    if match:
        return match[1]
    return location if location.startswith(("http", "/")) else ""
