"""Markup that a way gives, made harmless or plain. Pure; the door to lxml for sources."""

from __future__ import annotations

import html
import re
from contextlib import suppress

from lxml import etree
from lxml import html as lxml_html
from lxml_html_clean import Cleaner

_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>")
_BLOCKS = frozenset(
    {"p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "blockquote", "ul", "ol"}
)
_SILENT = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg"})
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_CLEANER = Cleaner(style=True, page_structure=False)  # scripts, frames, forms, handlers: default
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(markup: str) -> str:
    """Visible text: block elements end lines, entities are resolved, blanks are single."""
    if not markup:
        return ""
    text = _text_of(markup) if _TAG.search(markup) else html.unescape(markup)
    text = _SPACES.sub(" ", _CONTROL.sub(" ", text))
    if "\n" not in text:
        return text.strip()
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(markup: str) -> str:
    """`plain` for titles."""
    return " ".join(plain(markup).split())


def sanitised(markup: str, base_url: str) -> str:
    """Markup without scripts, styles, frames, forms and event handlers, links made absolute.

    Text without any tag comes back as it is.
    """
    if not _TAG.search(markup):
        return _CONTROL.sub(" ", markup)
    tree = _fragment(markup)
    if tree is None:
        return plain(markup)
    _CLEANER(tree)
    with suppress(ValueError):
        tree.make_links_absolute(base_url, handle_failures="discard")
    body = lxml_html.tostring(tree, encoding="unicode")
    return str(body)


def _fragment(markup: str) -> lxml_html.HtmlElement | None:
    try:
        return lxml_html.fragment_fromstring(_CONTROL.sub(" ", markup), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _text_of(markup: str) -> str:
    tree = _fragment(markup)
    if tree is None:
        return html.unescape(_TAG.sub(" ", markup))
    pieces: list[str] = []
    _gather(tree, pieces)
    return "".join(pieces)


def _gather(root: lxml_html.HtmlElement, pieces: list[str]) -> None:
    """Iterative, so that a thousand nested elements are no problem."""
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        silent = not isinstance(element.tag, str) or element.tag in _SILENT
        if event == "start" and not silent and not _inside_silent(element):
            if element.tag in _BLOCKS:
                pieces.append("\n")
            pieces.append((element.text or "").replace("\n", " "))
        elif event != "start" and element is not root:
            if element.tag in _BLOCKS:
                pieces.append("\n")
            if not _inside_silent(element):
                pieces.append((element.tail or "").replace("\n", " "))


def _inside_silent(element: lxml_html.HtmlElement) -> bool:
    return any(parent.tag in _SILENT for parent in element.iterancestors())
