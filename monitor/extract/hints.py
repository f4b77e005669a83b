"""Hand-written selectors of feeds.yaml (`extract:`): CSS by field, stronger than all else."""

from __future__ import annotations

from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.etree import LxmlError

from monitor.errors import ConfigError
from monitor.extract.blocks import page_blocks
from monitor.extract.lines import tidy
from monitor.extract.page import Tree

FIELDS = ("title", "date", "author", "lead", "body")


def hinted_lines(tree: Tree, selector: str) -> list[str]:
    """The blocks of all elements that a selector names, in page order."""
    return [
        tidy(block.text) for element in _select(tree, selector) for block in page_blocks(element)
    ]


def hinted_text(tree: Tree, selector: str) -> str:
    """The first element's text; for `meta` and `time` their machine-readable value."""
    for element in _select(tree, selector):
        stated = element.get("content") or element.get("datetime")
        text = stated or tidy(" ".join("".join(element.itertext()).split()))
        if text:
            return str(text)
    return ""


def _select(tree: Tree, selector: str) -> list[Tree]:
    return list(_compiled(selector)(tree)) if selector else []


@lru_cache(maxsize=256)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector)
    except (LxmlError, SyntaxError, ValueError) as error:
        raise ConfigError([f"extract: {selector!r} is no CSS selector ({error})"]) from error
