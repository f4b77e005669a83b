"""Stages run again over the archive: the same result however often the run is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.commands.app import open_service, read_settings
from monitor.commands.once import one_round
from monitor.demo import DemoSite
from monitor.pipeline import reprocessing
from monitor.pipeline.reprocessing import Plan, Report, reprocess
from tests.conftest import FakeClock

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo site, collected, with some rows damaged so that there is something to mend."""
    folder = tmp_path_factory.mktemp("collected")
    site = DemoSite(NOW)

    async def collect() -> None:
        async with open_service(read_settings(str(config)), FakeClock(NOW)) as service:
            await one_round(service)
            service.db.conn.execute(
                "UPDATE articles SET text = 'забыто', level = 0 WHERE id % 3 = 0"
            )
            service.db.conn.execute("UPDATE article_relations SET level = 0")

    with site.serve() as served:
        config = folder / "feeds.yaml"
        config.write_text(site.config_yaml(served.port), encoding="utf-8")
        asyncio.run(collect())
    return folder


def contents(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "storage" / "monitor.db")
    try:
        return connection.execute(
            "SELECT a.id, a.url, a.title, a.text, a.level, a.relations, a.published_at, r.relation, "
            "r.level, r.score FROM articles a JOIN article_relations r ON r.article_id = a.id "
            "ORDER BY a.id, r.relation"
        ).fetchall()
    finally:
        connection.close()


def test_a_killed_run_ends_like_an_undisturbed_one(collected: Path, tmp_path: Path) -> None:
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for folder in (quiet, killed):
        shutil.copytree(collected, folder)
    environ = {**os.environ, "MONITOR_NOW": NOW.isoformat()}

    def command(folder: Path) -> list[str]:
        config = str(folder / "feeds.yaml")
        return [sys.executable, "-m", "monitor", "reprocess", "--config", config]

    subprocess.run(command(quiet), check=True, capture_output=True, env=environ)
    for pause in (1.6, 2.4, 3.2):
        with subprocess.Popen(command(killed), stdout=subprocess.DEVNULL, env=environ) as process:
            time.sleep(pause)
            process.kill()
    subprocess.run(command(killed), check=True, capture_output=True, env=environ)
    assert contents(quiet) == contents(killed)
    assert "забыто" not in {row[3] for row in contents(quiet) if str(row[1]).find("t.me") < 0}


def test_an_interrupted_run_goes_on_where_it_was(
    collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(collected, tmp_path / "one")
    monkeypatch.setattr(reprocessing, "BATCH", 10)
    config = str(tmp_path / "one" / "feeds.yaml")

    async def scenario() -> tuple[Report, str]:
        async with open_service(read_settings(config), FakeClock(NOW)) as service:
            plan = Plan(stage="tag")

            class Stopper:
                """A progress that asks for a stop after 25 articles."""

                steps = 0

                def begin(self, line: str, total: int) -> None: ...

                def step(self, line: str, note: str = "", *, more: int = 0) -> None:
                    self.steps += 1
                    service.stopping = self.steps >= 25

                def end(self, line: str) -> None: ...

            service.progress = Stopper()
            await reprocess(service, plan)
            kept = service.db.conn.execute(
                "SELECT value FROM meta WHERE key = ?", (plan.checkpoint,)
            ).fetchone()[0]
            service.stopping = False
            service.progress.steps = -10_000
            return await reprocess(service, plan), str(kept)

    report, kept = asyncio.run(scenario())
    assert json.loads(kept)["report"]["looked_at"] == 30
    assert report.looked_at == len({row[0] for row in contents(tmp_path / "one")})
    assert report.verdicts_changed > 0
