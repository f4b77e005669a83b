"""Two hundred days of faults and sudden deaths: nobody misses an item, nobody gets one twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from simulation import run_simulation
from smtp_faults import Postman, at, mail_server
from stocked import add_article

from monitor.store.database import open_database, utc_text


def test_two_hundred_days_of_faults_and_deaths_lose_and_repeat_nothing(tmp_path: Path) -> None:
    account = run_simulation(tmp_path / "monitor.db", days=200, seed=2025)
    print(account)
    assert account.deaths >= 50
    assert account.articles >= 200
    assert account.missing == []
    assert account.repeated == []
    assert account.slots_twice == 0
    assert account.same_mail_twice <= account.excused


CONFIG = """
sources: [{id: dala, name: Dala, ways: [{kind: feed, url: "http://127.0.0.1:9/feed"}]}]
subscriptions:
  - {name: daily, recipients: [anna@a.example, boris@b.example, vera@c.example], channels: [mail, folder]}
"""


def test_real_processes_killed_while_sending_lose_nothing(tmp_path: Path) -> None:
    """SIGKILL at the moment the server has taken a mail and before it says so, twice; once
    earlier; then one process that is left alone."""
    (tmp_path / "feeds.yaml").write_text(CONFIG, encoding="utf-8")
    db = open_database(tmp_path / "storage" / "monitor.db")
    for _ in range(5):
        add_article(db, at(0, 1))
    db.close()
    postman = Postman()
    with mail_server(postman) as port:
        for _ in range(2):
            process = _start(tmp_path, port, hour=3)
            postman.on_taken = process.kill
            assert process.wait(30) == -signal.SIGKILL
        postman.on_taken = lambda: None
        early = _start(tmp_path, port, hour=3)
        time.sleep(0.1)
        early.kill()
        early.wait(30)
        assert _start(tmp_path, port, hour=9).wait(30) == 0  # the leases have run out
    print(f"3 processes killed, {len(postman.taken)} mails for 3 readers")
    assert len({mail["Message-ID"] for _, mail in postman.taken}) == 1
    assert {to for to, _ in postman.taken} == {
        "anna@a.example",
        "boris@b.example",
        "vera@c.example",
    }
    assert len(postman.taken) == 3 + 2


def _start(folder: Path, port: int, *, hour: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "MONITOR_NOW": utc_text(at(0, hour)), "MONITOR_SMTP_HOST": "127.0.0.1",
        "MONITOR_SMTP_PORT": str(port), "MONITOR_SMTP_SECURITY": "none",
        "MONITOR_SMTP_FROM": "m@news.example",
    }  # fmt: skip
    config = str(folder / "feeds.yaml")
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "digest", "--send", "--config", config],
        env=environment, cwd=Path(__file__).resolve().parents[2], stdout=subprocess.DEVNULL,
    )  # fmt: skip
