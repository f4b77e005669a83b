"""Who published first, who passes it on, is it an opinion: from credit lines. Pure."""

# ruff: noqa: E501 - a pattern is read on one line
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.extract.people import LOWER, UPPER

_DOMAIN = r"[\w-]+(?:\.[\w-]+)*\.(?:kz|ru|com|org|net|info|uz|kg|media|asia|by|ua|io|tv|kaz|рф|қаз)"
_PROPER = (
    rf"[{UPPER}][{UPPER}{LOWER}\d.-]*[{UPPER}{LOWER}\d](?:[ -][{UPPER}][{UPPER}{LOWER}\d-]*){{0,3}}"
)
_SOURCE = (
    rf"(?P<{{0}}>{_DOMAIN}|«[^»]{{{{2,60}}}}»|\"[^\"]{{{{2,60}}}}\"|“[^”]{{{{2,60}}}}”|{_PROPER})"
)
_KIND = (
    r"(?:(?:собственный\s+|специальный\s+)?корреспондент\w*\s+|корр\.\s*)?"
    r"(?:(?:международн\w+|информационн\w+|новостн\w+|деловое|казахстанск\w+)\s+)*"
    r"(?:агентств\w*|информагентств\w*|ИА|МИА|портал\w*|сайт\w*|издани\w*|газет\w*|телеканал\w*|"
    r"канал\w*|пресс-служб\w*|журнал\w*|радио|ТАСС-?)?\s*"
)
_SAYS = r"(?:переда[её]т|сообща[еёю]т|сообщил[аио]?|пишет|информирует|отмечает|рассказал[аио]?|передал[аио]?)"


_NOW = r"(?<!\w)(?:переда[её]т|сообща[еёю]т|пишет|информирует)"


def _source(name: str) -> str:
    return _SOURCE.replace("{0}", name).replace("{{", "{").replace("}}", "}")


_LINKING = ("ссылкой на", "ссылаясь на")
# With each form what it cannot do without, in lower case: most lines are spared most forms.
_FORMS = tuple(
    (needed, re.compile(form))
    for needed, form in (
        (
            ("согласно",),
            rf"(?i:согласно (?:материалам|информации|данным))\s+(?i:сайта\s+|портала\s+|издания\s+)?{_source('origin')}"
            rf",?\s+(?i:{_SAYS})\s+(?i:{_KIND}){_source('by')}",
        ),
        (
            _LINKING,
            rf"(?i:{_SAYS})\s+(?i:{_KIND}){_source('by')},?\s+(?i:со ссылкой на|ссылаясь на)\s+(?i:{_KIND}){_source('origin')}",
        ),
        (
            _LINKING,
            rf"{_source('by')}\s+(?i:{_SAYS})\s+(?i:со ссылкой на|ссылаясь на)\s+(?i:{_KIND}){_source('origin')}",
        ),
        (
            _LINKING,
            rf"(?i:{_SAYS})\s*,?\s+(?i:со ссылкой на|ссылаясь на)\s+(?i:{_KIND}){_source('origin')}",
        ),
        (_LINKING, rf"(?i:со ссылкой на|ссылаясь на)\s+(?i:{_KIND}){_source('origin')}"),
        (
            ("citing", "with reference to"),
            rf"(?i:citing|with reference to)\s+(?i:the\s+)?{_source('origin')}",
        ),
        (
            ("сілтеме жаса",),
            rf"{_source('origin')}\w*(?:-\w+)?\s+(?i:сілтеме жасап|сілтеме жасай отырып),?\s+(?:(?i:деп хабарлайды)\s+)?{_source('by')}",
        ),
        (
            ("сілтеме жаса",),
            rf"{_source('origin')}\w*(?:-\w+)?\s+(?i:сілтеме жасап|сілтеме жасай отырып)",
        ),
        (
            ("источник", "дереккөз", "source", "оригинал"),
            rf"(?i:источник|первоисточник|дереккөз|source|оригинал)\s*[:—–-]\s*{_source('origin')}",
        ),
        (
            ("материалам", "по данным", "по информации"),
            rf"(?i:согласно материалам|по материалам|по данным|по информации)\s+(?i:сайта\s+|портала\s+|издания\s+|агентства\s+){_source('origin')}",
        ),
        (
            ("переда", "сообща", "пишет", "информирует"),
            rf"(?i:{_NOW})\s+(?i:{_KIND}){_source('origin')}",
        ),
        (
            ("хабарла", "жазады", "мәлімдеді"),
            rf"(?i:деп (?:хабарлайды|жазады|мәлімдеді|хабарлады))\s+{_source('origin')}",
        ),
        (
            ("хабарла", "ақпарат агенттігі"),
            rf"{_source('origin')}\s+(?i:хабарлайды|хабарлады|хабарлағандай|тілшісі хабарлайды|ақпарат агенттігі)",
        ),
        (
            ("according to",),
            rf"(?i:according to)\s+(?i:the\s+)?{_source('origin')}\s+(?i:news agency|agency)",
        ),
        (
            ("reports", "reported", "news agency"),
            rf"{_source('origin')}\s+(?i:reports|reported|news agency)\b",
        ),
    )
)
_OPINION = re.compile(
    r"(?:мнени\w+|позици\w+|точк\w+ зрения|взгляд\w*)\s+(?:автор\w*|редакци\w*|колумнист\w*|эксперт\w*)"
    r".{0,60}совпада|редакци\w+ может не разделять|"
    r"автор\w*\s+(?:пікір|көзқарас|ой)\w*.{0,60}(?:редакция|сәйкес)|"
    r"(?:views|opinions) expressed .{0,80}(?:author|own|do not|not necessarily)",
    re.I,
)
_DISCLAIMS = ("совпада", "разделять", "редакция", "сәйкес", "expressed")  # one in each form
_OPINION_PLACE = re.compile(
    r"/(?:opinions?|mneni[ey]\w*|blogs?|kolonk\w*|columns?|columnists?|pikir|kozqaras|op-ed|avtor)(?:/|$|-)"
    r"|^\W*(?:мнени[ея]|колонк\w+|авторская колонка|opinions?|пікір|көзқарас|блог\w*|op-ed)\W*$",
    re.I,
)
_NOT_A_SOURCE = re.compile(
    r"^(?:Он|Она|Они|Это|По|Как|Об|Президент\w*|Министр\w*|Глава|Эксперт\w*|Казахстан\w*|США|Росси\w+|"
    r"Кита\w+|Депутат\w*|The|He|She|It|They|Ол|Бұл)$"
)


_HINTS = (
    "ссылк", "ссыла", "передает", "передаёт", "сообща", "пишет", "информирует", "источник",
    "согласно", "по материалам", "по данным", "по информации", "оригинал", "хабарла", "сілтеме",
    "дереккөз", "жазады", "мәлімдеді", "citing", "with reference", "source", "according to",
    "agency", "reports", "reported",
)  # fmt: skip


def find_origin(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """(who first published, who reposts) as credit lines name them; None where not said.

    Credits stand at the top or the bottom: the first four and the last four lines are read.
    """
    looked_at = tuple(dict.fromkeys((*lines[:4], *lines[-4:])))
    everything = "\n".join(looked_at).lower()
    hints = [hint for hint in _HINTS if hint in everything]
    for line in looked_at if hints else ():
        near = _near_hint(line, hints)
        for match in _matches(near):
            part = match.groupdict()
            origin, by = _name(part.get("origin")), _name(part.get("by"))
            if origin:
                return origin, by if by != origin else None
    return None, None


def _matches(near: str) -> Iterator[re.Match[str]]:
    low = near.lower()
    for needed, form in _FORMS if near else ():
        if any(word in low for word in needed) and (match := form.search(near)):
            yield match


def _near_hint(line: str, hints: Sequence[str]) -> str:
    """The part of a line around the first word of attribution; "" when there is none."""
    low = line.lower()
    places = [place for hint in hints if (place := low.find(hint)) >= 0]
    return line[max(0, min(places) - 100) : max(places) + 160] if places else ""


def _name(raw: str | None) -> str | None:
    name = (raw or "").strip(' «»"“”.,;:')
    two_names = re.fullmatch(r"[А-ЯЁӘҒҚҢӨҰҮІ][а-яё-]+ [А-ЯЁӘҒҚҢӨҰҮІ][а-яё-]+", name)
    return None if len(name) < 2 or two_names or _NOT_A_SOURCE.match(name) else name


def is_opinion(lines: Sequence[str], *, url: str, section: str) -> bool:
    """The editors' disclaimer, or the section the outlet files it under."""
    short = [line for line in (*lines[:3], *lines[-8:]) if len(line) < 300]
    low = "\n".join(short).lower()
    if any(word in low for word in _DISCLAIMS) and any(_OPINION.search(line) for line in short):
        return True
    return bool(_OPINION_PLACE.search(url) or _OPINION_PLACE.search(section))
