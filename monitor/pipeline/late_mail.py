"""Mail that has no server: said where `health` reads it, and sent once there is one.

A subscription may write into a folder and by mail. Until MONITOR_SMTP_HOST is set, its digests go
to the folder alone; the latest of them is mailed as soon as a server is known, older ones are not:
nobody wants a week of mornings at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.digest.slots import latest_slot
from monitor.models import Subscription
from monitor.pipeline.recipients import deliveries_of
from monitor.store.database import Database
from monitor.store.deliveries import add_deliveries
from monitor.store.records import get_meta, set_meta

NOTE = "mail"  # key of the fact that `health` shows; "" when mail can leave
STALE_AFTER = timedelta(days=4)  # as long as a failed mail is tried


def mail_what_waited(
    db: Database, subscriptions: Sequence[Subscription], now: datetime, *, has_server: bool
) -> None:
    """Give the latest digest of each subscription its mails, if it was made without any."""
    _note(db, "" if has_server else _unsent(subscriptions), now)
    for subscription in subscriptions if has_server else ():
        mails = tuple(
            pair for pair in deliveries_of(subscription, has_server=True) if pair[0] == "mail"
        )
        slot = latest_slot(subscription, now)
        if mails and now - slot.at <= STALE_AFTER:
            add_deliveries(db, subscription.name, slot.name, mails)


def _unsent(subscriptions: Sequence[Subscription]) -> str:
    names = [s.name for s in subscriptions if "mail" in s.channels and s.recipients]
    return f"MONITOR_SMTP_HOST is not set; not mailed: {', '.join(names)}" if names else ""


def _note(db: Database, text: str, now: datetime) -> None:
    if (get_meta(db, NOTE) or "") != text:
        set_meta(db, NOTE, text, now)
