"""The links of a page: their texts, and those that stand within the article's text.

Pure reading of a parsed page. A profile knows where the article stands, and only the links in its
own lines are looked at; the general way looks at all of a page's links, a hundred and thirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.extract.blocks import Block
from monitor.extract.page import Tree, absolute

_IN_TEXT = ("p", "blockquote", "td")
MOST = 50  # links kept of an article

Anchor = tuple[str, str]  # shown text, href ("": none)


def page_links(tree: Tree) -> tuple[frozenset[str], tuple[Anchor, ...]]:
    """What the links of a page show, whitespace collapsed; and the links inside paragraphs,
    quotations and table cells, looked for from the links up: pages of 5 MB have been met."""
    shown = [(_shown(link), link) for link in tree.iter("a")]
    inside = (
        (text, link.get("href"))
        for text, link in shown
        if link.get("href") is not None and next(link.iterancestors(*_IN_TEXT), None) is not None
    )
    return frozenset(text for text, _ in shown), tuple(inside)


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
