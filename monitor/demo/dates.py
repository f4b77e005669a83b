"""How the outlets write dates: the visible forms of this region, and the machine forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru-nominative": "Январь Февраль Март Апрель Май Июнь Июль Август Сентябрь Октябрь Ноябрь "
    "Декабрь",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "kk-latn": "qańtar aqpan naurız sáuir mamır mausım shilde tamız qyrkúıek qazan qarasha "
    "jeltoqsan",
    "kk-arab": "قاڭتار اقپان ناۋرىز ءساۋىر مامىر ماۋسىم شىلدە تامىز قىركۇيەك قازان قاراشا "
    "جەلتوقسان",
    "en": "January February March April May June July August September October November December",
}
PLACEHOLDER = re.compile(r"\{(day|year)([+-]\d+)?\}")


def zone(hours: int) -> timezone:
    """A fixed offset: the demo's outlets live at +5 (Kazakhstan) or +3 (Moscow)."""
    return timezone(timedelta(hours=hours))


def month(moment: datetime, language: str) -> str:
    return MONTHS[language].split()[moment.month - 1]


def day_words(moment: datetime, language: str) -> str:
    """'26 декабря', 'December 26', '26 желтоқсан'."""
    name = month(moment, language)
    return f"{name} {moment.day}" if language == "en" else f"{moment.day} {name}"


def fill_dates(text: str, local: datetime, language: str) -> str:
    """Replace {day}, {day-1}, {year} by words relative to the day of publication."""

    def word(match: re.Match[str]) -> str:
        steps = int(match[2] or 0)
        if match[1] == "year":
            return str(local.year + steps)
        return day_words(local + timedelta(days=steps), language)

    return PLACEHOLDER.sub(word, text)


def relative_ru(local: datetime, now: datetime) -> str:
    """'Сегодня, 12:26', 'Вчера, 09:05', else the full date."""
    age_days = (now.astimezone(local.tzinfo).date() - local.date()).days
    words = {0: "Сегодня", 1: "Вчера"}.get(age_days, f"{day_words(local, 'ru')} {local.year}")
    return f"{words}, {local:%H:%M}"


def visible(form: str, local: datetime, now: datetime) -> str:
    """The date as the named form of outlet prints it."""
    forms = {
        "relative": lambda: relative_ru(local, now),
        "dotted": lambda: f"{local:%d.%m.%Y}, {local:%H:%M}",
        "dotted-space": lambda: f"{local:%d.%m.%Y %H:%M}",
        "time-first": lambda: f"{local:%H:%M} {local:%d.%m.%Y}",
        "words": lambda: f"{day_words(local, 'ru')} {local.year}, {local:%H:%M}",
        "nominative": lambda: (
            f"{local:%H:%M}, {local.day} {month(local, 'ru-nominative')} {local.year}"
        ),
        "kazakh": lambda: f"{local.day} {month(local, 'kk').capitalize()}, {local.year}",
        "english": lambda: f"{local.day} {month(local, 'en')} {local.year}",
    }
    return forms[form]()


def rfc822(moment: datetime) -> str:
    return format_datetime(moment)


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
