"""Inflection by rule, and the other Kazakh alphabets."""

from __future__ import annotations

import pytest

from monitor import inflect
from monitor.text import fold
from monitor.translit import to_cyrillic


@pytest.mark.parametrize(
    ("base", "form"),
    [
        ("Россия", "россией"),
        ("Китай", "китае"),
        ("Токаев", "токаевым"),
        ("американский", "американскими"),
        ("китаец", "китайцев"),
        ("россиянин", "россиянами"),
        ("Украина", "украиной"),
        ("Мирзиёев", "мирзиеева"),
        ("Штаб", "штабов"),
    ],
)
def test_russian_forms_follow_the_ending(base: str, form: str) -> None:
    assert form in inflect.russian_forms(base)


@pytest.mark.parametrize(
    ("tail", "case"),
    [("дың", "of"), ("мен", "with"), ("дан", "from"), ("да", "in"), ("ға", "to"), ("", "")],
)
def test_kazakh_endings_tell_the_case(tail: str, case: str) -> None:
    assert inflect.is_kazakh_tail(tail)
    assert inflect.kazakh_case(tail) == case


def test_what_is_no_chain_of_endings_is_refused() -> None:
    for tail in ("ша" * 3, "газ", "ская", "xyz"):
        assert not inflect.is_kazakh_tail(tail)


@pytest.mark.parametrize("word", ["Токаев", "Казахстан", "китаец", "Сирия", "Польша", "Perth", "ё"])
def test_the_endings_of_a_word_spell_out_its_forms(word: str) -> None:
    stem, endings = inflect.russian_endings(word)
    assert {stem + ending for ending in endings} == inflect.russian_forms(word)
    assert inflect.lower(word) in inflect.russian_forms(word)


def test_words_of_one_kind_share_their_endings() -> None:
    assert inflect.russian_endings("Россия")[1] is inflect.russian_endings("Индия")[1]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("экспорта", "экспорт", "ru"),
        ("қалалардың", "қалалар", "kk"),
        ("exports", "export", "en"),
        ("Мектепте", "мектептен", "kk"),
    ],
)
def test_forms_of_one_word_share_a_light_stem(one: str, other: str, language: str) -> None:
    assert inflect.stem(one, language) == inflect.stem(other, language)


def test_latin_and_arabic_kazakh_become_cyrillic_with_the_way_back() -> None:
    for source, script, word, original in (
        ("Reseı men Qytaıdyń sharýasy", "latn", "Қытайдың", "Qytaıdyń"),
        ("AQSh prezıdenti", "latn", "АҚШ", "AQSh"),
        ("رەسەي مەن قىتاي", "arab", "қытай", "قىتاي"),
        ("بۇل ا ق ش ەلشىسى", "arab", "АҚШ", "ا ق ش"),
    ):
        mapped = to_cyrillic(fold(source), script)
        start = mapped.text.index(word)
        assert source[slice(*mapped.original_span(start, start + len(word)))] == original


def test_other_scripts_pass_unchanged() -> None:
    folded = fold("Қазақстан and more")
    assert to_cyrillic(folded, "cyrl") is folded
