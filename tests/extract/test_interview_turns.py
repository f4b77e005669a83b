"""Interviews whose questions carry no dash and address nobody."""

from __future__ import annotations

from monitor.extract.interview import find_interview

ANSWER = "Дорога строится третий год, и половина её уже отсыпана щебнем. Остальное за зимой."
QUESTIONS = (
    "Когда пойдут первые вагоны?",
    "Хватит ли локомотивов?",
    "Кто заплатит за переезды?",
    "Что будет со станцией?",
)


def dialogue() -> list[str]:
    return [line for question in QUESTIONS for line in (question, ANSWER)]


def test_questions_in_turn_with_longer_answers_are_an_interview_when_somebody_is_asked() -> None:
    intro = "О дороге рассказал директор Института путей Марат Оспанов."
    found = find_interview([intro, *dialogue()], title="Дорога без спешки")
    assert found is not None
    assert found.interviewee == "Марат Оспанов"
    assert [turn.kind for turn in found.turns] == ["question", "answer"] * 4


def test_an_explainer_that_asks_itself_is_no_interview() -> None:
    assert find_interview(["Разбираем по пунктам.", *dialogue()], title="Дорога: главное") is None
