"""Where an element stands, as an XPath that leads to it and to nothing else on the page. Pure.

Names first: an id, the classes without numbers (numbers are the article's, not the template's).
An element without a name of its own, or with one that others share, is reached from the nearest
ancestor whose name is its own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from lxml.etree import XPath

from monitor.extract.page import Tree

_FARTHEST = 6  # ancestors up to the one that has a name of its own
_PLAIN_NAME = re.compile(r"[a-zA-Z][\w-]*")


def address_of(element: Tree, tree: Tree) -> str | None:
    """The path of an element, None when it cannot be told from others by what a template keeps."""
    own = _named(element)
    if own and leads_to(f"//{own}", tree, element):
        return f"//{own}"
    steps: list[str] = []
    current = element
    for ancestor in islice(element.iterancestors(), _FARTHEST):
        step = _step(current, ancestor)
        if step is None:
            return None
        steps.insert(0, step)
        current = ancestor
        name = "body" if ancestor.tag == "body" else _named(ancestor)
        if not name or not leads_to(f"//{name}", tree, ancestor):
            continue
        below = (f"//{name}//{own}" if own else "", f"//{name}/{'/'.join(steps)}")
        return next((path for path in below if path and leads_to(path, tree, element)), None)
    return None


def leads_to(path: str, tree: Tree, element: Tree) -> bool:
    """Whether the path finds this element alone."""
    found = compiled(path)(tree)
    return len(found) == 1 and found[0] is element


def _named(element: Tree) -> str | None:
    """The element's tag with what names it; None when nothing does."""
    tag = element.tag
    if not isinstance(tag, str) or not _PLAIN_NAME.fullmatch(tag):
        return None
    name = element.get("id") or ""
    if name and not any(char.isdigit() for char in name) and '"' not in name:
        return f'{tag}[@id="{name}"]'
    classes = (element.get("class") or "").split()
    stable = [c for c in classes if not any(char.isdigit() for char in c) and '"' not in c]
    if not stable:
        return tag if tag in ("article", "main") else None
    if stable == classes:
        return f'{tag}[@class="{element.get("class")}"]'
    tests = " and ".join(f'contains(concat(" ",@class," ")," {c} ")' for c in stable)
    return f"{tag}[{tests}]"


def _step(element: Tree, parent: Tree) -> str | None:
    """The step from the parent: the tag, with its number only where the tag is not alone."""
    if not isinstance(element.tag, str) or not _PLAIN_NAME.fullmatch(element.tag):
        return None
    alike = [child for child in parent if child.tag == element.tag]
    return element.tag if len(alike) == 1 else f"{element.tag}[{alike.index(element) + 1}]"


@lru_cache(maxsize=512)
def compiled(path: str) -> XPath:
    """The query, compiled once."""
    return XPath(path)
