"""A simulated month: outlets that publish by their own rhythm, faults, restarts, one upgrade.

    python bench/soak.py                   30 days, about 1,200 articles (ten minutes or so)
    python bench/soak.py --days 3          the short form of the tests
    python bench/soak.py --json FILE       the figures for a closing note
    python bench/soak.py --leak 0.3        with a leak of 0.3 MB a day built in: must be reported

The lines of the service run on a clock that jumps half an hour at a time, over real HTTP on
loopback and real SQLite. At the end: stored against published, every morning's digest against the
calendar, memory (bench/soak_memory.py: anonymous memory of every process, slope of the second
half), disk, what still waits. Exit code 1 if anything was lost or doubled, or memory grows by more
than 0.15 MB a simulated day. Runs of less than twenty days judge no slope.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import soak_memory  # noqa: E402
from invented import SENTENCES, TITLES  # noqa: E402

from monitor.commands.allocator import use_one_arena  # noqa: E402
from monitor.commands.app import open_service, read_settings, run_async  # noqa: E402
from monitor.demo.server import Answer, Served  # noqa: E402
from monitor.logs import set_up_logging  # noqa: E402
from monitor.pipeline.collecting import Collector  # noqa: E402
from monitor.pipeline.lines import deliver_round, maintain_round  # noqa: E402
from monitor.pipeline.polling import poll_round  # noqa: E402
from monitor.pipeline.revisiting import revisit_round  # noqa: E402
from monitor.store.records import set_meta  # noqa: E402
from monitor.store.schema import migrations  # noqa: E402
from monitor.urls import url_key  # noqa: E402

BEGIN = datetime(2025, 11, 1, 0, 10, tzinfo=UTC)
STEP = timedelta(minutes=30)
RATES = (16, 10, 6, 4, 4)  # articles a day of each outlet, on working days
FAULTS = 0.04  # of all answers are 500, 503 or 404
FEED_ITEMS = 30


class SimulatedClock:
    """Time as the simulation says."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


@dataclass(frozen=True)
class Piece:
    """One published article."""

    outlet: int
    number: int
    at: datetime
    title: str
    paragraphs: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/news/{self.at:%Y/%m/%d}/{self.number}"


class Press:
    """Five outlets on 127.0.0.51 and following; what is out depends on the clock."""

    def __init__(self, clock: SimulatedClock, days: int, seed: int = 11) -> None:
        self.clock, self.chance = clock, random.Random(seed)
        self.addresses = [f"127.0.0.{51 + n}" for n in range(len(RATES))]
        self.pieces = sorted(self._plan(days), key=lambda piece: piece.at)
        self._by_path = {(p.outlet, p.path): p for p in self.pieces}
        self.faults = 0

    def _plan(self, days: int) -> Iterator[Piece]:
        number = 0
        for day in range(days):
            start = BEGIN + timedelta(days=day)
            share = 0.4 if start.weekday() >= 5 else 1.0
            for outlet, rate in enumerate(RATES):
                for _ in range(round(rate * share)):
                    number += 1
                    hour = min(23.0, max(0.0, self.chance.gauss(8, 4)))
                    yield self._piece(outlet, number, start + timedelta(hours=hour))

    def _piece(self, outlet: int, number: int, at: datetime) -> Piece:
        partner = self.chance.choice(("us", "ru", "cn", "", "", ""))
        fill = {"who": "Ерлан Осанов", "sum": "$520 млн", "n": str(self.chance.randrange(3, 900))}
        own = self.chance.choices(SENTENCES[partner]["ru"], k=3)
        rest = self.chance.sample(SENTENCES[""]["ru"], k=6)
        lines = tuple(
            f"{sentence.format(**fill)} Это сообщение номер {number}-{place}."
            for place, sentence in enumerate(own + rest)
        )
        title = self.chance.choice(TITLES[partner]["ru"]).format(**fill)
        return Piece(outlet, number, at, f"{title}: выпуск {number}", lines)

    def out(self, outlet: int | None = None) -> list[Piece]:
        return [p for p in self.pieces if p.at <= self.clock.time and outlet in (None, p.outlet)]

    def answer(self, address: str, path: str) -> Answer:
        outlet = self.addresses.index(address)
        if path == "/robots.txt":
            return Answer(status=404, body=b"", content_type="text/plain")
        if self.chance.random() < FAULTS:
            self.faults += 1
            return Answer(
                status=self.chance.choice((500, 503, 404)), body=b"", content_type="text/html"
            )
        if path == "/rss":
            newest = self.out(outlet)[-FEED_ITEMS:]
            body = self._feed(address, newest)
            return Answer(status=200, body=body, content_type="application/rss+xml; charset=utf-8",
                          modified=newest[-1].at if newest else BEGIN)  # fmt: skip
        piece = self._by_path.get((outlet, path))
        if piece is None or piece.at > self.clock.time:
            return Answer(status=404, body=b"", content_type="text/html")
        return Answer(
            status=200, body=page(piece), content_type="text/html; charset=utf-8", modified=piece.at
        )

    def _feed(self, address: str, pieces: list[Piece]) -> bytes:
        items = "".join(
            f"<item><title>{escape(p.title)}</title><link>http://{address}:{self.port}{p.path}</link>"
            f"<guid>{p.number}</guid><pubDate>{format_datetime(p.at)}</pubDate></item>"
            for p in reversed(pieces)
        )
        return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()

    @contextmanager
    def serve(self) -> Iterator[None]:
        served = Served(self.answer, self.addresses, 0)
        self.port = served.port
        served.start()
        try:
            yield
        finally:
            served.stop()

    def config(self, folder: Path) -> Path:
        document = {
            "settings": {"host_delay_seconds": 0, "allow_addresses": ["127.0.0.0/8"], "workers": 1,
                         "keep_backups": 3, "keep_pages_days": 20, "keep_attempts_days": 10},
            "sources": [{"id": f"o{n}", "name": f"Издание {n}", "home": True,
                         "ways": [{"kind": "feed", "url": f"http://{a}:{self.port}/rss"}]}
                        for n, a in enumerate(self.addresses)],
            "subscriptions": [{"name": "day", "channels": ["folder"], "at": "07:00"}],
        }  # fmt: skip
        file = folder / "feeds.yaml"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return file


def page(piece: Piece) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>" for line in piece.paragraphs)
    return (
        f"<!doctype html><html lang=ru><head><meta charset=utf-8><title>{escape(piece.title)}</title>"
        f"<meta property='article:published_time' content='{piece.at.isoformat()}'></head><body>"
        f"<nav><a href=/>Главная</a> <a href=/o>О нас</a></nav><article><h1>{escape(piece.title)}</h1>"
        f"{body}</article><footer>Все права защищены</footer></body></html>"
    ).encode()


@dataclass
class Figures:
    """What the month came to."""

    days: int
    published: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    digests_due: int = 0
    digests_lost: int = 0
    digests_doubled: int = 0
    restarts: int = 0
    faults: int = 0
    rounds: int = 0
    memory: list[soak_memory.Sample] = field(default_factory=list)  # four a day
    memory_slope: float | None = None  # MB a simulated day; None: the run was too short
    database_megabytes: float = 0.0
    pages_megabytes: float = 0.0
    backups: int = 0
    waiting: int = 0
    incidents: int = 0
    integrity: str = ""
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        losses = self.lost + self.doubled + self.digests_lost + self.digests_doubled
        return bool(losses) or self.integrity != "ok" or soak_memory.grows(self.memory)


async def live(
    press: Press, config: Path, figures: Figures, until: datetime, leak: float, leaked: list[bytes]
) -> None:
    """One life of the service, to the next restart."""
    settings = read_settings(str(config))
    async with open_service(settings, clock=press.clock) as service:
        collector = Collector(service)
        while press.clock.time < until:
            set_meta(service.db, "heartbeat", "soak", press.clock.time)
            await poll_round(service)
            await collector.round()
            await revisit_round(service)
            await deliver_round(service)
            await maintain_round(service)
            figures.rounds += 1
            press.clock.time += STEP
            if press.clock.time.hour % 6 == 0 and press.clock.time.minute < 30:
                day = (press.clock.time - BEGIN) / timedelta(days=1)
                figures.memory.append(soak_memory.take(day))
                leaked.append(random.randbytes(round(leak * 1e6 / 4)))


def soak(folder: Path, days: int, leak: float = 0.0) -> Figures:
    """`leak`: MB a day that are held on purpose."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    figures, leaked, began = Figures(days=days), [], time.monotonic()
    clock = SimulatedClock(BEGIN)
    press = Press(clock, days)
    with press.serve():
        config = press.config(folder)
        end = BEGIN + timedelta(days=days, hours=12)
        while clock.time < end:
            if figures.restarts == 5:
                upgrade()
            stop = min(end, clock.time + timedelta(hours=press.chance.uniform(20, 70)))
            run_async(live(press, config, figures, stop, leak, leaked))
            figures.restarts += 1
            if clock.time < end:
                clock.time += timedelta(minutes=press.chance.uniform(1, 90))  # switched off
    judge(folder, press, figures)
    figures.seconds = round(time.monotonic() - began, 1)
    return figures


def upgrade() -> None:
    """From here on the program is a newer one, with one more schema step."""

    @migrations(name="soak_rehearsal")
    def step(db) -> None:
        db.conn.execute("ALTER TABLE articles ADD COLUMN rehearsal TEXT")


def judge(folder: Path, press: Press, figures: Figures) -> None:
    import sqlite3

    storage = folder / "storage"
    db = sqlite3.connect(storage / "monitor.db")

    def one(sql: str) -> int:
        return db.execute(sql).fetchone()[0]

    truth = {
        url_key(f"http://{press.addresses[p.outlet]}:{press.port}{p.path}") for p in press.pieces
    }
    stored = [url_key(url) for (url,) in db.execute("SELECT url FROM articles")]
    figures.published, figures.stored, figures.faults = len(truth), len(stored), press.faults
    figures.lost = len(truth - set(stored))
    figures.doubled = len(stored) - len(set(stored))
    due = {f"{BEGIN + timedelta(days=n):%Y-%m-%d}" for n in range(1, figures.days + 1)}
    sent = [slot[:10] for (slot,) in db.execute("SELECT slot FROM digests WHERE state = 'sent'")]
    figures.digests_due = len(due)
    figures.digests_lost = len(due - set(sent))
    figures.digests_doubled = len(sent) - len(set(sent))
    figures.database_megabytes = round((storage / "monitor.db").stat().st_size / 1e6, 1)
    figures.pages_megabytes = round((storage / "pages.db").stat().st_size / 1e6, 1)
    figures.backups = len(list((storage / "backups").glob("*.db")))
    figures.waiting = one("SELECT count(*) FROM entries WHERE state IN ('due', 'retry')")
    figures.incidents = one("SELECT count(*) FROM incidents")
    figures.integrity = str(one("PRAGMA integrity_check"))
    db.close()
    figures.memory_slope = soak_memory.slope(figures.memory)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-soak"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--leak", type=float, default=0.0, metavar="MB", help="a day, on purpose")
    options = parser.parse_args()
    set_up_logging("plain", level=50)
    use_one_arena()  # as `monitor run` does
    figures = soak(options.work, options.days, options.leak)
    for name, value in asdict(figures).items():
        if name == "memory":
            show_memory(figures.memory)
        else:
            print(f"{name.replace('_', ' '):20} {value}")
    if options.json:
        options.json.write_text(json.dumps(asdict(figures), indent=1))
    told = "memory flat" if figures.memory_slope is not None else "too short to judge memory"
    print("failed" if figures.failed else f"nothing lost, nothing doubled, {told}")
    return int(figures.failed)


def show_memory(samples: list[soak_memory.Sample]) -> None:
    """Once a day: the service's own process, with its workers, resident."""
    for name in ("main", "all", "resident"):
        figures = [round(getattr(sample, name)) for sample in samples[::4]]
        print(f"{'memory ' + name:20} {figures}")


if __name__ == "__main__":
    sys.exit(main())
