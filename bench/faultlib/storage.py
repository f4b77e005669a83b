"""Disks, files and locks: full, read-only, locked, damaged, gone."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from faultlib.registry import fault
from faultlib.rig import Rig, limited

STRANGER = 12345
QUICK_LOCK = (
    "import monitor.store.database as d, monitor.store.pages as p; d.BUSY_TIMEOUT_MS = 300; "
    "p.BUSY_TIMEOUT_MS = 300; import sys; from monitor.cli import main; sys.exit(main())"
)


def refused(code: int, said: str, *words: str) -> None:
    """A decided end: exit 1, a sentence, no traceback."""
    assert code == 1, f"exit {code}: {said[-300:]}"
    assert "Traceback" not in said, said[-600:]
    assert any(word in said for word in words), said[-300:]


@fault("disk: files may not grow (RLIMIT_FSIZE)", times=4)
def file_limit(rig: Rig, times: int) -> None:
    for megabytes in (0.1, 0.3, 0.6, 1.2):
        limit = int(megabytes * 1e6)
        code, said = rig.run(
            "once",
            "--quiet",
            "--force",
            prefix=limited(resource.RLIMIT_FSIZE, limit),
        )
        assert "Traceback" not in said, said[-800:]
        assert code in (0, 1)
        rig.injected += 1


@contextmanager
def small_disk(rig: Rig, megabytes: float) -> Iterator[None]:
    """storage/ on a tmpfs of that size; what was written moves to the real disk at the end."""
    rig.storage.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k", "none", str(rig.storage)],
        check=True,
    )
    try:
        yield
    finally:
        kept = rig.folder / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(rig.storage, kept)
        subprocess.run(["umount", "-l", str(rig.storage)], check=True)
        shutil.rmtree(rig.storage)
        kept.rename(rig.storage)


def can_mount() -> bool:
    probe = Path("/tmp/monitor-mount-probe")
    probe.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "none", str(probe)], capture_output=True, check=False
    )
    if done.returncode == 0:
        subprocess.run(["umount", str(probe)], check=False)
    return done.returncode == 0


@fault("disk: full while collecting (small tmpfs)")
def full_disk(rig: Rig, times: int) -> None:
    if not can_mount():
        rig.notes.append("skipped: no right to mount")
        return
    with small_disk(rig, 1.5):
        for _ in range(2):
            code, said = rig.run("once", "--quiet", "--force")
            assert code in (0, 1)
            assert "Traceback" not in said, said[-800:]
            rig.injected += 1
        code, said = rig.run("health")
        assert (code, "disk" in said) == (1, True), said


@fault("disk: nearly full while the service runs")
def nearly_full(rig: Rig, times: int) -> None:
    if not can_mount():
        rig.notes.append("skipped: no right to mount")
        return
    with small_disk(rig, 19):
        log = rig.folder / "log"
        with log.open("w") as file:
            process = rig.start("run", "--simulate", "--tick", "0.3", output=file)
        for _ in range(600):  # a minute for a loaded machine
            if "MB free on the disk" in log.read_text():
                break
            time.sleep(0.1)
        process.terminate()
        process.wait(60)
        assert "MB free on the disk" in log.read_text(), log.read_text()[-500:]
        assert not rig.rows("SELECT 1 FROM polls"), (
            "the web was asked although nothing could be kept"
        )
        rig.injected += 1


@fault("disk: no room for a backup")
def no_room(rig: Rig, times: int) -> None:
    if not can_mount():
        rig.notes.append("skipped: no right to mount")
        return
    rig.seed()
    size = (rig.database.stat().st_size + (rig.storage / "pages.db").stat().st_size) / 1e6
    shutil.move(rig.storage, rig.folder / "whole")
    with small_disk(rig, size * 1.15 + 0.3):
        shutil.copytree(rig.folder / "whole", rig.storage, dirs_exist_ok=True)
        refused(*rig.run("backup"), "no room", "full")
        rig.injected += 1
    shutil.rmtree(rig.folder / "whole")


def as_user(rig: Rig, *arguments: str) -> tuple[int, str]:
    """As a user to whom permissions apply: root gives away what makes it exempt."""
    if os.getuid() != 0:
        return rig.run(*arguments)
    drop = "-dac_override,-dac_read_search"
    prefix = (
        "setpriv",
        f"--inh-caps={drop}",
        f"--bounding-set={drop}",
        sys.executable,
        "-m",
        "monitor",
    )
    return rig.run(*arguments, prefix=prefix)


@contextmanager
def modes(**paths: tuple[Path, int]) -> Iterator[None]:
    before = {name: path.stat().st_mode for name, (path, _) in paths.items()}
    for path, mode in paths.values():
        path.chmod(mode)
    try:
        yield
    finally:
        for name, (path, _) in paths.items():
            path.chmod(before[name])


def open_to_all(rig: Rig) -> None:
    for path in (rig.folder, rig.config, *rig.folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


@fault("files: a read-only folder")
def read_only_folder(rig: Rig, times: int) -> None:
    rig.seed()
    open_to_all(rig)
    with modes(folder=(rig.storage, 0o555)):
        refused(
            *as_user(rig, "once", "--quiet", "--force"),
            "may not be written",
            "unable to open",
            "readonly",
        )
    rig.injected += 1


@fault("files: a read-only database")
def read_only_file(rig: Rig, times: int) -> None:
    rig.seed()
    open_to_all(rig)
    with modes(file=(rig.database, 0o444)):
        refused(*as_user(rig, "once", "--quiet"), "may not be written", "readonly")
    rig.injected += 1


@fault("files: an empty volume of another user")
def others_volume(rig: Rig, times: int) -> None:
    rig.storage.mkdir(mode=0o755)
    if os.getuid() == 0:
        os.chown(rig.storage, STRANGER, STRANGER)
        refused(*as_user(rig, "once", "--quiet"), "chown", "denied")
        os.chown(rig.storage, 0, 0)
    else:
        with modes(folder=(rig.storage, 0o555)):
            refused(*rig.run("once", "--quiet"), "chown", "denied")
    rig.injected += 1


@fault("files: backups may not be written")
def no_backups(rig: Rig, times: int) -> None:
    rig.seed()
    open_to_all(rig)
    backups = rig.storage / "backups"
    backups.mkdir(exist_ok=True)
    with modes(folder=(backups, 0o555)):
        refused(*as_user(rig, "backup"), "denied", "failed")
    rig.injected += 1


@fault("files: digests/ may not be written for hours")
def no_digests(rig: Rig, times: int) -> None:
    rig.seed()
    digests = rig.storage / "digests"
    digests.mkdir(exist_ok=True)
    kept = rig.folder / "digests"
    digests.rename(kept)
    digests.write_text("in the way")
    rig.later(hours=21)
    for _ in range(2):
        rig.run("once", "--quiet")
        rig.later(hours=1)
        rig.injected += 1
    digests.unlink()
    kept.rename(digests)


@fault("lock: another process holds the database", times=3)
def locked(rig: Rig, times: int) -> None:
    rig.seed()
    prefix = (sys.executable, "-c", QUICK_LOCK)
    with closing(sqlite3.connect(rig.database, isolation_level=None)) as other:
        for _ in range(times):
            other.execute("BEGIN IMMEDIATE")
            refused(*rig.run("once", "--quiet", "--force", prefix=prefix), "locked")
            other.execute("ROLLBACK")
            rig.injected += 1


@fault("lock: the database is held in the middle of a round")
def locked_later(rig: Rig, times: int) -> None:
    process = rig.start("once", "--quiet", "--force", prefix=(sys.executable, "-c", QUICK_LOCK))
    time.sleep(3.0)
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(rig.database, isolation_level=None, timeout=5)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        time.sleep(3.0)
        other.execute("ROLLBACK")
    said, _ = process.communicate(timeout=120)
    assert "Traceback" not in said, said[-800:]
    rig.injected += 1


@fault("lock: pages.db is held")
def locked_pages(rig: Rig, times: int) -> None:
    rig.run("health")
    rig.storage.mkdir(exist_ok=True)
    with closing(sqlite3.connect(rig.storage / "pages.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE IF NOT EXISTS x (a)")
        other.execute("BEGIN EXCLUSIVE")
        code, said = rig.run(
            "once", "--quiet", "--force", prefix=(sys.executable, "-c", QUICK_LOCK)
        )
        assert code == 0, said  # a broken archive costs the archive, not the articles
        other.execute("ROLLBACK")
    rig.injected += 1


@fault("lock: the lock file of a dead service")
def stale_lock(rig: Rig, times: int) -> None:
    rig.seed()
    (rig.storage / "monitor.db.lock").write_text("1")
    process = rig.start("run", "--simulate", "--tick", "0.5")
    time.sleep(3)
    assert process.poll() is None, process.communicate()[0]
    process.terminate()
    process.communicate(timeout=60)
    rig.injected += 1


def spoil(path: Path, rig: Rig, share: float = 0.3) -> None:
    """Noise over random pages of a database; the header stays."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    count = path.stat().st_size // 4096
    with path.open("r+b") as file:
        for number in range(1, count):
            if rig.chance.random() < share:
                file.seek(number * 4096)
                file.write(rig.chance.randbytes(4096))


@fault("damage: pages of monitor.db, then restore", times=4)
def damaged_pages(rig: Rig, times: int) -> None:
    rig.seed()
    rig.run("backup")
    for _ in range(times):
        spoil(rig.database, rig)
        code, said = rig.run("backup")
        assert code == 1, "a damaged database became a backup"
        refused(*rig.run("once", "--quiet", "--force"), "malformed", "restore", "not a database")
        code, said = rig.run("restore", "latest")
        assert code == 0, said
        rig.injected += 1


@fault("damage: the first page of monitor.db, then restore")
def damaged_header(rig: Rig, times: int) -> None:
    rig.seed()
    rig.run("backup")
    with rig.database.open("r+b") as file:
        file.write(os.urandom(4096))
    refused(*rig.run("once", "--quiet"), "monitor restore latest")
    assert rig.run("health")[0] == 1
    assert rig.run("restore", "latest")[0] == 0
    rig.injected += 1


@fault("damage: monitor.db cut in half, then restore")
def truncated(rig: Rig, times: int) -> None:
    rig.seed()
    rig.run("backup")
    with closing(sqlite3.connect(rig.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(rig.database, rig.database.stat().st_size // 2)
    refused(*rig.run("once", "--quiet", "--force"), "malformed", "restore")
    assert rig.run("restore", "latest")[0] == 0
    rig.injected += 1


@fault("damage: pages of pages.db", times=3)
def damaged_archive(rig: Rig, times: int) -> None:
    rig.seed()
    for _ in range(times):
        spoil(rig.storage / "pages.db", rig, share=0.8)
        code, said = rig.run("once", "--quiet", "--force")
        assert code == 0, said
        rig.injected += 1


@fault("damage: pages.db is something else")
def garbage_archive(rig: Rig, times: int) -> None:
    rig.seed()
    for tail in ("-wal", "-shm"):
        (rig.storage / f"pages.db{tail}").unlink(missing_ok=True)
    (rig.storage / "pages.db").write_bytes(b"not a database " * 1000)
    code, said = rig.run("once", "--quiet", "--force")
    assert code == 0, said
    assert list(rig.storage.glob("pages.db.damaged-*")), said
    rig.injected += 1


@fault("damage: pages.db is gone")
def no_archive(rig: Rig, times: int) -> None:
    rig.seed()
    for path in rig.storage.glob("pages.db*"):
        path.unlink()
    rig.injected += 1


@fault("damage: an interrupted restore leaves half a copy")
def half_restore(rig: Rig, times: int) -> None:
    rig.seed()
    (rig.storage / "monitor.db.part").write_bytes(os.urandom(10_000))
    rig.injected += 1
