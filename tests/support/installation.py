"""An installation in a folder: feeds.yaml, commands run as real processes, rows of its database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
FEEDS = """settings: {{host_delay_seconds: 0{settings}}}
sources:
  - {{id: one, name: One, ways: [{{kind: feed, url: "http://127.0.0.2:9/rss"}}]}}
subscriptions:
  - {{name: day, language: ru, channels: [folder]}}
"""


@dataclass(slots=True)
class Installation:
    """`monitor` as an operator has it."""

    folder: Path
    now: datetime = NOW
    environ: dict[str, str] = field(default_factory=dict)

    @classmethod
    def bare(cls, folder: Path, settings: str = "") -> Installation:
        """One source that never answers; `settings` is more of the settings' mapping."""
        (folder / "feeds.yaml").write_text(FEEDS.format(settings=settings), encoding="utf-8")
        return cls(folder)

    @property
    def database(self) -> Path:
        return self.folder / "storage" / "monitor.db"

    @property
    def backups(self) -> Path:
        return self.folder / "storage" / "backups"

    def run(self, *arguments: str, timeout: float = 120, **environ: str
            ) -> subprocess.CompletedProcess[str]:  # fmt: skip
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=timeout, check=False,
            env=self._environ(environ), cwd=ROOT,
        )  # fmt: skip

    def start(self, *arguments: str, shifted: bool = False, **environ: str
              ) -> subprocess.Popen[str]:  # fmt: skip
        """A process that goes on; `shifted`: with the installation's clock."""
        given = self._environ(environ)
        if not shifted:
            given.pop("MONITOR_NOW")
        return subprocess.Popen(
            self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=given, cwd=ROOT,
        )  # fmt: skip

    def command(self, *arguments: str) -> Sequence[str]:
        config = ["--config", str(self.folder / "feeds.yaml")]
        return [sys.executable, "-m", "monitor", *arguments, *config]

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> object:
        return self.rows(sql, *values)[0][0]

    def _environ(self, more: dict[str, str]) -> dict[str, str]:
        return {**os.environ, "MONITOR_NOW": self.now.isoformat(), **self.environ, **more}


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Until it is so; AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)
