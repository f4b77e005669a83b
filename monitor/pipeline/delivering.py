"""The line `deliver`: what is due is promised in the ledger, then sent, then marked.

Order is everything: a digest is written down whole (with its deliveries) before the first mail
leaves; every delivery is claimed before it is sent and marked only after the server took it. A
crash in between repeats one mail to one recipient, with the same Message-ID, and nothing else.
Give it a database connection of its own when it runs in a thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from monitor.config import Settings
from monitor.deliver import AtomChannel, FolderChannel, MailChannel, MailServer, WebhookChannel
from monitor.digest import PartnerNames
from monitor.digest.slots import Slot, latest_slot, slot_on
from monitor.errors import DeliveryError
from monitor.models import Receipt, Subscription
from monitor.pipeline.alerting import plan_alerts
from monitor.pipeline.digesting import Draft, Look, draft_current, draft_of_day
from monitor.pipeline.late_mail import mail_what_waited
from monitor.pipeline.recipients import deliveries_of
from monitor.ports import Channel
from monitor.store.database import Database
from monitor.store.deliveries import (
    Delivery,
    claim,
    delivery_states,
    due_deliveries,
    record_receipt,
    reopen,
)
from monitor.store.ledger import Plan, is_planned, known_since, planned_items, record_plan

# Minutes between attempts; the last one repeats until GIVE_UP_AFTER.
BACK_OFF = (1, 5, 15, 30, 60, 120)
GIVE_UP_AFTER = timedelta(days=4)
DEFAULT_SUBSCRIPTION = Subscription(name="digest", channels=("folder",))
Channels = Callable[[Subscription], Mapping[str, Channel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivering needs to know of the settings."""

    subscriptions: tuple[Subscription, ...]
    digests_dir: Path
    server: MailServer | None = None  # None: no mail leaves, the other channels work
    archive_url: str | None = None  # of Datasette, None: no links into it
    webhook_secret: str | None = None
    rules: Path | None = None  # the user's own partners, for their names

    @property
    def look(self) -> Look:
        sender = self.server.sender if self.server else "monitor@localhost"
        names = partner_names(self.rules) if self.rules else {}
        return Look(sender=sender, archive_url=self.archive_url, names=names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round did."""

    planned: tuple[str, ...] = ()  # "subscription slot"
    sent: int = 0
    retried: int = 0  # failed for now
    lost: int = 0  # refused or given up


@dataclass(frozen=True, slots=True, kw_only=True)
class SentNow:
    """What sending by hand came to, in deliveries."""

    slot: str
    is_new: bool
    sent: int  # now
    had: int  # before
    open: int
    lost: int


@lru_cache(maxsize=4)
def partner_names(rules: Path) -> PartnerNames:
    """Readable names of the partners that the user's rules judge, by language."""
    from monitor.tag.lexicon import load_lexicon  # only who has rules pays for reading them

    labels = load_lexicon(rules).labels
    return {code.lower(): dict(names) for code, names in labels.items()}


def post_of(settings: Settings) -> Post:
    """The part of the settings that this line uses."""
    smtp = settings.smtp
    server = None
    if smtp.host:
        server = MailServer(
            host=smtp.host,
            port=smtp.port,
            user=smtp.user,
            password=smtp.password,
            security=smtp.security,
            sender=smtp.sender,
            timeout_seconds=smtp.timeout_seconds,
        )
    return Post(
        subscriptions=settings.subscriptions or (DEFAULT_SUBSCRIPTION,),
        digests_dir=settings.digests_dir,
        server=server,
        archive_url=settings.datasette_url,
        webhook_secret=settings.webhook_secret,
        rules=settings.rules,
    )


def deliver_due(
    db: Database, post: Post, now: datetime, *, channels: Channels | None = None
) -> Delivered:
    """One round: plan every slot that is due, then send everything that is open.

    Idempotent: called at start, every minute, or by two processes at once, a slot has one digest.
    A subscription whose digest cannot be made holds no other back; that is raised at the end.
    """
    planned: list[str] = []
    failed: list[Exception] = []
    for subscription in post.subscriptions:
        try:
            planned += _plan(db, post, subscription, now)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - a bug: told below, after the others' digests
            failed.append(error)
    mail_what_waited(db, post.subscriptions, now, has_server=post.server is not None)
    done = send_due(db, post, now, channels=channels, planned=tuple(planned))
    if failed:
        raise failed[0]
    return done


def _plan(db: Database, post: Post, subscription: Subscription, now: datetime) -> list[str]:
    """The digest and the alerts of one subscription that are due; their names."""
    slot = plan_due(db, post, subscription, now)
    alerts = plan_alerts(db, subscription, now, post.look, has_server=post.server is not None)
    return [f"{subscription.name} {slot.name}", *alerts] if slot else list(alerts)


def plan_due(db: Database, post: Post, subscription: Subscription, now: datetime) -> Slot | None:
    """Promise the latest slot if it has no digest yet. However many slots were missed while the
    program was down, the latest one covers them all. None: nothing was due."""
    slot = latest_slot(subscription, now)
    if slot.at <= known_since(db, subscription.name, now):
        return None
    if not deliveries_of(subscription, has_server=post.server is not None):
        return None  # nobody could get it yet: the first digest that can leave covers all of it
    if is_planned(db, subscription.name, slot.name):
        return None
    return slot if plan_slot(db, post, subscription, slot, now) else None


def plan_slot(
    db: Database, post: Post, subscription: Subscription, slot: Slot, now: datetime
) -> bool:
    """Promise `slot` now, due or not. False: another process was first."""
    draft = draft_current(db, subscription, slot, now, post.look)
    return promise(db, post, subscription, draft, now)


def send_now(
    db: Database,
    post: Post,
    subscription: Subscription,
    day: date | None,
    now: datetime,
    *,
    channels: Channels | None = None,
) -> SentNow:
    """By hand: the digest of `day` (None: of the latest slot), made if there is none, its failed
    deliveries tried again at once. Repeating it sends nobody anything twice."""
    latest = latest_slot(subscription, now)
    slot = slot_on(subscription, day) if day else latest
    is_new = not is_planned(db, subscription.name, slot.name)
    if is_new and slot == latest:
        plan_slot(db, post, subscription, slot, now)
    elif is_new:
        draft = draft_of_day(db, subscription, slot, post.look)
        promise(db, post, subscription, draft, now)
    else:
        reopen(db, subscription.name, slot.name)
    if post.server is not None:
        mail_what_waited(db, (subscription,), now, has_server=True)
    before = delivery_states(db, subscription.name, slot.name).count("sent")
    known = replace(post, subscriptions=(subscription,))
    send_due(db, known, now, channels=channels, only=(subscription.name,))
    states = delivery_states(db, subscription.name, slot.name)
    lost = states.count("refused") + states.count("failed")
    sent = states.count("sent")
    return SentNow(slot=slot.name, is_new=is_new, sent=sent - before, had=before, lost=lost,
                   open=len(states) - sent - lost)  # fmt: skip


def promise(
    db: Database, post: Post, subscription: Subscription, draft: Draft, now: datetime
) -> bool:
    """Write a draft into the ledger with everybody who is to get it."""
    plan = Plan(
        message=draft.message,
        window=draft.window,
        items=planned_items(draft.digest),
        deliveries=deliveries_of(subscription, has_server=post.server is not None),
        made_at=now,
        superseding=draft.superseding,
    )
    return record_plan(db, plan) is not None


def send_due(
    db: Database,
    post: Post,
    now: datetime,
    *,
    channels: Channels | None = None,
    planned: tuple[str, ...] = (),
    only: Collection[str] | None = None,
) -> Delivered:
    """Send everything that is open and due, one recipient at a time; `only` these subscriptions
    (None: all)."""
    by_name = {subscription.name: subscription for subscription in post.subscriptions}
    opened: dict[str, Mapping[str, Channel]] = {}
    broken: set[tuple[str, str]] = set()
    states: list[str] = []
    for delivery in due_deliveries(db, now):
        name = delivery.message.subscription
        if only is not None and name not in only:
            continue
        road = (delivery.channel, "" if delivery.channel == "mail" else name)
        if road in broken:
            continue  # the server is down for all: the others keep their turn
        if name in by_name and name not in opened:
            opened[name] = (channels or (lambda s: channels_of(post, s, now)))(by_name[name])
        if not claim(db, delivery, now):
            continue
        receipt, is_down = _send(opened.get(name, {}), delivery)
        if is_down:
            broken.add(road)
        states.append(record_receipt(db, delivery, receipt, now, _retry_at(delivery, now)))
    return Delivered(
        planned=planned,
        sent=states.count("sent"),
        retried=states.count("retry"),
        lost=states.count("refused") + states.count("failed"),
    )


def channels_of(post: Post, subscription: Subscription, now: datetime) -> Mapping[str, Channel]:
    """The channels that this subscription may use."""
    found: dict[str, Channel] = {
        "folder": FolderChannel(post.digests_dir),
        "atom": AtomChannel(post.digests_dir),
    }
    if post.server is not None:
        found["mail"] = MailChannel(post.server)
    if subscription.webhook_url:
        found["webhook"] = WebhookChannel(
            subscription.webhook_url, now=now, secret=post.webhook_secret
        )
    return found


def _send(channels: Mapping[str, Channel], delivery: Delivery) -> tuple[Receipt, bool]:
    """One delivery; whether the whole channel is down."""
    channel = channels.get(delivery.channel)
    if channel is None:  # taken out of the configuration since it was promised
        return _failure(delivery, "channel or subscription is no longer configured"), False
    try:
        return channel.send(delivery.message, [delivery.recipient])[0], False
    except DeliveryError as error:
        receipt = Receipt(
            channel=delivery.channel,
            recipient=delivery.recipient,
            status="failed",
            code=error.code,
            detail=str(error),
            transient=error.transient,
            uncertain=error.uncertain,
        )
        return receipt, True


def _failure(delivery: Delivery, why: str) -> Receipt:
    return Receipt(
        channel=delivery.channel, recipient=delivery.recipient, status="failed", detail=why
    )


def _retry_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When to try again; None: it has been tried long enough."""
    minutes = BACK_OFF[min(delivery.attempts, len(BACK_OFF) - 1)]
    again = now + timedelta(minutes=minutes)
    return again if again - delivery.made_at <= GIVE_UP_AFTER else None
