"""Dates as feeds and listings write them, read without guessing. Pure.

feedparser reads some of them silently wrong ("13:51, 15 Август 2025" becomes today, "2025/11/17"
the first of November, ALMT and zoneless times UTC; see the traps), so this module reads the raw
text itself. What it does not know for sure it does not read: no date is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "Asia/Almaty"
_EARLIEST, _LATEST = 1990, 2100

# Month stems of English, Russian and Kazakh (Cyrillic and Latin); the longest prefix wins.
_MONTHS: Mapping[str, int] = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6,
    "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
    "қаң": 1, "қаңтар": 1, "ақп": 2, "нау": 3, "сәу": 4, "мам": 5, "мау": 6,
    "шіл": 7, "там": 8, "қыр": 9, "қаз": 10, "қар": 11, "жел": 12,
    "qań": 1, "qan": 1, "aqp": 2, "nau": 3, "naw": 3, "sáý": 4, "sáu": 4, "mam": 5, "maý": 6,
    "mau": 6, "shil": 7, "şil": 7, "tam": 8, "qyr": 9, "qaz": 10, "qar": 11, "jel": 12,
}  # fmt: skip

# Zone names that occur in RFC 822 dates, as hours east. ALMT is left to the zone database:
# Almaty was UTC+6 until 2024-03-01 and is UTC+5 since.
_ZONE_HOURS: Mapping[str, float] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "MSD": 4, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "HKT": 8, "JST": 9, "KGT": 6, "UZT": 5, "TJT": 5,
}  # fmt: skip
_ZONE_KEYS = {"ALMT": "Asia/Almaty", "KZT": "Asia/Almaty", "QYZT": "Asia/Qyzylorda"}

_TIME = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
_MERIDIEM = r"(?:\s*(?P<half>[ap])\.?m\.?\b)?"
_OFFSET = (
    r"\s*(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{1,2}(?![\d:])|[A-Z]{1,5}\b(?:[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[T_\s]+" + _TIME + _OFFSET + ")?", re.I
)
_ISO_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?" + _OFFSET + r")?$"
)
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2}))?$")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[/.](?P<month>\d{1,2})[/.](?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})(?!\d)")
_CHINESE = re.compile(r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日")
_KAZAKH_LONG = re.compile(
    r"(?P<year>\d{4})\s*ж(?:ыл\w*|\.)?,?\s*(?P<day>\d{1,2})\s*(?P<name>[^\W\d_]{3,})"
)
_WORDED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(?P<name>[^\W\d_]{3,})[\s.,-]+"
    r"(?P<year>\d{4}|\d{2})(?!\d)",
    re.I,
)
_MONTH_FIRST = re.compile(
    r"(?P<name>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)", re.I
)
_ASCTIME = re.compile(
    r"[a-z]{3}\s+(?P<name>[a-z]{3})\s+(?P<day>\d{1,2})\s+[\d:]+\s+(?:[A-Z]{3,4}\s+)?(?P<year>\d{4})",
    re.I,
)
_CLOCK = re.compile(r"(?<![\d:.+-])" + _TIME + _MERIDIEM + _OFFSET)
_RELATIVE = {"сегодня": 0, "бүгін": 0, "today": 0, "вчера": 1, "кеше": 1, "yesterday": 1}
_RELATIVE_WORD = re.compile("|".join(_RELATIVE), re.I)


def read_date(
    raw: str, *, zone: str = DEFAULT_ZONE, today: datetime | None = None
) -> datetime | None:
    """The moment in UTC, None when the text is not surely a date.

    `zone` (IANA name) is where zoneless times are from; `today` (aware) is needed for "Сегодня".
    A date without a time means the start of that day there.
    """
    text = " ".join(raw.split())
    if not text or len(text) > 120:
        return None
    home = _zone(zone)
    for reader in (_read_iso, _read_worded, _read_relative):
        found = reader(text, home, today)
        if found is not None:
            return found if _EARLIEST <= found.year <= _LATEST else None
    return None


def _read_iso(text: str, home: tzinfo, today: datetime | None) -> datetime | None:
    match = _ISO.match(text) or _ISO_COMPACT.match(text)
    if match:
        return _moment(_day(match), match, home)
    match = _YEAR_MONTH.match(text)
    if match:
        day = _safe_date(int(match["year"]), int(match["month"] or 1), 1)
        return _moment(day, None, home)
    return None


def _read_worded(text: str, home: tzinfo, today: datetime | None) -> datetime | None:
    """Day, month and year anywhere in the text, then a clock time in what is left."""
    patterns = (_ASCTIME, _KAZAKH_LONG, _WORDED, _MONTH_FIRST, _YEAR_FIRST, _DAY_FIRST, _CHINESE)
    for pattern in patterns:
        match = pattern.search(text)
        day = _day(match) if match else None
        if match and day:
            rest = text[: match.start()] + " " + text[match.end() :]
            clock = _CLOCK.search(text if pattern is _ASCTIME else rest)
            return _moment(day, clock, home)
    return None


def _read_relative(text: str, home: tzinfo, today: datetime | None) -> datetime | None:
    match = _RELATIVE_WORD.search(text)
    if match is None or today is None:
        return None
    day = today.astimezone(home).date() - timedelta(days=_RELATIVE[match[0].lower()])
    return _moment(day, _CLOCK.search(text), home)


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = int(groups["month"]) if groups.get("month") else _month(groups.get("name") or "")
    if not month:
        return None
    year = int(groups["year"])
    if year < 100:  # RFC 2822, section 4.3
        year += 2000 if year < 50 else 1900
    return _safe_date(year, month, int(groups["day"]))


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int | None:
    lowered = name.lower()
    for length in (4, 3):
        found = _MONTHS.get(lowered[:length])
        if found:
            return found
    return None


def _moment(day: date | None, clock: re.Match[str] | None, home: tzinfo) -> datetime | None:
    if day is None:
        return None
    groups = clock.groupdict() if clock else {}
    hour, minute = int(groups.get("hour") or 0), int(groups.get("minute") or 0)
    second = min(int(groups.get("second") or 0), 59)
    hour, days = _half_day(hour, groups.get("half")), 0
    if hour == 24 and minute == second == 0:
        hour, days = 0, 1
    zone = _offset(groups.get("zone") or "", home)
    try:
        local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return (local + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _half_day(hour: int, half: str | None) -> int:
    if half is None or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _offset(text: str, home: tzinfo) -> tzinfo:
    """`+05:00`, `+5`, `MSK`, `GMT+5`, `Z`; an unknown name falls back to the way's own zone."""
    name = re.match(r"[A-Za-z]*", text)
    word = name[0].upper() if name else ""
    number = text[len(word) :]
    if number:
        return _numeric(number) or home
    if word in _ZONE_KEYS:
        return _zone(_ZONE_KEYS[word])
    hours = _ZONE_HOURS.get(word)
    return home if hours is None else timezone(timedelta(hours=hours))


def _numeric(number: str) -> tzinfo | None:
    digits = number[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    total = timedelta(hours=int(hours), minutes=int(minutes))
    if total > timedelta(hours=14):
        return None
    return timezone(-total if number[0] == "-" else total)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
