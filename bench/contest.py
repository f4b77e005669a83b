"""Runs one contestant of a benchmark and says what it took: wall, CPU of all its processes, memory.

CPU is taken from the kernel's account of reaped children. Worker processes that are not direct
children (a fork server's) are inherited here when their parent ends (PR_SET_CHILD_SUBREAPER), so
nothing escapes the account. Memory is the peak of the proportional set size (PSS: shared pages are
split between those who share them), summed over all processes of the contestant's session.
Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, <linux/prctl.h>
SAMPLE_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run took, and what the contestant said in its last line (JSON)."""

    wall: float
    cpu: float
    peak_mb: float
    said: dict[str, Any]


def run(command: Sequence[str], cwd: Path, timeout: float = 900, *, said: bool = True) -> Result:
    """Raises CalledProcessError when the contestant fails. `said` False: its last line is no JSON."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environ = {**os.environ, "PYTHONPATH": str(cwd)}
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=environ,
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process,
    ):
        peak = _Peak(process.pid)
        process.wait(timeout)
        wall = time.perf_counter() - started
        peak.stop()
        _reap_orphans(process.pid)
        out.seek(0)
        lines = out.read().decode().strip().splitlines()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    words = json.loads(lines[-1]) if said and lines else {}
    return Result(wall=wall, cpu=cpu, peak_mb=peak.megabytes, said=words)


def _reap_orphans(group: int) -> None:
    """Wait for the grandchildren that were left to us."""
    while True:
        try:
            os.waitpid(-group, 0)
        except ChildProcessError:
            return


class _Peak:
    """Samples the summed PSS of a session in a thread."""

    def __init__(self, session: int) -> None:
        self.megabytes = 0.0
        self._session = session
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            total = sum(_pss_kb(pid) for pid in _members(self._session))
            self.megabytes = max(self.megabytes, total / 1024)

    def stop(self) -> None:
        self._done.set()
        self._thread.join()


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.getsid(int(entry.name)) == session:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    print(run(sys.argv[1:], Path.cwd()))
