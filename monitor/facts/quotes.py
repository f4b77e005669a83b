"""Whose words a text carries: quotations with speaker and role, never the interviewer's. Pure.

Kept are words in quotation marks or after a dash that the text itself attributes, and what follows
«по словам X» / "according to X". The verb is not kept: a quote takes no stance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.facts.page import Page
from monitor.facts.person import Person
from monitor.facts.roles import head_of
from monitor.inflect import lower
from monitor.models import Quote
from monitor.text import Span

_SAID_RU = (
    r"(?:(?:с|рас)казал[аи]?|заявил[аи]?|отметил[аи]?|подчеркнул[аи]?|добавил[аи]?|сообщил[аи]?|считает|уверен[а]?|пояснил[аи]?"
    r"|объяснил[аи]?|напомнил[аи]?|написал[аи]?|говорит|говорил[аи]?|поделил(?:ся|ась)|продолжил[аи]?|призвал[аи]?|признал(?:ся|ась)"
    r"|уточнил[аи]?|утверждает|подч[её]ркивает|отмечает|поясняет|рассказывает|заключил[аи]?|резюмировал[аи]?|ответил[аи]?"
    r"|прокомментировал[аи]?|констатировал[аи]?|указал[аи]?|процитировал[аи]?|полагает|предупредил[аи]?|обратил[аи]?\sвнимание|выразил[аи]?\sмнение)"
)
_SAID_KK = (
    r"(?:деді|дейді|деген|деп\s(?:\w+\s){0,2}?(?:атап\sөтті|айтты|мәлімдеді|хабарлады|жазды|санайды|есептейді|түсіндірді|қосты|ойлайды"
    r"|жауап\sберді|атап\sкөрсетті|баса\sайтты|жеткізді|сендірді|толықтырды|қорытындылады|еске\sсалды))"
)
_SAID_EN = (
    r"(?:said|says|told|noted|added|stated|argued|wrote|emphasized|emphasised|stressed|explained|believes|declared|announced|warned"
    r"|remarked|commented|underlined|pointed\sout|concluded|recalled|continued|replied)"
)
_OPEN, _CLOSE = '«“„"', '»”“"'
_QUOTED = re.compile(  # the sign stands first, so that the search runs from sign to sign
    r"[«“„\"](?:(?<=«)(?P<a>[^«»]{20,900}(?:«[^«»]{1,80}»[^«»]{0,600}){0,3})»|(?<=[“„])(?P<b>[^“”„]{20,900})[”“]"
    r"|(?<=\")(?<![^\s(\[—–-]\")(?P<c>[^\s\"][^\"\n]{19,900}(?<!\s))\")"
)
# The first dash is often lost with the list that it made of the paragraph.
_DASHED = re.compile(
    rf"^(?:[–—-]\s?)?(?P<words>[^–—\-\s«“\"].{{20,900}}?)[,!?.…]\s?[–—-]\s(?=(?:\w+\s){{0,3}}?(?:{_SAID_RU}|{_SAID_KK}))"
)
_DASHES = tuple("–—-")
_LATER_DASH = re.compile(r"[,!?.…]\s?[–—]\s")
_AFTER_RU = re.compile(rf"^[,.!?…]?\s?[–—-]\s(?:\w+\s){{0,2}}?{_SAID_RU}\b")
_AFTER_KK = re.compile(rf"^[,.!?…]?\s?(?:[–—-]\s?)?{_SAID_KK}(?![\w])")
_AFTER_EN = re.compile(
    rf"^[,.]?\s?(?:[–—-]\s?)?(?:{_SAID_EN}\b|[^.,\"“”]{{2,90}}\s{_SAID_EN}\b|according\sto\b)"
)
_BEFORE_RU = re.compile(rf"{_SAID_RU}\b[^.!?«»\n]{{0,80}}[:,]\s?[–—-]?\s?$")
_BEFORE_EN = re.compile(rf"\b{_SAID_EN}\b[^.!?\n]{{0,60}}[,:]?\s?(?:that\s)?$")
_BEFORE_KK = re.compile(
    r"(?:деді|айтты|мәлімдеді|атап\sөтті|дейді|былай\sдеді)[^.!?\n]{0,30}:\s?[–—-]?\s?$|:\s?$"
)
_ACCORDING = re.compile(
    r"(?:^|(?<=[.;]\s))(?:По\sсловам|По\sмнению|Как\s(?:отметил|сообщил|заявил|рассказал|подчеркнул|пояснил|считает|отмечает)[аи]?)\s"
    r"(?P<who>[^,.;«»\n]{4,140}),\s(?P<words>[^\n]{20,700}?[.!?…])(?=\s|$)|^According\sto\s(?P<who2>[^,.;\n]{4,140}),\s(?P<words2>[^\n]{20,700}[.!?])"
)
_ACCORDING_WORDS = ("по словам", "по мнению", "как ", "according to")
_ANY_QUOTE = re.compile("[«»“”„\"'‘’]")
_PRONOUN = re.compile(r"\b(?:он|она|ол|he|she)\b", re.IGNORECASE)
_ROLE_ONLY = re.compile(
    r"(?:глава государства|президент|премьер-министр|министр|Мемлекет басшысы|Президент|Министр|вице-министр|эксперт|сарапшы|посол|елші"
    r"|the (?:president|minister|ambassador|vice minister|prime minister|expert|analyst|spokesperson|spokesman))",
    re.IGNORECASE,
)
_GENITIVE = re.compile(r"По\s(?:словам|мнению)\b")
_WHOSE_WORDS = re.compile(
    r"(?:слова\s)?котор\w+\s[^,]{3,60},\s(?=\S)"
)  # "…, whose words X cites, …"
_DOES = re.compile(r"\w{3}(?:ют|ут|ят|ат|ет|ит|ал|ил|али|или|лся|тся)[,.]?$")
_NEAR = 130  # code points around the verb in which the speaker stands
_BACK = 2  # sentences back in which a pronoun's person is looked for


@dataclass(frozen=True, slots=True)
class _Said:
    start: int  # of the words
    end: int
    zone: tuple[int, int]  # where the speaker is named


def find_quotes(page: Page, people: Sequence[Person]) -> list[Quote]:
    """Quotations in order, with the speaker's full name where the text gives it."""
    found: list[Quote] = []
    taken: list[tuple[int, int]] = []
    for said in (*_quoted(page), *_dashed(page), *_according(page)):
        if page.asked(said.start) or any(a < said.end and said.start < b for a, b in taken):
            continue
        speaker, role = _speaker(page, said, people)
        if speaker is None and role is None:
            continue
        taken.append((said.start, said.end))
        found.append(_quote(page, said, speaker, role))
    return sorted(found, key=lambda quote: quote.start)


def _quote(page: Page, said: _Said, speaker: str | None, role: str | None) -> Quote:
    start, end, words = page.cut(said.start, said.end)
    first = page.sentence(said.start).start
    last = max(page.sentence(max(said.end, said.zone[1]) - 1).end, said.end)
    sentence = page.cut(first, last)[2] if last - first < 1500 else words
    return Quote(text=words, speaker=speaker, role=role, start=start, end=end, sentence=sentence)


def _quoted(page: Page) -> Iterator[_Said]:
    text = page.text
    for match in _QUOTED.finditer(text):
        name = match.lastgroup or "a"
        start, end = match.span(name)
        if len(text[start:end].split()) < 4 or "\n" in text[start:end]:
            continue
        line_end = _line_end(text, match.end())
        tail = text[match.end() : min(line_end, match.end() + _NEAR)]
        line = text.rfind("\n", 0, match.start()) + 1
        head = text[max(line, match.start() - 2 * _NEAR) : match.start()]
        if match.start() == line and text[:line].rstrip().endswith(":"):  # told in the line before
            head = text[: match.start()].rstrip()[-2 * _NEAR :].rpartition("\n")[2] + " "
        if _after(page.language, tail):
            stop = re.search(r"[.!?](?:\s|$)|[«“\"]", tail)
            yield _Said(
                start, end, (match.end(), match.end() + (stop.start() if stop else len(tail)))
            )
        elif _before(page.language, head):
            yield _Said(start, end, (_clause_start(page, match.start()), match.start()))


def _after(language: str, tail: str) -> bool:
    if language == "en":
        return _AFTER_EN.match(tail) is not None
    if language == "kk" and _AFTER_KK.match(tail):
        return True
    return _AFTER_RU.match(tail) is not None


def _before(language: str, head: str) -> bool:
    if language == "en":
        return _BEFORE_EN.search(head) is not None
    if language == "kk" and _BEFORE_KK.search(head):
        return True
    return _BEFORE_RU.search(head) is not None


def _clause_start(page: Page, offset: int) -> int:
    """Where the sentence begins that leads to the words at `offset`."""
    colon = page.text[:offset].rstrip()
    return page.sentence(len(colon) - 1 if colon.endswith(":") else offset).start


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _dashed(page: Page) -> Iterator[_Said]:
    """– words, – said X: a paragraph that begins with a dash."""
    at = 0
    for line in page.text.split("\n") if page.language != "en" else ():
        match = _DASHED.match(line) if _may_be_dashed(line) else None
        if match:
            start, end = match.span("words")
            zone_end = min(len(line), match.end() + _NEAR)
            stop = re.search(r"[.!?](?:\s|$)", line[match.end() : zone_end])
            zone = (at + match.end(), at + (match.end() + stop.start() if stop else zone_end))
            yield _Said(at + start, at + end, zone)
        at += len(line) + 1


def _may_be_dashed(line: str) -> bool:
    """A line that begins with a dash, or holds one before the verb and no quotation marks."""
    if line[:1] in _DASHES:
        return True
    found = _LATER_DASH.search(line, 20)
    return found is not None and not _ANY_QUOTE.search(line, 0, found.end())


def _according(page: Page) -> Iterator[_Said]:
    for number in sorted(page.holding(_ACCORDING_WORDS)):
        span = page.sentences[number]
        match = _ACCORDING.search(span.text)
        if not match:
            continue
        words, who = ("words", "who") if match["who"] else ("words2", "who2")
        start, end = match.span(words)
        start += _apposition(span.text[start:end])
        zone = (span.start + match.start(who), span.start + match.end(who))
        yield _Said(span.start + start, span.start + end, zone)


def _apposition(words: str) -> int:
    """How much of the words still says who speaks (X, director of Y, …)."""
    clause = _WHOSE_WORDS.match(words)
    if clause:
        return clause.end()
    found = re.match(r"[^,]{3,110},\s(?=\S)", words)
    if not found:
        return 0
    first = words.split(" ", 1)[0]
    says_who = first in ("a", "an", "the") or head_of(lower(first)) is not None
    does = any(_DOES.search(word) and not head_of(lower(word)) for word in found.group().split())
    return found.end() if says_who and not does else 0


# ---------------------------------------------------------------- the speaker


def _speaker(page: Page, said: _Said, people: Sequence[Person]) -> tuple[str | None, str | None]:
    start, end = said.zone
    named = [p for p in people if start <= p.start < end and not said.start <= p.start < said.end]
    named = [p for p in named if _may_speak(page, p)]
    if named:
        person = _subject(page, named, said)
        return person.name, person.role.text if person.role else None
    zone = page.text[start:end]
    if _PRONOUN.search(zone) or _is_bare_verb(page.language, zone):
        person_before = _previous(page, said, people)
        if person_before:
            role = person_before.role.text if person_before.role else None
            return person_before.name, role
        return None, None
    role_only = _role_only(zone)
    return None, role_only


def _may_speak(page: Page, person: Person) -> bool:
    """In Russian and Kazakh the speaker stands in the base form (after «по словам» in another)."""
    if page.language == "en" or _GENITIVE.search(
        page.text, max(0, person.start - _NEAR), person.start
    ):
        return True
    return page.text[person.start : person.end].split()[-1] == person.name.split()[-1]


def _subject(page: Page, named: Sequence[Person], said: _Said) -> Person:
    """Of several people around the verb, the one who speaks: the first that is not "with" or "to"
    somebody."""
    named = [p for n, p in enumerate(named) if not _leads_to(p, named[n + 1 : n + 2])]
    for person in named:
        before = page.text[max(0, person.start - 6) : person.start]
        if not re.search(r"\b(?:с|к|о|об|with|to|about)\s$", before):
            return person
    return named[0]


def _leads_to(person: Person, after: Sequence[Person]) -> bool:
    """The first of two names in a row is part of the second's role (secretary of X Y)."""
    return any(other.start == person.end + 1 for other in after)


def _is_bare_verb(language: str, zone: str) -> bool:
    """Kazakh «...», - деді ол / деді. and nothing else: the person before speaks."""
    return language == "kk" and re.fullmatch(rf"[\s,–—-]*{_SAID_KK}\W*(?:ол)?\W*", zone) is not None


def _previous(page: Page, said: _Said, people: Sequence[Person]) -> Person | None:
    """The only person named in the sentences before; None: nobody or several."""
    here = page.sentences.index(page.sentence(said.start))
    for back in range(0, _BACK + 1):
        if here - back < 0:
            return None
        span: Span = page.sentences[here - back]
        near = [p for p in people if span.start <= p.start < min(span.end, said.start)]
        speakers = [p for p in near if _may_speak(page, p)]
        near = speakers if speakers or not back else near
        if near:
            return near[0] if len({p.key for p in near}) == 1 else None
    return None


def _role_only(zone: str) -> str | None:
    found = _ROLE_ONLY.search(zone)
    if found is None:
        return None
    words = found.group().removeprefix("the ").split()
    words[0] = head_of(lower(words[0])) or words[0]
    return " ".join(words)
