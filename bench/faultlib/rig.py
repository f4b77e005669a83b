"""One installation under test: commands as real processes, and the comparison with the truth."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from faultlib.site import FaultySite
from monitor.demo.site import DemoSite
from monitor.urls import url_key

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
OUTLETS = ("north", "ministry", "pravo", "priishim")  # feed, JSON, sitemap, feed in windows-1251
TRIES = 4  # to meet a command alive
ROUNDS = 6  # at most so many rounds to recover, the clock two hours later each


def limited(kind: int, value: int) -> tuple[str, ...]:
    """An interpreter for `prefix` that lowers one of its own limits before anything else."""
    code = f"import resource, sys; resource.setrlimit({kind}, ({value}, {value})); "
    return (sys.executable, "-c", code + "from monitor.cli import main; sys.exit(main())")


@dataclass
class Truth:
    """What a comparison found."""

    lost: int = 0
    doubled: int = 0
    digests_lost: int = 0
    digests_doubled: int = 0


@dataclass
class Rig:
    """A folder with feeds.yaml, its clock, the site and the mail server."""

    folder: Path
    demo: DemoSite
    site: FaultySite
    postman: Any
    mail_port: int
    chance: random.Random
    now: datetime = NOW
    environ: dict[str, str] = field(default_factory=dict)
    injected: int = 0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.configure()
        self.postman.taken.clear()
        self.postman.fault = None
        self.site.fault, self.site.down = None, False

    # ------------------------------------------------------------------ the installation

    @property
    def config(self) -> Path:
        return self.folder / "feeds.yaml"

    @property
    def storage(self) -> Path:
        return self.folder / "storage"

    @property
    def database(self) -> Path:
        return self.storage / "monitor.db"

    def configure(
        self, *, base: str | None = None, settings: str = "", outlets: Sequence[str] = OUTLETS
    ) -> None:
        """Write feeds.yaml; `base`: another place than the site (`http://x.invalid`)."""
        import yaml

        whole = yaml.safe_load(self.demo.config_yaml(self.site.port))
        sources = [s for s in whole["sources"] if s["id"] in outlets]
        if base:
            for source in sources:
                for way in source["ways"]:
                    way["url"] = base + way["url"].split("/", 3)[3]
        document = {
            "settings": {**whole["settings"], "workers": 2, **json.loads(settings or "{}")},
            "sources": sources,
            "subscriptions": [
                {
                    "name": "day",
                    "language": "ru",
                    "at": "07:00",
                    "channels": ["folder", "mail"],
                    "recipients": ["anna@example.org"],
                }
            ],
        }
        part = self.config.with_suffix(".part")
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        part.replace(self.config)

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ, "MONITOR_NOW": self.now.isoformat(), "MONITOR_SMTP_HOST": "127.0.0.1",
            "MONITOR_SMTP_PORT": str(self.mail_port), "MONITOR_SMTP_SECURITY": "none",
            "MONITOR_SMTP_FROM": "monitor@example.org", "PYTHONPATH": str(ROOT), **self.environ, **more,
        }  # fmt: skip

    def start(
        self,
        *arguments: str,
        prefix: Sequence[str] = (),
        output: IO[str] | int = subprocess.PIPE,
        **environ: str,
    ) -> subprocess.Popen[str]:
        """A command in a process group of its own; `prefix`: another interpreter; `output`: a file
        for what it says."""
        command = [
            *(prefix or (sys.executable, "-m", "monitor")),
            *arguments,
            "--config",
            str(self.config),
        ]
        return subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, text=True, cwd="/",
            env=self.environment(**environ), start_new_session=True,
        )  # fmt: skip

    def run(self, *arguments: str, timeout: float = 240, **given: Any) -> tuple[int, str]:
        """A command to its end: exit code and what it said."""
        process = self.start(*arguments, **given)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.kill(process)
            return -9, "timeout"
        return process.returncode, output

    def kill(self, process: subprocess.Popen[str]) -> None:
        """kill -9, workers and all. Counts only if there was something left to kill."""
        self.injected += process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def kill_somewhere(self, *arguments: str, within: tuple[float, float], **given: Any) -> bool:
        """Start a command and kill it at a random moment; False: it had ended before, again and
        again, although every try was an earlier one (how long a command takes is the machine's)."""
        low, high = within
        for _ in range(TRIES):
            process = self.start(*arguments, **given)
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.chance.uniform(low, high))
            alive = process.poll() is None
            self.kill(process)
            if alive:
                return True
            low, high = low * 0.8, low + (high - low) * 0.5
        return False

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(sql, values).fetchall()

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    # ------------------------------------------------------------------ back to health

    def seed(self) -> None:
        """A round without a fault, so that there is something to lose."""
        code, said = self.run("once", "--quiet")
        assert code == 0, said

    def recover(self) -> float:
        """End of the fault: rounds until everything published is stored. Seconds it took."""
        self.site.fault, self.site.down, self.postman.fault = None, False, None
        began = time.monotonic()
        for _ in range(ROUNDS):
            code, said = self.run("once", "--quiet", "--force")
            if code != 0:
                self.notes.append(said.strip()[-200:])
            elif not self.missing():
                break
            self.later(hours=2)
        return time.monotonic() - began

    def missing(self) -> set[str]:
        return self.true_keys() - set(self.stored())

    def true_keys(self) -> set[str]:
        return {url_key(a.url) for a in self.demo.truth() if a.outlet in OUTLETS}

    def stored(self) -> dict[str, set[int]]:
        if not self.database.exists():
            return {}
        found: dict[str, set[int]] = {}
        for number, *urls in self.rows("SELECT id, url, final_url, canonical_url FROM articles"):
            for url in filter(None, urls):
                found.setdefault(url_key(url), set()).add(number)
        return found

    def compare(self) -> Truth:
        """Articles against the site; then a day passes, and its digest against the promise."""
        stored, truth = self.stored(), Truth()
        keys = self.true_keys()
        truth.lost = len(keys - set(stored))
        truth.doubled = sum(len(stored.get(key, ())) > 1 for key in keys)
        if self.rows("PRAGMA integrity_check") != [("ok",)]:
            truth.lost += 1
            self.notes.append("integrity check failed")
        truth.digests_lost, truth.digests_doubled = self._digests()
        return truth

    def _digests(self) -> tuple[int, int]:
        """After the next slot: it went out once by mail and folder, and no article fell between
        two windows."""
        slot = self.now.replace(hour=2, minute=30)
        self.now = slot if slot > self.now else slot + timedelta(days=1)
        for _ in range(3):
            self.run("once", "--quiet")
            if self.rows(
                "SELECT 1 FROM digests WHERE slot LIKE ? AND state = 'sent'",
                f"{self.now:%Y-%m-%d}%",
            ):
                break
            self.later(hours=1)
        sent = self.rows(
            "SELECT subscription, slot, message_id FROM digests WHERE state = 'sent' AND kind = 'digest'"
        )
        mailed = [str(mail["Message-ID"]) for _, mail in self.postman.taken]
        files = [
            p.name for p in (self.storage / "digests").glob("*.html") if "latest" not in p.name
        ]
        day = f"{self.now:%Y-%m-%d}"
        lost = int(not any(str(slot).startswith(day) for _, slot, _ in sent))
        lost += int(not any(day in name for name in files))
        lost += len({m for _, _, m in sent} - set(mailed))
        lost += self._gaps()
        repeats = len(mailed) - len(set(mailed))
        if repeats:
            self.notes.append(f"{repeats} repeated with the same Message-ID")
        slots = [slot for _, slot, _ in sent]
        return lost, len(slots) - len(set(slots)) + len(set(mailed)) - len(
            {m for _, _, m in sent} & set(mailed)
        )

    def _gaps(self) -> int:
        windows = self.rows(
            "SELECT window_start_id, window_end_id FROM digests WHERE kind = 'digest' AND state = 'sent' ORDER BY id"
        )
        newest = self.rows("SELECT coalesce(max(id), 0) FROM articles")[0][0]
        ends = [0, *(end for _, end in windows)]
        gaps = sum(start > end for (start, _), end in zip(windows, ends, strict=False))
        return gaps + int(bool(windows) and max(ends) < newest)
