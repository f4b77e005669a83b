"""Every defence of the threat model, taken away once: does its test notice?

    python bench/defences.py                 all of them (a few minutes), the table at the end
    python bench/defences.py --only guard    those whose name contains a word
    python bench/defences.py --list

The package and its tests are copied; in the copy one defence at a time is replaced by nothing, and
the tests that are named for it must fail. Before that the same tests must pass on the untouched
copy, so that none fails for want of something else. Exit code 1 when a test did not notice.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bench"))

from defencelist import DEFENCES, Defence  # noqa: E402

COPIED = ("monitor", "tests", "storage", "bench", "docker", ".ci", "pyproject.toml", "feeds.yaml",
          "README.md", "Makefile", "Dockerfile", "compose.yaml", "requirements.txt")  # fmt: skip
SECONDS = 240.0  # for the tests of one defence; without it a test may hang, which is noticing too


@dataclass(frozen=True)
class Verdict:
    """What happened to the tests of one defence without it."""

    defence: Defence
    noticed: bool
    how: str


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    chosen = [d for d in DEFENCES if options.only.lower() in d.name.lower()]
    if options.list:
        print("\n".join(f"{d.name}: {', '.join(d.tests)}" for d in chosen))
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="monitor-defences-") as folder:
        copy = copied(Path(folder))
        whole = run_tests(copy, sorted({test for d in chosen for test in d.tests}))
        if whole.returncode != 0:
            print(
                whole.stdout[-4000:],
                whole.stderr[-2000:],
                "\nthe tests do not pass with every defence in place",
            )
            return 1
        verdicts = []
        for defence in chosen:
            verdicts.append(without(copy, defence))
            last = verdicts[-1]
            print(
                f"{'noticed' if last.noticed else 'MISSED '}  {defence.name}: {last.how}",
                flush=True,
            )
    return report(verdicts, time.monotonic() - began)


def copied(folder: Path) -> Path:
    """The tree without its history, in `folder`."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*.db", "*.db-*", "*.png")
            shutil.copytree(source, folder / name, ignore=skip)
        elif source.exists():
            shutil.copy(source, folder / name)
    return folder


def run_tests(copy: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "--tb=line",
               "-p", "no:cacheprovider", *tests]  # fmt: skip
    environ = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    # A session of its own: without its defence a test may leave a process behind that never ends.
    running = subprocess.Popen(command, cwd=copy, env=environ, stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    try:
        said, complained = running.communicate(timeout=SECONDS + 10 * len(tests))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(command, running.returncode, said, complained)


def without(copy: Path, defence: Defence) -> Verdict:
    """Take the defence away, run its tests, put it back."""
    before = {change.file: (copy / change.file).read_text("utf-8") for change in defence.changes}
    try:
        for change in defence.changes:
            file = copy / change.file
            file.write_text(change.applied(file.read_text("utf-8")), "utf-8")
        missed = [test for test in defence.tests if not (how := _fails(copy, test))]
    finally:
        for name, text in before.items():
            (copy / name).write_text(text, "utf-8")
    return Verdict(defence, not missed, f"still green: {', '.join(missed)}" if missed else how)


def _fails(copy: Path, test: str) -> str:
    """How a test fails, in a word; "" when it passes. An import error is no failure of a test."""
    try:
        answer = run_tests(copy, [test])
    except subprocess.TimeoutExpired:
        return "hangs"
    if answer.returncode != 1 or "ERROR collecting" in answer.stdout:
        return ""
    found = re.search(r"^(?:E +|.*?:\d+: )(\w[\w.]*(?:Error|Exception|Failed|DID NOT)\b[^\n]{0,60})",
                      answer.stdout, re.MULTILINE)  # fmt: skip
    return " ".join(found[1].split())[:70] if found else "fails"


def report(verdicts: list[Verdict], seconds: float) -> int:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False,
                            capture_output=True, text=True).stdout.strip()  # fmt: skip
    print("\n| defence | without it fails |\n|---|---|")
    for verdict in verdicts:
        names = ", ".join(f"`{test.rpartition('::')[2]}`" for test in verdict.defence.tests)
        print(
            f"| {verdict.defence.name} | {names if verdict.noticed else '**' + verdict.how + '**'} |"
        )
    missed = sum(not verdict.noticed for verdict in verdicts)
    print(
        f"\n{len(verdicts)} defences taken away one at a time, {missed} not noticed; "
        f"{seconds / 60:.0f} minutes, {datetime.now(UTC):%Y-%m-%d}, commit {commit}"
    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
