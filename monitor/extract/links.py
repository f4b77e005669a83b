"""The links of a page: their texts, and those that stand within the article's text.

Pure reading of a parsed page. A profile finds the body without looking at the page's hundred and
thirty links; their texts are then read only if one of them can equal a line of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from lxml.etree import XPath

from monitor.extract.page import Page, Tree, absolute

_IN_TEXT = XPath("//p//a[@href] | //blockquote//a[@href] | //td//a[@href]")
_TEXTS = XPath("//a//text()", smart_strings=False)
MOST = 50  # links kept of an article


class RareLinks(Container[str]):
    """The texts of a page's links for those who expect to find none of their lines among them:
    one query instead of a look at every link. `whole` gives the tree as it came, for the page
    where a line may be a link after all."""

    def __init__(self, tree: Tree, whole: Callable[[], Tree]) -> None:
        self._letters = _squash("".join(_TEXTS(tree)))
        self._whole = whole
        self._texts: frozenset[str] | None = None

    def __contains__(self, line: object) -> bool:
        if self._texts is None:
            if _squash(str(line)) not in self._letters:
                return False
            self._texts = link_texts(self._whole())
        return line in self._texts


def link_texts(tree: Tree) -> frozenset[str]:
    """What the links of a page show, whitespace collapsed."""
    return frozenset(_shown(link) for link in tree.iter("a"))


def anchors(page: Page) -> Iterator[tuple[str, str]]:
    """(shown text, href) of the links inside paragraphs, quotations and table cells."""
    for link in _IN_TEXT(page.tree):
        shown, href = _shown(link), link.get("href")
        if href and len(shown) > 2:
            yield shown, href


def links_within(text: str, found: Sequence[tuple[str, str]], base: str) -> tuple[str, ...]:
    """Absolute addresses of those anchors whose words stand in the text, in page order."""
    inside = (absolute(base, href) for shown, href in found if shown in text)
    return tuple(dict.fromkeys(address for address in inside if address))[:MOST]


def _shown(link: Tree) -> str:
    text = "".join(link.itertext()) if len(link) else link.text or ""
    return " ".join(text.split())


def _squash(text: str) -> str:
    return "".join(text.split())
