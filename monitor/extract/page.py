"""Bytes -> one parsed tree, decoded once. The extract package's only door to the HTML parser."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.etree import ElementDefaultClassLookup, LxmlError

from monitor.errors import ExtractError

Tree = Any  # lxml ships no types; an lxml.html.HtmlElement

MAXIMUM_BYTES = 8_000_000  # more than any article page seen (the largest live blog: 1.3 MB)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])
_CONTROL_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:1?[0-9a-fA-F]|7[fF])|0*(?:[0-9]|[12][0-9]|3[01]|127))(?:;|(?![0-9a-fA-F;]))"
)
_LEGACY = ("windows-1251", "koi8-r")
_COMMON = {name: "оеаинтсрвлкмдпу".encode(name) for name in _LEGACY}
_ASCII = bytes(range(128))
_RUNS = re.compile(rb"[\x80-\xff]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page. `tree` is never changed after parsing; whoever must prune, copies."""

    url: str
    host: str
    base: str  # what relative addresses are resolved against
    tree: Tree
    below: bytes = b""  # what was not parsed, see cutting.py; empty: the tree is the whole page


def parse_page(body: bytes, *, url: str, content_type: str = "", below: bytes = b"") -> Page:
    """The tree of a page; raises ExtractError(page_class="empty") when there is none."""
    source = as_utf8(body[:MAXIMUM_BYTES], content_type)
    if not source or source.isspace():
        raise ExtractError("the answer holds no text", page_class="empty")
    try:
        tree = html.document_fromstring(source, parser=_parser())
    except (LxmlError, ValueError, AssertionError) as error:
        raise ExtractError(f"not parseable as HTML: {error}", page_class="empty") from error
    return Page(url=url, host=host_of(url), base=_base(tree, url), tree=tree, below=below)


def _parser() -> html.HTMLParser:
    """A parser whose elements are all of one class: the look-up of a class per tag, a Python call
    for every element touched, cost a tenth of the whole extraction. Nobody asks for elements by id
    through the parser's table."""
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False
    )
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=html.HtmlElement))
    return parser


def host_of(url: str) -> str:
    """The host name without `www.`; an empty string for what is no address."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def absolute(base: str, address: str | None) -> str | None:
    """An absolute http(s) address, None for anything else (mailto:, javascript:, broken)."""
    if not address:
        return None
    if address.startswith(("https://", "http://")) and " " not in address:
        return address
    try:
        joined = urljoin(base, address.strip())
        return joined if urlsplit(joined).scheme in ("http", "https") else None
    except ValueError:
        return None


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """The body in UTF-8, without control characters, plain or as references: NUL ends a text for
    the parser, the others cannot be moved about in a tree."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        body = decode_page(body, content_type).encode("utf-8", "replace")
    plain = body.translate(None, _CONTROL).removeprefix(codecs.BOM_UTF8)
    return _CONTROL_REFERENCE.sub(b" ", plain)  # `b"&#" in plain` would take twice as long


def decode_page(body: bytes, content_type: str = "") -> str:
    """Text from bytes: BOM, valid UTF-8, declared charset, then the likelier Cyrillic code page.

    Valid multi-byte UTF-8 wins over a declaration: a text in a one-byte code page practically
    never is valid UTF-8, while wrong headers are common on pages of the region.
    """
    for bom, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                      (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if body.startswith(bom):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in _declared(body, content_type):
        text = body.decode(name, "replace")
        if name != "utf-8" or text.count("\ufffd") <= max(20, len(text) // 500):
            return text  # a few broken characters are damage, more are another code page
    return _likelier_cyrillic(body)


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The code pages that the header and the page name, as Python calls them."""
    in_page = _META_CHARSET.search(body[:4096])
    in_header = _HEADER_CHARSET.search(content_type)
    for name in (in_header and in_header[1], in_page and in_page[1].decode("ascii", "replace")):
        try:
            known = codecs.lookup(name.replace("cp-", "cp")).name if name else None
        except LookupError:
            continue
        if known:
            yield "windows-1252" if known in ("iso8859-1", "ascii") else known


def _likelier_cyrillic(body: bytes) -> str:
    """Lower-case letters that are frequent in Russian decide between the code pages; runs of
    letters beyond ASCII tell Cyrillic from Western text with its single accents."""
    runs = b"".join(_RUNS.findall(body))
    if len(runs) * 2 < len(body.translate(None, _ASCII)):
        return body.decode("windows-1252", "replace")
    name = max(_LEGACY, key=lambda name: len(runs) - len(runs.translate(None, _COMMON[name])))
    return body.decode(name, "replace")


def _base(tree: Tree, url: str) -> str:
    element = tree.find("head/base")
    return absolute(url, element.get("href")) or url if element is not None else url
