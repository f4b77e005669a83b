"""The only door to trafilatura: a parsed page in, the lines of its article out.

Fast mode first; its balanced mode only where the publisher's own summary says that fast missed
the article. No mode is right alone: on 65 Cyrillic pages fast scores .993 and default .945 (its
recall escalation swaps menus into short news), on the news web default .943 and fast .895.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from monitor.extract.blocks import PROSE, continuation, densest, page_blocks
from monitor.extract.fragment import fragment_lines
from monitor.extract.lines import fold
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, Tree
from monitor.extract.prepare import prepare

COVERED = 0.6  # share of the summary's words that a whole text holds
_GAIN = 0.15  # how much more of the summary the second opinion must cover to win
_SUMMARY_WORDS = 6  # a shorter summary says nothing
_SHORT = 600  # characters; without a summary a shorter text asks for a second opinion
_LONGER = 1.5
SHORT_BODY = 400  # characters; below it the publisher's own articleBody is looked at
LARGEST = 12_000  # elements; beyond it only the linear way keeps within a page's CPU budget
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro|excerpt|announce|anons|standfirst|subtitle|description|desc|dek)"
    r"(?:$|[\s_-])",
    re.I,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Lines as extracted, not yet cleaned, and who found them."""

    lines: tuple[str, ...]
    method: str  # fast / default / fast+lead …


def extract_body(page: Page, stated: Metadata) -> Body:
    """The article's lines; empty when no extractor finds any. Changes the page's tree."""
    summary = words(stated.description)
    if sum(1 for _ in page.tree.iter()) > LARGEST:
        return Body(lines=tuple(densest(page_blocks(page.tree))), method="dense")
    prepare(page.tree)
    text, method = _general(page.tree, summary)
    if _is_one_piece(text, page.tree) or _is_laid_out(page.tree):
        text, method = _by_blocks(page.tree, text, method)
    lines = tuple(line for line in text.split("\n") if line.strip())
    if len(text) < SHORT_BODY and len(stated.body) > 1.5 * len(text):
        lines, method = tuple(fragment_lines(stated.body)), "jsonld"
    rest = continuation(page.tree, lines)
    lead = find_lead(page.tree, summary, lines)
    method += ("+lead" if lead else "") + ("+rest" if rest else "")
    return Body(lines=(*([lead] if lead else []), *lines, *rest), method=method)


def _general(tree: Tree, summary: frozenset[str]) -> tuple[str, str]:
    """Fast mode, or the other view where the summary says that fast missed the article."""
    text = _run(tree, fast=True)
    covered = coverage(summary, text)
    if _is_dump(text):
        other = "\n".join(densest(page_blocks(tree)))
        return (other, "dense") if len(other) > 200 and not _is_dump(other) else (text, "fast")
    if covered is not None and covered >= COVERED:
        return text, "fast"
    if covered is None and len(text) >= _SHORT:
        return text, "fast"
    other = _run(tree, fast=False)
    if _better(text, other, summary):
        return other, "default"
    return text, "fast"


def _is_dump(text: str) -> bool:
    """The whole page as text: many lines, hardly one of them a paragraph."""
    lines = text.split("\n")
    prose = sum(len(line) for line in lines if len(line) >= PROSE)
    return len(lines) > 40 and prose < 0.4 * len(text)


def words(text: str) -> frozenset[str]:
    """The words of a text, lower case."""
    return frozenset(_WORD.findall(text.lower()))


def coverage(summary: frozenset[str], text: str) -> float | None:
    """How much of the summary's words the text holds; None: the summary is too short to judge."""
    if len(summary) < _SUMMARY_WORDS:
        return None
    return len(summary & words(text)) / len(summary)


def _better(text: str, other: str, summary: frozenset[str]) -> bool:
    if not text:
        return bool(other)
    before, after = coverage(summary, text), coverage(summary, other)
    if before is not None and after is not None:
        return after - before > _GAIN
    return len(other) > _LONGER * len(text)


def _run(tree: Tree, *, fast: bool) -> str:
    try:
        document = bare_extraction(tree, options=_options(fast))
    except Exception:  # noqa: BLE001 - the door to a library that eats hostile input
        return ""
    return str(getattr(document, "text", None) or "")


@cache
def _options(fast: bool) -> Extractor:
    """Built once: reading the library's configuration for every page costs as much as a query.

    Its log line for every page without text says nothing that our own error does not.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return Extractor(fast=fast, comments=False, tables=True, output_format="python")


def _is_one_piece(text: str, tree: Tree) -> bool:
    """A last-resort dump in one line, headline included."""
    headline = tree.find(".//h1")
    title = " ".join("".join(headline.itertext()).split()) if headline is not None else ""
    return text.count("\n") == 0 and bool(title) and text.startswith(title)


def _is_laid_out(tree: Tree) -> bool:
    """A page of the nineties: tables in tables and no paragraphs to speak of."""
    if tree.find(".//td//table") is None:
        return False
    return sum(len("".join(p.itertext())) for p in tree.iter("p")) < 300


def _by_blocks(tree: Tree, text: str, method: str) -> tuple[str, str]:
    lines = densest(page_blocks(tree))
    return ("\n".join(lines), "dense") if lines else (text, method)


def find_lead(tree: Tree, summary: frozenset[str], lines: Sequence[str]) -> str:
    """The standfirst when it stands outside the body node; "" when nothing is missing.

    The smallest block below the headline that holds four fifths of the publisher's summary, or
    one that calls itself a lead and stands before the first line.
    """
    if not lines:
        return ""
    text = "\n".join(lines)
    covered = coverage(summary, text)
    if covered is None or covered >= COVERED:
        return _named_lead(tree, lines)
    return _summarised_lead(tree, summary, fold(text)) or _named_lead(tree, lines)


def _below_headline(tree: Tree) -> Iterator[Tree]:
    headline = tree.find(".//h1")
    below = headline is None
    for element in tree.iter("h1", "p", "div", "h2", "h3", "h4", "span"):
        below = below or element is headline
        if below and len(element) <= 6 and element is not headline:
            yield element


def _said(element: Tree) -> str:
    return " ".join("".join(element.itertext()).split())


def _begins(element: Tree, start: str) -> bool:
    """Whether the element's text begins so; read only as far as needed, for it may be the page."""
    said, enough = "", 2 * len(start)
    for part in element.itertext():
        said = said + part if said else part.lstrip()
        if len(said) >= enough:
            if len(" ".join(said.split())) >= len(start):
                break
            enough = 2 * len(said)
    return " ".join(said.split()).startswith(start)


def _summarised_lead(tree: Tree, summary: frozenset[str], known: str) -> str:
    best = ""
    for block in map(_said, _below_headline(tree)):
        if not 60 <= len(block) <= 900 or (best and len(block) >= len(best)):
            continue
        held = words(block)
        enough = len(held & summary) >= 0.8 * len(summary) and len(held) <= 2.5 * len(summary)
        if enough and fold(block) not in known:
            best = block
    return best


def _named_lead(tree: Tree, lines: Sequence[str]) -> str:
    first = lines[0][:60]
    for element in _below_headline(tree):
        if _begins(element, first):
            return ""
        if not _LEAD.search(element.get("class") or ""):
            continue
        block = _said(element)
        if 40 <= len(block) <= 900:
            return "" if fold(block) in fold("\n".join(lines)) else block
    return ""
