"""The line `deliver` on a real database: slots, windows, retries, crashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from smtp_faults import Postman, at, mail_server
from sqlite_utils import Database
from stocked import add_article

from monitor.deliver import MailServer
from monitor.errors import DeliveryError
from monitor.models import Message, Receipt, Subscription
from monitor.pipeline.delivering import Post, deliver_due
from monitor.ports import Channel
from monitor.store.database import open_database, write

MORNING = Subscription(
    name="утро", recipients=("anna@a.example", "vera@a.example"), channels=("mail",)
)


class Recorder:
    """A channel that remembers, and fails as told."""

    name = "mail"

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []
        self.error: DeliveryError | None = None
        self.receipt: Receipt | None = None

    def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
        if self.error:
            raise self.error
        if self.receipt:
            return [replace(self.receipt, recipient=to) for to in recipients]
        self.sent += [(to, message) for to in recipients]
        return [Receipt(channel="mail", recipient=to, status="sent", code=250) for to in recipients]


@pytest.fixture
def road() -> Recorder:
    return Recorder()


def post(*subscriptions: Subscription, folder: Path = Path("unused")) -> Post:
    return Post(
        subscriptions=subscriptions or (MORNING,),
        digests_dir=folder,
        server=MailServer(host="127.0.0.1", sender="m@news.example"),
    )


def go(db: Database, road: Recorder, now: datetime, *subscriptions: Subscription) -> object:
    def channels(_: Subscription) -> Mapping[str, Channel]:
        return {"mail": road}

    return deliver_due(db, post(*subscriptions), now, channels=channels)


def begin(db: Database, road: Recorder, *subscriptions: Subscription) -> None:
    """The program meets its subscriptions a day before the tests begin."""
    go(db, road, at(-1, 12), *subscriptions)


def states(db: Database) -> list[tuple[str, str]]:
    return [
        (row["slot"], row["state"])
        for row in db.conn.execute("SELECT slot, state FROM digests ORDER BY id")
    ]


def test_nothing_is_sent_before_the_slot_and_once_at_it(db: Database, road: Recorder) -> None:
    begin(db, road)
    add_article(db, at(0, 0))
    go(db, road, at(0, 1, 59))
    assert not road.sent
    for _ in range(3):
        go(db, road, at(0, 2, 0))
    assert [to for to, _ in road.sent] == ["anna@a.example", "vera@a.example"]
    assert len({message.message_id for _, message in road.sent}) == 1
    assert states(db) == [("2025-01-01T07:00", "sent")]


def test_links_in_the_mail_count_no_readers(db: Database, road: Recorder) -> None:
    begin(db, road)
    add_article(db, at(0, 0))
    with write(db) as connection:
        connection.execute(
            "UPDATE articles SET url = 'https://dala.example/a?utm_source=atom&id=7'"
        )
    go(db, road, at(0, 2))
    message = road.sent[0][1]
    for body in (message.html, message.text):
        assert "https://dala.example/a?id=7" in body
        assert "utm_" not in body


def test_a_new_subscription_waits_for_its_next_slot(db: Database, road: Recorder) -> None:
    add_article(db, at(0, 0))
    go(db, road, at(0, 9))
    assert not road.sent
    go(db, road, at(1, 2))
    assert len(road.sent) == 2


def test_a_week_of_downtime_is_one_digest(db: Database, road: Recorder) -> None:
    begin(db, road)
    go(db, road, at(0, 2))
    numbers = [add_article(db, at(day, 5)) for day in range(7)]
    go(db, road, at(7, 6))
    assert len(road.sent) == 4
    items = [row[0] for row in db.conn.execute("SELECT article_id FROM digest_items")]
    assert sorted(items) == numbers
    assert states(db)[-1] == ("2025-01-08T07:00", "sent")


def test_downtime_before_the_very_first_digest_loses_nothing(db: Database, road: Recorder) -> None:
    begin(db, road)
    numbers = [add_article(db, at(day, 5)) for day in range(4)]
    go(db, road, at(4, 6))
    items = [row[0] for row in db.conn.execute("SELECT article_id FROM digest_items")]
    assert sorted(items) == numbers


def test_an_article_found_late_is_in_the_next_digest(db: Database, road: Recorder) -> None:
    """The window goes by id: an article stored after the digest was made is not lost, however
    old its own time is."""
    begin(db, road)
    add_article(db, at(0, 0))
    go(db, road, at(0, 2))
    late = add_article(db, at(0, 0, 30), title="Поздняя новость о зерне и транзите")
    go(db, road, at(1, 2))
    assert "Поздняя новость" in road.sent[-1][1].text
    assert [r[0] for r in db.conn.execute("SELECT article_id FROM digest_items ORDER BY 1")] == [
        1,
        late,
    ]


def test_the_mail_server_being_down_for_days_gives_one_digest(db: Database, road: Recorder) -> None:
    begin(db, road)
    road.error = DeliveryError("refused", transient=True)
    numbers = []
    for day in range(3):
        numbers.append(add_article(db, at(day, 1)))
        for hour in (2, 3, 9):
            go(db, road, at(day, hour))
    road.error = None
    numbers.append(add_article(db, at(3, 1)))
    go(db, road, at(3, 2))
    assert [to for to, _ in road.sent] == ["anna@a.example", "vera@a.example"]
    last = db.conn.execute("SELECT max(id) FROM digests").fetchone()[0]
    items = db.conn.execute("SELECT article_id FROM digest_items WHERE digest_id = ?", (last,))
    assert sorted(row[0] for row in items) == numbers
    assert [state for _, state in states(db)] == ["superseded"] * 3 + ["sent"]


def test_a_digest_that_may_have_arrived_is_never_superseded(db: Database, road: Recorder) -> None:
    begin(db, road)
    first = add_article(db, at(0, 1))
    road.error = DeliveryError("line broke", transient=True, uncertain=True)
    go(db, road, at(0, 2))
    road.error = None
    second = add_article(db, at(1, 1))
    go(db, road, at(1, 2))
    by_slot = [(message.slot, to) for to, message in road.sent]
    assert sorted(by_slot) == sorted(
        (slot, to) for slot in ("2025-01-01T07:00", "2025-01-02T07:00") for to in MORNING.recipients
    )
    rows = db.conn.execute(
        "SELECT digest_id, article_id FROM digest_items ORDER BY 1, 2"
    ).fetchall()
    assert [tuple(row) for row in rows] == [(1, first), (2, second)]


def test_retries_back_off_and_end(db: Database, road: Recorder) -> None:
    begin(db, road)
    add_article(db, at(0, 1))
    road.receipt = Receipt(channel="mail", recipient="", status="failed", code=451, transient=True)
    only = replace(MORNING, recipients=("anna@a.example",))
    now = at(0, 2)
    while now < at(0, 23):
        go(db, road, now, only)
        now += timedelta(minutes=1)
    attempts = db.conn.execute("SELECT attempts FROM deliveries").fetchone()[0]
    assert 10 <= attempts <= 16
    road.receipt = None
    go(db, road, at(1, 1), only)
    assert len(road.sent) == 1


def test_a_final_refusal_is_written_down_and_shown(db: Database, road: Recorder) -> None:
    begin(db, road)
    add_article(db, at(0, 1))
    road.receipt = Receipt(
        channel="mail", recipient="", status="refused", code=550, detail="no such user"
    )
    go(db, road, at(0, 2))
    go(db, road, at(0, 9))
    rows = db.conn.execute("SELECT state, attempts, code FROM deliveries").fetchall()
    assert [tuple(row) for row in rows] == [("refused", 1, 550)] * 2
    assert states(db) == [("2025-01-01T07:00", "failed")]
    incident = db.conn.execute("SELECT stage, subject, kind, detail FROM incidents").fetchone()
    assert tuple(incident)[:3] == ("deliver", "утро", "mail refused")
    assert "anna" not in incident["detail"]


def test_two_processes_at_once_send_once(db: Database, road: Recorder, tmp_path: Path) -> None:
    other = open_database(tmp_path / "monitor.db")
    begin(db, road)
    add_article(db, at(0, 1))

    class Nosy(Recorder):
        def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
            go(other, road, at(0, 2))
            return super().send(message, recipients)

    nosy = Nosy()
    go(db, nosy, at(0, 2))
    other.close()
    everybody = sorted(to for to, _ in nosy.sent + road.sent)
    assert everybody == ["anna@a.example", "vera@a.example"]


def test_a_crash_between_send_and_mark_repeats_one_mail_with_the_same_id(
    db: Database, road: Recorder
) -> None:
    class Dies(Recorder):
        def send(self, message: Message, recipients: Sequence[str]) -> Sequence[Receipt]:
            super().send(message, recipients)
            raise KeyboardInterrupt

    begin(db, road)
    add_article(db, at(0, 1))
    dying = Dies()
    with pytest.raises(KeyboardInterrupt):
        go(db, dying, at(0, 2))
    go(db, road, at(0, 2, 1))
    assert [to for to, _ in road.sent] == ["vera@a.example"]
    go(db, road, at(0, 2, 20))
    assert [to for to, _ in road.sent] == ["vera@a.example", "anna@a.example"]
    assert dying.sent[0][1].message_id == road.sent[1][1].message_id
    assert dying.sent[0][1] == road.sent[1][1]


def test_an_empty_day_is_sent_and_says_so(db: Database, road: Recorder) -> None:
    begin(db, road)
    add_article(db, at(0, 0), level=0)
    go(db, road, at(0, 2))
    message = road.sent[0][1]
    assert "ничего нового" in message.subject
    assert "ничего не вышло" in message.text


def test_weekdays_and_weekly_keep_to_their_days(db: Database, road: Recorder) -> None:
    office = replace(MORNING, name="office", schedule="weekdays")
    review = replace(
        MORNING, name="review", schedule="weekly", weekday=4, recipients=("w@a.example",)
    )
    begin(db, road, office, review)
    for day in range(14):  # 2025-01-01 is a Wednesday
        for hour in range(0, 24, 6):
            go(db, road, at(day, hour, 30), office, review)
    assert sum(message.subscription == "office" for _, message in road.sent) == 20
    assert [m.slot for _, m in road.sent if m.subscription == "review"] == [
        "2025-01-03T07:00",
        "2025-01-10T07:00",
    ]


def test_an_alert_is_sent_once_for_one_story(db: Database, road: Recorder) -> None:
    alert = replace(MORNING, recipients=("a@a.example",), alert_outlets=3)
    begin(db, road, alert)
    go(db, road, at(0, 2), alert)
    for minute, source in enumerate(("dala", "elorda", "steppe")):
        add_article(db, at(0, 9, minute * 20), source=source, story=5)
        go(db, road, at(0, 9, minute * 20 + 1), alert)
    alerts = [message for _, message in road.sent if message.kind == "alert"]
    assert len(alerts) == 1
    assert alerts[0].subject.startswith("Срочно: ")
    db.conn.execute("UPDATE articles SET story_id = 6")
    add_article(db, at(0, 10), source="fourth", story=6)
    go(db, road, at(0, 10, 1), alert)
    assert sum(message.kind == "alert" for _, message in road.sent) == 1
    go(db, road, at(1, 2), alert)
    digest = [message for _, message in road.sent if message.kind == "digest"][-1]
    assert "Договорённость 1" in digest.text


def test_a_topic_far_above_its_usual_is_told_once(db: Database, road: Recorder) -> None:
    alert = replace(MORNING, recipients=("a@a.example",), alert_outlets=9, topics=("energy",))
    begin(db, road, alert)
    for day in range(28):
        add_article(db, at(day, 5), topic="energy")
    for _ in range(12):
        add_article(db, at(28, 5), topic="energy")
    go(db, road, at(28, 6), alert)
    go(db, road, at(28, 7), alert)
    alerts = [message for _, message in road.sent if message.kind == "alert"]
    assert [m.subject for m in alerts] == ["Всплеск темы «энергетика»: 12\u00a0материалов за сутки"]


def test_through_a_real_server_one_of_three_refused(db: Database, tmp_path: Path) -> None:
    postman = Postman()
    postman.refused = {"b@a.example"}
    three = replace(
        MORNING,
        recipients=("a@a.example", "b@a.example", "c@a.example"),
        channels=("mail", "folder"),
    )
    with mail_server(postman) as port:
        real = Post(
            subscriptions=(three,),
            digests_dir=tmp_path / "digests",
            archive_url="http://archive.example",
            server=MailServer(
                host="127.0.0.1", port=port, security="none", sender="m@news.example"
            ),
        )
        deliver_due(db, real, at(-1, 12))
        add_article(db, at(0, 1))
        done = deliver_due(db, real, at(0, 2))
    assert (done.sent, done.lost) == (3, 1)
    assert [to for to, _ in postman.taken] == ["a@a.example", "c@a.example"]
    html = (tmp_path / "digests" / "2025-01-01-0700-утро.html").read_text()
    assert "http://archive.example/monitor/articles/1" in html
    assert states(db) == [("2025-01-01T07:00", "sent")]


def test_without_a_mail_server_the_folder_still_gets_its_digest(
    db: Database, tmp_path: Path
) -> None:
    only = replace(MORNING, channels=("mail", "folder", "atom"))
    bare = Post(subscriptions=(only,), digests_dir=tmp_path / "digests")
    deliver_due(db, bare, at(-1, 12))
    add_article(db, at(0, 1))
    assert deliver_due(db, bare, at(0, 2)).sent == 2
    assert len(list((tmp_path / "digests").iterdir())) == 3


def test_a_partner_of_the_users_own_rules_has_its_name(db: Database, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "partners: [US, TR, ZZ]\ncountries: {zz: {label: {ru: Зетландия, en: Zedland}, name: [Зетландия]}}\n",
        encoding="utf-8",
    )
    from monitor.pipeline.delivering import partner_names

    assert partner_names(rules)["zz"] == {"ru": "Зетландия", "en": "Zedland"}
    only = replace(MORNING, channels=("folder",))
    bare = Post(subscriptions=(only,), digests_dir=tmp_path / "digests", rules=rules)
    deliver_due(db, bare, at(-1, 12))
    add_article(db, at(0, 1), partner="zz")
    deliver_due(db, bare, at(0, 2))
    assert "Казахстан\u00a0— Зетландия" in next((tmp_path / "digests").glob("*.txt")).read_text()


def test_an_article_that_its_outlet_removed_is_told_as_such(db: Database, road: Recorder) -> None:
    begin(db, road)
    number = add_article(db, at(0, 0))
    db.conn.execute("UPDATE articles SET removed_at = '2025-01-01T01:00:00Z'")
    db.conn.execute(
        "INSERT INTO revisions (article_id, seen_at, kind, title, diff, touches_tagged) VALUES (?, '2025-01-01T01:00:00Z', 'removed', 'x', '', 1)",
        (number,),
    )
    go(db, road, at(0, 2))
    text = road.sent[0][1].text
    assert "удалено изданием" in text
    assert "Правки без объявления" in text


def test_without_any_road_nothing_is_promised_and_nothing_is_lost(
    db: Database, road: Recorder
) -> None:
    """Mail only, and no server set yet: the first digest that can leave holds everything."""
    bare = Post(subscriptions=(MORNING,), digests_dir=Path("unused"))
    deliver_due(db, bare, at(-1, 12))
    first = add_article(db, at(0, 1))
    for day in range(3):
        deliver_due(db, bare, at(day, 3))
    assert states(db) == []
    second = add_article(db, at(3, 1))
    go(db, road, at(3, 2))
    items = [row[0] for row in db.conn.execute("SELECT article_id FROM digest_items")]
    assert sorted(items) == [first, second]
