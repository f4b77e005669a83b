"""From the archive to a rendered digest: gather, choose, render. Sends nothing, writes nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.digest import PartnerNames, Rendered, choose_digest, render_digest
from monitor.digest.slots import Slot, period_days
from monitor.models import Digest, DigestWindow, Message, Subscription
from monitor.store.database import Database
from monitor.store.digests import gather_material, last_id_before, newest_article_id
from monitor.store.ledger import digests_from, first_window_at, known_since, next_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What every message of this installation shares."""

    sender: str
    archive_url: str | None = None  # of Datasette, None: no links into it
    names: PartnerNames = field(default_factory=dict)  # of partners that the user's rules add


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A digest that could be sent now."""

    message: Message
    digest: Digest
    window: DigestWindow
    superseding: tuple[int, ...] = ()


def draft_current(
    db: Database,
    subscription: Subscription,
    slot: Slot,
    now: datetime,
    look: Look,
) -> Draft:
    """Everything since the last digest that reached anybody, for `slot`."""
    start = next_start(db, subscription.name)
    period = timedelta(days=period_days(subscription))
    began = (
        start.at
        or first_window_at(db, subscription.name, start.superseding)
        # The round that brought the first articles ended before the subscription was first known.
        or min(known_since(db, subscription.name, now) - timedelta(days=1), now - period)
    )
    first_id = start.article_id if start.at else last_id_before(db, began)
    window = DigestWindow(
        start_id=first_id,
        end_id=max(first_id, newest_article_id(db)),
        start_at=min(began, now),
        end_at=now,
    )
    return _draft(db, subscription, slot, window, look=look, superseding=start.superseding)


def draft_of_day(
    db: Database,
    subscription: Subscription,
    slot: Slot,
    look: Look,
) -> Draft:
    """The digest of a past slot as it would be made from today's archive: one period by time."""
    began = slot.at - timedelta(days=period_days(subscription))
    window = DigestWindow(
        start_id=last_id_before(db, began),
        end_id=last_id_before(db, slot.at),
        start_at=began,
        end_at=slot.at,
    )
    later = digests_from(db, subscription.name, slot.at)
    draft = _draft(db, subscription, slot, window, look=look, superseding=later)
    return replace(draft, superseding=())


def _draft(
    db: Database,
    subscription: Subscription,
    slot: Slot,
    window: DigestWindow,
    *,
    look: Look,
    superseding: tuple[int, ...] = (),
) -> Draft:
    material = gather_material(
        db,
        subscription,
        window,
        period=timedelta(days=period_days(subscription)),
        superseding=superseding,
    )
    digest = choose_digest(subscription, material, slot.at)
    rendered = render_digest(digest, archive_url=look.archive_url, names=look.names)
    assert rendered.digest is not None
    return Draft(
        message=message_of(subscription, rendered, slot=slot.name, at=slot.at, sender=look.sender),
        digest=rendered.digest,
        window=window,
        superseding=superseding,
    )


def message_of(
    subscription: Subscription,
    rendered: Rendered,
    *,
    slot: str,
    at: datetime,
    sender: str,
    kind: str = "digest",
) -> Message:
    """The message of a slot. Its Message-ID depends on nothing but subscription, slot, domain."""
    mark = hashlib.sha256(f"{subscription.name}\n{slot}".encode()).hexdigest()[:24]
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return Message(
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        slot=slot,
        subscription=subscription.name,
        message_id=f"<{kind}.{mark}@{domain}>",
        sent_for=at,
        kind=kind,
    )
