"""What the finders skip: the words that a sentence must hold before a pattern is tried on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.facts import FactFinder, events, money, quotes
from monitor.facts.page import Page, read_page
from monitor.facts.places import Places
from monitor.models import PlaceName
from monitor.tag.lexicon import load_lexicon

CASES = Path(__file__).resolve().parents[1] / "cases" / "facts"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.txt"))]


def read(text: str) -> Page:
    names = load_lexicon().names
    places = Places(PlaceName(name=name, code=e.code, kind=e.kind) for name, e in names)
    return read_page(text, title="", language=None, published=None, places=places)


def everywhere(page: Page) -> dict[int, set[str]]:
    kinds = {kind for kind, _ in events.KINDS}
    return {number: kinds for number in range(len(page.sentences))}


@pytest.mark.parametrize("text", TEXTS)
def test_no_event_is_lost_by_skipping_sentences_without_its_words(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read(text)
    quick = events.find_events(page)
    monkeypatch.setattr(events, "_worth_reading", everywhere)
    monkeypatch.setattr(events, "_first", lambda page, span, words: span.start)
    assert events.find_events(page) == quick


@pytest.mark.parametrize("text", TEXTS)
def test_no_sum_is_lost_by_skipping_sentences_without_a_figure(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read(text)
    quick = list(money.find_amounts(page, {}))
    monkeypatch.setattr(money, "_worth_reading", lambda page: page.sentences)
    assert list(money.find_amounts(page, {})) == quick


@pytest.mark.parametrize("find", [events.find_events, lambda page: quotes.find_quotes(page, ())])
@pytest.mark.parametrize("text", ["", "\n", "Читайте также: визит", "İ" * 50 + " саммит в Баку."])
def test_a_text_without_sentences_has_no_facts(
    text: str, find: Callable[[Page], list[object]]
) -> None:
    assert all(row is not None for row in find(read(text)))


def test_small_letters_are_as_many_as_the_text_has() -> None:
    page = read("İstanbul: İİİ sammiti. Казахстан подписал соглашение с Турцией.")
    assert len(page.low) == len(page.text)


def test_sentences_that_hold_a_word_are_numbered_once() -> None:
    page = read("Визит и визит. Без слов. Снова визит!")
    assert page.holding(("визит", "снова")) == {0, 2}


def test_a_long_text_of_new_words_keeps_what_is_remembered_bounded() -> None:
    finder = FactFinder([PlaceName(name="Китай", code="cn", kind="name")])
    words = " ".join(f"слово{n}" for n in range(31_000))
    facts = finder.find(title="", text=f"{words}. Си Цзиньпин прибыл.", language="ru")
    assert [m.key for m in facts.mentions] == ["xi-jinping"]
