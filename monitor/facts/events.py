"""Agreements, visits, calls, summits and meetings that a text reports, with partner and day. Pure.

A sentence counts when it holds the event's words and names another country; plans to sign, denials
and history do not. An event still to come counts only with its day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.facts.dates import days_in, long_past, other_year
from monitor.facts.event_words import (
    BESIDE_SUMMIT,
    BESIDE_SUMMIT_KK,
    COMING,
    KINDS,
    NOT,
    NOT_THE_SUMMIT,
    OTHER_DEED,
    PAST,
    PAST_AT_ALL,
    PLANNED,
    SERVES_IN,
    TALKS,
    THING,
    TOPIC,
    WORDS,
)
from monitor.facts.page import Page
from monitor.facts.places import Named
from monitor.models import Event
from monitor.text import Span

_BESIDE = 30  # a company takes part only where it stands beside the event's words
_LONGEST = 110  # code points of an event's words before the one that it is never without
_SLOW = frozenset({"agreement", "visit", "meeting"})  # kinds whose patterns begin with many words
_NEAR, _FAR = 70, 120  # code points between the event's words and the partner
_SPEAKS = frozenset(
    {"name", "oblast", "gov", "adj", "person", "people", "place", "org", "joint", "sides"}
)
_RELATIVE = re.compile(r"котор\w+\s(?:\w+\s)?$")  # "the summit, which X visited": a summit
_BODIES = frozenset({"un"})  # no state: a partner only where no state is named
_CENTRAL_ASIA, _SEVERAL = frozenset({"kg", "tj", "tm", "uz"}), 3
_STATE = frozenset({"name", "gov", "adj", "person", "joint", "place", "people"})


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: str
    partner: str | None
    day: date | None
    span: Span


def find_events(page: Page) -> list[Event]:
    """The events, one row for each kind, partner and day; an undated repeat adds nothing."""
    seen: list[_Seen] = []
    for number, kinds in sorted(_worth_reading(page).items()):
        span = page.sentences[number]
        if not page.asked(span.start) and not span.text.endswith("?"):
            here = list(_in_sentence(page, span, kinds))
            seen += [item for item in here if not _same_talk(item, here)]
    return [_event(page, item) for item in _distinct(seen)]


def _worth_reading(page: Page) -> dict[int, set[str]]:
    """Number of the sentence -> kinds of event whose words it holds."""
    found: dict[int, set[str]] = {}
    for kind, words in WORDS.items():
        for number in page.holding(words):
            found.setdefault(number, set()).add(kind)
    return found


def _in_sentence(page: Page, span: Span, kinds: set[str]) -> Iterator[_Seen]:
    codes = {place.code for place in page.named_in(span.start, span.end)}
    if not codes - {"kz", "region"} and "summit" not in kinds:
        return
    for kind, pattern in KINDS:
        if kind not in kinds:
            continue
        begin = _first(page, span, WORDS[kind]) if kind in _SLOW else span.start
        match = pattern.search(page.low, begin, span.end)
        if not match or _is_history(page, span) or _is_doubtful(page, span, kind, match):
            continue
        partner = _partner(page, span, kind, match)
        if (partner is None and kind != "summit") or not page.near_home(span):
            continue
        day = _day(page, span, match.start() - span.start)
        if day and page.published and abs((day - page.published).days) > 400:
            continue
        if day is None and COMING.search(page.low, *_around(span, match)):
            continue
        yield _Seen(kind, partner, day, span)


def _around(span: Span, match: re.Match[str]) -> tuple[int, int]:
    return max(span.start, match.start() - 60), min(span.end, match.end() + 30)


def _is_history(page: Page, span: Span) -> bool:
    low = page.low[span.start : span.end]
    return (
        (
            any(map(low.__contains__, PAST_AT_ALL))
            and PAST.search(page.low, span.start, span.end) is not None
        )
        or other_year(span.text, page.published)
        or long_past(span.text, page.published)
    )


def _is_doubtful(page: Page, span: Span, kind: str, match: re.Match[str]) -> bool:
    """Denied, only proposed, cancelled; or a summit that only dates another event."""
    doubt = PLANNED if kind == "agreement" else NOT
    if doubt.search(page.low, *_around(span, match)):
        return True
    if kind == "visit" and _RELATIVE.search(page.low, span.start, match.start()):
        return True
    return kind == "summit" and (
        NOT_THE_SUMMIT.search(page.low, max(span.start, match.start() - 50), match.start())
        is not None
        or BESIDE_SUMMIT.search(page.low, span.start, match.start()) is not None
        or BESIDE_SUMMIT_KK.match(page.low[match.end() : match.end() + 30]) is not None
    )


def _first(page: Page, span: Span, words: tuple[str, ...]) -> int:
    """Where an event told with one of these words may begin at the earliest."""
    found = (page.low.find(word, span.start, span.end) for word in words)
    return max(span.start, min(at for at in found if at >= 0) - _LONGEST)


def _partner(page: Page, span: Span, kind: str, match: re.Match[str]) -> str | None:
    """The country nearest to the event's words that is not home; None: no other is named."""
    start, end = match.span()
    named = [p for p in page.named_in(span.start, span.end) if p.kind in _SPEAKS]
    named = [p for p in named if not _in_body(page, p) and not _is_thing(page, p)]
    named = _without_neighbours(named)
    others = [p for p in named if p.code not in ("kz", "region", page.home or "kz")]
    strong = [p for p in others if p.kind in _STATE] or others
    if kind != "visit":  # where a thing happens is not whom it is with, but for a visit
        strong = [p for p in strong if p.kind != "place"] or (
            strong if len(others) < len(named) else []
        )
    strong = [p for p in strong if p.code not in _BODIES] or strong
    if not strong or len({p.code for p in strong}) > 3:
        return None
    best = min(strong, key=lambda p: _distance(p, start, end))
    between = page.low[end : best.start] or page.low[best.end : start]
    far = _FAR if kind in ("agreement", "summit") else _NEAR
    if _distance(best, start, end) > (_BESIDE if best.kind == "org" else far):
        return None
    if kind == "visit" and (
        TALKS.search(between) or _inland(page, span, named, best, match.span())
    ):
        return None
    if TOPIC.search(between) or (best.kind == "place" and "," in between):
        return None
    return best.code


def _inland(page: Page, span: Span, named: list[Named], best: Named, at: tuple[int, int]) -> bool:
    """A trip to a place at home: who is named after that is met there, no visitor."""
    start, end = at
    if page.low[end - 1] == " ":  # "visited …": the place visited stands anywhere
        return False
    home = [p for p in named if p.code == "kz" and p.kind in ("place", "oblast")]
    return (
        best.start >= end
        and best.kind != "person"
        and any(_distance(p, start, end) <= _BESIDE for p in home)
        and TALKS.search(page.low, end, max(span.end, page.low.find("\n", end))) is not None
    )


def _without_neighbours(named: list[Named]) -> list[Named]:
    """Where the states of Central Asia stand together, they are one side, and home is in it."""
    neighbours = {p.code for p in named} & _CENTRAL_ASIA
    if len(neighbours) < _SEVERAL:
        return named
    return [p for p in named if p.code not in neighbours]


def _is_thing(page: Page, place: Named) -> bool:
    """Part of a sum, said of a thing ("American technology"), or where an ambassador serves."""
    if page.text[place.end : place.end + 1] == "$":
        return True
    if SERVES_IN.search(page.low, max(0, place.start - 60), place.start):
        return True
    return place.kind == "adj" and THING.match(page.low[place.end : place.end + 16]) is not None


def _in_body(page: Page, place: Named) -> bool:
    """Shanghai in the Shanghai Cooperation Organisation is no place."""
    after = page.low[place.end : place.end + 14]
    return re.match(r"\s(?:ынтымақ|организ|сотруд|cooperat)", after) is not None


def _distance(place: Named, start: int, end: int) -> int:
    return max(start - place.end, place.start - end, 0)


def _day(page: Page, span: Span, at: int) -> date | None:
    days = [
        day
        for day in days_in(span.text, page.published)
        if not OTHER_DEED.search(page.low, span.start + at, span.start + day.start)
    ]
    return min(days, key=lambda d: abs(d.start - at)).day if days else None


def _distinct(seen: list[_Seen]) -> list[_Seen]:
    kept: dict[tuple[str, str | None], list[_Seen]] = {}
    for item in seen:
        same = kept.setdefault((item.kind, item.partner), [])
        if not same:
            same.append(item)
        elif item.day and all(other.day is None for other in same):
            same[0] = item
        elif item.day and all(other.day != item.day for other in same):
            same.append(item)
    if any(kind == "summit" and partner for kind, partner in kept):
        kept.pop(("summit", None), None)  # the same one, told without its host or guest
    return sorted((i for same in kept.values() for i in same), key=lambda i: i.span.start)


def _same_talk(item: _Seen, here: list[_Seen]) -> bool:
    """A meeting told in one sentence with a summit or call with the same partner is that one."""
    return item.kind == "meeting" and any(
        other.kind in ("summit", "call") and other.partner == item.partner for other in here
    )


def _event(page: Page, item: _Seen) -> Event:
    start, end, sentence = page.cut(item.span.start, item.span.end)
    return Event(
        kind=item.kind,
        partner=item.partner,
        date=item.day.isoformat() if item.day else None,
        start=start,
        end=end,
        sentence=sentence,
    )
