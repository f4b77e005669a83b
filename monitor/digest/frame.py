"""The frame's languages: words, plurals, dates and numbers in Russian, Kazakh and English.

Pure. The words are data in `words/*.json`, one file a language; a test compares their keys.
The local time zone enters the program here and in `slots`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from monitor.models import Reason

LANGUAGES = ("ru", "kk", "en")
PartnerNames = Mapping[str, Mapping[str, str]]  # code -> language -> name


class Frame:
    """Everything a digest says that does not come from an article."""

    def __init__(self, language: str, time_zone: str, names: PartnerNames | None = None) -> None:
        self.language = language
        self._names = names or {}
        self.zone = ZoneInfo(time_zone)
        self._words = _words(language)
        plain = time_zone.rsplit("/", 1)[-1].replace("_", " ")
        self.zone_name: str = self._words["zones"].get(time_zone, plain)

    def word(self, key: str, **values: object) -> str:
        """A phrase with its gaps filled. An unknown key is a bug and raises KeyError."""
        phrase: str = self._words[key]
        return phrase.format(**values) if values else phrase

    def number(self, value: float) -> str:
        """Grouped thousands; one decimal only where there is one."""
        whole = f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
        return (
            whole.replace(",", "\0")
            .replace(".", self._words["decimal"])
            .replace("\0", self._words["thousands"])
        )

    def count(self, noun: str, number: int) -> str:
        """`5 статей`: the number and the noun in the form that the number asks for."""
        forms: Sequence[str] = self._words["counts"][noun]
        return f"{self.number(number)}\u00a0{forms[plural_form(self._words['plural'], number)]}"

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def date_long(self, moment: datetime) -> str:
        return self._date("date_long", moment)

    def date(self, moment: datetime) -> str:
        return self._date("date", moment)

    def moment(self, moment: datetime) -> str:
        """Day, short month and time: `25 дек., 18:40`."""
        return self._date("moment", moment)

    def _date(self, key: str, moment: datetime) -> str:
        local = self.local(moment)
        return self.word(
            key,
            day=local.day,
            year=local.year,
            time=f"{local:%H:%M}",
            month=self._words["months"][local.month - 1],
            month_short=self._words["months_short"][local.month - 1],
            weekday=self._words["weekdays"][local.weekday()],
        )

    def partner(self, code: str) -> str:
        """The partner's name; the code in capitals if nobody has named it."""
        names: Mapping[str, str] = self._words["partners"]
        given = self._names.get(code, {})
        return names.get(code) or given.get(self.language) or given.get("en") or code.upper()

    def partners(self, codes: Sequence[str]) -> str:
        """`США, Россией и Китаем`: a list in the case that the empty-day sentence asks for."""
        cases: Mapping[str, str] = self._words["partners_instrumental"]
        names = [cases.get(code, self.partner(code)) for code in codes]
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.word('and')} {names[-1]}"

    def owner(self, owner: str) -> str:
        names: Mapping[str, str] = self._words["owners"]
        return names.get(owner, owner)

    def topic(self, topic: str) -> str:
        names: Mapping[str, str] = self._words["topics"]
        return names.get(topic, topic)

    def cause(self, reason: str) -> str:
        """Why a source does not answer; a reason without words of its own is shown as it is."""
        causes: Mapping[str, str] = self._words["causes"]
        if reason.startswith("status_"):
            return causes["status"].format(status=reason.removeprefix("status_"))
        return causes.get(reason, reason)

    def matched(self, whys: Sequence[str], most: int = 1) -> str:
        """What carried the verdict, readable: `Казахстан + США (встреча, договорённость)`.

        The tagger says "names + names; kinds of words; place"; kinds it does not know stay out.
        """
        shown = dict.fromkeys(text for why in whys if (text := self._matched(why)))
        return "; ".join(list(shown)[:most])

    def _matched(self, why: str) -> str:
        cues: Mapping[str, str] = self._words["cues"]
        names, _, rest = why.partition("; ")
        if names.startswith("goes on about"):
            return ""
        names = re.sub(r"\[[^\]]*\]", self.word("home"), names)
        sides = [", ".join(side.split(", ")[:2]) for side in names.split(" + ")]
        names = " + ".join(sides)
        kinds = [cues[word] for word in re.split(r"[;,] ", rest) if word in cues]
        return f"{names} ({', '.join(kinds)})" if kinds else names

    def reason(self, reason: Reason) -> str:
        """One reason for a story's place, in words."""
        text = reason.text
        if reason.kind == "owners":
            text = ", ".join(self.owner(owner) for owner in text.split())
        if reason.kind == "continues":
            text = self.date(datetime.fromisoformat(text))
        outlets = self.count("outlets", reason.number)
        return self.word(f"reason_{reason.kind}", text=text, outlets=outlets)

    def reasons(self, reasons: Sequence[Reason]) -> str:
        """`5 изданий (государственные, частные); соглашение; сумма: 2 млрд долларов`.

        That the headline names the partner is said only where there is nothing else to say.
        """
        parts: list[str] = []
        beyond = [reason for reason in reasons if reason.kind != "title"]
        for reason in beyond or reasons:
            joined = reason.kind == "owners" and bool(parts)
            if joined:
                parts[-1] = f"{parts[-1]} ({self.reason(reason)})"
            else:
                parts.append(self.reason(reason))
        return "; ".join(parts)


def plural_form(rule: str, number: int) -> int:
    """Index of the noun's form (CLDR plural rules for ru, en; Kazakh nouns stay singular)."""
    if rule == "none":
        return 0
    if rule == "english":
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


@lru_cache(maxsize=8)
def _words(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        raise ValueError(f"no frame in {language!r}; there are {', '.join(LANGUAGES)}")
    file = resources.files("monitor.digest") / "words" / f"{language}.json"
    words: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return words
