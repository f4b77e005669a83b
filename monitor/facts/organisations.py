"""Organisations named in a text: those of the list, and names that carry their form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from monitor.facts.known import Body, bodies
from monitor.facts.page import Page
from monitor.models import Mention
from monitor.sound import sound

_FORM = (
    r"(?:ТОО|АО|ПАО|ОАО|ООО|НК|ҰК|АҚ|ЖШС|МК|РГП|ГК|НАО|ФНБ|компани\w{1,3}|корпораци\w{1,3}|холдинг\w{0,2}|банк\w{0,2}|фонд\w{0,2}"
    r"|концерн\w{0,2}|госкорпораци\w{1,3}|предприяти\w{1,3}|завод\w{0,2}|партии?|партия\w*|партиясы\w*|агентств\w{1,2}|университет\w{0,2})"
)
_OPENED = re.compile(r"[«“\"](?<=\s[«“\"])(?=[^«»“”\"\n]{2,60}[»”\"])")
_BEFORE = re.compile(rf"\b{_FORM}(?:\s{_FORM})?\s$")
_FORM_LENGTH = 40  # code points before a name in which its form stands
_NAME = re.compile(r"[«“\"](?P<name>[^«»“”\"\n]{2,60})[»”\"]")
_AFTER_KK = re.compile(
    r"[«“\"](?P<name>[^«»“”\"\n]{2,60})[»”\"]\s(?P<form>АҚ|ЖШС|ҰК|ҰК АҚ|КЕАҚ|компаниясы\w*|корпорациясы\w*|банкі\w*|қоры\w*|партиясы\w*|холдингі\w*)\b"
)
_MINISTRY_RU = re.compile(
    r"(?P<head>Министерств[оаеу]|Министерством|министерств[оаеу]|министерством|Минис?терств[оа])\s(?P<what>(?:иностранных дел|внутренних дел|по чрезвычайным ситуациям"
    r"|чрезвычайных ситуаций|национальной экономики|энергетики|финансов|обороны|юстиции|здравоохранения|просвещения|образования и науки"
    r"|науки и высшего образования|сельского хозяйства|транспорта|торговли и интеграции|культуры и информации|культуры и спорта"
    r"|промышленности и строительства|индустрии и инфраструктурного развития|экологии и природных ресурсов|экологии|водных ресурсов и ирригации"
    r"|труда и социальной защиты населения|цифрового развития, инноваций и аэрокосмической промышленности|туризма и спорта|экономического развития"
    r"|торговли|коммерции|экономики))"
)
_MINISTRY_EN = re.compile(
    r"\b(?P<name>(?:Ministry|Department) of (?:the )?[A-Z]\w+(?: [A-Z]\w+){0,3}(?:, [A-Z]\w+(?: [A-Z]\w+)?(?=,? and |, [A-Z]\w+(?: [A-Z]\w+)?,? and ))*(?:,? and [A-Z]\w+(?: [A-Z]\w+){0,2})?|(?:Foreign|Energy|Defen[cs]e|Finance|Trade|Interior|Health|Justice|Transport) Ministry)"
)
_COMPANY_EN = re.compile(
    r"\b(?P<name>(?:[A-Z][\w&'-]+\s){1,4}(?:Inc|Ltd|LLC|LLP|JSC|Corporation|Corp|Company|Holding|University|Foundation|Bank|Institute|Consortium)(?:\sof\s[A-Z]\w+)?)\b"
)
_LEADING = re.compile(
    r"^(?:The|A|An|In|At|Of|And|For|By|With|From|President|Minister|Director|CEO|Chairman)\s"
)
_QUOTES = re.compile('[«“"]')
_FORMS_EN = tuple(
    "Inc Ltd LLC LLP JSC Corp Company Holding University Foundation Bank Institute Consortium".split()
)
_EACH = 3
_PLAIN = str.maketrans({"š": "sh", "č": "ch"})


def find_organisations(page: Page) -> Iterator[Mention]:
    """Mentions in order, the first few of each."""
    found = sorted(
        (*_listed(page), *_formed(page), *_ministries(page)), key=lambda m: (m.start, -m.end)
    )
    seen: dict[str, int] = {}
    free = 0
    for mention in found:
        if mention.start < free or mention.sentence == "":
            continue
        free = mention.end
        seen[mention.key] = seen.get(mention.key, 0) + 1
        if seen[mention.key] <= _EACH:
            yield mention


_TAIL = (  # what may follow a listed name in its word
    r"(?:-?(?:ның|нің|дың|дің|тың|тің|мен|бен|пен|ға|ге|қа|ке|да|де|та|те|ны|ні|дан|ден)|['’]s)?(?!\w)"
)


@cache
def _listed_names() -> re.Pattern[str]:
    """Any listed name at the beginning of a word, the longest that the word holds. Each begins
    with its first letter, so that the search runs from capital to capital."""
    by_first: dict[str, list[str]] = {}
    for name in sorted(bodies(), key=len, reverse=True):
        by_first.setdefault(re.escape(name[0]), []).append(re.escape(name[1:]))
    any_name = (rf"{c}(?<![\w-]{c})(?:{'|'.join(rest)})" for c, rest in by_first.items())
    return re.compile(f"(?P<name>{'|'.join(any_name)}){_TAIL}")


@cache
def _by_case() -> dict[str, Body]:
    return {name.lower(): body for name, body in bodies().items() if len(name) > 5}


def _listed(page: Page) -> Iterator[Mention]:
    known = bodies()
    for match in _listed_names().finditer(page.text):
        body = known[match["name"]]
        name = body.names[page.language]
        yield _mention(page, match.span("name"), body.key, name, body.country)


def _formed(page: Page) -> Iterator[Mention]:
    if page.language == "en":
        yield from _english(page)
        return
    for at, name in _quoted_names(page):
        if name != name.strip() or not name[:1].isupper() or len(name.split()) > 6:
            continue
        body = bodies().get(name) or _by_case().get(name.lower())
        if body:
            yield _mention(page, at, body.key, body.names[page.language], body.country)
        else:
            key = "org-" + "-".join(sound(w) for w in name.split() if sound(w))
            yield _mention(page, at, key.translate(_PLAIN), name, None)


def _quoted_names(page: Page) -> Iterator[tuple[tuple[int, int], str]]:
    """Names in quotation marks with their form: АО «…» before, in Kazakh «…» АҚ after."""
    text, free = page.text, 0
    for opened in _OPENED.finditer(text):
        at = opened.start()
        form = _BEFORE.search(text, max(free, at - _FORM_LENGTH), at)
        if form and (match := _NAME.match(text, at)):
            free = match.end()
            yield (form.start(), match.end()), match["name"]
    if page.language == "kk":
        for match in _AFTER_KK.finditer(text):
            yield match.span(), match["name"]


def _english(page: Page) -> Iterator[Mention]:
    if not any(form in page.text for form in _FORMS_EN):
        return
    for match in _COMPANY_EN.finditer(page.text):
        name = match["name"]
        start = match.start()
        while lead := _LEADING.match(name):
            start += lead.end()
            name = name[lead.end() :]
        if len(name.split()) < 2:
            continue
        bare = name.rpartition(" ")[0].removesuffix(" State")
        body = bodies().get(name) or bodies().get(bare)
        if body:  # Chevron Corp is Chevron
            yield _mention(page, (start, match.end()), body.key, body.names["en"], body.country)
            continue
        key = "org-" + "-".join(sound(w) for w in name.split() if sound(w))
        yield _mention(page, (start, match.end()), key.translate(_PLAIN), name, None)


def _ministries(page: Page) -> Iterator[Mention]:
    """A ministry belongs to the country named right after or before it, or to the outlet's own."""
    if page.language == "en" and any(w in page.text for w in ("Ministry", "Department")):
        for match in _MINISTRY_EN.finditer(page.text):
            country = _country(page, match.start(), match.end())
            if country:
                key = f"{_slug(match['name'])}-{country}"
                yield _mention(page, (match.start(), match.end()), key, match["name"], country)
    elif page.language == "ru" and "терств" in page.text:
        for match in _MINISTRY_RU.finditer(page.text):
            country = _country(page, match.start(), match.end())
            if country:
                name = f"Министерство {match['what']}"
                key = f"{_slug(name)}-{country}"
                yield _mention(page, (match.start(), match.end()), key, name, country)


def _country(page: Page, start: int, end: int) -> str | None:
    after = page.named_in(end, end + 24)
    before = page.named_in(max(0, start - 16), start)
    for place in (*after[:1], *before[-1:]):
        if place.kind in ("name", "gov", "adj") and (
            place.start - end <= 2 or start - place.end in (1, 2)
        ):
            return place.code
    return page.home


def _slug(name: str) -> str:
    return "-".join(filter(None, (sound(word) for word in name.split()))).translate(_PLAIN)


def _mention(page: Page, at: tuple[int, int], key: str, name: str, country: str | None) -> Mention:
    first, last, surface = page.cut(*at)
    return Mention(
        kind="organisation",
        key=key,
        name=name,
        surface=surface,
        role=None,
        country=country.lower() if country else None,
        start=first,
        end=last,
        sentence=page.quote_of(page.sentence(at[0])) if page.inside(at[0]) else "",
    )
