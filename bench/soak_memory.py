"""Memory of a service and all its processes, and whether it grows. Linux: reads /proc.

What counts is anonymous memory (RssAnon): what the processes themselves hold. The resident size
also counts pages of libraries and files that the kernel may drop at any time; it is noted beside.
The slope is the median of the slopes between all pairs of samples of the second half (Theil and
Sen), so one night's backup or one burst of news moves nothing. The first half is warm-up: the
window of stories holds seven days, caches fill to their bounds.
"""

from __future__ import annotations

import itertools
import os
import statistics
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WARM_DAYS = 10.0  # before that a slope says how caches fill, not whether something leaks
LIMIT = 0.15  # MB a simulated day; the artificial leak of the test is twice that


@dataclass(frozen=True)
class Sample:
    """Memory at one simulated moment, in MB (10^6 bytes)."""

    day: float
    main: float  # anonymous memory of the service's own process
    all: float  # and of its workers and their server
    resident: float  # of the service's own process, mapped files included


def take(day: float) -> Sample:
    """Of this process and everything that it started."""
    pid = os.getpid()
    main = status(pid)
    others = [status(child).get("RssAnon", 0.0) for child in descendants(pid)]
    return Sample(day, main["RssAnon"], main["RssAnon"] + sum(others), main["VmRSS"])


def status(pid: int) -> dict[str, float]:
    """Figures of /proc/PID/status in MB; empty for a process that has ended."""
    found: dict[str, float] = {}
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                found[name] = int(value.split()[0]) * 1024 / 1e6
    return found


def descendants(pid: int) -> list[int]:
    """Children, their children, and so on."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text("ascii").split()):
                found += [child, *descendants(child)]
    return found


def slope(samples: Sequence[Sample]) -> float | None:
    """MB a day that the service's own process grew by in the second half; None: too short a run
    to tell."""
    if not samples or samples[-1].day < 2 * WARM_DAYS:
        return None
    late = [s for s in samples if s.day >= samples[-1].day / 2]
    pairs = itertools.combinations(late, 2)
    slopes = [(b.main - a.main) / (b.day - a.day) for a, b in pairs if b.day > a.day]
    return round(statistics.median(slopes), 3)


def grows(samples: Sequence[Sample]) -> bool:
    """Whether the run shows a leak."""
    found = slope(samples)
    return found is not None and found > LIMIT
