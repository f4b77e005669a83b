"""Words, plurals, dates and numbers of the frame in three languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from monitor.digest.frame import LANGUAGES, Frame
from monitor.models import Reason

MOMENT = datetime(2025, 12, 25, 20, 30, tzinfo=UTC)  # 26 December 01:30 in Almaty


def frame(language: str, zone: str = "Asia/Almaty") -> Frame:
    return Frame(language, zone)


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 материалов"), (1, "1 материал"), (2, "2 материала"), (5, "5 материалов"), (11, "11 материалов"),
     (12, "12 материалов"), (21, "21 материал"), (22, "22 материала"), (111, "111 материалов"), (1001, "1 001 материал")],
)  # fmt: skip
def test_russian_nouns_follow_their_numbers(number: int, words: str) -> None:
    assert frame("ru").count("articles", number).replace("\u00a0", " ") == words


def test_kazakh_nouns_stay_singular_and_english_has_two_forms() -> None:
    assert [frame("kk").count("articles", n).split("\u00a0")[-1] for n in (1, 2, 5)] == [
        "материал"
    ] * 3
    assert [frame("en").count("stories", n) for n in (0, 1, 2)] == [
        "0\u00a0stories",
        "1\u00a0story",
        "2\u00a0stories",
    ]


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("ru", "26 декабря 2025, пятница", "26 дек., 01:30"), ("kk", "2025 жылғы 26 желтоқсан, жұма", "26 жел., 01:30"),
     ("en", "Friday, 26 December 2025", "26 Dec, 01:30")],
)  # fmt: skip
def test_dates_are_local_and_in_the_language(language: str, long: str, short: str) -> None:
    assert frame(language).date_long(MOMENT) == long
    assert frame(language).moment(MOMENT) == short


def test_the_zone_is_the_subscriptions_own() -> None:
    assert frame("ru", "Europe/Moscow").moment(MOMENT) == "25 дек., 23:30"
    assert (
        frame("ru").moment(datetime(2024, 2, 28, 20, 0, tzinfo=UTC)) == "29 февр., 02:00"
    )  # UTC+6 then


def test_numbers_have_their_own_signs() -> None:
    assert [frame(language).number(12345.5) for language in LANGUAGES] == [
        "12\u00a0345,5",
        "12\u00a0345,5",
        "12,345.5",
    ]


def test_all_languages_say_the_same_things() -> None:
    files = [
        json.loads((resources.files("monitor.digest") / "words" / f"{x}.json").read_text())
        for x in LANGUAGES
    ]
    for key, value in files[0].items():
        kinds = {type(words[key]) for words in files}
        assert len(kinds) == 1, key
        if isinstance(value, dict) and key not in ("partners_instrumental", "zones"):
            assert all(set(words[key]) == set(value) for words in files), key
        if isinstance(value, str):
            gaps = [
                sorted(
                    g
                    for g in (
                        "{text}",
                        "{partner}",
                        "{date}",
                        "{articles}",
                        "{stories}",
                        "{outlets}",
                    )
                    if g in w[key]
                )
                for w in files
            ]
            assert gaps[0] == gaps[1] == gaps[2], key
    assert set(files[0]) == set(files[1]) == set(files[2])
    assert [len(words["months"]) for words in files] == [12] * 3


def test_reasons_read_as_one_line() -> None:
    reasons = (
        Reason(kind="outlets", number=3),
        Reason(kind="owners", text="state private"),
        Reason(kind="agreement"),
    )
    assert (
        frame("ru").reasons(reasons).replace("\u00a0", " ")
        == "3 издания (государственные, частные); соглашение"
    )


def test_what_matched_is_said_in_the_language() -> None:
    why = (
        "Казахстан + США; meet, agree; title",
        "[Kazakhstan: named in the title] + Китай; trade",
        "goes on about China",
    )
    assert (
        frame("ru").matched(why, 3)
        == "Казахстан + США (встреча, договорённость, в заголовке); Казахстан + Китай (торговля)"
    )
    assert frame("ru").matched(("своё слово",)) == "своё слово"


def test_an_unknown_partner_is_shown_by_its_code() -> None:
    assert frame("kk").partner("cn") == "Қытай"
    assert frame("ru").partner("zz") == "ZZ"
