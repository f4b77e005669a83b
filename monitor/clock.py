"""Where the time comes from: the machine, or a clock that MONITOR_NOW has shifted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from monitor.errors import ConfigError


class SystemClock:
    """The machine's time, moved by `shift` (zero in real life)."""

    def __init__(self, shift: timedelta = timedelta(0)) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


def clock_from(environ: Mapping[str, str]) -> SystemClock:
    """A clock for this process. MONITOR_NOW (ISO-8601; without a zone: UTC) shifts it, so that
    it shows that moment now and goes on from there. Raises ConfigError."""
    given = environ.get("MONITOR_NOW")
    if not given:
        return SystemClock()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ConfigError(
            [f"environment: MONITOR_NOW: {given!r} is not a time; write 2025-12-26T06:00:00Z"]
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return SystemClock(moment.astimezone(UTC) - datetime.now(UTC))
