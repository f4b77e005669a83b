"""Polling policies replayed on a simulated fortnight: requests against delay of discovery.

    python bench/poll_policy.py [--feeds 150] [--days 14] [--seed 7] [--json]

Feeds publish with heavy-tailed rates (median 12 items a day) and a rhythm of day and week; each
feed has its own time zone offset and its own shape, so that a policy gains nothing from knowing
the simulation. The rule under test is monitor/poll itself, called as the pipeline calls it
(validators, 304, dates). Every policy is warmed up for a while and then measured; the fixed
interval that costs exactly as many requests is the one to compare with. Deterministic.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor import poll
from monitor.models import Entry, Fetched, Listing, Way, WayState

START = datetime(2025, 11, 3, tzinfo=UTC)  # a Monday
WINDOW = 30  # items that a feed shows at once: what was pushed out is lost
Poller = Callable[[list[float], int], Iterator[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    name: str
    polls_per_day: float
    p50: float
    mean: float
    p90: float
    p99: float
    lost: int


def newsroom(hours: float, shift: float, night: float, weekend: float) -> float:
    """Relative rate at a time: quiet nights, busy days, quieter weekends."""
    local = hours + shift
    clock, day = local % 24, int(local // 24) % 7
    rate = night if clock < 7 else 0.8 if clock < 9 else 1.9 if clock < 18 else 1.0
    rate = (night + 0.25) if clock >= 22 else rate
    return rate * (weekend if day >= 5 else 1.0)


def publish(days: int, feeds: int, seed: int) -> list[list[float]]:
    """Publication times in minutes for each feed."""
    rng = random.Random(seed)
    return [_one_feed(days, rng) for _ in range(feeds)]


def _one_feed(days: int, rng: random.Random) -> list[float]:
    per_day = min(400.0, rng.lognormvariate(math.log(12), 1.3))
    shift = rng.choice((5, 5, 5, 5, 3, 3, 8, -5))
    night, weekend = rng.uniform(0.05, 0.4), rng.uniform(0.25, 0.9)
    top, minute, times = 2.2, 0.0, []
    while True:
        minute += rng.expovariate(per_day * top / 1440)
        if minute >= days * 1440:
            return times
        if rng.random() < newsroom(minute / 60, shift, night, weekend) / top:
            times.append(minute)


# ---------------------------------------------------------------- policies


def fixed(minutes: float) -> Poller:
    """The same interval for ever."""

    def poller(times: list[float], number: int) -> Iterator[float]:
        at = number * 37.77 % minutes
        while True:
            yield at
            at += minutes

    return poller


def halving(low: float, high: float) -> Poller:
    """Half the interval after news, half as much again after none."""

    def poller(times: list[float], number: int) -> Iterator[float]:
        at, interval, seen = number * 37.77 % 30, 30.0, 0
        while True:
            yield at
            now_seen = bisect_right(times, at)
            interval *= 0.5 if now_seen > seen else 1.5
            interval, seen = min(high, max(low, interval)), now_seen
            at += interval

    return poller


def monitors_own(cost: float) -> Poller:
    """monitor/poll with its floor, cap and jitter; `cost` is its one free number."""

    def poller(times: list[float], number: int) -> Iterator[float]:
        rng = random.Random(number)
        way = Way(kind="feed", url="https://feed.example/rss")
        state = WayState(id=1, source_id="x", way=way, current_url=way.url)
        at, seen = number * 37.77 % 30, 0
        while True:
            yield at
            state, seen = _after_poll(state, times, at, seen, rng.uniform(-1, 1), cost)
            assert state.next_poll_at is not None
            at = (state.next_poll_at - START).total_seconds() / 60

    return poller


def _after_poll(
    state: WayState, times: list[float], at: float, seen: int, jitter: float, cost: float
) -> tuple[WayState, int]:
    now = START + timedelta(minutes=at)
    upto = bisect_right(times, at)
    unchanged = upto == seen and state.last_ok_at is not None
    request = poll.request_for(state, now)
    shown = [] if unchanged else times[max(0, upto - WINDOW) : upto]
    entries = tuple(
        Entry(url=f"https://feed.example/{n}", published_at=START + timedelta(minutes=minute))
        for n, minute in enumerate(shown)
    )
    fetched = Fetched(
        url=way_url(state),
        final_url=way_url(state),
        status=304 if unchanged and request.etag else 200,
        headers={},
        body=str(upto).encode(),
        fetched_at=now,
        etag=f'"{upto}"',
        conditional=request.etag is not None,
    )
    state = poll.after_success(
        state,
        fetched=fetched,
        listing=None if unchanged else Listing(entries=entries),
        new_entries=min(upto - seen, WINDOW),
        known_shared=True,
        now=now,
        jitter=jitter,
        policy=poll.PollPolicy(poll_cost=cost),
    )
    return state, upto


def way_url(state: WayState) -> str:
    return state.current_url


# ---------------------------------------------------------------- measuring


def measure(name: str, poller: Poller, feeds: list[list[float]], days: int, warm: int) -> Result:
    """Replay one policy on every feed; only what is found after the warm-up counts."""
    polls, lost, delays = 0, 0, []
    for number, times in enumerate(feeds):
        seen = 0
        for at in poller(times, number):
            if at >= days * 1440:
                break
            upto = bisect_right(times, at)
            if at >= warm * 1440:
                polls += 1
                fresh = times[seen:upto]
                lost += max(0, len(fresh) - WINDOW)
                delays += [at - minute for minute in fresh if minute >= warm * 1440]
            seen = upto
    delays.sort()
    return Result(
        name=name,
        polls_per_day=polls / len(feeds) / (days - warm),
        p50=_quantile(delays, 0.5),
        mean=statistics.fmean(delays),
        p90=_quantile(delays, 0.9),
        p99=_quantile(delays, 0.99),
        lost=lost,
    )


def _quantile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def compare(feeds: int, days: int, seed: int, cost: float) -> list[Result]:
    """The rule under test first, then the fixed interval of the same cost, then the usual ones."""
    published = publish(days, feeds, seed)
    warm = min(3, days // 2)

    def run(name: str, poller: Poller) -> Result:
        return measure(name, poller, published, days, warm)

    own = run("learned rhythm (monitor/poll)", monitors_own(cost))
    same = 1440 / own.polls_per_day
    results = [own, replace(run("", fixed(same)), name=f"fixed {same:.1f} min (same cost)")]
    results += [run(f"fixed {minutes} min", fixed(minutes)) for minutes in (15, 30, 60)]
    results.append(run("halve / x1.5, 5-120 min", halving(5, 120)))
    results.append(run("halve / x1.5, 2-120 min", halving(2, 120)))
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=150)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cost", type=float, default=poll.PollPolicy().poll_cost)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = compare(options.feeds, options.days, options.seed, options.cost)
    if options.json:
        print(json.dumps([{k: getattr(r, k) for k in Result.__slots__} for r in results]))
        return
    print(f"{'policy':34} {'polls/feed/day':>14} {'p50':>6} {'mean':>6} {'p90':>6} {'p99':>6} lost")
    for r in results:
        print(
            f"{r.name:34} {r.polls_per_day:14.1f} {r.p50:6.1f} {r.mean:6.1f} "
            f"{r.p90:6.1f} {r.p99:6.1f} {r.lost:4}"
        )
    print(f"mean delay: {results[1].mean / results[0].mean:.2f} times lower at the same cost")


if __name__ == "__main__":
    main()
