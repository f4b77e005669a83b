"""Training passages and documents from our own templates. Deterministic; used by training only.

A template line: label (`+` the partner X is treated, `+RU` that one is, `-` nobody is), optional
`[h]` (an outlet of the home country) and `[t]` (a headline), then text with {a|b} alternatives and
slots like @Xn. X, O and Q are three different countries. `context >> target`: only the target is
labelled. See monitor/tag/training/README.md.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent / "training"
LANGUAGES = ("ru", "kk", "en")
_LINE = re.compile(r"^([+-])([A-Z]{2})?((?:\s*\[[ht]\])*)\s+(.*)$")
_CHOICE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One training passage. `positive`: codes of the partners whose relations it treats."""

    template: str  # language:line, the unit of weight and of hold-out
    language: str
    context: str
    target: str
    positive: frozenset[str]
    home: bool
    is_title: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A training document for one partner."""

    language: str
    title: str
    text: str
    partner: str
    level: int
    home: bool


def passages(per_template: int, seed: int = 1) -> list[Passage]:
    """Every template expanded `per_template` times (fewer where it has fewer readings)."""
    slots = _slots()
    out: dict[tuple[str, str, str], Passage] = {}
    for language in LANGUAGES:
        for number, line in enumerate(_lines(language), 1):
            name = f"{language}:{number}"
            dice = random.Random(zlib.crc32(f"{seed}/{name}".encode()))
            for _ in range(per_template):
                passage = _expand(name, language, line, slots[language], dice)
                out[name, passage.context, passage.target] = passage
    return list(out.values())


def hand_written() -> list[Passage]:
    """The passages that were written one by one (hand.txt)."""
    out = []
    lines = (HERE / "hand.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        language, marks, treated, body = line.split("|", 3)
        context, _, target = body.rpartition(" >> ")
        out.append(
            Passage(
                template=f"hand:{number}",
                language=language,
                context=context,
                target=target,
                positive=frozenset(treated.replace("-", "").split()),
                home="h" in marks,
                is_title="t" in marks,
            )
        )
    return out


def _lines(language: str) -> list[str]:
    raw = (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in raw if line and not line.startswith("#")]


def _slots() -> dict[str, dict[str, dict[str, str]]]:
    """language -> country -> slot -> text."""
    raw: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(
        (HERE / "slots.yaml").read_text(encoding="utf-8")
    )
    return raw


def _expand(
    name: str,
    language: str,
    line: str,
    countries: dict[str, dict[str, str]],
    dice: random.Random,
) -> Passage:
    match = _LINE.match(line)
    if match is None:
        raise ValueError(f"{name}: not a template: {line}")
    sign, code, marks, body = match.groups()
    chosen = dict(zip("XOQ", dice.sample(sorted(countries), 3), strict=True))
    while _CHOICE.search(body):
        body = _CHOICE.sub(lambda m: dice.choice(m.group(1).split("|")), body, count=1)
    for role, country in chosen.items():
        forms = countries[country]
        for slot in sorted(forms, key=len, reverse=True):
            if f"@{role}{slot}" in body:
                body = body.replace(f"@{role}{slot}", dice.choice(forms[slot].split("|")))
    if "@" in body:
        raise ValueError(f"{name}: unknown slot: {body}")
    context, _, target = body.rpartition(" >> ")
    positive = frozenset({code or chosen["X"]}) if sign == "+" else frozenset()
    return Passage(
        template=name,
        language=language,
        context=_capital(context),
        target=_capital(target),
        positive=positive,
        home="[h]" in marks,
        is_title="[t]" in marks,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- documents

_KINDS = (
    ("primary", 2), ("primary-brief", 2), ("primary-untitled", 2), ("primary-section", 2),
    ("lead", 2), ("secondary", 1),
    ("secondary-pair", 1), ("passing", 0), ("passing", 0), ("own-affairs", 0),
    ("lists", 0), ("mixed-negative", 0),
)  # fmt: skip


def documents(count: int, seed: int = 2) -> Iterator[Composed]:
    """Composed documents of every kind in turn, for one partner each."""
    fillers = yaml.safe_load((HERE / "fillers.yaml").read_text(encoding="utf-8"))
    pool = passages(12, seed)
    dice = random.Random(seed)
    groups = _grouped(pool)
    for number in range(count):
        kind, level = _KINDS[number % len(_KINDS)]
        language = LANGUAGES[(number // len(_KINDS)) % 3]
        partner = dice.choice(("US", "RU", "CN", "TR", "UZ"))
        builder = _Builder(groups, fillers[language], language, partner, dice)
        title, text = builder.build(kind)
        yield Composed(
            language=language,
            title=title,
            text=text,
            partner=partner,
            level=level,
            home=dice.random() < 0.7,
        )


Groups = dict[tuple[str, str, bool], list[Passage]]


def _grouped(pool: list[Passage]) -> Groups:
    """(language, partner or "-", is a title) -> passages."""
    groups: Groups = {}
    for passage in pool:
        for code in passage.positive or {"-"}:
            groups.setdefault((passage.language, code, passage.is_title), []).append(passage)
    return groups


class _Builder:
    """Puts one document together."""

    def __init__(
        self,
        groups: Groups,
        fillers: list[str],
        language: str,
        partner: str,
        dice: random.Random,
    ) -> None:
        self._positive = groups[language, partner, False]
        self._headlines = groups.get((language, partner, True)) or self._positive
        self._negative = groups[language, "-", False]
        self._fillers = fillers
        self._dice = dice

    def build(self, kind: str) -> tuple[str, str]:
        """Title and text of one kind of document."""
        dice = self._dice
        name = kind.replace("-", "_")
        title, paragraphs = getattr(self, f"_{name}")()
        if dice.random() < 0.25:
            title = ""
        return title.rstrip("."), "\n".join(paragraphs)

    def _some(self, pool: list[Passage], low: int, high: int) -> list[str]:
        picked = self._dice.choices(pool, k=self._dice.randint(low, high))
        return [f"{p.context} {p.target}".strip() for p in picked]

    def _filler(self, low: int, high: int) -> list[str]:
        return self._dice.choices(self._fillers, k=self._dice.randint(low, high))

    def _primary(self) -> tuple[str, list[str]]:
        body = self._some(self._positive, 3, 8) + self._filler(0, 6)
        if self._dice.random() < 0.4:
            body += self._some(self._negative, 1, 2)
        lead = self._some(self._positive, 1, 1)
        self._dice.shuffle(body)
        return self._some(self._headlines, 1, 1)[0], [*lead, *body]

    def _primary_brief(self) -> tuple[str, list[str]]:
        return self._some(self._headlines, 1, 1)[0], self._some(self._positive, 1, 2)

    def _primary_untitled(self) -> tuple[str, list[str]]:
        lead = self._filler(0, 1) + self._some(self._positive, 1, 2)
        body = self._some(self._positive, 2, 6) + self._filler(1, 6)
        self._dice.shuffle(body)
        return self._filler(1, 1)[0], [*lead, *body]

    def _primary_section(self) -> tuple[str, list[str]]:
        """A long interview or review with a section on the partner."""
        section = self._some(self._positive, 6, 10) + self._some(self._negative, 0, 2)
        self._dice.shuffle(section)
        before, after = self._filler(8, 40), self._filler(8, 40)
        return self._filler(1, 1)[0], [*before, *section, *after]

    def _lead(self) -> tuple[str, list[str]]:
        """The lead makes a relation primary, whatever the rest is about."""
        lead = self._some(self._positive, 1, 1)
        return self._filler(1, 1)[0], [*lead, *self._filler(3, 12)]

    def _secondary(self) -> tuple[str, list[str]]:
        paragraph = " ".join(self._some(self._positive, 2, 3))
        return self._around(paragraph)

    def _secondary_pair(self) -> tuple[str, list[str]]:
        title, body = self._around(self._some(self._positive, 1, 1)[0])
        body.insert(self._dice.randint(2, len(body)), self._some(self._positive, 1, 1)[0])
        return title, body

    def _around(self, paragraph: str) -> tuple[str, list[str]]:
        body = self._filler(7, 24) + self._some(self._negative, 0, 2)
        self._dice.shuffle(body)
        body.insert(self._dice.randint(4, len(body)), paragraph)
        return self._filler(1, 1)[0], body

    def _passing(self) -> tuple[str, list[str]]:
        sentence = self._some(self._positive, 1, 1)[0]
        filler = self._filler(2, 2)
        return self._around(f"{filler[0]} {sentence} {filler[1]}")

    def _own_affairs(self) -> tuple[str, list[str]]:
        body = self._some(self._negative, 3, 9)
        return self._some(self._negative, 1, 1)[0], body

    def _lists(self) -> tuple[str, list[str]]:
        body = self._filler(4, 20) + self._some(self._negative, 1, 4)
        self._dice.shuffle(body)
        return self._filler(1, 1)[0], body

    def _mixed_negative(self) -> tuple[str, list[str]]:
        body = self._filler(3, 12) + self._some(self._negative, 2, 5)
        self._dice.shuffle(body)
        sentence = self._some(self._positive, 0, 1)
        return self._some(self._negative, 1, 1)[0], body + sentence
