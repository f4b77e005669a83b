"""Reading while the service writes: no error on either side."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from conftest import Server, datasette

from monitor.store.database import open_database, write

PATHS = ("/", "/monitor/articles", "/monitor/articles/12", "/-/charts", "/monitor/articles.json")


@pytest.mark.parametrize(
    "seconds", [2, pytest.param(60, marks=pytest.mark.slow)], ids=["short", "minute"]
)
def test_writes_and_reads_at_once_give_no_error(
    archive_path: Path, tmp_path: Path, seconds: float
) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(archive_path.read_bytes())
    stop = threading.Event()
    writes: list[int] = []
    problems: list[str] = []
    writer = threading.Thread(target=_write, args=(path, stop, writes, problems))
    with datasette(path) as running:
        writer.start()
        reads = _read(running, seconds, problems)
        stop.set()
        writer.join()
        newest = running.get("/monitor/articles.json", _size="1").text
    assert problems == []
    assert reads >= len(PATHS)
    assert writes
    assert f"live{sum(writes)}" in newest


def _write(path: Path, stop: threading.Event, writes: list[int], problems: list[str]) -> None:
    db = open_database(path)
    try:
        while not stop.is_set():
            number = sum(writes) + 1
            with write(db) as connection:
                connection.execute(
                    "insert into articles (url, title, source_id, text, first_seen_at, final_url, content_hash, "
                    "fetched_at) select :u, :u, 'kazgazeta', text, first_seen_at, :u, :u, fetched_at "
                    "from articles where id = 3",
                    {"u": f"https://live.example/live{number}"},
                )
                connection.execute("update articles set title = title || '.' where id = 12")
            writes.append(1)
            time.sleep(0.01)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test must say it
        problems.append(repr(error))
    finally:
        db.close()


def _read(running: Server, seconds: float, problems: list[str]) -> int:
    reads, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for path in PATHS:
            answer = running.get(
                path, **({"_search": "Токаевым"} if path.endswith("articles") else {})
            )
            reads += 1
            if answer.status != 200:
                problems.append(f"{path}: {answer.status}")
    return reads
