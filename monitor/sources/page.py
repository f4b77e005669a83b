"""What the kinds that read HTML pages share: the tree, links, paging by `{page}`. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin

from lxml import cssselect, etree
from lxml import html as lxml_html

from monitor.errors import ParseError
from monitor.models import Fetched, Way
from monitor.sources.charset import page_text
from monitor.urls import is_web_address

PAGE = "{page}"


def tree_of(fetched: Fetched) -> lxml_html.HtmlElement:
    """The page as a tree; raises ParseError `empty` when there is nothing to read."""
    text = page_text(fetched.body, fetched.content_type)
    try:
        return lxml_html.document_fromstring(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"HTML: {error}", reason="empty") from error


def select(root: lxml_html.HtmlElement, selector: str) -> list[lxml_html.HtmlElement]:
    """Elements by CSS selector; raises ParseError `option` when the selector is not CSS."""
    return [found for found in _compiled(selector)(root) if isinstance(found.tag, str)]


def first(root: lxml_html.HtmlElement, selector: str) -> lxml_html.HtmlElement | None:
    found = select(root, selector)
    return found[0] if found else None


@lru_cache(maxsize=256)
def _compiled(selector: str) -> cssselect.CSSSelector:
    try:
        return cssselect.CSSSelector(selector, translator="html")
    except (cssselect.SelectorError, ValueError) as error:
        raise ParseError(f"selector {selector!r}: {error}", reason="option") from error


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """A regular expression of an option; raises ParseError `option` when it is not one."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ParseError(f"pattern {text!r}: {error}", reason="option") from error


def wanted(url: str, way: Way) -> bool:
    """The options `include` and `exclude`: regular expressions searched in the address."""
    include, exclude = option(way, "include"), option(way, "exclude")
    if include and not pattern(include).search(url):
        return False
    return not (exclude and pattern(exclude).search(url))


def absolute(base: str, href: str) -> str | None:
    """The address that a link means, None when it is not one of the web."""
    tidy = "".join(href.split("\n")).strip().replace(" ", "%20")
    try:
        address = urljoin(base, tidy)
    except ValueError:
        return None
    return address if tidy and is_web_address(address) else None


def option(way: Way, name: str, default: str = "") -> str:
    """An option as text."""
    value = way.options.get(name)
    return default if value is None else str(value)


def number(way: Way, name: str, default: int) -> int:
    """An option as a whole number; raises ParseError `option` when it is none."""
    try:
        return int(option(way, name) or default)
    except ValueError as error:
        raise ParseError(f"option {name} is not a number", reason="option") from error


def first_page(way: Way) -> str:
    """The way's address with `{page}` filled in for the first page."""
    return way.url.replace(PAGE, str(number(way, "first_page", 1)))


def next_page(way: Way, asked_url: str) -> str | None:
    """The address after `asked_url` by the way's `{page}` pattern, up to `pages` of them."""
    before, mark, after = way.url.partition(PAGE)
    if not mark:
        return None
    found = re.fullmatch(re.escape(before) + r"(\d+)" + re.escape(after), asked_url)
    start = number(way, "first_page", 1)
    page = int(found[1]) if found else start
    if page - start + 1 >= number(way, "pages", 3):
        return None
    return f"{before}{page + 1}{after}"
