"""The soak's judgement of memory: a leak of 0.3 MB a day is one, noise and warm-up are none."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
import soak_memory  # noqa: E402
from soak_memory import Sample  # noqa: E402


def month(leak: float, seed: int, *, days: int = 30) -> list[Sample]:
    """Four samples a day: 8 days of warm-up, noise of 1.5 MB, a restart's dip, a night's peak."""
    chance = random.Random(seed)
    samples = []
    for number in range(days * 4):
        day = number / 4
        noise = (
            chance.gauss(0, 1.5) + (12 if number % 28 == 3 else 0) - (4 if number % 9 == 0 else 0)
        )
        samples.append(Sample(day, 62 + min(day, 8) + leak * day + noise, 200, 90))
    return samples


@pytest.mark.parametrize("seed", range(10))
def test_a_leak_of_three_tenths_a_day_is_seen_and_noise_is_not(seed: int) -> None:
    assert soak_memory.grows(month(0.3, seed))
    assert not soak_memory.grows(month(0.0, seed))


def test_a_run_that_is_all_warm_up_is_not_judged() -> None:
    assert soak_memory.slope(month(5.0, 1, days=12)) is None
    assert not soak_memory.grows(month(5.0, 1, days=12))
    assert soak_memory.slope([]) is None


# In an interpreter of its own: in this one, malloc serves from what earlier tests gave back.
HOLDS = """
import os, soak_memory, subprocess, sys
child = "import os; b = os.urandom(30_000_000); print(1, flush=True); input()"
before = soak_memory.take(0)
with subprocess.Popen(
    [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
) as held_by_child:
    held_by_child.stdout.readline()
    held = os.urandom(20_000_000)
    after = soak_memory.take(1)
    held_by_child.communicate(b"\\n")
print(after.main - before.main, after.all - before.all, after.resident - after.main)
"""


def test_memory_of_every_process_is_counted_and_what_is_held_is_seen() -> None:
    said = subprocess.run(
        [sys.executable, "-c", HOLDS], cwd=BENCH, capture_output=True, text=True, check=True
    )
    main, everything, resident = map(float, said.stdout.split())
    assert main == pytest.approx(20, abs=2)
    assert everything > 48
    assert resident >= 0
