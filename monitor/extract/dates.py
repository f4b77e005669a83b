"""When was it published: machine-readable statements and visible dates in ru, kk and en. Pure.

Own, because htmldate lets a date in the address beat the meta tag, gives the wrong local day for
a UTC evening, None for "Сегодня, 13:51" and silently 1 January for Kazakh in Latin letters.
A time without a zone is local to the outlet, with the zone's history: Asia/Almaty was UTC+6
before 2024-03-01 and is UTC+5 since.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # before the region's web
_TOLERANCE = timedelta(minutes=15)  # clocks that run ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A date as found. A date without a time of day stands at local noon, so that the day is the
    same in UTC and locally."""

    at: datetime  # aware, UTC
    precision: str  # second / minute / day / month
    raw: str
    source: str = ""  # jsonld / meta / time / visible / url / feed


def parse_stated(raw: str, *, zone: ZoneInfo) -> FoundDate | None:
    """A machine-readable date: ISO 8601 in its common forms, epoch numbers, RFC 2822."""
    text = raw.strip()
    for attempt in (_iso, _epoch, _rfc):
        found = attempt(text, zone)
        if found and EARLIEST <= found.at < datetime(2100, 1, 1, tzinfo=UTC):
            return found
    return None


_ISO = re.compile(
    r"""(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)
    (?:[T\s]+(?P<H>\d{1,2}):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,]\d+)?)?
    \s*(?P<z>Z|UTC|GMT|[+\u2212-]\d\d:?\d\d|[+-]\d\d)?)?(?!\d)""",
    re.X,
)


def _iso(text: str, zone: ZoneInfo) -> FoundDate | None:
    match = _ISO.match(text.replace(" +", "+").replace("%2B", "+"))
    if not match:
        return None
    part = match.groupdict()
    try:
        if part["H"] is None:
            return _at_day(int(part["y"]), int(part["m"]), int(part["d"]), zone, text)
        local = datetime(  # noqa: DTZ001 - the zone is attached on the next line
            int(part["y"]), int(part["m"]), int(part["d"]),
            int(part["H"]), int(part["M"]), int(part["S"] or 0),
        )  # fmt: skip
    except ValueError:
        return None
    at = local.replace(tzinfo=_offset(part["z"]) or zone).astimezone(UTC)
    return FoundDate(at=at, precision="second" if part["S"] else "minute", raw=text)


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if delta >= timedelta(hours=15):
        return None
    return timezone(delta if text[0] == "+" else -delta)


def _epoch(text: str, _: ZoneInfo) -> FoundDate | None:
    if not re.fullmatch(r"\d{10}|\d{13}|\d{10}\.\d+", text):
        return None
    seconds = int(text[:10])
    return FoundDate(at=datetime.fromtimestamp(seconds, UTC), precision="second", raw=text)


def _rfc(text: str, zone: ZoneInfo) -> FoundDate | None:
    if not re.match(r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d", text):
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=zone)
    return FoundDate(at=aware.astimezone(UTC), precision="second", raw=text)


def _at_day(year: int, month: int, day: int, zone: ZoneInfo, raw: str) -> FoundDate:
    noon = datetime(year, month, day, 12, tzinfo=zone)
    return FoundDate(at=noon.astimezone(UTC), precision="day", raw=raw)
