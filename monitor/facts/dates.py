"""Days that a sentence names, resolved against the day of publication. Pure.

A day without a year is the nearest such day, at most four months ahead; a weekday is the last one,
or the next where the sentence speaks of the future. A month alone is not a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_RU = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split()
_KK = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split()
_EN = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_EN_MONTHS = tuple(name.title() for name in _EN)
_RU_MONTHS = (
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
)
_RU_MONTH = f"(?P<ru>{'|'.join(_RU_MONTHS)})"
_KK_MONTH = f"(?P<kk>{'|'.join(_KK)})(?:да|де|та|те|ға|ге|ның|нің|дың|дің|күні|нан|нен|дан|ден)?"
_EN_MONTH = (
    "(?P<en>Jan(?:uary|\\.)?|Feb(?:ruary|\\.)?|Mar(?:ch|\\.)?|Apr(?:il|\\.)?|May|June?|July?"
    "|Aug(?:ust|\\.)?|Sept?(?:ember|\\.)?|Oct(?:ober|\\.)?|Nov(?:ember|\\.)?|Dec(?:ember|\\.)?)"
)
_DAY = r"(?P<day>\d{1,2})(?:(?:\s?[-–—]\s?|\sпо\s|\sи\s)\d{1,2})?"
# A way to write a day, and what a sentence with one is never without.
_PATTERNS: tuple[tuple[re.Pattern[str], Sequence[str]], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (rf"(?<![\d.,]){_DAY}\s{_RU_MONTH}(?:\s(?P<year>(?:19|20)\d\d))?(?![а-я])", _RU_MONTHS),
        (rf"(?:(?P<year>(?:19|20)\d\d)\sжыл(?:ы|ғы)\s)?(?<![\d.,]){_DAY}[\s-]{_KK_MONTH}(?![а-яәі])", _KK),
        (rf"\b{_EN_MONTH}\s{_DAY}(?:st|nd|rd|th)?\b(?:,?\s(?P<year>(?:19|20)\d\d)\b)?(?![,.]?\d)", _EN_MONTHS),
        (rf"(?<![\d.,]){_DAY}(?:st|nd|rd|th)?\s(?:of\s)?{_EN_MONTH}\b(?:,?\s(?P<year>(?:19|20)\d\d)\b)?", _EN_MONTHS),
        (r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?!\d)", (".19", ".20")),
    )
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_RU_IN = "(?P<ru>январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре)"
_MONTH_YEAR = re.compile(
    rf"(?:{_RU_IN}|{_RU_MONTH.replace('?P<ru>', '?P<ru2>')}|{_EN_MONTH})(?:\s\d{{1,2}})?,?\s(?P<year>(?:19|20)\d\d)"
    rf"|(?P<year2>(?:19|20)\d\d)\sжыл(?:ы|ғы|дың)\s(?:\d{{1,2}}\s)?{_KK_MONTH}"
)
_AHEAD = 120  # days that a day without a year may lie ahead; further on it is last year's
_HALF_YEAR = 6  # months
_RELATIVE = re.compile(
    r"\b(?:(?P<today>сегодня|бүгін|today)|(?P<yesterday>вчера|кеше|yesterday)"
    r"|(?P<tomorrow>завтра|ертең|tomorrow)|(?P<before>позавчера))\b",
    re.IGNORECASE,
)
_NEAR_DAYS = "сегодня бүгін today вчера кеше yesterday завтра ертең tomorrow".split()
_WEEKDAYS = (
    r"(?:в\s)?понедельник|дүйсенбі|Monday", r"вторник|сейсенбі|Tuesday", r"в\sсреду|сәрсенбі|Wednesday",
    r"четверг|бейсенбі|Thursday", r"пятницу|жұма(?=\s?күні|да)|Friday", r"субботу|сенбі(?=\s?күні|де)|Saturday",
    r"воскресенье|жексенбі|Sunday",
)  # fmt: skip
_WEEKDAY = tuple(re.compile(rf"(?<!\w)(?:{names})", re.IGNORECASE) for names in _WEEKDAYS)
_WEEKDAY_AT_ALL = (
    "сенбі жұма day понедельник вторник среду четверг пятницу субботу воскресенье".split()
)
_FUTURE = re.compile(
    r"\b(?:будет|будут|состоится|пройд[её]т|прибудет|посетит|планиру\w+|намерен\w*|предстоящ\w+|will|would|plans?"
    r"|is (?:set|due|expected)|upcoming|жоспарла\w+|өтеді|келеді|барады|болады)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:\bот|\bdated|\bс|\bsince|\bfrom)\s$")
_DATELINE = 40  # code points of a sentence in which a date before a dash is a dateline
_YEAR = re.compile(r"(?<![\d.,$])(?:19|20)\d\d(?![\d,.]\d|\s?(?:км|тонн|тенге|человек|мегаватт))")


@dataclass(frozen=True, slots=True)
class Day:
    """A day and where it is said."""

    day: date
    start: int


def days_in(text: str, published: date | None) -> list[Day]:
    """Every day that this sentence names."""
    return [*_calendar(text, published), *_relative(text, published)]


def other_year(text: str, published: date | None) -> bool:
    """True if the sentence names a year before the last one, and none nearer: history."""
    if not _may_hold_year(text):
        return False
    years = [int(m.group()) for m in _YEAR.finditer(text)]
    return bool(years and published) and all(y < published.year - 1 for y in years)  # type: ignore[union-attr]


def long_past(text: str, published: date | None) -> bool:
    """True if the latest month and year that the sentence names is over half a year back."""
    if published is None or not _may_hold_year(text):
        return False
    months = [
        int(match["year"] or match["year2"]) * 12 + _month(match.groupdict())
        for match in _MONTH_YEAR.finditer(text)
    ]
    return bool(months) and published.year * 12 + published.month - max(months) > _HALF_YEAR


def _may_hold_year(text: str) -> bool:
    return "20" in text or "19" in text


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(map(text.__contains__, words))


def _calendar(text: str, published: date | None) -> Iterator[Day]:
    if not _DIGIT.search(text):
        return
    for pattern, words in _PATTERNS:
        for match in pattern.finditer(text) if _holds(text, words) else ():
            if _REFERENCE.search(text[max(0, match.start() - 8) : match.start()]) and (
                " по " not in match.group()
            ):
                continue
            if match.start() < _DATELINE and re.match(
                r"\s?(?:\([^)]*\)\s?)?[–—-]", text[match.end() :]
            ):
                continue  # "Astana, Dec. 18 – ": when it was written
            groups = match.groupdict()
            month = _month(groups)
            day = _resolve(int(groups["day"]), month, groups.get("year"), published)
            if day:
                yield Day(day, match.start())


def _month(groups: dict[str, str | None]) -> int:
    if groups.get("month"):
        return int(groups["month"] or 0)
    if word := groups.get("ru") or groups.get("ru2"):
        return next(
            n
            for n, stem in enumerate(_RU, 1)
            if word.startswith(stem) and (n != 5 or word in ("мая", "мае"))
        )
    if word := groups.get("kk"):
        return _KK.index(word) + 1
    return _EN.index((groups.get("en") or "jan")[:3].lower()) + 1


def _resolve(day: int, month: int, year: str | None, published: date | None) -> date | None:
    try:
        if year:
            return date(int(year), month, day)
        if published is None:
            return None
        near = [date(published.year + shift, month, day) for shift in (-1, 0, 1)]
    except ValueError:
        return None
    return min(
        (d for d in near if (d - published).days <= _AHEAD),
        key=lambda d: abs((d - published).days),
    )


def _relative(text: str, published: date | None) -> Iterator[Day]:
    if published is None:
        return
    low = text.lower()
    for match in _RELATIVE.finditer(text) if _holds(low, _NEAR_DAYS) else ():
        shift = {"today": 0, "yesterday": -1, "tomorrow": 1, "before": -2}[
            match.lastgroup or "today"
        ]
        yield Day(published + timedelta(days=shift), match.start())
    for number, pattern in enumerate(_WEEKDAY if _holds(low, _WEEKDAY_AT_ALL) else ()):
        for match in pattern.finditer(text):
            back = (published.weekday() - number) % 7
            near = text[max(0, match.start() - 60) : match.end() + 30]
            ahead = bool(_FUTURE.search(near)) and back
            yield Day(published + timedelta(days=7 - back if ahead else -back), match.start())
