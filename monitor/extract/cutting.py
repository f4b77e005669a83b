"""Leaves the part of a page below the article unparsed where a profile knows that it says nothing.

Half of a page's elements stand below the article: other articles, comments, footers. An HTML
parser builds its tree from front to back, so the tree of the front is the front of the tree. How
much can be left away is measured when a profile is confirmed and at each of its checks, together
with whether the page then says the same about itself; on every page the container must be seen
to end, and what the rest could have told must have been told before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from monitor.errors import ExtractError
from monitor.extract.addresses import compiled
from monitor.extract.authors import page_authors
from monitor.extract.metadata import read_metadata
from monitor.extract.page import MAXIMUM_BYTES, Page, Tree, parse_page
from monitor.extract.profiles import HostProfiles, Learned
from monitor.extract.published import machine_date
from monitor.extract.titles import find_title, headings
from monitor.models import Fetched

_STEPS = 16  # how finely the place is looked for where the container ends
_MARGIN = 0.9  # of what one page could do without
_SMALLEST = 0.1  # share of a page that is worth leaving away
_WORDS = 20  # characters at the end of a line
_SHORTER = 0.8  # of what turned out to be too much
_UTC = ZoneInfo("UTC")
_AUTHOR_BELOW = re.compile(rb"(?:class|itemprop|rel)=[\"'][^\"'>]*(?:author|byline|avtor)", re.I)


class ReadWhole(Exception):
    """The page must be parsed as a whole."""


def cut_page(fetched: Fetched, known: HostProfiles) -> Page | None:
    """The page without its lower part; None where it must be read as a whole."""
    confirmed = [learned for learned in known.learned if learned.state == "confirmed"]
    if not confirmed or any(not old.tail or old.is_next_to_check() for old in confirmed):
        return None
    try:
        page = _front(fetched, len(fetched.body) - min(learned.tail for learned in confirmed))
    except ExtractError:
        return None
    return None if b"ld+json" in page.below else page


def require_told(page: Page, *, known: HostProfiles, dated: bool, authors: bool) -> None:
    """Raises ReadWhole when a cut page's lower part may hold the date or the author."""
    if page.below and (not dated or (not authors and _AUTHOR_BELOW.search(page.below))):
        for learned in known.learned:
            learned.tail = 0
        raise ReadWhole


def require_end(page: Page, learned: Learned, container: Tree | None) -> None:
    """Raises ReadWhole when the cut may have gone through the container."""
    if page.below and not _has_ended(container):
        learned.tail = int(learned.tail * _SHORTER)
        raise ReadWhole


def measure_tail(learned: Learned, fetched: Fetched, lines: Sequence[str]) -> None:
    """Find out on this page, whose article has these lines, how many bytes at its end can be left
    away."""
    size = len(fetched.body)
    tail = int((size - size * _end_step(learned, fetched, lines) // _STEPS) * _MARGIN)
    useful = _SMALLEST * size <= tail and size <= MAXIMUM_BYTES
    learned.tail = tail if useful and _says_the_same(fetched, tail) else 0
    learned.changed = True


def _end_step(learned: Learned, fetched: Fetched, lines: Sequence[str]) -> int:
    """The first of _STEPS equal parts of the page by whose end the container has ended. Each look
    is a page to parse: the part with the article's last words is looked at first, it mostly is."""
    last_words = fetched.body.rfind(lines[-1][-_WORDS:].encode()) if lines else -1
    near = last_words * _STEPS // len(fetched.body) + 1
    looks = [near + 1, near - 1, near] if last_words >= 0 else []
    low, high = 1, _STEPS
    while low < high:
        middle = looks.pop() if looks else (low + high) // 2
        if not low <= middle < high:
            continue
        if _holds(learned, fetched, len(fetched.body) * middle // _STEPS):
            high = middle
        else:
            low = middle + 1
    return high


def _front(fetched: Fetched, size: int) -> Page:
    place = max(0, fetched.body.rfind(b"<", 0, max(0, size)))
    return parse_page(
        fetched.body[:place],
        url=fetched.final_url,
        content_type=fetched.content_type,
        below=fetched.body[place:],
    )


def _holds(learned: Learned, fetched: Fetched, size: int) -> bool:
    try:
        found = compiled(learned.container)(_front(fetched, size).tree)
    except ExtractError:
        return False
    return len(found) == 1 and _has_ended(found[0])


def _has_ended(container: Tree | None) -> bool:
    """Something stands behind the container, so its end tag was read."""
    while container is not None:
        if container.tail or container.getnext() is not None:
            return True
        container = container.getparent()
    return False


def _says_the_same(fetched: Fetched, tail: int) -> bool:
    """Whether the lower part tells nothing about the article that the upper one does not."""
    try:
        front, whole = _front(fetched, len(fetched.body) - tail), _front(fetched, len(fetched.body))
    except ExtractError:
        return False
    return b"ld+json" not in front.below and _said(front) == _said(whole)


def _said(page: Page) -> tuple[object, ...]:
    stated = read_metadata(page)
    date = machine_date(page.tree, stated, _UTC)
    title = find_title(headings(page.tree), stated, host=page.host)
    return stated, date, title, page_authors(page, stated)
