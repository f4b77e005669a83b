"""Origin, opinion, interviews and quotes, on sentences of our own."""

from __future__ import annotations

import pytest

from monitor.extract.interview import find_interview
from monitor.extract.origin import _FORMS, _matches, find_origin, is_opinion
from monitor.extract.quotes import find_quotes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "Согласно материалам сайта Stepnews.kz, передает Qala24.com.",
            ("Stepnews.kz", "Qala24.com"),
        ),
        (
            "Порт примет первый паром в мае, передает Zhetisu.kz со ссылкой на Reuters.",
            ("Reuters", "Zhetisu.kz"),
        ),
        ("Дорогу откроют в срок, передает корреспондент агентства Kazinform.", ("Kazinform", None)),
        ("Об этом сообщает «Степной вестник».", ("Степной вестник", None)),
        ("Источник: Bloomberg", ("Bloomberg", None)),
        ("Жаңа көпір ашылды, деп хабарлайды Egemen.kz.", ("Egemen.kz", None)),
        ("The line opens in May, the ministry said, citing Interfax.", ("Interfax", None)),
        ("Как сообщает Иван Петров, дорога закрыта.", (None, None)),
        ("Министр сообщил о планах на весну.", (None, None)),
    ],
)
def test_who_published_first(line: str, expected: tuple[str | None, str | None]) -> None:
    assert find_origin([line]) == expected


def test_opinion_is_known_by_disclaimer_or_section() -> None:
    assert is_opinion(
        ["Текст.", "Мнение автора может не совпадать с мнением редакции."], url="", section=""
    )
    assert is_opinion(["Мәтін."], url="https://a.example/opinions/1", section="")
    assert is_opinion(["Текст."], url="", section="Колонка")
    assert not is_opinion(
        ["Министр высказал мнение о реформе."], url="https://a.example/1", section=""
    )


INTERVIEW = [
    "О транзите рассказала директор Института дорог Асель Ахметова.",
    "– Асель Маратовна, почему очереди на границе не исчезают?",
    "– Потому что пунктов пропуска мало. Разве их можно построить за год?",
    "Нужны годы и деньги.",
    "– Что вы предлагаете соседям?",
    "– Общий график.",
    "– А если откажутся?",
    "– Тогда будем ждать, спешить некуда.",
    "Дана СЕРИКОВА, Алматы",
]


def test_an_interview_is_split_into_turns() -> None:
    interview = find_interview(INTERVIEW, title="Очереди исчезнут не скоро")
    assert interview is not None
    assert [turn.kind for turn in interview.turns] == ["question", "answer"] * 3
    assert interview.turns[1].text == (
        "Потому что пунктов пропуска мало. Разве их можно построить за год?\nНужны годы и деньги."
    )
    assert (interview.interviewee, interview.role) == ("Асель Ахметова", "директор Института дорог")
    assert interview.turns[0].speaker is None
    assert interview.turns[-1].text == "Тогда будем ждать, спешить некуда."


def test_questions_without_dashes_and_answers_in_paragraphs() -> None:
    lines = [
        "Интервью с экономистом Ержаном Сапаровым.",
        "Как вы оцениваете урожай этого года?",
        "Он средний, но качество зерна выросло.",
        "Куда вы советуете его продавать?",
        "В соседние страны, пока цены держатся.",
    ]
    interview = find_interview(lines, title="Ержан Сапаров: зерна хватит всем")
    assert interview is not None
    assert [turn.kind for turn in interview.turns] == ["question", "answer"] * 2
    assert interview.interviewee == "Ержан Сапаров"


def test_labelled_turns_in_kazakh() -> None:
    lines = [
        "Сұрақ: Егін қалай?",
        "Жауап: Жақсы, рахмет.",
        "Сұрақ: Баға өсе ме?",
        "Жауап: Өспейді деп ойлаймын.",
    ]
    interview = find_interview(lines, title="Сұхбат")
    assert interview is not None
    assert [turn.text for turn in interview.turns][:2] == ["Егін қалай?", "Жақсы, рахмет."]


def test_dash_paragraphs_with_attribution_are_quotes_not_questions() -> None:
    lines = [
        "О планах рассказал политолог Тимур Жаксылыков.",
        "– Соседи договорились о тарифах, – отметил эксперт.",
        "– Остальное решат весной, – заключил Тимур Жаксылыков.",
    ]
    assert find_interview(lines, title="Тарифы") is None
    quotes = find_quotes("\n".join(lines))
    assert [(q.text, q.speaker) for q in quotes] == [
        ("Соседи договорились о тарифах", "Тимур Жаксылыков"),
        ("Остальное решат весной", "Тимур Жаксылыков"),
    ]
    assert quotes[0].role == "политолог"


@pytest.mark.parametrize(
    ("text", "quote", "speaker"),
    [
        ("«Мы готовы открыть третий коридор», — сказал министр транспорта Марат Оспанов.", "Мы готовы открыть третий коридор", "Марат Оспанов"),
        ("Марат Оспанов заявил: «Третий коридор откроют весной».", "Третий коридор откроют весной", "Марат Оспанов"),
        ("По словам аналитика Елены Кузнецовой, рынок «перегрет и ждёт паузы».", "перегрет и ждёт паузы", "Елена Кузнецова"),
        ("«Біз келісімге дайынбыз», – деді Марат Оспанов.", "Біз келісімге дайынбыз", "Марат Оспанов"),
        ("“We are ready to open the corridor,” John Carter said.", "We are ready to open the corridor", "John Carter"),
        ("Цены удержат до лета, — считает экономист Ержан Сапаров.", "Цены удержат до лета", "Ержан Сапаров"),
    ],
)  # fmt: skip
def test_quotes_carry_their_speaker(text: str, quote: str, speaker: str) -> None:
    found = find_quotes(text)
    assert [(q.text, q.speaker) for q in found] == [(quote, speaker)]
    assert text[found[0].start : found[0].end] == quote


def test_a_title_in_quotation_marks_is_no_quote() -> None:
    assert find_quotes("Компания «Степные дороги Сарыарки» сообщила о планах.") == ()


def test_questions_of_an_interviewer_are_never_quotes() -> None:
    question = "– Вы писали: «Коридор нужен всем соседям», — сказал коллега. Это правда?"
    assert find_quotes(question, excluded=[question]) == ()


CREDITS = (
    "Согласно материалам сайта Qala.kz, сообщает портал Orda-Press",
    "Об этом передаёт Orda-Press со ссылкой на агентство Steppe News",
    "Orda-Press сообщает СО ССЫЛКОЙ НА Steppe News",
    "Сообщает, ссылаясь на Steppe News",
    "Citing Steppe News, the minister said more",
    "Steppe News агенттігіне сілтеме жасап, деп хабарлайды Orda-Press",
    "Steppe News сілтеме жасай отырып",
    "Первоисточник: Qala.kz",
    "Оригинал — Qala.kz",
    "По информации портала Steppe News",
    "Пишет Steppe News",
    "деп жазады Qala.kz",
    "Qala.kz тілшісі хабарлайды",
    "According to the Steppe News agency",
    "Steppe News reports",
)


@pytest.mark.parametrize("line", CREDITS)
def test_no_credit_form_is_spared_a_line_that_it_matches(line: str) -> None:
    found = [form.re.pattern for form in _matches(line)]
    assert found == [form.pattern for _, form in _FORMS if form.search(line)]
    assert found
