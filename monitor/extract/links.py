"""The links of a page: their texts, and those that stand within the article's text.

Pure reading of a parsed page. A profile knows where the article stands, and only the links in its
own lines are looked at; the general way looks at all of a page's links, a hundred and thirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml.etree import XPath

from monitor.extract.blocks import Block
from monitor.extract.page import Tree, absolute

# From the links up: a union of paths from the paragraphs down took 10 s on a page of 5 MB.
_IN_TEXT = XPath("//a[@href][ancestor::p or ancestor::blockquote or ancestor::td]")
MOST = 50  # links kept of an article

Anchor = tuple[str, str]  # shown text, href ("": none)


def link_texts(tree: Tree) -> frozenset[str]:
    """What the links of a page show, whitespace collapsed."""
    return frozenset(_shown(link) for link in tree.iter("a"))


def anchors(tree: Tree) -> Iterator[Anchor]:
    """The links inside paragraphs, quotations and table cells."""
    for link in _IN_TEXT(tree):
        yield _shown(link), link.get("href")


def block_anchors(blocks: Iterable[Block]) -> list[Anchor]:
    """The links in some blocks of text, or around them."""
    owners = dict.fromkeys(block.owner for block in blocks if block.linked)
    links: dict[Tree, None] = {}
    for owner in owners:
        links.update(dict.fromkeys(owner.iter("a")))
        around = next(owner.iterancestors("a"), None)
        if around is not None:
            links[around] = None
    return [(_shown(link), link.get("href") or "") for link in links]


def links_within(text: str, found: Sequence[Anchor], base: str) -> tuple[str, ...]:
    """Absolute addresses of those anchors whose words stand in the text, in page order."""
    inside = (absolute(base, href) for shown, href in found if len(shown) > 2 and shown in text)
    return tuple(dict.fromkeys(address for address in inside if address))[:MOST]


def _shown(link: Tree) -> str:
    text = "".join(link.itertext()) if len(link) else link.text or ""
    return " ".join(text.split())
