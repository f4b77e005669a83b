"""The lines end to end: the demo site over real HTTP, real SQLite, worker processes where said."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo import DemoSite, Served
from monitor.urls import url_key

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


def monitor(
    *arguments: str, timeout: float = 120, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "MONITOR_NOW": NOW.isoformat(), **environ},
        check=False,
    )


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "storage" / "monitor.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[DemoSite, Served]]:
    demo = DemoSite(NOW)
    with demo.serve() as served:
        yield demo, served


@pytest.fixture
def folder(tmp_path: Path, site: tuple[DemoSite, Served]) -> Path:
    demo, served = site
    (tmp_path / "feeds.yaml").write_text(demo.config_yaml(served.port), encoding="utf-8")
    return tmp_path


def test_every_published_article_is_stored_once_and_nothing_is_new_the_second_time(
    folder: Path, site: tuple[DemoSite, Served]
) -> None:
    config = str(folder / "feeds.yaml")
    first = monitor("once", "--config", config)
    assert first.returncode == 0, first.stderr
    truth = {url_key(article.url) for article in site[0].truth()}
    stored = [url_key(str(row[0])) for row in rows(folder, "SELECT url FROM articles")]
    assert sorted(stored) == sorted(truth)
    pages = len([request for request in site[1].requests if "robots" not in request.path])
    again = monitor("once", "--config", config, "--force")
    assert "0 new links; 0 articles stored" in again.stdout
    asked = [request for request in site[1].requests if "robots" not in request.path]
    assert len(asked) - pages <= len(rows(folder, "SELECT id FROM ways"))


def test_a_kill_at_any_moment_loses_and_doubles_nothing(
    folder: Path, site: tuple[DemoSite, Served]
) -> None:
    command = [sys.executable, "-m", "monitor", "once", "--quiet"]
    command += ["--config", str(folder / "feeds.yaml")]
    environ = {**os.environ, "MONITOR_NOW": NOW.isoformat()}
    for pause in (0.7, 1.2, 1.8, 2.4):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ
        ) as process:
            time.sleep(pause)
            process.kill()
    assert monitor("once", "--config", str(folder / "feeds.yaml"), "--force").returncode == 0
    truth = {url_key(article.url) for article in site[0].truth()}
    stored = [url_key(str(row[0])) for row in rows(folder, "SELECT url FROM articles")]
    assert sorted(stored) == sorted(truth)
    assert rows(folder, "SELECT count(*) FROM entries WHERE state = 'due'") == [(0,)]


def test_verdicts_topics_evidence_and_index_come_with_the_article(folder: Path) -> None:
    monitor("once", "--config", str(folder / "feeds.yaml"))
    orphans = """SELECT count(*) FROM articles a WHERE (SELECT count(*) FROM article_relations r
        WHERE r.article_id = a.id) != 3 OR a.page_id IS NULL AND a.method NOT IN ('feed', 'post')"""
    assert rows(folder, orphans) == [(0,)]
    hits = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'Казахстан'"
    assert rows(folder, hits)[0][0]


def test_the_service_works_stops_on_sigterm_and_refuses_a_second_instance(folder: Path) -> None:
    config = str(folder / "feeds.yaml")
    command = [sys.executable, "-m", "monitor", "run", "--tick", "0.5", "--config", config]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as service:
        database = folder / "storage" / "monitor.db"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if database.exists() and _count(database) >= 20:
                break
            time.sleep(0.2)
        second = monitor("run", "--simulate", "--config", config, timeout=30)
        assert second.returncode == 1
        assert f"process {service.pid}" in second.stderr
        round_beside = monitor("once", "--config", config, timeout=30)
        assert round_beside.returncode == 1
        assert f"process {service.pid}" in round_beside.stderr
        healthy = subprocess.run(
            [sys.executable, "-m", "monitor", "health", "--config", config],
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert healthy.returncode == 0, healthy.stdout
        service.send_signal(signal.SIGTERM)
        output, errors = service.communicate(timeout=60)
    assert service.returncode == 0, errors
    assert "event=stopped drained=True" in output
    assert rows(folder, "SELECT count(*) FROM entries WHERE state = 'due'")[0][0] is not None


def _count(database: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:
        return 0


def test_workers_end_with_a_service_that_is_killed_outright(folder: Path) -> None:
    command = [sys.executable, "-m", "monitor", "run", "--tick", "0.5"]
    command += ["--config", str(folder / "feeds.yaml")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as service:
        database = folder / "storage" / "monitor.db"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (database.exists() and _count(database) >= 5):
            time.sleep(0.2)
        assert len(_session(service.pid)) > 1
        service.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and _session(service.pid):
        time.sleep(0.2)
    assert _session(service.pid) == []


def _session(leader: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


def test_run_refuses_a_shifted_clock_unless_it_is_a_rehearsal(folder: Path) -> None:
    refused = monitor("run", "--config", str(folder / "feeds.yaml"), timeout=30)
    assert refused.returncode == 1
    assert "--simulate" in refused.stderr


def test_health_says_that_the_service_has_never_run(folder: Path) -> None:
    monitor("once", "--config", str(folder / "feeds.yaml"), "--quiet")
    answer = monitor("health", "--config", str(folder / "feeds.yaml"))
    assert answer.returncode == 1
    assert "never run" in answer.stdout


def test_a_broken_configuration_is_exit_code_1_and_no_database(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("sources: [{id: A B, nam: x}]", encoding="utf-8")
    answer = monitor("once", "--config", str(tmp_path / "feeds.yaml"))
    assert answer.returncode == 1
    assert "feeds.yaml:1: sources[0].nam" in answer.stderr
    assert not (tmp_path / "storage").exists()


@pytest.mark.parametrize("arguments", [["nonsense"], [], ["once", "--no-such-flag"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert monitor(*arguments).returncode == 2


def test_a_page_that_kills_its_worker_costs_that_page_only() -> None:
    from monitor.models import Entry
    from monitor.pipeline.jobs import Done, Equipment, Job
    from monitor.pipeline.workers import Processes, WorkerCrashed

    async def scenario() -> tuple[bool, Done]:
        workers = Processes(Equipment, 1)
        try:
            good = Job(entry=Entry(url="http://a.kz/1", text="слово " * 99, is_post=True), now=NOW)
            await workers.work("a.kz", good)
            lane = workers._lanes[0]
            assert lane._worker is not None
            lane._worker.process.kill()
            crashed = False
            try:
                await workers.work("a.kz", good)
            except WorkerCrashed:
                crashed = True
            return crashed, await workers.work("a.kz", good)
        finally:
            workers.close()

    crashed, after = asyncio.run(scenario())
    assert crashed
    assert after.article is not None
