"""Which lines are the article's: a hand-written hint, a confirmed profile, or the general way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.extract.body import COVERED, coverage, extract_body, words
from monitor.extract.hints import hinted_lines
from monitor.extract.metadata import Metadata
from monitor.extract.page import Page, parse_page
from monitor.extract.profiles import (
    Clean,
    HostProfiles,
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
    with the general extractor by the latter.
    """
    known.pages += 1
    if hints.get("body"):
        raw = hinted_lines(page.tree, hints["body"])
        if raw:
            lead = hinted_lines(page.tree, hints.get("lead", ""))
            return _chosen([*lead, *raw], clean, "hint")
    found = apply_profile(known, page.tree)
    if found is None or not _covers(found[1], stated):
        return _general(page, fetched, stated, known=known, clean=clean, own=own, now=now)
    learned, raw = found
    wrapped = _chosen(raw, clean, "profile")
    if not learned.is_to_check():
        return wrapped
    body = extract_body(page, stated)
    checked = _chosen(list(body.lines), clean, body.method)
    agree = compare(learned, own(raw), own(body.lines))
    judge(learned, agree=agree, now=now)
    return wrapped if agree else checked


_TOP = 3  # lines


def _covers(lines: list[str], stated: Metadata) -> bool:
    """Whether the lines hold the publisher's summary; mostly the first of them do."""
    summary = words(stated.description)
    covered = coverage(summary, "\n".join(lines[:_TOP]))
    if covered is not None and covered < COVERED:
        covered = coverage(summary, "\n".join(lines))
    return covered is None or covered >= COVERED


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
    body = extract_body(page, stated)
    chosen = _chosen(list(body.lines), clean, body.method)
    if known.wants_lesson():
        whole = parse_page(fetched.body, url=page.url, content_type=fetched.content_type)
        teach(known, whole.tree, own(body.lines), own, now)
    return chosen


def _chosen(raw: list[str], clean: Clean, method: str) -> Chosen:
    return Chosen(raw=tuple(raw), lines=tuple(clean(raw)), method=method)
