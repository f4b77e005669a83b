"""Worker processes under fire, and the writer that gathers small jobs into batches."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.errors import StoreError
from monitor.models import Entry, Fetched
from monitor.pipeline import worker_process
from monitor.pipeline.jobs import Done, Equipment, Job
from monitor.pipeline.worker_process import WorkFailed
from monitor.pipeline.workers import Processes, WorkerCrashed
from monitor.pipeline.writing import Writer
from monitor.store.packing import pack_page
from monitor.store.pages import PageArchive

NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


class Poison(dict[str, str]):
    """Kills the process that unpickles it, as a crash in a C library would."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def job(number: int, *, poison: bool = False) -> Job:
    entry = Entry(url=f"http://a.kz/{number}", text="слово " * 99, is_post=True)
    return Job(entry=entry, now=NOW, hints=Poison() if poison else {})


async def test_of_two_pages_in_a_dying_worker_only_the_guilty_one_is_lost() -> None:
    workers = Processes(Equipment, 1)
    try:
        jobs = [job(1), job(2, poison=True), job(3), job(4)]
        done = await asyncio.gather(
            *(workers.work("a.kz", one) for one in jobs), return_exceptions=True
        )
    finally:
        workers.close()
    assert isinstance(done[1], WorkerCrashed)
    good = [result for number, result in enumerate(done) if number != 1]
    assert all(isinstance(result, Done) and result.article for result in good)


async def test_a_page_that_nobody_waits_for_any_more_holds_no_stop() -> None:
    """A worker that is stopped stands for one that is busy for a minute."""
    workers = Processes(Equipment, 1)
    await workers.work("a.kz", job(1))
    worker = workers._lanes[0]._worker
    assert worker is not None
    os.kill(worker.process.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(workers.work("a.kz", job(2)))
    await asyncio.sleep(0.1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(20):
        await asyncio.to_thread(workers.close)


async def test_what_a_job_raises_arrives_with_the_lines_of_the_worker() -> None:
    workers = Processes(Equipment, 1)
    nowhere = Job(entry=job(1).entry, now=NOW, time_zone="Nowhere/Land")
    try:
        with pytest.raises(WorkFailed, match="Nowhere/Land") as raised:
            await workers.work("a.kz", nowhere)
        after = await workers.work("a.kz", job(2))
    finally:
        workers.close()
    assert any("working.py" in note for note in raised.value.__notes__)
    assert after.article is not None


class Takeover:
    """What a worker that a page has taken over would send."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize(
    "sent",
    [
        pickle.dumps(Takeover()),
        pickle.dumps(os.getcwd),
        pickle.dumps(Processes),
        b"\x80\x04\x8c\x1fmonitor.pipeline.worker_process\x8c\x09os.getcwd\x93.",
        b"nonsense",
        b"",
    ],
    ids=["a call", "a function", "a class", "through a module of ours", "nonsense", "nothing"],
)
async def test_a_worker_that_was_taken_over_runs_nothing_here(sent: bytes) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(len(sent).to_bytes(4, "big") + sent)
    with pytest.raises((pickle.UnpicklingError, EOFError)):
        await worker_process._get(reader)


async def test_a_worker_cannot_announce_more_than_fits() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"\xff\xff\xff\xff")
    with pytest.raises(pickle.UnpicklingError, match="bytes"):
        await worker_process._get(reader)


@pytest.mark.parametrize("sent", [b"nonsense", pickle.dumps(7)], ids=["nonsense", "a number"])
async def test_what_makes_no_sense_ends_the_worker_and_costs_its_page(sent: bytes) -> None:
    workers = Processes(Equipment, 1)
    try:
        await workers.work("a.kz", job(1))
        worker = workers._lanes[0]._worker
        assert worker is not None
        worker.process._reader.feed_data(len(sent).to_bytes(4, "big") + sent)
        with pytest.raises(WorkerCrashed):
            await workers.work("a.kz", job(2))
        assert (await workers.work("a.kz", job(3))).article is not None
    finally:
        workers.close()


COLD_START = """
import asyncio
from monitor.pipeline.jobs import Equipment
from monitor.pipeline.worker_process import WorkerProcess

async def count(ticks):
    while True:
        ticks.append(0)
        await asyncio.sleep(0.005)

async def main():
    ticks = []
    counting = asyncio.create_task(count(ticks))
    worker = await WorkerProcess.start(Equipment())
    counting.cancel()
    worker.no_more()
    worker.join()
    print(len(ticks))

asyncio.run(main())
"""


def test_pages_can_be_fetched_while_the_first_worker_starts() -> None:
    """The fork waits until its server has read libraries and lexicon; the event loop does not."""
    ran = subprocess.run(
        [sys.executable, "-c", COLD_START], capture_output=True, check=True, timeout=60
    )
    assert int(ran.stdout) > 20  # of more than a hundred; 1 when it waits


class NoNotes:
    def flush(self, connection: sqlite3.Connection) -> None:
        return None


def put(key: str, value: str) -> object:
    def write(connection: sqlite3.Connection, page_id: int | None = None) -> int | None:
        sql = "INSERT INTO meta (key, value, updated_at) VALUES (?, ?, '')"
        connection.execute(sql, (key, value))
        return page_id

    return write


def keys(db: Database) -> list[str]:
    return [row[0] for row in db.conn.execute("SELECT key FROM meta ORDER BY key")]


async def test_a_job_that_fails_takes_nothing_with_it(db: Database) -> None:
    writer = Writer(db, NoNotes())
    jobs = [put("a", "1"), put("a", "2"), put("b", "3")]  # the second breaks a UNIQUE rule
    done = await asyncio.gather(
        *(writer.write(one) for one in jobs),
        return_exceptions=True,  # type: ignore[arg-type]
    )
    assert isinstance(done[1], sqlite3.IntegrityError)
    assert keys(db) == ["a", "b"]


async def test_what_gathers_is_one_transaction(db: Database) -> None:
    writer = Writer(db, NoNotes())
    statements: list[str] = []
    db.conn.set_trace_callback(statements.append)
    await asyncio.gather(*(writer.write(put(f"k{n:03}", "")) for n in range(150)))  # type: ignore[arg-type]
    db.conn.set_trace_callback(None)
    assert len([s for s in statements if s.startswith("COMMIT")]) == 1
    assert len(keys(db)) == 150


def fetched(number: int) -> Fetched:
    return Fetched(
        url=f"http://a.kz/{number}", final_url=f"http://a.kz/{number}", status=200, headers={},
        body=b"<p>page</p>", fetched_at=NOW,
    )  # fmt: skip


async def test_the_last_jobs_do_not_wait_for_others_that_never_come(db: Database) -> None:
    writer = Writer(db, NoNotes())
    began = asyncio.get_running_loop().time()
    for number in range(10):
        await writer.write(put(f"k{number}", ""))  # type: ignore[arg-type]
    assert asyncio.get_running_loop().time() - began < 1.0  # ten times the longest wait: 2 s


async def test_every_job_gets_the_id_of_its_own_page(db: Database, tmp_path: Path) -> None:
    archive = PageArchive(tmp_path / "pages.db")
    writer = Writer(db, NoNotes(), archive)
    pages = [pack_page(fetched(1)), None, pack_page(fetched(3))]
    ids = await asyncio.gather(
        *(writer.write_with_page(put(str(n), ""), page) for n, page in enumerate(pages))  # type: ignore[arg-type]
    )
    assert ids[1] is None
    stored = [archive.get(int(str(number))) for number in (ids[0], ids[2])]
    assert [page.fetched.url for page in stored if page] == ["http://a.kz/1", "http://a.kz/3"]
    archive.close()


async def test_a_broken_archive_costs_the_archive_only(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = PageArchive(tmp_path / "pages.db")

    def broken(pages: object) -> list[int]:
        raise StoreError("disk full")

    monkeypatch.setattr(archive, "add_all", broken)
    writer = Writer(db, NoNotes(), archive)
    assert await writer.write_with_page(put("a", ""), pack_page(fetched(1))) is None  # type: ignore[arg-type]
    assert keys(db) == ["a"]
    archive.close()
