"""What a new user meets first: wrong input gives one clear line, Ctrl-C ends a command quietly."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from tests.support.recording_web import RecordingWeb, Reply

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "settings: {allow_addresses: [127.0.0.0/8], host_delay_seconds: 0.1}\n"
PAGE = ("<h1>Заголовок</h1>" + "<p>Слова и ещё слова, потом снова слова.</p>" * 20).encode()
FEEDS = "sources: [{{id: one, name: One, ways: [{{kind: feed, url: '{url}'}}]}}]\n"


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> str:
    assert main(words) == code
    return capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no such file"), (b"\xd0\n\xff", ":1: is not UTF-8 text"), (b"a: [", "not valid YAML")],
)
def test_a_feeds_yaml_that_cannot_be_read_is_one_line(
    content: bytes | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feeds.yaml"
    if content is not None:
        path.write_bytes(content)
    line = said(capsys, "check", "--config", str(path), code=1)
    assert says in line
    assert "\n" not in line
    assert "Errno" not in line


def test_a_folder_instead_of_a_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["check", "--config", str(tmp_path)], ["extract", str(tmp_path)]):
        line = said(capsys, *words, code=1)
        assert "directory" in line
        assert "Errno" not in line
        assert "[" not in line


@pytest.mark.parametrize("words", ["extract page.html", "once", "health", "digest"])
def test_a_shifted_clock_that_is_no_time_is_one_line(
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONITOR_NOW", "yesterday")
    monkeypatch.chdir(tmp_path)
    Path("feeds.yaml").write_text(FEEDS.format(url="http://a.kz/rss"))
    Path("page.html").write_bytes(PAGE)
    assert "MONITOR_NOW: 'yesterday' is not a time" in said(capsys, *words.split(), code=1)


def test_a_verdict_without_a_level_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert "RELATION=LEVEL" in said(capsys, "verdict", "999", code=2)


def test_a_site_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(SETTINGS + FEEDS.format(url="http://a.kz"))
    line = said(capsys, "add", "http://127.0.0.1:9/", "--config", str(path), code=1)
    assert line == "http://127.0.0.1:9/: the site does not answer; is the address right?"


def test_a_full_disk_under_the_output_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = _monitor("check", "--schema", stdout=full, stderr=subprocess.PIPE)
        _, error = done.communicate(timeout=30)
    assert (done.returncode, error) == (1, b"monitor: cannot write: No space left on device\n")


def test_a_pipe_that_is_closed_early_is_no_error() -> None:
    done = _monitor("check", "--schema", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout
    assert done.stderr
    done.stdout.close()
    assert (done.stderr.read(), done.wait(timeout=30)) == (b"", 0)
    done.stderr.close()


def test_ctrl_c_ends_a_round_without_a_traceback(tmp_path: Path) -> None:
    """The whole process group gets the signal, as from a terminal: the workers, which are just
    starting, and the server that they are forked from, too."""
    with RecordingWeb() as web:
        links = "".join(f"<item><link>{web.url(f'/{i}')}</link></item>" for i in range(4))
        web.pages["/rss"] = Reply(body=f"<rss><channel>{links}</channel></rss>".encode())
        web.pages["/0"] = Reply(body=PAGE, headers=(("Content-Type", "text/html"),))
        web.pages |= {f"/{i}": Reply(hang=True) for i in (1, 2, 3)}
        feeds = FEEDS.format(url=web.url("/rss"))
        (tmp_path / "feeds.yaml").write_text(SETTINGS + feeds)
        running = _monitor("once", cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        _wait_until(lambda: len([p for p in web.paths() if p[1:].isdigit()]) >= 2)
        os.killpg(running.pid, signal.SIGINT)
        _, error = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in error.decode()
    assert "Warning" not in error.decode()
    with closing(sqlite3.connect(tmp_path / "storage" / "monitor.db")) as db:
        assert db.execute("SELECT count(*) FROM incidents").fetchone() == (0,)


def test_the_server_that_workers_are_forked_from_is_deaf_to_ctrl_c() -> None:
    code = (
        "from monitor.pipeline.worker_process import worker_context; worker_context();"
        "from multiprocessing.forkserver import _forkserver as f;"
        "print(open(f'/proc/{f._forkserver_pid}/status').read())"
    )
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    blocked = next(line for line in done.stdout.splitlines() if line.startswith("SigBlk"))
    assert int(blocked.split()[1], 16) & (1 << (signal.SIGINT - 1))


def _monitor(*words: str, **options: Any) -> subprocess.Popen[bytes]:
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "monitor", *words]
    # A shell that starts the tests in the background lets them ignore Ctrl-C, and they hand it down.
    return subprocess.Popen(
        command,
        env=environ,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        **options,
    )


def _wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
