"""Somebody's own words and who said them: ru, kk, en. Pure.

Forms: «…», — сказал N; — …, — заключил эксперт; N заявил: «…»; «…», – деді N; "…," N said.
Words of an interviewer are never given to the expert: question turns are left out by the caller.
"""

# ruff: noqa: E501 - a pattern is read on one line
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.extract.people import ROLE, SURNAME, Person, base_form, nominative, people
from monitor.models import Quote
from monitor.text import sentences

_VERB_RU = (
    r"(?:сказал|заявил|отметил|подчеркнул|подчёркнул|сообщил|рассказал|пояснил|объяснил|добавил|заключил|"
    r"подытожил|резюмировал|написал|констатировал|напомнил|ответил|признал|признался|указал|предупредил|"
    r"уточнил|поделил|прокомментировал|продолжил|призвал|обратил внимание|отреагировал|рассудил|"
    r"считает|говорит|уверен|убежден|убеждён|полагает|отмечает|подчеркивает|подчёркивает|поясняет|объясняет|"
    r"добавляет|рассказывает|напоминает|уточняет|пишет|рассуждает|делится|резюмирует|цитирует|указывает)"
    r"(?:а|о|и|ась|ся|лась|лся)?"
)
_VERB_KK = r"(?:деді|дейді|деп (?:атап өтті|айтты|мәлімдеді|түсіндірді|қосты|жауап берді|есептейді|санайды|хабарлады|жазды|сендірді|баса айтты)|деген)"
_VERB_EN = r"(?:said|says|added|told|noted|stressed|explained|argued|wrote|stated|warned|believes|continued)"
_VERB = rf"(?:{_VERB_RU}|{_VERB_KK}|{_VERB_EN})"
_WHO = r"(?P<who>[^.!?\n«»“”\"]{0,140})"
_CLOSING = {"«": "»", "“": "”", "„": "“", '"': '"'}
SHORTEST = 12  # characters of a quote; less is a name or a term in quotation marks

# What follows a closing quotation mark, or a dash after somebody's words.
_TAIL = re.compile(rf"\s*,?\s*[-–—]\s*(?P<lead>(?:[\w-]+\s+){{0,4}}?){_VERB}(?!\w)\s*{_WHO}", re.I)
_KAZAKH = re.compile(rf"\s*,?\s*(?:[-–—]\s*)?{_VERB_KK}(?!\w)\s*{_WHO}", re.I)
_ENGLISH = re.compile(
    rf"\s*,?\s*(?:{_VERB_EN}\s+(?P<who>[^.!?\n\"“”]{{2,80}})|(?P<lead>(?:[\w.'’-]+\s+){{1,7}}?){_VERB_EN}\b)"
)
# What stands before an opening one.
_HEAD = re.compile(
    rf"(?P<who>[^.!?\n«»\"“”]{{2,160}})(?<!\w){_VERB}(?!\w)[^.!?\n«»\"“”:]{{0,60}}:\s*$", re.I
)
_TOLD = re.compile(r"(?:по словам|по мнению)\s+(?P<who>[^,.!?\n«»]{3,120}),[^.!?\n«»]{0,80}$", re.I)
_BREAK = re.compile(r"(?<=[,!?…»\"])\s*(?=[-–—]\s)")
_DASH = re.compile(r"^[-–—]\s*")
LONGEST_LINE = 6000  # characters; a longer paragraph is no paragraph
_PRONOUN = re.compile(r"(?<!\w)(?:он|она|ол|he|she)(?!\w)", re.I)


_STEMS = (
    "сказал", "заяв", "отмеча", "отметил", "подчерк", "подчёрк", "сообщ", "рассказ", "поясн",
    "объясн", "добав", "заключ", "подытож", "резюм", "написал", "пишет", "констат", "напомн",
    "напомин", "ответил", "призна", "указ", "предупре", "уточн", "подел", "прокоммент", "продолж",
    "призвал", "внимание", "отреагир", "рассу", "счита", "говор", "увер", "убежд", "полага",
    "делится", "цитиру", "словам", "мнению", "деді", "дейді", "деп", "деген", "said", "says",
    "added", "told", "noted", "stressed", "explained", "argued", "wrote", "stated", "warned",
    "believes", "continued",
)  # fmt: skip
_QUOTE_MARK = re.compile('[«»“”„"]')
_PAUSE = re.compile("[,!?…] ?[-–—]")
_BACK = 12  # lines read back for the names that a pronoun or a role can mean


class _Cast:
    """Who was named so far, to resolve `он`, `эксперт` and bare surnames. Lines are read for
    names only when a quote needs them."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.unread: list[str] = []
        self.known: list[Person] = []
        self.speakers: list[str] = []
        self.bases: dict[str, str] = {}

    def hear(self, line: str) -> None:
        self.unread.append(line)

    def resolve(self, phrase: str) -> tuple[str | None, str | None]:
        """(speaker, role) of the words beside the verb."""
        for line in self.unread[-_BACK:]:
            self.known += people(line)
        self.unread.clear()
        person = self._named(phrase) or self._by_surname(phrase)
        role = ROLE.search(phrase)
        if person is None and role:
            person = self._by_role(role.group())
        if person is None and _PRONOUN.search(phrase) and self.known:
            person = self.known[-1]
        said = base_form(phrase[role.start() :].strip(" ,")) if role else None
        if person is None:
            return None, said
        name = self._base(person.name)
        self.speakers.append(name)
        return name, person.role or self._role(person.name) or said

    def _named(self, phrase: str) -> Person | None:
        found = people(phrase)
        self.known += found
        return found[0] if found else None

    def _base(self, name: str) -> str:
        if name not in self.bases:
            self.bases[name] = nominative(name, self.whole)
        return self.bases[name]

    def _by_surname(self, phrase: str) -> Person | None:
        for match in SURNAME.finditer(phrase):
            stem = re.split(r"[.\s]", match.group())[-1][:-1]
            for person in reversed(self.known):
                if len(stem) >= 4 and person.name.split()[-1].startswith(stem[:-1]):
                    return person
        return None

    def _by_role(self, word: str) -> Person | None:
        stem = word.lower()[:5]
        for person in reversed(self.known):
            if person.role and stem in person.role.lower():
                return person
        if not _GENERIC.match(word):
            return None
        names = set(self.speakers) or {person.name for person in self.known}
        last = [p for p in self.known if self._base(p.name) in names or p.name in names]
        return last[-1] if len(names) == 1 and last else None

    def _role(self, name: str) -> str | None:
        stem = name.rsplit(maxsplit=1)[-1][:-2]
        same = (p.role for p in self.known if p.role and p.name.split()[-1].startswith(stem))
        return next(same, None)


_GENERIC = re.compile(r"эксперт|сарапшы|спикер|собеседник|аналитик|политолог|expert|analyst", re.I)


def find_quotes(text: str, *, excluded: Sequence[str] = (), title: str = "") -> tuple[Quote, ...]:
    """Quotes with speaker, role, sentence and offsets into `text`; lines in `excluded` (the
    questions of an interview) are read for names only."""
    cast, found, skipped = _Cast(f"{title}\n{text}"), list[Quote](), set(excluded)
    offset = 0
    for line in text.split("\n"):
        if line not in skipped and _may_quote(line):
            found += list(_of_line(line, offset, cast))
        cast.hear(line)
        offset += len(line) + 1
    return tuple(found)


def _may_quote(line: str) -> bool:
    """A cheap look before the patterns: a quotation mark or a dash, and a verb of saying."""
    if len(line) > LONGEST_LINE or not (_opens(line) or _pauses(line)):
        return False
    low = line.lower()
    for stem in _STEMS:  # noqa: SIM110 - a loop: half the time of a generator, on every line
        if stem in low:
            return True
    return False


def _opens(line: str) -> bool:
    return "«" in line or '"' in line or "“" in line or "„" in line


def _pauses(line: str) -> bool:
    """A dash right after a comma or the end of a sentence."""
    return ("–" in line or "—" in line or "-" in line) and bool(_PAUSE.search(line))


def _of_line(line: str, offset: int, cast: _Cast) -> Iterator[Quote]:
    opening = _DASH.match(line)
    dashed = None if not opening and _opens(line) else _before_break(line)
    if dashed:
        yield _quote(line, (opening.end() if opening else 0, dashed[0]), dashed[1], offset, cast)
        if opening:
            return
    for start, end in _spans(line):
        phrase = _beside(line, start, end)
        if phrase is not None:
            yield _quote(line, (start, end), phrase, offset, cast)


def _quote(line: str, span: tuple[int, int], phrase: str, offset: int, cast: _Cast) -> Quote:
    cast.hear(line[: span[0]])
    speaker, role = cast.resolve(phrase)
    text = line[span[0] : span[1]].rstrip(" ,")
    return Quote(
        text=text, speaker=speaker, role=role, start=offset + span[0],
        end=offset + span[0] + len(text), sentence=_sentence(line, span[0]),
    )  # fmt: skip


def _before_break(line: str) -> tuple[int, str] | None:
    """Where somebody's unmarked words end in `…, — verb who`, and the words beside the verb."""
    for pause in _BREAK.finditer(line):
        inner = line[: pause.start()].rstrip(" ,").endswith(("»", "”", '"'))
        tail = None if inner else _TAIL.match(line, pause.start())
        if tail and pause.start() >= SHORTEST:
            return pause.start(), f"{tail['lead'] or ''} {tail['who'] or ''}".strip()
    return None


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Outermost quotation marks, nested ones inside; linear in the line's length."""
    closing, start, depth, opening = "", 0, 0, ""
    for mark in _QUOTE_MARK.finditer(line):
        index, char = mark.start(), mark.group()
        if not closing:
            if char in _CLOSING:
                opening, closing, start, depth = char, _CLOSING[char], index + 1, 1
        elif char == closing:
            depth -= 1
            if depth == 0:
                closing = ""
                if index - start >= SHORTEST:
                    yield start, index
        elif char == opening:
            depth += 1


def _beside(line: str, start: int, end: int) -> str | None:
    """The words that name the speaker of a marked quote; None: it is no speech."""
    for form in (_TAIL, _KAZAKH, _ENGLISH):
        match = form.match(line, end + 1)
        if match:
            part = match.groupdict()
            phrase = f"{part.get('lead') or ''} {part.get('who') or ''}".strip()
            return phrase or line[max(0, start - 120) : start - 1]
    before = line[max(0, start - 300) : start - 1]
    match = (before.rstrip().endswith(":") and _HEAD.search(before)) or _TOLD.search(before)
    return match["who"] if match else None


def _sentence(line: str, start: int) -> str:
    spans = sentences(line)
    return next((span.text for span in spans if span.start <= start < span.end), line[:300])
