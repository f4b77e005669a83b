"""Dates as people write them: Russian, Kazakh in Cyrillic and Latin letters, English. Pure.

Seen on the region's pages: "24.08.2025, 15:10 28971" (a view counter glued on), "Сегодня, 12:26",
"13:51, 15 Август 2025", "25 Желтоқсан, 2025", "2025 жылғы 25 желтоқсан", "2 часа назад".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from monitor.extract.dates import FoundDate

# Prefixes of folded month names; Kazakh in both Latin alphabets, accents already stripped.
_MONTHS = (
    (1, "янв|қаңтар|qantar|jan"),
    (2, "фев|ақпан|aqpan|feb"),
    (3, "март|марта|мар$|наурыз|na[uy]r[yi]z|mar"),
    (4, "апр|сәуір|sa[uy][yi]?[iy]?r|apr"),
    (5, "ма[йяе]$|мамыр|mam[yi]r|may$"),
    (6, "июн|маусым|ma[uy]s[yi]m|jun"),
    (7, "июл|шілде|sh?[iy]lde|jul"),
    (8, "авг|тамыз|tam[yi]z|aug"),
    (9, "сен|қыркүйек|q[yi]rk[uy]\\w*ek|sep"),
    (10, "окт|қазан|qazan|oct"),
    (11, "ноя|қараша|qarash?a|nov"),
    (12, "дек|желтоқсан|z?h?j?eltoqsan|dec"),
)
_NAME = r"[^\W\d_]{3,12}"
_DAY = r"(?<!\d)(?P<d>[0-3]?\d)"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_VIEWS = r"(?!\d?\s*(?:просмотр|рет|view|чел|коммент|мың|тыс))"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_YEAR}\s*(?:жыл\w*|ж\.?|j[yı]l\w*|г\.?|год\w*|,)?,?\s*{_DAY}[\s-]+(?P<n>{_NAME})",
        rf"{_DAY}(?:-?(?:го|е|ші|шы|st|nd|rd|th))?\s*(?:of\s+)?(?P<n>{_NAME})\.?,?\s*{_YEAR}{_VIEWS}",
        rf"(?P<n>{_NAME})\.?\s+(?P<d>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"(?<!\d){_YEAR}[./-](?P<m>[01]?\d)[./-](?P<d>[0-3]?\d)(?!\d(?!\d?:))",
        rf"{_DAY}[./-](?P<m>[01]?\d)[./-]{_YEAR}",
        rf"{_DAY}[./](?P<m>[01]\d)[./](?P<y>\d\d)(?!\d)",
        rf"{_DAY}[\s-]+(?P<n>{_NAME})",
    )
)
_CLOCK = r"(?P<H>[01]?\d|2[0-3]):(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d))?\s*(?P<half>[ap]\.?m\b)?"
_CLOCK_AFTER = re.compile(
    r"^\W{0,6}(?:(?:г|года|ж|жыл\w*|в|at|сағат|время|time)\b\W{0,6}){0,2}" + _CLOCK, re.I
)
_CLOCK_BEFORE = re.compile(r"(?<![\d:])" + _CLOCK + r"\W{0,8}$", re.I)
_DAYS_AGO = (
    (0, r"сегодня|бүгін|bu?gin|today"),
    (2, r"позавчера|алдыңғы күні"),
    (1, r"вчера|кеше|keshe|kese|yesterday"),
)
_UNITS = (
    (1 / 60, r"сек\w*|seconds?|secs?"),
    (1, r"мин\w*|minutes?|mins?|minut"),
    (60, r"час\w*|ч|сағат\w*|hours?|hrs?|saǵat|sagat|sağat"),
    (1440, r"д(?:ень|ня|ней|н)|сут\w*|күн\w*|days?|kún|kun|kün"),
    (10080, r"недел\w*|апта\w*|weeks?"),
    (43200, r"месяц\w*|мес|ай|months?"),
)
_AGO = re.compile(
    r"(?:(?<![\d:.])(\d{1,3})|\b(an?|одну?)|\b)\s*([^\W\d_]{1,9})\.?\s+(?:назад|бұрын|buryn|burın|ago)\b",
    re.I,
)
_ZONE = re.compile(r"\b(?:(мск|msk)|(?:gmt|utc)\s*([+-]\d{1,2})?)\b", re.I)
_FOLD = str.maketrans({"ı": "i", "ŋ": "n", "ş": "s", "ĭ": "i"})


def parse_visible(
    text: str, *, zone: ZoneInfo, now: datetime, year: int | None = None
) -> FoundDate | None:
    """The first date in a short text; `now` is the reference of relative and year-less dates,
    `year` a hint for the latter (from the address). None: no date in it."""
    line = " ".join(text.replace("\u00a0", " ").split())
    found = _relative(line, zone, now) or _days_ago(line, zone, now)
    return found or _calendar(line, zone, now, year)


def _relative(line: str, zone: ZoneInfo, now: datetime) -> FoundDate | None:
    match = _AGO.search(line)
    if not match:
        return None
    minutes = next((m for m, unit in _UNITS if re.fullmatch(unit, match[3], re.I)), None)
    if minutes is None:
        return None
    back = timedelta(minutes=minutes * int(match[1] or 1))
    precision = "minute" if minutes <= 1 else "hour" if minutes == 60 else "day"
    at = (now - back).replace(microsecond=0)
    if precision == "day":
        return _noon(at.astimezone(zone).date(), zone, match[0])
    return FoundDate(at=at.astimezone(UTC), precision=precision, raw=match[0].strip())


def _days_ago(line: str, zone: ZoneInfo, now: datetime) -> FoundDate | None:
    for days, names in _DAYS_AGO:
        match = re.search(rf"(?<!\w)(?:{names})(?!\w)", _strip(line.lower()))
        if match:
            day = now.astimezone(zone).date() - timedelta(days=days)
            return _with_clock(day, line, match.start(), match.end(), zone)
    return None


def _calendar(line: str, zone: ZoneInfo, now: datetime, year: int | None) -> FoundDate | None:
    for form in _FORMS:
        for match in form.finditer(line):
            day = _day(match.groupdict(), zone, now, year)
            if day:
                return _with_clock(day, line, match.start(), match.end(), zone)
    return None


def _day(
    part: dict[str, str | None], zone: ZoneInfo, now: datetime, hint: int | None
) -> date | None:
    month = int(part["m"] or 0) if part.get("m") else month_number(part.get("n") or "")
    day = int(part["d"] or 0)
    if not month:
        return None
    if month > 12 >= day:
        day, month = month, day
    stated = part.get("y")
    year = (int(stated) + (2000 if len(stated) == 2 else 0)) if stated else hint
    try:
        return date(year, month, day) if year else _latest(month, day, now.astimezone(zone).date())
    except ValueError:
        return None


def _latest(month: int, day: int, today: date) -> date:
    """The newest such day that is not in the future (a day of tolerance for zones)."""
    this_year = date(today.year, month, day)
    return this_year if this_year <= today + timedelta(days=1) else date(today.year - 1, month, day)


def month_number(name: str) -> int | None:
    """1..12 for a month's name in ru, kk (Cyrillic, Latin) or en, inflected or cut; else None."""
    folded = _strip(name.lower())
    return next((number for number, form in _MONTHS if re.match(f"(?:{form})", folded)), None)


def _strip(text: str) -> str:
    """Latin letters without accents, one for one; Cyrillic stays (й, ё, ұ are letters)."""
    return "".join(
        unicodedata.normalize("NFD", c)[0] if "\u00c0" <= c <= "\u024f" else c
        for c in text.translate(_FOLD)
    )


def _with_clock(day: date, line: str, start: int, end: int, zone: ZoneInfo) -> FoundDate:
    raw = line[:80]
    match = _CLOCK_AFTER.search(line[end:]) or _CLOCK_BEFORE.search(line[:start])
    if not match:
        return _noon(day, zone, raw)
    hour = int(match["H"])
    if match["half"] and hour <= 12:
        hour = hour % 12 + (12 if match["half"].lower().startswith("p") else 0)
    local = datetime(
        day.year, day.month, day.day, hour, int(match["M"]), int(match["S"] or 0),
        tzinfo=_stated_zone(line) or zone,
    )  # fmt: skip
    precision = "second" if match["S"] else "minute"
    return FoundDate(at=local.astimezone(UTC), precision=precision, raw=raw)


def _stated_zone(line: str) -> tzinfo | None:
    match = _ZONE.search(line)
    if not match:
        return None
    if match[1]:
        return timezone(timedelta(hours=3))
    hours = int(match[2] or 0)
    return timezone(timedelta(hours=hours)) if abs(hours) <= 14 else None


def _noon(day: date, zone: ZoneInfo, raw: str) -> FoundDate:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return FoundDate(at=noon.astimezone(UTC), precision="day", raw=raw)
