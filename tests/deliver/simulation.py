"""Many days of delivering with faults and sudden deaths, and the account of it.

A run is reproducible by its seed. A death is an exception that nothing in the program catches,
thrown at a random statement of SQLite or a random line of the mail dialogue; the connection is
dropped without a word, as the kernel would, and the next round starts from the file.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from smtp_faults import at
from sqlite_utils import Database
from stocked import add_article

from monitor.deliver import MailServer
from monitor.errors import DeliveryError
from monitor.models import Message, Receipt, Subscription
from monitor.pipeline.delivering import Post, deliver_due
from monitor.ports import Channel
from monitor.store.database import open_database


class Death(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Counts down the steps until the next death."""

    chance: random.Random
    left: int | None = None
    deaths: int = 0

    def plan(self, probability: float, most: int) -> None:
        self.left = self.chance.randrange(1, most) if self.chance.random() < probability else None

    def step(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left = None
            self.deaths += 1
            raise Death


class Mortal(sqlite3.Connection):
    """A connection whose process may die before or after any writing statement."""

    fate: Fate | None = None

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:  # type: ignore[override]
        if sql.startswith("PRAGMA synchronous"):
            sql = "PRAGMA synchronous=OFF"  # processes die here, not machines: no need to wait
        counts = sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "COMMIT", "BEGIN ")
        if counts and Mortal.fate:
            Mortal.fate.step()
        result = super().execute(sql, *parameters)
        if counts and Mortal.fate:
            Mortal.fate.step()
        return result


class PostOffice:
    """What the world's mailboxes hold, and today's weather on the wire."""

    name = "mail"

    def __init__(self, chance: random.Random, fate: Fate) -> None:
        self.chance = chance
        self.fate = fate
        self.boxes: dict[str, list[Message]] = {}
        self.down = False
        self.lost_answers = 0
        self.killed_after_taking = 0
        self.last: tuple[str, str] | None = None  # taken, and the answer given

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        (to,) = recipients
        self.fate.step()
        if self.down:
            raise DeliveryError("connection refused", transient=True)
        weather = self.chance.random()
        if weather < 0.04:
            return [
                Receipt(channel="mail", recipient=to, status="failed", code=451, transient=True)
            ]
        if weather < 0.07:
            raise DeliveryError("disconnected in DATA", transient=True, uncertain=True)
        self.boxes.setdefault(to, []).append(message)
        if weather < 0.09:
            self.lost_answers += 1
            raise DeliveryError("no answer after DATA", transient=True, uncertain=True)
        self.last = (message.message_id, to)
        self.fate.step()
        return [Receipt(channel="mail", recipient=to, status="sent", code=250)]


@dataclass
class Account:
    """The figures of a run."""

    days: int
    articles: int = 0
    deaths: int = 0
    mails: int = 0
    missing: list[tuple[str, int]] = field(default_factory=list)
    repeated: list[tuple[str, int]] = field(default_factory=list)
    same_mail_twice: int = 0
    excused: int = 0
    slots_twice: int = 0

    def __str__(self) -> str:
        return (
            f"{self.days} days, {self.articles} articles, {self.deaths} deaths, {self.mails} mails: "
            f"{len(self.missing)} items missing, {len(self.repeated)} repeated in another mail, "
            f"{self.same_mail_twice} mails doubled with the same Message-ID "
            f"(allowed: {self.excused} answers lost or deaths between taking and marking)"
        )


READERS = ("anna@a.example", "boris@b.example", "vera@c.example")
SUBSCRIPTIONS = (
    Subscription(name="daily", recipients=READERS, channels=("mail",)),
    Subscription(
        name="weekly", recipients=READERS[:1], channels=("mail",), schedule="weekly", weekday=4
    ),
)


def run_simulation(path: Path, *, days: int, seed: int, death: float = 0.6) -> Account:
    """`death`: the probability that a round of delivering is cut short."""
    chance = random.Random(seed)
    fate = Fate(chance)
    office = PostOffice(chance, fate)
    account = Account(days=days)
    now = at(-1, 12)
    db = _open(path)
    _round(db, office, now)
    down_until = asleep_until = now
    while now < at(days, 12):
        now += timedelta(minutes=chance.choice((20, 60, 240)))
        if now.day % 9 == 0 and chance.random() < 0.02:
            down_until = now + timedelta(hours=chance.choice((2, 30, 75)))
        if chance.random() < 0.004:
            asleep_until = now + timedelta(hours=chance.choice((9, 50, 170)))
        if chance.random() < 0.14 and now < at(days, 0):
            add_article(db, now, partner=chance.choice(("us", "ru", "cn")))
            account.articles += 1
        if now < asleep_until:
            continue
        office.down = now < down_until
        fate.plan(death, 80)
        before = fate.deaths
        try:
            _round(db, office, now)
        except (Death, sqlite3.Error):  # what is left of the process may stumble over the wreck
            assert fate.deaths > before
            db.close()
            db = _open(path)
            office.killed_after_taking += _is_unmarked(db, office.last)
        fate.left = None
        office.last = None
    office.down = False
    for hours in range(1, 12 * 24, 3):  # quiet days at the end: everything gets its chance
        _round(db, office, at(days, 12) + timedelta(hours=hours))
    account.deaths = fate.deaths
    account.excused = office.lost_answers + office.killed_after_taking
    _audit(db, office, account)
    db.close()
    return account


def _open(path: Path) -> Database:
    real = sqlite3.connect

    def connect(*arguments: object, **options: object) -> sqlite3.Connection:
        return real(*arguments, **options, factory=Mortal)  # type: ignore[call-overload, no-any-return]

    sqlite3.connect = connect  # type: ignore[assignment]
    Mortal.fate = None
    try:
        return open_database(path)
    finally:
        sqlite3.connect = real


def _is_unmarked(db: Database, last: tuple[str, str] | None) -> bool:
    """Whether the mail taken last before a death had not been marked as sent."""
    sql = """SELECT v.state FROM deliveries v JOIN digests d ON d.id = v.digest_id
             WHERE d.message_id = ? AND v.recipient = ?"""
    row = db.conn.execute(sql, last).fetchone() if last else None
    return row is not None and row[0] != "sent"


def _round(db: Database, office: PostOffice, now: datetime) -> None:
    def channels(_: Subscription) -> Mapping[str, Channel]:
        return {"mail": office}

    post = Post(
        subscriptions=SUBSCRIPTIONS, digests_dir=Path("unused"), server=MailServer(host="x")
    )
    Mortal.fate = office.fate
    try:
        deliver_due(db, post, now, channels=channels)
    finally:
        Mortal.fate = None


def _audit(db: Database, office: PostOffice, account: Account) -> None:
    """Every reader, every article: in exactly one digest of each subscription."""
    articles = [row[0] for row in db.conn.execute("SELECT id FROM articles")]
    for subscription in SUBSCRIPTIONS:
        for reader in subscription.recipients:
            mails = [m for m in office.boxes[reader] if m.subscription == subscription.name]
            account.mails += len(mails)
            once = {mail.message_id: mail for mail in mails}
            account.same_mail_twice += len(mails) - len(once)
            slots = Counter(mail.slot for mail in once.values())
            account.slots_twice += sum(count > 1 for count in slots.values())
            told: Counter[int] = Counter()
            for mail in once.values():
                told.update(_items(db, mail))
            name = f"{subscription.name} {reader}"
            account.missing += [(name, a) for a in articles if not told[a]]
            account.repeated += [(name, a) for a, count in told.items() if count > 1]


def _items(db: Database, mail: Message) -> list[int]:
    sql = """SELECT article_id FROM digest_items i JOIN digests d ON d.id = i.digest_id
             WHERE d.message_id = ?"""
    found = [row[0] for row in db.conn.execute(sql, (mail.message_id,))]
    assert all(f"Договорённость {number} " in mail.text for number in found)
    return found


if __name__ == "__main__":
    import sys
    import tempfile
    import time

    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            figures = run_simulation(Path(folder) / "monitor.db", days=200, seed=seed)
            print(f"seed {seed}: {figures} [{time.perf_counter() - began:.1f} s]")
