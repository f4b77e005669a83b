"""A page as blocks of text in page order, and which element holds the article. Pure.

A second, independent view beside trafilatura's: it finds halves of a split body, serves learned
profiles, and takes over on pages too large for anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.extract.lines import fold, tidy
from monitor.extract.page import Tree

BLOCK_TAGS = frozenset(
    ("p", "div", "li", "ul", "ol", "dl", "dd", "dt", "blockquote", "pre", "h1", "h2", "h3", "h4",
     "h5", "h6", "table", "tbody", "tr", "td", "th", "section", "article", "main", "header",
     "footer", "aside", "nav", "figure", "figcaption", "br", "hr", "body", "form", "center",
     "details", "summary", "address", "fieldset"),
)  # fmt: skip
SKIPPED_TAGS = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "object", "button", "select",
     "nav", "footer", "aside", "figcaption", "textarea", "input", "head", "audio", "video"),
)  # fmt: skip
_HOLDING = BLOCK_TAGS - {"br", "hr"}
_LONGEST_NAME = 300  # characters of classes and id
PROSE = 80  # characters of a block that reads like a paragraph


class Block(NamedTuple):
    """A run of text between block borders; `owner` is the nearest block element around it."""

    text: str
    owner: Tree
    linked: int  # characters inside links


def page_blocks(root: Tree) -> list[Block]:
    """All blocks below an element, in page order."""
    return _Walker(root).run()


class _Walker:
    """An explicit stack: hostile pages nest deeper than Python recurses."""

    def __init__(self, root: Tree) -> None:
        self.root = root
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.linked = 0
        self.owners: list[Tree] = [root]
        self.links = 0

    def run(self) -> list[Block]:
        stack: list[Tree] = [self.root]  # elements to open, and (element, tag) to close
        while stack:
            element = stack.pop()
            if type(element) is tuple:
                self._close(*element)
                continue
            tag = element.tag
            if tag in SKIPPED_TAGS or not isinstance(tag, str):
                self._say(element.tail)
            elif len(element):
                self._open(element, tag)
                stack.append((element, tag))
                stack.extend(reversed(element))
            elif tag in _HOLDING:
                self._leaf(element)
            else:
                self._open(element, tag)
                self._close(element, tag)
        self._flush()
        return self.blocks

    def _leaf(self, element: Tree) -> None:
        """A block element without children, mostly a paragraph: its text is a block."""
        if self.parts:
            self._flush()
        said = element.text
        text = " ".join(said.split()) if said else ""
        if text:
            self.blocks.append(Block(text, element, len(said) if self.links else 0))
        tail = element.tail
        if tail and (self.links or not tail.isspace()) and element is not self.root:
            self._say(tail)

    def _open(self, element: Tree, tag: str) -> None:
        if tag in BLOCK_TAGS:
            self._flush()
            if tag in _HOLDING:
                self.owners.append(element)
        elif tag == "a":
            self.links += 1
        self._say(element.text)

    def _close(self, element: Tree, tag: str) -> None:
        if tag in BLOCK_TAGS:
            if tag in _HOLDING:
                self._flush()
                self.owners.pop()
        elif tag == "a":
            self.links -= 1
        if element is not self.root:
            self._say(element.tail)

    def _say(self, text: str | None) -> None:
        if text and (self.parts or self.links or not text.isspace()):
            self.parts.append(text)
            if self.links:
                self.linked += len(text)

    def _flush(self) -> None:
        if self.parts:
            text = " ".join("".join(self.parts).split())
            if text:
                self.blocks.append(Block(text, self.owners[-1], self.linked))
            self.parts, self.linked = [], 0


def signature(element: Tree) -> str:
    """What an element is called on all pages of a template: tag, id and classes without numbers."""
    classes, name = element.get("class") or "", element.get("id") or ""
    known = len(classes) + len(name) < _LONGEST_NAME  # what a hostile page invents is not kept
    return (_signature if known else _signature.__wrapped__)(element.tag, classes, name)


@lru_cache(maxsize=4096)
def _signature(tag: str, classes: str, name: str) -> str:
    found = sorted(part for part in classes.split() if not any(c.isdigit() for c in part))
    stable = f"#{name}" if name and not any(c.isdigit() for c in name) else ""
    return f"{tag}{stable}" + "".join(f".{part}" for part in found)


def holder(blocks: Sequence[Block], lines: Sequence[str]) -> Tree | None:
    """The smallest element that holds nine tenths of the given lines' characters."""
    wanted = {fold(line.removeprefix("- "))[:60] for line in lines if len(line) >= 40}
    matched = [block for block in blocks if fold(block.text[:140])[:60] in wanted]
    if not matched:
        return None
    total = sum(len(block.text) for block in matched)
    weights: dict[Tree, int] = {}
    for block in matched:
        for element in (block.owner, *block.owner.iterancestors()):
            weights[element] = weights.get(element, 0) + len(block.text)
    depth = {e: sum(1 for _ in e.iterancestors()) for e, w in weights.items() if w >= 0.9 * total}
    return max(depth, key=lambda element: depth[element])


def continuation(tree: Tree, lines: Sequence[str]) -> list[str]:
    """Paragraphs of the same article in sister elements that the extractor left behind.

    Some sites cut a body into several equal containers around ads. A sister counts when it is
    named like the container of the found lines, stands before the next h1 and reads like prose.
    """
    known = {_key(line) for line in lines}
    parent = _prose_parent(tree, known)
    if parent is None or not parent.get("class"):
        return []
    name = parent.get("class")
    sisters = [e for e in tree.iter(parent.tag) if e.get("class") == name and e is not parent]
    if not sisters:
        return []
    new = [text for text in _sister_texts(tree, parent, set(sisters)) if _key(text) not in known]
    prose = [text for text in new if len(text) >= PROSE]
    return new if len(prose) >= 2 and sum(map(len, new)) > 200 else []


def _sister_texts(tree: Tree, parent: Tree, sisters: set[Tree]) -> Iterator[str]:
    inside = False
    for element in tree.iter("h1", "p"):
        home = element.getparent()
        if element.tag == "h1":
            if inside:
                return
        elif home is parent:
            inside = True
        elif inside and home in sisters:
            text = tidy(" ".join("".join(element.itertext()).split()))
            if sum(len("".join(link.itertext())) for link in element.iter("a")) < 0.5 * len(text):
                yield text


def _prose_parent(tree: Tree, known: set[str]) -> Tree | None:
    """The element around the first three found paragraphs, if it is one element."""
    parents: list[Tree] = []
    for element in tree.iter("p"):
        text = "".join(element.itertext())
        if len(text) >= PROSE and _key(text) in known:
            parents.append(element.getparent())
            if len(parents) == 3:
                break
    return parents[0] if parents and all(parent is parents[0] for parent in parents) else None


def _key(text: str) -> str:
    return "".join(text[:160].split())[:50]


def densest(blocks: Sequence[Block]) -> list[str]:
    """The paragraphs of the element with most prose: the plain way, linear in the page's size."""
    weights: dict[Tree, float] = {}
    for block in blocks:
        if len(block.text) < PROSE or block.linked > 0.4 * len(block.text):
            continue
        parent = block.owner.getparent() if block.owner.tag in ("p", "li") else block.owner
        share = 1.0
        for element in _two_up(parent):
            weights[element] = weights.get(element, 0.0) + share * len(block.text)
            share /= 2.5
    if not weights:
        return []
    best = max(weights, key=lambda element: weights[element])
    return [tidy(b.text) for b in page_blocks(best) if b.linked < 0.6 * len(b.text)]


def _two_up(element: Tree | None) -> Iterator[Tree]:
    for _ in range(2):
        if element is None or element.tag in ("body", "html"):
            return
        yield element
        element = element.getparent()
