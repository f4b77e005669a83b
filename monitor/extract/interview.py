"""Interviews: question and answer turns, and whose answers they are. Pure.

A paragraph that begins with a dash may be a question, an answer, or in a report somebody's quote
(it then ends in an attribution, "…, – заключил эксперт"): only questions make an interview.
"""

# ruff: noqa: E501 - a pattern is read on one line
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.extract.people import Person, nominative, people
from monitor.models import Turn

_DASHES = frozenset("-–—−")
_DASH = re.compile(r"^[-–—−]\s*(?=\S)")
_LABEL = re.compile(
    r"^(?P<label>(?i:корр(?:еспондент)?|вопрос|ответ|сұрақ|жауап|тілші|q|a|в|о|question|answer)\.?"
    r"|[A-ZА-ЯЁӘҒҚҢӨҰҮІ][\w.’-]+(?:\s[A-ZА-ЯЁӘҒҚҢӨҰҮІ][\w.’-]+){0,2})\s*:\s+(?=\S)"
)
_ASKS = re.compile(r"^(?:корр|вопрос|сұрақ|тілші|q$|в$|question)", re.I)
_ANSWERS = re.compile(r"^(?:ответ|жауап|a$|о$|answer)", re.I)
_PROMPT = re.compile(
    r"(?:^|[.!?…]\s+)(?:расскажите|поясните|объясните|поговорим|давайте|приведите|назовите|опишите|"
    r"айтып бер|түсіндір|tell us|describe|let'?s talk)\w*",
    re.I,
)
_ATTRIBUTED = re.compile(
    r"[,!?…»\"]\s*[-–—]\s*(?:[\w-]+\s+){0,2}?(?:сказал|отметил|отмеча|счита|говор|подчеркн|подчёркн|"
    r"подчеркив|заключ|поясн|уверен|уверя|добав|резюм|подытож|объясн|рассказ|заяв|сообщ|полага|напомн|"
    r"продолж|констат|указ|дейд|деді|деп|said|says|added|noted)\w*[^?]{0,120}$",
    re.I,
)
_YOU = re.compile(r"(?<!\w)(?:вы|вас|вам|вами|ваш\w*|сіз\w*|your?)(?!\w)", re.I)
_NAMED = re.compile(
    r"интервью|бесед\w+|сұхбат\w*|interview|вопрос\w* и ответ\w*|поговорил\w*", re.I
)
_LONGEST_QUESTION = 900  # characters
_CLOSING = re.compile(r"^(?:спасибо|благодар\w+|рахмет|рақмет|thank)", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """Turns in order and the person who answers; name and role None when the page has none."""

    turns: tuple[Turn, ...]
    interviewee: str | None
    role: str | None


def find_interview(lines: Sequence[str], *, title: str) -> Interview | None:
    """The interview in a text, None when it is none."""
    marked = [_mark(line) for line in lines]
    style = _style(lines, marked, title)
    if style is None:
        return None
    first = next(i for i, mark in enumerate(marked) if mark == "question")
    first = _first_turn(marked, first)
    person = _interviewee(title, lines[:first], lines[first:])
    if style == "turns" and person is None:
        return None  # an explainer asks itself; an interview asks somebody
    name = person.name if person else None
    turns = tuple(_turns(lines[first:], marked[first:], name))
    if sum(turn.kind == "question" for turn in turns) < 1:
        return None
    return Interview(turns=turns, interviewee=name, role=person.role if person else None)


def _mark(line: str) -> str:
    """question / dash / quote / plain, judged by the line alone."""
    label = _LABEL.match(line) if ":" in line else None
    if label and (_ASKS.match(label["label"]) or _ANSWERS.match(label["label"])):
        return "question" if _ASKS.match(label["label"]) else "dash"
    body = _DASH.sub("", line) if line[:1] in _DASHES else line
    if body == line:
        asks = line.endswith("?") and len(line) <= 400
        return "asks" if asks else "plain"
    if _ATTRIBUTED.search(body):
        return "quote"
    if len(body) <= _LONGEST_QUESTION and (_ends_asking(body) or _PROMPT.search(body)):
        return "question"
    return "dash"


def _ends_asking(body: str) -> bool:
    """A question mark in the last two sentences; answers ask earlier, rhetorically."""
    sentences = re.split(r"(?<=[.!?…])\s+", body)
    return any("?" in sentence for sentence in sentences[-2:])


def _style(lines: Sequence[str], marked: list[str], title: str) -> str | None:
    """dash, bare (questions printed bold, without a dash) or turns (bare questions that do not
    address anybody, but take turns with longer answers): or None, no interview."""
    if "question" not in marked and marked.count("asks") < 2:
        return None
    named = bool(_NAMED.search(" ".join((title, *lines[:4]))))
    questions, quotes = marked.count("question"), marked.count("quote")
    answered = sum(
        1
        for one, two in zip(marked, [*marked[1:], "end"], strict=True)
        if one == "question" and two in ("dash", "plain", "quote", "question")
    )
    if answered >= (1 if named else 2) and questions >= quotes:
        return "dash"
    bare = [line for line, mark in zip(lines, marked, strict=True) if mark == "asks"]
    addressed = sum(bool(_YOU.search(line)) for line in bare)
    addresses = len(bare) >= 2 and addressed * 2 >= len(bare) and (named or len(bare) >= 3)
    if not addresses and not _take_turns(lines, marked):
        return None
    for index, mark in enumerate(marked):
        marked[index] = "question" if mark == "asks" else "plain" if mark == "dash" else mark
    return "bare" if addresses else "turns"


def _take_turns(lines: Sequence[str], marked: Sequence[str]) -> bool:
    """At least four paragraphs that ask, a quarter of all or more, nearly every one followed by
    what does not ask, and is longer on the whole."""
    asking = [i for i, mark in enumerate(marked) if mark == "asks"]
    if len(asking) < 4 or len(asking) * 4 < len(lines):
        return False
    answers = [i + 1 for i in asking if marked[i + 1 : i + 2] == ["plain"]]
    asked = sum(len(lines[i]) for i in asking) / len(asking)
    told = sum(len(lines[i]) for i in answers) / max(1, len(answers))
    return len(answers) >= 0.75 * len(asking) and told >= 1.5 * asked


def _first_turn(marked: Sequence[str], first: int) -> int:
    """Dash answers right before the first question belong to the interview, too."""
    while first and marked[first - 1] == "dash":
        first -= 1
    return first


def _turns(lines: Sequence[str], marked: Sequence[str], name: str | None) -> Iterator[Turn]:
    kind, speaker, parts = "", None, list[str]()
    labels = _labels(lines)
    for line, mark in zip(lines, marked, strict=True):
        if _is_end(line):
            break
        text, label = _spoken(line, labels)
        now = _kind(mark, kind, label)
        if now != kind or (label and parts):
            if parts:
                yield Turn(kind=kind, speaker=speaker, text="\n".join(parts))
            kind, parts = now, []
            speaker = label or (name if now == "answer" else None)
        parts.append(text)
    if parts:
        yield Turn(kind=kind or "answer", speaker=speaker, text="\n".join(parts))


def _kind(mark: str, before: str, label: str | None) -> str:
    """After a question the next dash answers, even if it ends in a question of its own."""
    if mark == "question" and (before != "question" or label):
        return "question"
    if mark == "question" and before == "question":
        return "answer"
    return "answer"


def _spoken(line: str, labels: frozenset[str]) -> tuple[str, str | None]:
    """The words without dash or label, and the speaker that a label names."""
    label = _LABEL.match(line)
    if label:
        name = label["label"]
        generic = _ASKS.match(name) or _ANSWERS.match(name)
        if generic or name in labels:
            return line[label.end() :], None if generic else name
    return _DASH.sub("", line), None


def _labels(lines: Sequence[str]) -> frozenset[str]:
    """Names before a colon that come back: speakers, not the beginning of a sentence."""
    found = [label["label"] for line in lines if (label := _LABEL.match(line))]
    return frozenset(name for name in found if found.count(name) >= 2)


def _is_end(line: str) -> bool:
    """Foot-notes, disclaimers and signatures end the last answer."""
    return line.startswith("*") or bool(
        re.match(
            r"(?:мнение (?:автора|редакции)|беседовал|записал|подготовил|фото|автор:|интервью (?:вел|взял))",
            line,
            re.I,
        )
        or re.match(r"[\w-]+\s+[А-ЯЁӘҒҚҢӨҰҮІ]{3,}(?:,\s*[\w. -]+)?\.?$", line)
    )


def _interviewee(title: str, intro: Sequence[str], turns: Sequence[str]) -> Person | None:
    """Who answers: named in the introduction, best with a role or beside a verb of telling."""
    whole = "\n".join((title, *intro, *turns[:2]))
    best: tuple[float, Person] | None = None
    for place, text in enumerate((title, *intro)):
        for person in people(text):
            score = _likelihood(person, text, turns) + (1.0 if place == 0 else 0.0)
            if score >= 1.5 and (best is None or score > best[0]):
                best = (score, person)
    if best is None:
        return None
    person = best[1]
    name = nominative(person.name, whole)
    role = person.role or _role_of(name, [title, *intro])
    return Person(name=name, role=role, start=person.start)


_TELLS = re.compile(
    r"рассказал|ответил|поделил|побеседовал|поговорил|бесед|интервью|собеседник|гость|спросил|"
    r"прокомментировал|узнал|сұхбат|айтып берді|бөлісті|interview|talked|spoke|told",
    re.I,
)
_OFFICE = re.compile(r"^(?:президент|премьер|министр|глава государства|глава)\b", re.I)


def _likelihood(person: Person, text: str, turns: Sequence[str]) -> float:
    score = 0.0
    if person.role:
        score += 0.2 if _OFFICE.match(person.role) else 2.0
    around = text[max(0, person.start - 160) : person.start + 200]
    score += 1.5 if _TELLS.search(around) else 0.0
    given = person.name.split()[0][:5]
    if any(
        re.match(rf"[-–—]?\s*(?:\w+\s+)?{re.escape(given)}\w*[\s,]", turn) for turn in turns[:3]
    ):
        score += 3.0  # addressed by name in the first question
    surname = person.name.split()[-1][:-1]
    if score < 3 and sum(surname in turn and turn.endswith("?") for turn in turns) >= 2:
        score -= 3.0  # asked about, not asked
    if re.match(r"\s*(?:о|об|про)\s|\s*:", text[person.start + len(person.name) :]):
        score += 1.5  # "Имя Фамилия о …", "Имя Фамилия: …" as a headline
    return score


def _role_of(name: str, texts: Sequence[str]) -> str | None:
    surname = name.rsplit(maxsplit=1)[-1][:-1]
    found = (
        p.role for text in texts for p in people(text) if p.name.split()[-1].startswith(surname)
    )
    return next((role for role in found if role), None)
