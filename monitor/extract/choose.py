"""Which lines are the article's: a hand-written hint, a confirmed profile, or the general way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from monitor.extract.body import COVERED, coverage, extract_body, words
from monitor.extract.cutting import ReadWhole, measure_tail, require_end
from monitor.extract.hints import hinted_lines
from monitor.extract.links import Anchor, page_links
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, Tree, parse_page
from monitor.extract.pageclass import LONG_TEXT
from monitor.extract.profiles import (
    Clean,
    HostProfiles,
    Learned,
    Wrapped,
    apply_profile,
    compare,
    judge,
    teach,
)
from monitor.models import Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The article's lines: as found (for credits and date lines) and cleaned; who found them."""

    raw: tuple[str, ...]
    lines: tuple[str, ...]
    method: str
    anchors: tuple[Anchor, ...]  # links that may stand in the text


def choose_lines(
    page: Page,
    fetched: Fetched,
    stated: Metadata,
    *,
    known: HostProfiles,
    hints: Mapping[str, str],
    clean: Clean,
    own: Clean,
    now: datetime,
) -> Chosen:
    """The lines by the surest way there is; teaches the host's profiles on the way.

    `clean` drops what is junk anywhere, `own` also what this host repeats: wrappers are compared
    with the general extractor by the latter. Raises ReadWhole for a cut page that does not do.
    """
    known.pages += 1
    if hints.get("body"):
        raw = hinted_lines(page.tree, hints["body"])
        if raw:
            lead = hinted_lines(page.tree, hints.get("lead", ""))
            links, found = page_links(page.tree)
            return _chosen([*lead, *raw], clean([*lead, *raw], links), "hint", found)
    served = apply_profile(known, page.tree)
    if served is None or not _covers(served[1].lines, stated):
        return _general(page, fetched, stated, known=known, clean=clean, own=own, now=now)
    learned, wrapped = served
    lines = wrapped.cleaned(clean)
    require_end(page, learned, wrapped.container)
    if page.below and sum(map(len, lines)) <= LONG_TEXT:
        raise ReadWhole  # what is short is looked at more closely
    check = learned.is_next_to_check()
    learned.count_use()
    if check:
        checked, agree = _check(page, stated, served, clean=clean, own=own, now=now)
        if not agree:
            return checked
        measure_tail(learned, fetched, lines)
    return _chosen(wrapped.lines, lines, "profile", wrapped.anchors)


_TOP = 3  # lines
_LONG = 60  # characters of a summary that says something as a whole


def _covers(lines: list[str], stated: Metadata) -> bool:
    """Whether the lines hold the publisher's summary; mostly the first of them do."""
    top = "\n".join(lines[:_TOP])
    if len(stated.description) >= _LONG and stated.description.rstrip(" .…") in top:
        return True
    summary = words(stated.description)
    covered = coverage(summary, top)
    if covered is not None and covered < COVERED:
        covered = coverage(summary, "\n".join(lines))
    return covered is None or covered >= COVERED


def _check(
    page: Page,
    stated: Metadata,
    served: tuple[Learned, Wrapped],
    *,
    clean: Clean,
    own: Clean,
    now: datetime,
) -> tuple[Chosen, bool]:
    """What the general extractor finds on a page that a wrapper has served, and whether it is
    the same."""
    learned, wrapped = served
    links, found = page_links(page.tree)
    body = extract_body(page, stated)
    agree = compare(learned, wrapped.cleaned(own), own(body.lines, links))
    judge(learned, agree=agree, now=now)
    return _chosen(body.lines, clean(body.lines, links), body.method, found), agree


def _general(
    page: Page,
    fetched: Fetched,
    stated: Metadata,
    *,
    known: HostProfiles,
    clean: Clean,
    own: Clean,
    now: datetime,
) -> Chosen:
    if page.below:
        raise ReadWhole
    whole = _as_it_came(page, fetched, known) if known.wants_lesson() else None
    links, found = page_links(page.tree)
    body = extract_body(page, stated)
    if whole is not None:
        lines = own(body.lines, links)
        for confirmed in teach(known, whole, lines, own, now):
            measure_tail(confirmed, fetched, lines)
    return _chosen(body.lines, clean(body.lines, links), body.method, found)


def _as_it_came(page: Page, fetched: Fetched, known: HostProfiles) -> Tree:
    """A second tree of the page: a copy (a third of the time), unless profiles tried the first."""
    if not known.serves():
        return deepcopy(page.tree)
    return parse_page(fetched.body, url=page.url, content_type=fetched.content_type).tree


def _chosen(
    raw: Sequence[str], lines: Sequence[str], method: str, found: Sequence[Anchor]
) -> Chosen:
    return Chosen(raw=tuple(raw), lines=tuple(lines), method=method, anchors=tuple(found))
