"""Rules for lines, sorted by the first letter: the same verdicts as by trying them all."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from monitor.extract.junk_rules import first_letters, junk_rules
from monitor.extract.lines import is_junk

RULES = [
    line
    for language in ("ru", "kk", "en")
    for line in (files("monitor.extract") / "lines_data" / f"{language}.txt")
    .read_text("utf-8")
    .splitlines()
    if line.strip() and not line.startswith(("# ", "["))
]
OPENINGS = sorted(
    set("0123456789 ,.[©абвгдеёжзийклмнопрстуфхцчшщэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz")
)


@pytest.mark.parametrize(
    ("rule", "letters"),
    [
        ("читать (далее|ещё)", "ч"),
        ("(а|бв)?г", "абг"),
        ("(новость )?(на|по( \\w+)?) сайте", "нп"),
        ("[\\d.]+ ?просмотр", "0123456789."),
        ("\\[?(see|related)", "[sr"),
        ("\\w+ рублей", None),
        ("(а|.б)", None),
        ("(а)?", None),
    ],
)
def test_the_letters_a_rule_can_begin_with(rule: str, letters: str | None) -> None:
    assert first_letters(rule) == (None if letters is None else frozenset(letters))


def test_every_rule_is_found_by_each_letter_it_can_begin_with() -> None:
    known = junk_rules()
    for source in RULES:
        begins = {sign for sign in OPENINGS if _can_begin(source, sign)}
        for sign in begins:
            rules = known.by_letter.get(sign, known.anywhere)
            assert source in [rule.pattern for rule in rules], (source, sign)


def _can_begin(source: str, sign: str) -> bool:
    """Told by the rule itself, on lines that begin with the sign and go on with rules' words."""
    words = re.findall(r"[^\W\d_]{2,}", source)
    tails = ("", *(word[1:] for word in words if word[0] == sign), *(f" {word}" for word in words))
    return any(re.match(f"(?:{source})", sign + tail) for tail in tails)


@pytest.mark.parametrize(
    "line",
    [
        "Читайте также: о погоде",
        "«Фото: архив»",
        "1 254 просмотра",
        "© Все права",
        "Поделиться",
        "17",
    ],
)
def test_junk_is_known_by_its_first_letter(line: str) -> None:
    assert is_junk(line)
