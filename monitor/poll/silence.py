"""Is a way silent for longer than its own rhythm explains? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.models import WayState
from monitor.poll import rhythm

# This many items were due by the rhythm (a chance of e^-20 if they came independently; holidays
# and clumps eat most of that), and at least this long.
_SILENT_ITEMS, SILENT_LEAST = 20.0, timedelta(hours=12)


def silent_for_too_long(state: WayState, now: datetime) -> bool:
    """True when the way's own rhythm does not explain its silence (alarm, not a verdict)."""
    since = state.last_new_at or state.newest_item_at
    if since is None or now - since < SILENT_LEAST:
        return False
    return rhythm.expected_items(state.rhythm, since=since, now=now) >= _SILENT_ITEMS
