"""Back-fills: WARC files through the pool and through Ray, an outlet's sitemaps, resumed runs."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_pipeline import monitor, rows

from monitor.commands.app import Quiet
from monitor.demo import DemoSite
from monitor.pipeline import backfilling
from monitor.pipeline.backfilling import backfill_warc
from monitor.pipeline.jobs import Equipment
from monitor.pipeline.shards import Kept, Kit, Outlet, PoolRunner, Shard, in_order
from monitor.store.database import open_database, write
from monitor.store.warcs import page_offsets
from monitor.urls import site_of

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the demo site collected, and its pages exported as WARC."""
    folder = tmp_path_factory.mktemp("collected")
    demo = DemoSite(NOW)
    with demo.serve() as served:
        (folder / "feeds.yaml").write_text(demo.config_yaml(served.port), encoding="utf-8")
        assert monitor("once", "--quiet", "--config", str(folder / "feeds.yaml")).returncode == 0
        done = monitor(
            "export",
            "--warc",
            str(folder / "pages.warc.gz"),
            "--config",
            str(folder / "feeds.yaml"),
        )
        assert done.returncode == 0, done.stderr
        yield folder


def kit_of(folder: Path) -> Kit:
    urls = [str(row[0]) for row in rows(folder, "SELECT url FROM articles")]
    outlets = {site_of(url): Outlet(source_id="demo", home=True) for url in urls}
    return Kit(equipment=Equipment(), outlets=outlets, time_zone="Asia/Almaty")


def shards_of(file: Path, size: int) -> list[Shard]:
    offsets = list(page_offsets(file, lambda url: True))
    return [
        Shard(path=file, offsets=tuple(offsets[start : start + size]))
        for start in range(0, len(offsets), size)
    ]


def as_bytes(results: list[tuple[Shard, tuple[Kept, ...]]]) -> bytes:
    """Every value of every result; sets in order, because theirs differs between processes."""

    def plain(value: object) -> object:
        return sorted(map(str, value)) if isinstance(value, frozenset) else str(value)

    kept = [asdict(one) for _, found in results for one in found]
    return json.dumps(kept, default=plain, sort_keys=True).encode()


def test_a_warc_file_becomes_the_articles_that_it_holds_and_again_nothing(
    collected: Path, tmp_path: Path
) -> None:
    (tmp_path / "feeds.yaml").write_bytes((collected / "feeds.yaml").read_bytes())
    command = ["backfill", "--workers", "1", "--warc", str(collected / "pages.warc.gz")]
    command += ["--config", str(tmp_path / "feeds.yaml")]
    first = monitor(*command)
    assert first.returncode == 0, first.stderr
    sql = "SELECT final_url, title, text FROM articles WHERE page_id IS NOT NULL ORDER BY final_url"
    then = rows(collected, sql)
    now = rows(tmp_path, "SELECT final_url, title, text FROM articles ORDER BY final_url")
    assert [row[0] for row in now] == [row[0] for row in then]
    same = sum(a[2] == b[2] for a, b in zip(now, then, strict=True))
    assert same >= 0.9 * len(then)  # collecting also took out lines that a host repeats
    assert monitor(*command).returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(len(then),)]
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE backfilled = 0") == [(0,)]
    assert monitor("digest", "--explain", "--config", command[-1]).stdout.count("candidates") == 1
    assert "0 candidates" in monitor("digest", "--explain", "--config", command[-1]).stdout


def test_a_back_fill_killed_on_the_way_goes_on_and_doubles_nothing(
    collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfilling, "SHARD", 7)
    kit, file = kit_of(collected), collected / "pages.warc.gz"
    db = open_database(tmp_path / "monitor.db")
    with write(db) as connection:
        connection.execute("INSERT INTO sources (id, name, updated_at) VALUES ('demo', 'D', '')")
    runner = PoolRunner(kit, 1)

    class Killed(Exception):
        pass

    def clock() -> datetime:
        if db.conn.execute("SELECT count(*) FROM articles").fetchone()[0] >= 20:
            raise Killed
        return NOW

    with pytest.raises(Killed):
        backfill_warc(db, file, kit, runner, now=clock, progress=Quiet())
    tally = backfill_warc(db, file, kit, runner, now=lambda: NOW, progress=Quiet())
    runner.close()
    assert tally.stored + tally.known == tally.pages
    addresses = db.conn.execute("SELECT count(*), count(DISTINCT final_url) FROM articles")
    assert tuple(addresses.fetchone()) == (tally.stored, tally.stored)
    db.close()


def test_a_killed_worker_of_the_pool_costs_nothing(collected: Path) -> None:
    kit, shards = kit_of(collected), shards_of(collected / "pages.warc.gz", 6)
    runner = PoolRunner(kit, 2)
    undisturbed = list(in_order(runner, shards))
    results = []
    for number, item in enumerate(in_order(runner, shards)):
        results.append(item)
        if number == 1:
            os.kill(next(iter(runner._pool._processes)), signal.SIGKILL)
    runner.close()
    assert as_bytes(results) == as_bytes(undisturbed)
    for thread in threading.enumerate():  # a broken pool that waits for ever would hang the exit
        if "ExecutorManager" in type(thread).__name__:
            thread.join(20)
            assert not thread.is_alive()


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_ray_gives_the_same_bytes_as_the_pool_though_a_worker_is_killed(collected: Path) -> None:
    pytest.importorskip("ray")
    from monitor.pipeline.ray_runner import RayRunner

    kit, shards = kit_of(collected), shards_of(collected / "pages.warc.gz", 6)
    pool = PoolRunner(kit, 2)
    expected = list(in_order(pool, shards))
    pool.close()
    runner = RayRunner(kit, 2)
    try:
        results = []
        for number, item in enumerate(in_order(runner, shards)):
            results.append(item)
            if number == 1:
                _kill(runner)
    finally:
        runner.close()
    assert results == expected
    assert as_bytes(results) == as_bytes(expected)


def _kill(runner: object) -> None:
    """The process of one actor, as the kernel's memory killer would take it."""
    import ray

    pid = ray.get(runner.actors[0].pid.remote())  # type: ignore[attr-defined]
    threading.Thread(target=os.kill, args=(pid, signal.SIGKILL)).start()
    time.sleep(0.2)


def test_an_outlets_sitemaps_fill_the_work_list_and_the_pages_are_collected(
    tmp_path: Path,
) -> None:
    demo = DemoSite(NOW)
    with demo.serve() as served:
        (tmp_path / "feeds.yaml").write_text(demo.config_yaml(served.port), encoding="utf-8")
        text = (tmp_path / "feeds.yaml").read_text()
        if "sitemap" not in text:
            pytest.skip("the demo site has no sitemap")
        import yaml

        found = [
            (source["id"], way["url"])
            for source in yaml.safe_load(text)["sources"]
            for way in source["ways"]
            if way["kind"] == "sitemap"
        ]
        source, url = found[0]
        command = ["backfill", "--source", source, "--sitemap", url]
        done = monitor(*command, "--config", str(tmp_path / "feeds.yaml"))
        assert done.returncode == 0, done.stderr
        count = rows(tmp_path, "SELECT count(*) FROM articles")[0][0]
        assert isinstance(count, int)
        assert count > 3
        again = monitor(*command, "--config", str(tmp_path / "feeds.yaml"))
        assert "0 sitemaps read, 0 addresses new" in again.stdout
    assert sqlite3.connect(tmp_path / "storage" / "monitor.db")


def test_bench_measures_every_stage_of_this_installation(collected: Path) -> None:
    config = str(collected / "feeds.yaml")
    done = monitor("bench", "--json", "--pages", "10", "--config", config)
    assert done.returncode == 0, done.stderr
    assert {"extract", "tag", "store and index"} <= set(json.loads(done.stdout))
