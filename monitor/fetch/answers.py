"""From a status line to the house's own error: one place that knows what each status means. Pure.

Hardness is how much a failure counts against a way: 1 where the address itself looks wrong, 0.5
where the server says so for now, 0.25 where the road between may be to blame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.errors import Blocked, FetchError, Gone, RateLimited, Truncated

MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GOOD = frozenset({200, 203})
_SOFT = frozenset({401, 404})


def failure_of(status: int, headers: Mapping[str, str], now: datetime) -> FetchError | None:
    """The error that a final status stands for, None for one that carries a body to read."""
    if status in _GOOD:
        return None
    reason = "challenge" if headers.get("cf-mitigated") else f"status_{status}"
    if status == 410:
        return Gone("410 Gone", status=status)
    if status in (403, 451) or reason == "challenge":
        return Blocked(f"{status} refused", reason=reason, status=status, hardness=0.5)
    if status == 206:
        return Truncated("206 without having asked for a part", status=status)
    wait = retry_after(headers, now)
    if status == 429 or (status == 503 and wait is not None):
        return RateLimited(
            f"{status}, asked to wait", reason=reason, status=status, retry_after=wait
        )
    hardness = 0.5 if status in _SOFT or status >= 500 else 1.0
    return FetchError(f"status {status}", reason=reason, status=status, hardness=hardness)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, at most 24 h; None when the header is missing or makes no sense."""
    raw = headers.get("retry-after", "").strip()
    if not raw:
        return None
    seconds = _as_seconds(raw, now)
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def _as_seconds(raw: str, now: datetime) -> float | None:
    try:
        return float(raw)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(raw)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
