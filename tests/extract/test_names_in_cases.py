"""Names that stand in an oblique case, of women and men, and their base form."""

from __future__ import annotations

import pytest

from monitor.extract.people import nominative


@pytest.mark.parametrize(
    ("printed", "base"),
    [
        ("Ольгой Ивановой", "Ольга Иванова"),
        ("Наталье Петровой", "Наталья Петрова"),
        ("Марии Захаровой", "Мария Захарова"),
        ("Асели Омаровой", "Асель Омарова"),
        ("Анну Иванову", "Анна Иванова"),
        ("Дину Рубинскую", "Дина Рубинская"),
        ("Сауле Ахметовой", "Сауле Ахметова"),
        ("Айгуль Омаровой", "Айгуль Омарова"),
        ("Ивану Иванову", "Иван Иванов"),
        ("Юрию Иванову", "Юрий Иванов"),
        ("Игорем Ивановым", "Игорь Иванов"),
        ("Виталием Дымарским", "Виталий Дымарский"),
    ],
)
def test_a_name_in_any_case_has_its_base_form(printed: str, base: str) -> None:
    assert nominative(printed, f"Мы поговорили с человеком: {printed}.") == base


def test_the_form_that_the_text_itself_prints_goes_before_the_rule() -> None:
    assert nominative("Аннуе Ланкмай", "Аннуе Ланкма пришла. Аннуе Ланкмай") == "Аннуе Ланкма"


def test_a_form_is_whole_words_and_at_most_four_letters_longer() -> None:
    name = "Тимура Сагинова"
    assert nominative(name, "Тимур\u00a0Сагинов встретил Тимура Сагинова") == "Тимур\u00a0Сагинов"
    assert nominative(name, "отТимур Сагинов, Тимураджанов Сагинов, Тимур и Сагинов") == name
