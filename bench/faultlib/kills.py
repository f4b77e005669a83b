"""kill -9 at random moments of every command that writes."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing, suppress
from datetime import timedelta

from faultlib.registry import fault
from faultlib.rig import Rig


@fault("kill -9: first round (poll, collect)", times=60, lives=10)
def kill_once(rig: Rig, times: int) -> None:
    for _ in range(times):
        rig.kill_somewhere("once", "--quiet", "--force", within=(0.5, 5.0))


@fault("kill -9: main process only, workers orphaned", times=20, lives=4)
def kill_main(rig: Rig, times: int) -> None:
    for _ in range(times):
        process = rig.start("once", "--quiet", "--force")
        time.sleep(rig.chance.uniform(0.8, 5.0))
        rig.injected += process.poll() is None
        process.kill()
        process.wait()
        time.sleep(0.3)
        rig.kill(process)  # what is left of the group


@fault("kill -9: the service (run)", times=50, lives=10)
def kill_run(rig: Rig, times: int) -> None:
    for _ in range(times):
        rig.kill_somewhere("run", "--simulate", "--tick", "0.3", within=(0.5, 6.0))


@fault("kill -9: revisit of edited articles", times=20, lives=2)
def kill_revisit(rig: Rig, times: int) -> None:
    rig.seed()
    for _ in range(times):
        rig.later(hours=3)
        rig.kill_somewhere("once", "--quiet", within=(0.8, 4.0))


@fault("kill -9: deliver (mail and folder)", times=40, lives=8)
def kill_deliver(rig: Rig, times: int) -> None:
    rig.seed()
    rig.later(hours=21)
    for _ in range(times):
        rig.kill_somewhere("once", "--quiet", within=(0.9, 3.5))


@fault("kill -9: backup", times=40)
def kill_backup(rig: Rig, times: int) -> None:
    rig.seed()
    for _ in range(times):
        rig.later(minutes=1)
        rig.kill_somewhere("backup", "--pages", within=(0.25, 1.2))
    code, said = rig.run("backup")
    assert code == 0, said
    assert not list((rig.storage / "backups").glob("monitor*.part*"))


@fault("kill -9: restore", times=30)
def kill_restore(rig: Rig, times: int) -> None:
    rig.seed()
    rig.run("backup")
    for _ in range(times):
        rig.later(minutes=1)
        rig.kill_somewhere("restore", "latest", within=(0.25, 1.4))
        assert rig.rows("SELECT count(*) FROM articles")[0][0] > 0


@fault("kill -9: prune", times=30)
def kill_prune(rig: Rig, times: int) -> None:
    rig.seed()
    for _ in range(times):
        rig.later(minutes=1)
        rig.kill_somewhere("prune", "--vacuum", within=(0.25, 1.2))


MIGRATING = """
import sys, time
from monitor.store.schema import migrations
@migrations(name="rehearsal")
def step(db):
    db.conn.execute("ALTER TABLE articles ADD COLUMN rehearsal TEXT")
    for number in range(40):
        db.conn.execute("UPDATE articles SET rehearsal = ?", (str(number),))
        time.sleep(0.02)
from monitor.cli import main
sys.exit(main())
"""


@fault("kill -9: migration", times=40)
def kill_migration(rig: Rig, times: int) -> None:
    import sys

    rig.seed()
    before = len(rig.rows("PRAGMA table_info(articles)"))
    for _ in range(times):
        prefix = (sys.executable, "-c", MIGRATING)
        rig.kill_somewhere("once", "--quiet", prefix=prefix, within=(0.3, 1.9))
        columns = [row[1] for row in rig.rows("PRAGMA table_info(articles)")]
        done = rig.rows("SELECT count(*) FROM _sqlite_migrations WHERE name = 'rehearsal'")[0][0]
        assert ("rehearsal" in columns) == bool(done)
        if done:  # it had finished: take it back and begin again
            with closing(sqlite3.connect(rig.database)) as connection:
                connection.execute("ALTER TABLE articles DROP COLUMN rehearsal")
                connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'rehearsal'")
                connection.commit()
    assert len(rig.rows("PRAGMA table_info(articles)")) == before


@fault("kill -9: nightly maintenance", times=15)
def kill_maintenance(rig: Rig, times: int) -> None:
    rig.seed()
    for _ in range(times):
        with closing(sqlite3.connect(rig.database)) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('maintenance', '2025-01-01T00:00:00+00:00', 'x')"
            )
            connection.commit()
        rig.kill_somewhere("run", "--simulate", "--tick", "0.3", within=(1.0, 3.5))


@fault("kill -9: worker process", times=15)
def kill_worker(rig: Rig, times: int) -> None:
    process = rig.start("run", "--simulate", "--tick", "0.5")
    for _ in range(times):
        time.sleep(rig.chance.uniform(0.3, 1.2))
        for pid in _children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                rig.injected += 1
    process.terminate()
    process.communicate(timeout=90)


def _children(pid: int) -> list[int]:
    found = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    return [number for number in found if b"resource_tracker" not in _command(number)]


def _command(pid: int) -> bytes:
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read()
    return b"resource_tracker"


@fault("SIGTERM in the middle of a round", times=6, lives=2)
def terminate(rig: Rig, times: int) -> None:
    for _ in range(times):
        process = rig.start("run", "--simulate", "--tick", "0.3")
        time.sleep(rig.chance.uniform(1.0, 5.0))
        process.terminate()
        process.communicate(timeout=90)
        rig.injected += 1
        assert process.returncode in (0, -signal.SIGTERM), process.returncode


@fault("SIGHUP again and again, then kill -9", times=8)
def hup(rig: Rig, times: int) -> None:
    for _ in range(times):
        process = rig.start("run", "--simulate", "--tick", "0.3")
        time.sleep(2.0)
        for _ in range(4):
            with suppress(ProcessLookupError):
                if process.poll() is None and _handles_hup(process.pid):
                    process.send_signal(signal.SIGHUP)
            time.sleep(rig.chance.uniform(0.1, 0.6))
        rig.kill(process)


def _handles_hup(pid: int) -> bool:
    with suppress(OSError), open(f"/proc/{pid}/status", encoding="ascii") as file:
        caught = next(line for line in file if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) & 1 << (signal.SIGHUP - 1))
    return False


@fault("power loss: the log of the database cut at a random byte", times=20)
def power_loss(rig: Rig, times: int) -> None:
    """SQLite promises a whole older state: what was only in the cut part is found again."""
    for _ in range(times):
        rig.kill_somewhere("once", "--quiet", "--force", within=(1.5, 5.0))
        for name in ("monitor.db-wal", "pages.db-wal"):
            log = rig.storage / name
            if log.exists() and log.stat().st_size:
                os.truncate(log, rig.chance.randrange(log.stat().st_size))
        rig.later(seconds=timedelta(minutes=10).total_seconds())
