"""The fault matrix in its short form, and the matrix itself seen to notice a loss."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.pipeline.boundary import together

ROOT = Path(__file__).resolve().parents[2]


def matrix(*arguments: str, timeout: float = 1500) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "bench" / "faults.py"), *arguments],
        capture_output=True, text=True, check=False, timeout=timeout,
    )  # fmt: skip


def test_the_matrix_has_forty_faults_and_three_hundred_kills() -> None:
    lines = matrix("--list").stdout.splitlines()
    assert len(lines) >= 40
    assert sum(int(line.split()[0]) for line in lines if "kill -9" in line) >= 300


@pytest.mark.slow
@pytest.mark.parametrize("group", ["kill -9", "disk:", "files:", "lock:", "damage:", "mail:"])
def test_nothing_is_lost_or_doubled(group: str, tmp_path: Path) -> None:
    answer = matrix("--short", "--only", group, "--work", str(tmp_path / "rig"))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "losses and doubles: 0;" in answer.stdout


@pytest.mark.slow
def test_the_matrix_notices_what_is_lost(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['faults.py', '--only', 'stale', '--work', sys.argv[1]];"
        "sys.path.insert(0, 'bench'); import faults; from faultlib.rig import Rig;"
        "from faultlib.registry import FAULTS, Fault;"
        "FAULTS[:] = [Fault('stale: an article deleted behind the back', 1, 1, lambda rig, n: None)];"
        "Rig.recover = lambda rig: (rig.seed(), delete(rig))[1];\n"
        "import sqlite3\n"
        "def delete(rig):\n"
        "    db = sqlite3.connect(rig.database)\n"
        "    db.execute('UPDATE articles SET url = 1, final_url = 1, canonical_url = 1 WHERE id = 3')\n"
        "    db.commit()\n"
        "    return 0.0\n"
        "sys.exit(faults.main())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "rig")],
        capture_output=True, text=True, check=False, timeout=300, cwd=ROOT,
    )  # fmt: skip
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "losses and doubles: 1;" in answer.stdout


async def test_jobs_side_by_side_end_together_when_one_fails() -> None:
    ended: list[str] = []

    async def long() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("long")

    async def broken() -> None:
        await asyncio.sleep(0)
        raise LookupError("full")

    with pytest.raises(LookupError):
        await together([long(), broken()])
    assert ended == ["long"]  # not later, on a database that is closed by then


async def test_jobs_side_by_side_give_their_results_in_order() -> None:
    async def job(number: int) -> int:
        await asyncio.sleep(0.01 / number)
        return number

    assert await together(job(n) for n in (1, 2, 3)) == [1, 2, 3]
    assert await together([]) == []


@pytest.mark.slow
def test_a_short_simulated_run_of_days_loses_nothing(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "soak.py"), "--days", "3", "--work", str(tmp_path / "w")],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr
