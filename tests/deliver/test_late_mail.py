"""Digests made while no mail server was configured; a digest is asked for before its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from smtp_faults import at
from sqlite_utils import Database
from stocked import add_article
from support.installation import Installation

from monitor.commands.health import examine
from monitor.deliver import FolderChannel, MailServer
from monitor.errors import DeliveryError
from monitor.models import Message, Receipt, Subscription
from monitor.pipeline import delivering
from monitor.pipeline.delivering import Post, deliver_due
from monitor.ports import Channel
from monitor.store.records import note_round, set_meta

BOTH = Subscription(
    name="day", recipients=("anna@a.example", "vera@a.example"), channels=("folder", "mail")
)


class Postbox:
    """A mail channel that remembers, and fails as told."""

    name = "mail"

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error: DeliveryError | None = None

    def send(self, message: Message, recipients: tuple[str, ...]) -> list[Receipt]:
        if self.error:
            raise self.error
        self.sent += [(message.slot, to) for to in recipients]
        return [Receipt(channel="mail", recipient=to, status="sent", code=250) for to in recipients]


@pytest.fixture
def mail() -> Postbox:
    return Postbox()


def go(db: Database, mail: Postbox, folder: Path, now: datetime, *, server: bool) -> None:
    known = MailServer(host="127.0.0.1", sender="m@news.example") if server else None
    post = Post(subscriptions=(BOTH,), digests_dir=folder, server=known)

    def channels(_: Subscription) -> Mapping[str, Channel]:
        return {"folder": FolderChannel(folder), **({"mail": mail} if server else {})}

    deliver_due(db, post, now, channels=channels)


def states(db: Database) -> list[str]:
    return [row[0] for row in db.conn.execute("SELECT state FROM digests ORDER BY id")]


def test_the_latest_digest_is_mailed_once_a_server_is_known_and_older_ones_are_not(
    db: Database, mail: Postbox, tmp_path: Path
) -> None:
    go(db, mail, tmp_path, at(-1, 12), server=False)
    for day in range(3):
        add_article(db, at(day, 0))
        go(db, mail, tmp_path, at(day, 2), server=False)
    assert (mail.sent, states(db)) == ([], ["sent"] * 3)
    latest = db.conn.execute("SELECT max(slot) FROM digests").fetchone()[0]
    for minute in (0, 1, 2):  # every minute of the service: nobody gets it twice
        go(db, mail, tmp_path, at(2, 9, minute), server=True)
    assert mail.sent == [(latest, "anna@a.example"), (latest, "vera@a.example")]
    assert states(db) == ["sent"] * 3


def test_a_digest_that_has_its_mails_gets_none_for_a_new_recipient(
    db: Database, mail: Postbox, tmp_path: Path
) -> None:
    go(db, mail, tmp_path, at(-1, 12), server=True)
    add_article(db, at(0, 0))
    go(db, mail, tmp_path, at(0, 2), server=True)
    before = list(mail.sent)
    post = Post(
        subscriptions=(replace(BOTH, recipients=(*BOTH.recipients, "new@a.example")),),
        digests_dir=tmp_path,
        server=MailServer(host="127.0.0.1", sender="m@news.example"),
    )
    deliver_due(db, post, at(0, 9), channels=lambda _: {"mail": mail})
    assert mail.sent == before


def test_health_says_that_no_mail_can_leave_until_it_can(
    db: Database, mail: Postbox, tmp_path: Path
) -> None:
    path = Path(db.conn.execute("PRAGMA database_list").fetchone()[2])

    def said() -> list[str]:
        return [f.text for f in examine(path, at(0, 2)) if f.check == "mail"]

    go(db, mail, tmp_path, at(0, 1), server=False)
    assert said() == ["MONITOR_SMTP_HOST is not set; not mailed: day"]
    go(db, mail, tmp_path, at(0, 2), server=True)
    assert said() == []


def test_health_is_well_again_when_a_later_digest_took_over(
    db: Database, mail: Postbox, tmp_path: Path
) -> None:
    """What was superseded is not out and never will be: it is no reason for an alarm."""
    path = Path(db.conn.execute("PRAGMA database_list").fetchone()[2])
    go(db, mail, tmp_path, at(-1, 12), server=True)
    mail.error = DeliveryError("down", transient=True)
    add_article(db, at(0, 0))
    go(db, mail, tmp_path, at(0, 2), server=True)
    assert [f for f in examine(path, at(0, 9)) if f.check == "digest"]
    add_article(db, at(1, 0))
    mail.error = None
    go(db, mail, tmp_path, at(1, 2), server=True)
    assert states(db) == ["superseded", "sent"]
    assert not [f for f in examine(path, at(1, 9)) if f.check == "digest"]


def test_a_subscription_that_breaks_keeps_nobody_elses_digest_back(
    db: Database, mail: Postbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(BOTH, name="broken")
    post = Post(
        subscriptions=(broken, BOTH),
        digests_dir=tmp_path,
        server=MailServer(host="127.0.0.1", sender="m@news.example"),
    )
    deliver_due(db, post, at(-1, 12), channels=lambda _: {"mail": mail})
    add_article(db, at(0, 0))
    made = delivering.draft_current

    def draft(db: Database, subscription: Subscription, *rest: object) -> object:
        if subscription.name == "broken":
            raise LookupError("a bug")
        return made(db, subscription, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "draft_current", draft)
    channels = {"mail": mail, "folder": FolderChannel(tmp_path)}
    with pytest.raises(LookupError):
        deliver_due(db, post, at(0, 2), channels=lambda _: channels)
    assert [to for _, to in mail.sent] == list(BOTH.recipients)


def test_health_says_when_no_digest_can_be_made_though_the_service_lives(db: Database) -> None:
    path = Path(db.conn.execute("PRAGMA database_list").fetchone()[2])

    def said(hour: int) -> list[str]:
        set_meta(db, "heartbeat", "1", at(0, hour))
        return [f.text for f in examine(path, at(0, hour)) if f.check == "digest"]

    assert said(1) == []
    note_round(db, "delivered", at(0, 1))
    assert said(1) == []
    assert said(4) == ["none could be made for 3 h (table incidents says why)"]
    note_round(db, "delivered", at(0, 4))
    assert said(4) == []


def test_a_digest_of_a_day_to_come_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    house = Installation.bare(tmp_path)
    for arguments in (["--date", "2025-12-27"], ["--date", "2026-12-27", "--send"]):
        answer = house.run("digest", *arguments)
        assert answer.returncode == 1
        assert "still to come" in answer.stderr
        assert "07:00" in answer.stderr
    assert not list(tmp_path.rglob("*.html"))
    assert not house.database.exists() or house.one("SELECT count(*) FROM digests") == 0
    assert house.run("digest", "--date", "2025-12-26").returncode == 0
