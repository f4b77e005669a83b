"""The links of a page: their texts, and those that stand within the article's text.

Pure reading of a parsed page. A profile finds the body without looking at the page's hundred and
thirty links; their texts are then read only if one of them can equal a line of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from lxml.etree import XPath

from monitor.extract.page import Page, Tree, absolute

_IN_TEXT = XPath("//p//a[@href] | //blockquote//a[@href] | //td//a[@href]")
_LINKS_AND_TEXTS = XPath("//a | //a//text()", smart_strings=False)  # in page order
_GLANCE = 40  # characters of a line that are looked for first
MOST = 50  # links kept of an article


class RareLinks(Container[str]):
    """The texts of a page's links for those who expect to find none of their lines among them:
    one query instead of a look at every link, and a closer look only when a line may be one.
    What is read is read at once: the tree may be pruned later. `whole` gives it as it came, for
    pages with links inside links."""

    def __init__(self, tree: Tree, whole: Callable[[], Tree]) -> None:
        self._found = _LINKS_AND_TEXTS(tree)
        self._letters = _squash("".join([part for part in self._found if isinstance(part, str)]))
        self._whole = whole
        self._texts: frozenset[str] | None = None

    def __contains__(self, line: object) -> bool:
        if self._texts is None:
            start = _squash(str(line)[:_GLANCE])
            if start not in self._letters or _squash(str(line)) not in self._letters:
                return False
            self._texts = self._closer()
        return line in self._texts

    def _closer(self) -> frozenset[str]:
        """The texts from one link to the next."""
        texts: set[str] = set()
        parts: list[str] = []
        for found in (*self._found, None):
            if isinstance(found, str):
                parts.append(found)
                continue
            if found is not None and next(found.iterancestors("a"), None) is not None:
                return link_texts(self._whole())
            texts.add(" ".join("".join(parts).split()))
            parts = []
        return frozenset(texts)


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
