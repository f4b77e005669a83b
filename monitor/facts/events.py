"""Agreements, visits, calls, summits and meetings that a text reports, with partner and day. Pure.

A sentence counts when it holds the event's words and names another country; plans to sign, denials
and history do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.facts.dates import days_in, other_year
from monitor.facts.page import Page
from monitor.facts.places import Named
from monitor.models import Event
from monitor.text import Span

# All patterns are for small letters: a pattern that minds case is several times faster.
_PAPER = (
    r"(?:соглашени\w+|меморандум\w*|договор(?!ённост|енност)\w*|контракт\w*|протокол\w*|документ\w*|пакет\w*|деклараци\w+"
    r"|сделк\w+|план\w*|келісім\w*|құжат\w*|шарт\w*|хаттама\w*|мәлімдеме\w*|agreements?|memorand\w+|mous?"
    r"|contracts?|deals?|documents?|protocols?|declarations?|treaty|treaties|accords?)"
)
_SIGNED = (
    r"(?:подписал[аио]?|подписан[аоы]?|подписани\w+|подписав\w*|заключил[аио]?|заключен[аоы]?|заключён|қол қой\w+|жасас\w+"
    r"|signed|signing|sealed|concluded|inked|struck)"
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "call",
            r"телефонн\w+\s(?:разговор\w*|переговор\w*|бесед\w*)|созвонил\w+|поговорил\w*\sпо\sтелефону"
            r"|телефон\sарқылы\s(?:сөйлес|әңгімелес)\w+|телефонмен\s(?:сөйлес|әңгімелес)\w+|phone\scall|telephone\s(?:call|conversation|talks)"
            r"|(?:spoke|talked)\s(?:by|on\sthe)\s(?:tele)?phone|held\sa\scall",
        ),
        (
            "agreement",
            rf"\b{_SIGNED}\b[^.;]{{0,90}}?\b{_PAPER}\b|\b{_PAPER}\b[^.;]{{0,60}}?\b{_SIGNED}\b",
        ),
        (
            "visit",
            r"(?:прибыл\w*|прибудет|прибывает|прилетел\w*|находится|находился|приехал\w*|совершил\w*|совершит|совершает|нан[её]с\w*"
            r"|завершил\w*|завершился|начал\w*|начинает\w*|состоял\w+|состоится|в\sрамках|в\sходе|по\sитогам|во\sвремя|посетит\w*|посетил\w*)"
            r"[^.;]{0,70}\bвизит\w*|\bвизит\w*[^.;]{0,60}\b(?:состоял\w+|состоится|завершил\w+|начал\w+|продлится|прош[её]л)"
            r"|\bпосетил[аи]?\s(?=[а-яё])"
            r"|сапар(?:мен|ы|ын|ында|ының)\b[^.;]{0,60}(?:кел\w+|бар\w+|аяқта\w+|баста\w+|өт\w+|шеңберінде|барысында|аясында)"
            r"|(?:paid|pays?|made|make|began|begins|started|concluded|completed|arrived|arrives|during|wrapped)[^.;]{0,50}\bvisits?\b"
            r"|\bvisit(?:ed|s)\s(?=[a-z])",
        ),
        ("summit", r"\bсаммит(?:а|е|у|ом|і|інде|іне|інің|тің|ке|те)?\b|\bsummits?\b"),
        (
            "meeting",
            r"встретил[аи]?с[ья]|встреч\w+\sс\b|(?:пров[её]л[аи]?|состоял\w+)[^.;]{0,30}(?:встреч\w+|переговор\w+)|(?:встреч\w+|переговор\w+)[^.;]{0,30}состоял\w+"
            r"|принял[аи]?\s(?:посл\w|министр\w|глав\w|председател\w|делегац\w+|президент\w|вице-)"
            r"|кездес(?:ті|іп|кен)\b|кездесу\sөт(?:кіз|ті)\w*|кездесу\w*\sбарысында|келіссөз(?:дер)?\sжүргіз\w+|\bқабылдады\b"
            r"|\b(?:met|meets)\swith\b|\bmet\s(?=[a-z])|(?:held|holds)\s(?:\w+\s){0,2}(?:talks|meetings?)|meeting\swith",
        ),
    )
)  # fmt: skip
# What a sentence with an event of the kind is never without (small letters).
_WORDS: dict[str, tuple[str, ...]] = {
    "call": ("телефон", "созвон", "phone", "call"),
    "agreement": (
        "подпис", "заключ", "қол қой", "жасас", "signed", "signing", "sealed", "concluded", "inked", "struck",
    ),
    "visit": ("визит", "посети", "сапар", "visit"),
    "summit": ("саммит", "summit"),
    "meeting": (
        "встре", "перегово", "принял", "кездес", "келіссөз", "қабылдады", "met ", "meets ", "talks", "meeting",
    ),
}  # fmt: skip
_PLANNED = re.compile(
    r"\b(?:планиру\w+|намерен\w*|может|могут|мог|могла|могли|хочет|хотят|предложил\w*|предлага\w+|готов\w*\s(?:к\s)?подпис\w+"
    r"|будет|будут|подпишут|подпишет|если|бы|не|would|will|could|may|might|plans?|if|not|never|expected|proposed|ready|anniversary|годовщин\w+|жылдығы\w*"
    r"|жоспарла\w+|мүмкін|ұсын\w+|дайын|егер|емес|ниетті\w*|тиіс)\b",
)
_NOT = re.compile(
    r"\b(?:almost every|over the (?:last|past)|in recent|за последние|ежегодно|регулярно|не|мүмкіндігі\w*|ұйымдастыр\w*|подготовк\w*|preparations?|приглас\w+|шақыр\w+|invit\w+|отмен\w+|отлож\w+|если|бы|not|never|cancel\w+|anniversary|годовщин\w+|жылдығы\w*|postpone\w*|if|would|might|емес|егер)\b",
)
# What stands after such words is talked about, not taking part.
_TOPIC = re.compile(
    r"\b(?:обсу\w+|вопрос\w*|тем[аеуы]|касающ\w+|включая|discuss\w*|including|issues?|regarding|about|талқыла\w+|мәселе\w*)\b",
)
_BESIDE = 30  # a company takes part only where it stands beside the event's words
_LONGEST = 110  # code points of an event's words before the one that it is never without
_NEAR, _FAR = 70, 120  # code points between the event's words and the partner
_SPEAKS = frozenset({"name", "gov", "adj", "person", "people", "place", "org", "joint", "sides"})
_STATE = frozenset({"name", "gov", "adj", "person", "joint", "place", "people"})


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: str
    partner: str | None
    day: date | None
    span: Span


def find_events(page: Page) -> list[Event]:
    """The events, one row for each kind, partner and day; an undated repeat adds nothing."""
    seen: list[_Seen] = []
    for number, kinds in sorted(_worth_reading(page).items()):
        span = page.sentences[number]
        if not page.asked(span.start) and not span.text.endswith("?"):
            seen += _in_sentence(page, span, kinds)
    return [_event(page, item) for item in _distinct(seen)]


def _worth_reading(page: Page) -> dict[int, set[str]]:
    """Number of the sentence -> kinds of event whose words it holds."""
    found: dict[int, set[str]] = {}
    for kind, words in _WORDS.items():
        for number in page.holding(words):
            found.setdefault(number, set()).add(kind)
    return found


def _in_sentence(page: Page, span: Span, kinds: set[str]) -> Iterator[_Seen]:
    codes = {place.code for place in page.named_in(span.start, span.end)}
    if not codes - {"kz", "region"} and "summit" not in kinds:
        return
    for kind, pattern in _KINDS:
        if kind not in kinds:
            continue
        match = pattern.search(page.low, _first(page, span, _WORDS[kind]), span.end)
        if not match or other_year(span.text, page.published):
            continue
        doubt = _PLANNED if kind == "agreement" else _NOT
        if doubt.search(
            page.low, max(span.start, match.start() - 60), min(span.end, match.end() + 30)
        ):
            continue
        partner = _partner(page, span, kind, match)
        if (partner is None and kind != "summit") or not page.near_home(span):
            continue
        day = _day(page, span, match.start() - span.start)
        if day and page.published and abs((day - page.published).days) > 400:
            continue
        yield _Seen(kind, partner, day, span)


def _first(page: Page, span: Span, words: tuple[str, ...]) -> int:
    """Where an event told with one of these words may begin at the earliest."""
    found = (page.low.find(word, span.start, span.end) for word in words)
    return max(span.start, min(at for at in found if at >= 0) - _LONGEST)


def _partner(page: Page, span: Span, kind: str, match: re.Match[str]) -> str | None:
    """The country nearest to the event's words that is not home; None: no other is named."""
    start, end = match.span()
    named = [p for p in page.named_in(span.start, span.end) if p.kind in _SPEAKS]
    named = [p for p in named if not _in_body(page, p)]
    others = [p for p in named if p.code not in ("kz", "region", page.home or "kz")]
    strong = [p for p in others if p.kind in _STATE] or others
    if kind != "visit":  # where a thing happens is not whom it is with, but for a visit
        strong = [p for p in strong if p.kind != "place"] or (
            strong if len(others) < len(named) else []
        )
    if not strong or len({p.code for p in strong}) > 3:
        return None
    best = min(strong, key=lambda p: _distance(p, start, end))
    between = page.low[end : best.start] or page.low[best.end : start]
    if best.kind == "org" and _distance(best, start, end) > _BESIDE:
        return None
    if _distance(best, start, end) > (
        _FAR if kind in ("agreement", "summit") else _NEAR
    ) or _TOPIC.search(between):
        return None
    return best.code


def _in_body(page: Page, place: Named) -> bool:
    """Shanghai in the Shanghai Cooperation Organisation is no place."""
    after = page.low[place.end : place.end + 14]
    return re.match(r"\s(?:ынтымақ|организ|сотруд|cooperat)", after) is not None


def _distance(place: Named, start: int, end: int) -> int:
    return max(start - place.end, place.start - end, 0)


def _day(page: Page, span: Span, at: int) -> date | None:
    days = days_in(span.text, page.published)
    return min(days, key=lambda d: abs(d.start - at)).day if days else None


def _distinct(seen: list[_Seen]) -> list[_Seen]:
    kept: dict[tuple[str, str | None], list[_Seen]] = {}
    for item in seen:
        same = kept.setdefault((item.kind, item.partner), [])
        if not same:
            same.append(item)
        elif item.day and all(other.day is None for other in same):
            same[0] = item
        elif item.day and all(other.day != item.day for other in same):
            same.append(item)
    return sorted((i for same in kept.values() for i in same), key=lambda i: i.span.start)


def _event(page: Page, item: _Seen) -> Event:
    start, end, sentence = page.cut(item.span.start, item.span.end)
    return Event(
        kind=item.kind,
        partner=item.partner,
        date=item.day.isoformat() if item.day else None,
        start=start,
        end=end,
        sentence=sentence,
    )
