"""Clock, zone data, memory, file descriptors, configuration, output."""

from __future__ import annotations

import resource
import signal
import sys
import time
from datetime import timedelta

from faultlib.registry import fault
from faultlib.rig import NOW, Rig, limited

NO_ZONES = (
    "import sys; sys.modules['tzdata'] = None; import zoneinfo; zoneinfo.reset_tzpath(to=[]); "
    "from monitor.cli import main; sys.exit(main())"
)


def jump(rig: Rig, delta: timedelta, rounds: int = 2) -> None:
    """The clock is wrong for some rounds, then right again."""
    rig.seed()
    right = rig.now
    rig.now = right + delta
    for _ in range(rounds):
        code, said = rig.run("once", "--quiet")
        assert code == 0, said
        rig.injected += 1
        rig.later(minutes=20)
    rig.now = right + timedelta(hours=1)
    rig.run("once", "--quiet")
    waiting = rig.rows("SELECT max(next_poll_at) FROM ways WHERE configured = 1")[0][0]
    assert waiting < f"{rig.now + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}", (
        f"a feed waits until {waiting}"
    )


@fault("clock: a day ahead, then right again")
def ahead(rig: Rig, times: int) -> None:
    jump(rig, timedelta(days=1))


@fault("clock: a day back, then right again")
def back(rig: Rig, times: int) -> None:
    jump(rig, -timedelta(days=1))


@fault("clock: at the year 2000, then right again")
def year_2000(rig: Rig, times: int) -> None:
    jump(rig, -timedelta(days=9490))


@fault("clock: at the first start the year 2000")
def born_in_2000(rig: Rig, times: int) -> None:
    rig.now = NOW - timedelta(days=9490)
    rig.run("once", "--quiet")
    rig.now = NOW
    rig.injected += 1


@fault("clock: ahead across a digest, then back")
def across_digest(rig: Rig, times: int) -> None:
    rig.seed()
    right = rig.now
    rig.later(hours=21)
    rig.run("once", "--quiet")
    rig.now = right + timedelta(hours=1)
    rig.run("once", "--quiet")
    rig.later(hours=20)
    rig.run("once", "--quiet")  # the slot's own time: it has gone out already
    rig.injected += 1


@fault("machine: no time-zone data")
def no_zones(rig: Rig, times: int) -> None:
    rig.seed()
    code, said = rig.run("once", "--quiet", prefix=(sys.executable, "-c", NO_ZONES))
    assert (code, "time zone" in said, "Traceback" in said) == (1, True, False), said[-500:]
    rig.injected += 1


def with_limit(rig: Rig, kind: int, value: int) -> None:
    code, said = rig.run("once", "--quiet", "--force", prefix=limited(kind, value))
    assert code in (0, 1), said[-300:]
    rig.notes.append(f"limit {value}: exit {code}")
    rig.injected += 1


@fault("machine: 512 MB of memory (RLIMIT_AS, each process)")
def memory(rig: Rig, times: int) -> None:
    with_limit(rig, resource.RLIMIT_AS, 512 * 1024 * 1024)
    assert not rig.missing(), "the round did not fit into 512 MB"


@fault("machine: 200 MB of memory, too little for a worker")
def little_memory(rig: Rig, times: int) -> None:
    with_limit(rig, resource.RLIMIT_AS, 200 * 1024 * 1024)


@fault("machine: file descriptors run out", times=3)
def descriptors(rig: Rig, times: int) -> None:
    for count in (24, 32, 48):
        with_limit(rig, resource.RLIMIT_NOFILE, count)


@fault("machine: the output is closed")
def closed_output(rig: Rig, times: int) -> None:
    process = rig.start("run", "--simulate", "--tick", "0.3")
    assert process.stdout is not None
    process.stdout.close()
    time.sleep(6)
    assert process.poll() is None, "a closed log ended the service"
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    rig.injected += 1


@fault("machine: frozen for a while (SIGSTOP)")
def frozen(rig: Rig, times: int) -> None:
    process = rig.start("run", "--simulate", "--tick", "0.3")
    for _ in range(3):
        time.sleep(1.0)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.0)
        process.send_signal(signal.SIGCONT)
        rig.injected += 1
    process.terminate()
    process.communicate(timeout=60)


@fault("machine: two rounds and the service at once")
def crowd(rig: Rig, times: int) -> None:
    together = [rig.start("once", "--quiet", "--force") for _ in range(2)]
    together.append(rig.start("run", "--simulate", "--tick", "0.3"))
    worked = 0
    for process in together[:2]:
        said, _ = process.communicate(timeout=240)
        refused = process.returncode == 1 and "another monitor" in said
        assert refused or process.returncode == 0, said[-500:]
        worked += not refused
    worked += together[2].poll() is None
    together[2].terminate()
    together[2].communicate(timeout=60)
    assert worked >= 1, "all three refused each other"
    rig.injected += 1


@fault("configuration: feeds.yaml broken, then missing, then right, while the service runs")
def broken_configuration(rig: Rig, times: int) -> None:
    log = rig.folder / "log"

    def heard(word: str, often: int = 1) -> None:
        end = time.monotonic() + 60
        while log.read_text().count(word) < often:
            assert process.poll() is None, log.read_text()[-500:]
            assert time.monotonic() < end, f"{word}: not within a minute: {log.read_text()[-500:]}"
            time.sleep(0.1)

    with log.open("w") as file:
        process = rig.start("run", "--simulate", "--tick", "0.3", output=file)
    heard("event=started")
    whole = rig.config.read_text(encoding="utf-8")
    rig.config.write_text(whole[: len(whole) // 2], encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    heard("config_refused")
    rig.config.unlink()
    process.send_signal(signal.SIGHUP)
    heard("config_refused", 2)
    rig.config.write_text(whole, encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    heard("event=reloaded")
    process.terminate()
    process.wait(60)
    rig.injected += 2


@fault("configuration: a source leaves feeds.yaml and comes back")
def source_leaves(rig: Rig, times: int) -> None:
    rig.configure(outlets=("north",))
    rig.seed()
    rig.configure()
    rig.run("once", "--quiet")
    rig.configure(outlets=("ministry", "pravo"))
    rig.run("once", "--quiet")
    rig.configure()
    rig.injected += 1
