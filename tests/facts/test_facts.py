"""Facts of whole texts, from case files: add tests/cases/facts/NAME.txt and NAME.json, no code.

The head of a case: language, published, home (the outlet's country) and title; `question` is a
turn of an interviewer. The JSON holds what must be found, no more and no less.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.facts import FactFinder
from monitor.facts.names import key_of
from monitor.models import Facts, PlaceName, Turn
from monitor.sound import sound
from monitor.tag.lexicon import load_lexicon

CASES = Path(__file__).resolve().parents[1] / "cases" / "facts"


@cache
def make_finder() -> FactFinder:
    names = load_lexicon().names
    places = (PlaceName(name=name, code=e.code, kind=e.kind) for name, e in names)
    return FactFinder(places)


@pytest.fixture(scope="session")
def finder() -> FactFinder:
    return make_finder()


def read_case(name: str) -> tuple[dict[str, str], str]:
    head, _, text = (CASES / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    return dict(line.split(": ", 1) for line in head.splitlines()), text.strip()


def find(finder: FactFinder, name: str) -> tuple[Facts, str]:
    head, text = read_case(name)
    turns = (
        (Turn(kind="question", speaker=None, text=head["question"]),) if "question" in head else ()
    )
    facts = finder.find(
        title=head["title"],
        text=text,
        language=head["language"],
        published=date.fromisoformat(head["published"]),
        turns=turns,
        home=head.get("home"),
    )
    return facts, text


def condensed(facts: Facts) -> dict[str, list[list[object]]]:
    """What a case file states: the meaning of every row, once."""
    named = {(m.key, m.name, m.role, m.country): None for m in facts.mentions}
    return {
        "mentions": [list(row) for row in named],
        "amounts": [[a.value, a.currency, a.surface] for a in facts.amounts],
        "events": [[e.kind, e.partner, e.date] for e in facts.events],
        "quotes": [[q.speaker, q.role, q.text] for q in facts.quotes],
    }


def rows(facts: Facts) -> Iterator[tuple[int, int, str]]:
    for mention in facts.mentions:
        yield mention.start, mention.end, mention.surface
    for amount in facts.amounts:
        yield amount.start, amount.end, amount.surface
    for event in facts.events:
        yield event.start, event.end, event.sentence
    for quote in facts.quotes:
        yield quote.start, quote.end, quote.text


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.txt")))
def test_a_text_gives_exactly_the_facts_of_its_case_file(finder: FactFinder, name: str) -> None:
    facts, text = find(finder, name)
    assert condensed(facts) == json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    assert all(text[start:end] == surface for start, end, surface in rows(facts))
    assert all(row.sentence and row.sentence in text for row in (*facts.mentions, *facts.amounts))


@pytest.mark.parametrize(
    "spellings",
    [
        ("Токаев", "Тоқаев", "Tokayev", "Tokaev", "Toqaev"),
        ("Аккенженов", "Аққенженов", "Akkenzhenov"),
        ("Сергей", "Sergei", "Sergey"),
        ("Ержан", "Yerzhan", "Erzhan"),
        ("Жанибек", "Zhanibek", "Janibek"),
        ("Юлия", "Yulia", "Yuliya"),
    ],
)
def test_spellings_of_one_name_sound_alike(spellings: tuple[str, ...]) -> None:
    assert len({sound(spelling) for spelling in spellings}) == 1


def test_order_and_patronymic_do_not_change_the_key() -> None:
    one = key_of(("Марат", "Сабитович", "Ахметов"))
    assert one == key_of(("Ахметов", "Марат")) == key_of(("Marat", "Akhmetov"))


def test_a_figure_has_one_key_in_three_languages(finder: FactFinder) -> None:
    texts = (
        ("ru", "Вчера Касым-Жомарта Токаева встретили в аэропорту."),
        ("kk", "Кеше Қасым-Жомарт Тоқаевтың сапары басталды."),
        ("en", "Yesterday Kassym-Jomart Tokayev's visit began."),
    )
    keys = {
        finder.find(title="", text=text, language=language).mentions[0].key
        for language, text in texts
    }
    assert keys == {"tokayev-kassym-jomart"}


def test_other_currencies_are_in_dollars_only_at_a_stated_rate() -> None:
    text = "Стройка стоит 100 млн тенге."
    (plain,) = FactFinder(()).find(title="", text=text).amounts
    (stated,) = FactFinder((), {"KZT": 0.002}).find(title="", text=text).amounts
    assert (plain.usd, plain.rate) == (None, None)
    assert (stated.usd, stated.rate) == (200_000.0, 0.002)


def test_kazakh_in_latin_letters_keeps_its_offsets(finder: FactFinder) -> None:
    text = "Qazaqstan Prezidenti Qasym-Jomart Toqaev keshe Máskeýge bardy."
    facts = finder.find(title="", text=text, language="kk")
    assert [m.surface for m in facts.mentions] == ["Qasym-Jomart Toqaev"]
    assert facts.mentions[0].key == "tokayev-kassym-jomart"


PIECES = (
    "Касым-Жомарт Токаев ", "млрд долларов ", "деді ", "подписали соглашение ", "6 ноября ",
    "\u00ad", "e\u0301",
)  # fmt: skip
LETTERS = st.sampled_from([*'АБТКабекмұғқі ABab \n.,«»"“”–—-$€05 7', *PIECES])


@settings(max_examples=150, deadline=None)
@given(st.lists(LETTERS, max_size=60).map("".join), st.sampled_from(["ru", "kk", "en", None]))
def test_garbage_raises_nothing_and_offsets_always_slice(text: str, language: str | None) -> None:
    facts = make_finder().find(
        title=text[:40], text=text, language=language, published=date(2024, 2, 29)
    )
    assert all(text[start:end] == surface for start, end, surface in rows(facts))
