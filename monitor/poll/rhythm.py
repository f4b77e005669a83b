"""A way's rhythm: how many items it publishes at which hour of the week. Pure.

`WayState.rhythm` holds 172 numbers: a slowly forgotten count for each of the 168 hours of the UTC
week (Monday 00:00 first), then a quickly forgotten count, its exposure in rhythm hours, the age of
the slow counts in hours (forgotten alike, so it saturates), and the hours that passed since the
slow counts were last brought up to date (only news does that, which keeps a 304 cheap). Small
samples lean on the pattern of a newsroom in Almaty.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

HOURS = 168
_COUNT, _EXPOSURE, _AGE, _PENDING = HOURS, HOURS + 1, HOURS + 2, HOURS + 3
LENGTH = HOURS + 4

_SLOW_HOURS = 28 * 24.0
_FAST_HOURS = 5 * 24.0
_PRIOR_ITEMS = 40.0  # the newsroom pattern weighs like this many items seen
_DAY_ITEMS = 120.0  # the day pattern weighs like this many against a single hour's own count
_PRIOR_COUNT, _PRIOR_EXPOSURE = 0.5, 1.0

Rhythm = tuple[float, ...]


def _newsroom(hour: int) -> float:
    """Relative rate at a UTC hour of the week in a newsroom of Almaty (UTC+5): working days."""
    local = (hour + 5) % HOURS
    day, clock = divmod(local, 24)
    rate = 0.15 if clock < 7 else 0.8 if clock < 9 else 1.9 if clock < 18 else 1.0
    rate = 0.4 if clock >= 22 else rate
    return rate * (0.45 if day >= 5 else 1.15)


def _mean_one(values: Sequence[float]) -> tuple[float, ...]:
    mean = sum(values) / len(values)
    return tuple(value / mean for value in values)


_NEWSROOM = _mean_one([_newsroom(hour) for hour in range(HOURS)])


def hour_of_week(moment: datetime) -> int:
    """0..167, Monday 00:00 UTC is 0."""
    return moment.weekday() * 24 + moment.hour


def shape(rhythm: Rhythm) -> Sequence[float]:
    """Relative rate per hour of the week, mean 1: newsroom, then own day, then own hour."""
    if len(rhythm) != LENGTH:
        return _NEWSROOM
    return _shape(array("d", rhythm[:HOURS]).tobytes())


# Packed on both sides, because news makes a new key and the old one is never asked for again:
# 3 KB an entry. As tuples of numbers it was 11 KB, and a thousand news 11 MB of them.
@lru_cache(maxsize=512)
def _shape(packed: bytes) -> Sequence[float]:
    counts = array("d", packed)
    if sum(counts) < 1:
        return _NEWSROOM
    days = _day_pattern(counts)
    weight = _DAY_ITEMS / HOURS
    smooth = [
        (counts[hour - 1] + 2 * counts[hour] + counts[(hour + 1) % HOURS]) / 4
        for hour in range(HOURS)
    ]
    return array("d", _mean_one([weight * days[h] + smooth[h] for h in range(HOURS)]))


def _day_pattern(counts: Sequence[float]) -> tuple[float, ...]:
    """Hours of the day pooled over working days and over the weekend of Almaty."""
    sums = [0.0] * 48
    for hour, count in enumerate(counts):
        sums[_pool(hour)] += count
    pooled = []
    for hour in range(HOURS):
        size = 2 if _pool(hour) >= 24 else 5
        pooled.append(sums[_pool(hour)] / size * HOURS + _PRIOR_ITEMS * _NEWSROOM[hour])
    return _mean_one(pooled)


def _pool(hour: int) -> int:
    local = (hour + 5) % HOURS
    return local % 24 + (24 if local >= 5 * 24 else 0)


def exposure_hours(pattern: Sequence[float], start: datetime, end: datetime) -> float:
    """Hours between two moments, each weighted with the pattern's relative rate."""
    span = (end - start).total_seconds() / 3600
    if span <= 0:
        return 0.0
    if span >= HOURS:
        weeks = math.floor(span / HOURS)
        return weeks * HOURS + exposure_hours(pattern, start + timedelta(weeks=weeks), end)
    total, left = 0.0, span
    hour = hour_of_week(start)
    first = min(left, 1 - (start.minute * 60 + start.second) / 3600)
    total, left, hour = pattern[hour] * first, left - first, (hour + 1) % HOURS
    while left > 0:
        step = min(1.0, left)
        total, left, hour = total + pattern[hour] * step, left - step, (hour + 1) % HOURS
    return total


def learn(
    rhythm: Rhythm, *, since: datetime | None, now: datetime, items: int, at: Iterable[datetime]
) -> Rhythm:
    """The rhythm after a look at the way: `items` new ones since `since`, published `at` (those
    without a date count for the middle of the gap). `since` None: the first look."""
    dated = sorted(moment for moment in at if moment <= now)
    if since is None or len(rhythm) != LENGTH:
        rhythm = (0.0,) * LENGTH
        since, items, dated = _first_look(dated, now)
    passed = max(0.0, (now - since).total_seconds() / 3600)
    fast = math.exp(-passed / _FAST_HOURS)
    count = rhythm[_COUNT] * fast + items
    exposure = rhythm[_EXPOSURE] * fast + exposure_hours(shape(rhythm), since, now)
    pending = rhythm[_PENDING] + passed
    if not items and pending < HOURS:
        return (*rhythm[:_COUNT], _short(count), _short(exposure), rhythm[_AGE], _short(pending))
    slow = math.exp(-pending / _SLOW_HOURS)
    learnt = [_short(value * slow) for value in rhythm[:HOURS]]
    middle = since + (now - since) / 2
    for moment in (dated + [middle] * items)[:items]:
        learnt[hour_of_week(moment)] += 1
    age = rhythm[_AGE] * slow + pending
    return (*learnt, _short(count), _short(exposure), _short(age), 0.0)


def _short(value: float) -> float:
    return round(value, 4)


def _first_look(dated: list[datetime], now: datetime) -> tuple[datetime, int, list[datetime]]:
    """What the dates of the first answer tell: up to a week back, but not before its oldest."""
    recent = [moment for moment in dated if now - moment < timedelta(days=7)]
    if not recent:
        return now, 0, []
    return recent[0], len(recent) - 1, recent[1:]


def items_per_hour(rhythm: Rhythm) -> float:
    """Mean rate by the quickly forgotten count."""
    if len(rhythm) != LENGTH:
        return _PRIOR_COUNT
    return (rhythm[_COUNT] + _PRIOR_COUNT) / (rhythm[_EXPOSURE] + _PRIOR_EXPOSURE)


def minutes_until_worth_asking(
    rhythm: Rhythm, now: datetime, *, cost: float, longest_minutes: float
) -> float:
    """Square-root rule along the rhythm: wait until the integral of sqrt(rate) reaches
    sqrt(cost), with the rate in items per hour. It minimises polls x cost + items x delay."""
    pattern = shape(rhythm)
    rate = items_per_hour(rhythm)
    target, gained, minutes = math.sqrt(cost), 0.0, 0.0
    while minutes < longest_minutes:
        moment = now + timedelta(minutes=minutes)
        step = min(60.0 - moment.minute - moment.second / 60, longest_minutes - minutes)
        speed = math.sqrt(rate * pattern[hour_of_week(moment)]) / 60
        if gained + speed * step >= target:
            return minutes + (target - gained) / speed
        gained, minutes = gained + speed * step, minutes + step
    return longest_minutes


def expected_items(rhythm: Rhythm, *, since: datetime, now: datetime) -> float:
    """Items that the way would have published between two moments, had it gone on as before
    `since` (nothing new came after it, so the slow counts are wound back to that moment)."""
    if len(rhythm) != LENGTH or now <= since:
        return 0.0
    silent = max(0.0, (now - since).total_seconds() / 3600 - rhythm[_PENDING])
    undone = math.exp(silent / _SLOW_HOURS)
    counts = sum(rhythm[:HOURS]) * undone
    age = (rhythm[_AGE] - _SLOW_HOURS * (1 - 1 / undone)) * undone
    age = min(_SLOW_HOURS, max(24.0, age))
    return counts / age * exposure_hours(shape(rhythm), since, now)
