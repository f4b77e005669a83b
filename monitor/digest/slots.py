"""When a subscription's digest is due: slots in its own time zone. Pure.

A slot is named by its local date and time, so a change of the zone's offset moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.models import Subscription


@dataclass(frozen=True, slots=True)
class Slot:
    """One promised moment."""

    name: str  # local, e.g. 2025-12-26T07:00
    at: datetime  # UTC


def latest_slot(subscription: Subscription, now: datetime) -> Slot:
    """The last promised moment that is not after `now`."""
    zone = ZoneInfo(subscription.time_zone)
    day = now.astimezone(zone).date()
    for back in range(15):
        candidate = day - timedelta(days=back)
        if _promised(subscription, candidate):
            slot = slot_on(subscription, candidate)
            if slot.at <= now:
                return slot
    raise AssertionError("every schedule has a slot within a fortnight")


def slot_on(subscription: Subscription, day: date) -> Slot:
    """The slot of a local day, whether or not the schedule promises one on it."""
    hour, minute = (int(part) for part in subscription.at.split(":"))
    zone = ZoneInfo(subscription.time_zone)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    return Slot(f"{day.isoformat()}T{subscription.at}", local.astimezone(UTC))


def period_days(subscription: Subscription) -> int:
    """How many days a digest of this subscription usually covers."""
    return 7 if subscription.schedule == "weekly" else 1


def _promised(subscription: Subscription, day: date) -> bool:
    if subscription.schedule == "weekly":
        return day.weekday() == subscription.weekday
    return subscription.schedule == "daily" or day.weekday() < 5
