"""The lines of an HTML fragment or a plain text, as a feed or a post carries it. Pure."""

from __future__ import annotations

import re

from lxml import html
from lxml.etree import LxmlError

from monitor.extract.page import Tree

_BLOCKS = frozenset(
    "p div li ul ol blockquote h1 h2 h3 h4 h5 h6 tr table section article pre figure br hr dd dt "  # noqa: SIM905
    "main header footer aside nav figcaption".split()
)
_DROPPED = frozenset(
    "script style noscript template iframe object embed form button svg".split()  # noqa: SIM905
)


def fragment_lines(source: str) -> list[str]:
    """Paragraphs of sanitised HTML or of plain text; scripts and styles never come through."""
    if not re.search(r"<\s*/?\s*[a-zA-Z!]", source):
        return [line for line in source.splitlines() if line.strip()]
    try:
        tree = html.fragment_fromstring(source, create_parent="div")
    except (LxmlError, ValueError, AssertionError):
        return [re.sub(r"<[^>]*>", " ", source)]
    return element_lines(tree)


def element_lines(tree: Tree, dropped: frozenset[str] = _DROPPED) -> list[str]:
    """The text of an element, one line per block; a space where `<a>` or `<span>` meet words."""
    lines: list[str] = []
    current: list[str] = []

    def close() -> None:
        line = " ".join("".join(current).split())
        if line:
            lines.append(line)
        current.clear()

    stack: list[tuple[Tree, bool]] = [(tree, False)]
    while stack:
        element, done = stack.pop()
        is_block = element.tag in _BLOCKS
        if done:
            if is_block:
                close()
            if element is not tree:
                current.append(element.tail or "")
            continue
        stack.append((element, True))
        if not isinstance(element.tag, str) or element.tag in dropped:
            continue
        if is_block:
            close()
        current.append(element.text or "")
        stack.extend((child, False) for child in reversed(element))
    close()
    return lines
