"""The learned rhythm earns its requests: the replayable simulation in bench/, made small."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "poll_policy.py"


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("poll_policy", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "poll_policy", module)
    spec.loader.exec_module(module)
    return module


def test_the_learned_rhythm_beats_a_fixed_interval_of_the_same_cost(simulation) -> None:  # type: ignore[no-untyped-def]
    own, fixed, *_ = simulation.compare(20, 8, 3, 0.14)
    assert fixed.mean / own.mean >= 1.25  # few feeds, few busy ones
    assert own.lost == 0


@pytest.mark.slow
def test_over_a_fortnight_of_150_feeds_the_mean_delay_is_1_7_times_lower(simulation) -> None:  # type: ignore[no-untyped-def]
    own, fixed, *_ = simulation.compare(150, 14, 7, 0.14)
    assert fixed.mean / own.mean >= 1.7
    assert own.polls_per_day <= 49
