"""The two sentences: for the right partner, by the right voice, standing on their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_day import article

from monitor.digest.openers import CONNECTIVE, clean_sentence, is_furniture
from monitor.digest.passages import choose_passage
from monitor.models import Quote, Turn

RUSSIA = "Казахстан и Россия договорились о новых тарифах на перевозку зерна по железной дороге."
CHINA = "Китай откроет в Алматы второй визовый центр, чтобы сократить очереди."


@pytest.mark.parametrize(
    "opener",
    ["К примеру, ", "Кроме того, ", "При этом ", "Также ", "Между тем ", "Напомним, ", "В частности, ", "Однако ",
     "Сондай-ақ ", "Бұдан бөлек, ", "Мысалы, ", "In addition, ", "However, ", "For example, "],
)  # fmt: skip
def test_a_passage_never_begins_with_a_connective(opener: str) -> None:
    leaning = opener + RUSSIA[0].lower() + RUSSIA[1:]
    item = article(1, "Заголовок", leaning, verdicts={"ru": (1, [(leaning, "тарифы")])})
    text = choose_passage(item, "ru").text
    assert not CONNECTIVE.match(text)
    assert text.startswith("Казахстан")


def test_each_partner_has_its_own_passage() -> None:
    text = f"{RUSSIA}\n{CHINA}"
    item = article(
        1,
        "Итоги недели",
        text,
        verdicts={"ru": (1, [(RUSSIA, "тарифы")]), "cn": (1, [(CHINA, "визы")])},
    )
    assert choose_passage(item, "ru").text.startswith(RUSSIA)
    assert choose_passage(item, "cn").text == CHINA


def test_an_interviewers_question_is_never_shown() -> None:
    question = "Россия закрыла границу для зерна. Как Казахстан ответит на этот запрет?"
    answer = "Казахстан будет договариваться с Россией и искать порты на Каспии, другого пути нет."
    turns = (
        Turn(kind="question", speaker=None, text=question),
        Turn(kind="answer", speaker="Асель Нурланова", text=answer),
    )
    for known in (turns, ()):
        item = article(1, "Асель Нурланова о зерне", f"{question}\n{answer}", turns=known, is_interview=True,
                       interviewee="Асель Нурланова", verdicts={"ru": (2, [(question[:33], "зерно"), (answer, "договариваться")])})  # fmt: skip
        passage = choose_passage(item, "ru")
        assert "запрет" not in passage.text
        assert "закрыла границу" not in passage.text
        assert passage.text.startswith("Казахстан будет")
        if known:
            assert passage.speaker == "Асель Нурланова"


def test_the_words_of_one_are_not_given_to_another() -> None:
    first = "Мы построим с Россией ещё один мост через Иртыш и откроем его осенью."
    second = "Нам с Казахстаном делить нечего, граница у нас спокойная и торговая."
    turns = (
        Turn(kind="answer", speaker="Ержан Али", text=first),
        Turn(kind="answer", speaker="Пётр Громов", text=second),
    )
    item = article(1, "Разговор двух губернаторов", f"{first}\n{second}", turns=turns, is_interview=True,
                   verdicts={"ru": (2, [(first, "мост"), (second, "граница")])})  # fmt: skip
    passage = choose_passage(item, "ru")
    assert (passage.text, passage.speaker) == (first, "Ержан Али")


def test_a_quotation_keeps_its_speaker() -> None:
    said = "Россия остаётся для Казахстана первым покупателем проката и труб большого диаметра"
    text = f"«{said}».\nЭто сказал глава завода."
    quote = Quote(
        text=said,
        speaker="Олег Ким",
        role="директор завода",
        start=1,
        end=1 + len(said),
        sentence=said,
    )
    item = article(1, "Трубы", text, quotes=(quote,), verdicts={"ru": (1, [(said, "покупатель")])})
    assert choose_passage(item, "ru").speaker == "Олег Ким, директор завода"


def test_speech_without_a_name_is_marked_as_speech() -> None:
    text = "– Казахстан остаётся открытым к сотрудничеству с Россией в этой сфере.\nВстреча прошла вчера."
    item = article(1, "Круглый стол", text, verdicts={"ru": (1, [(text[:40], "сотрудничество")])})
    passage = choose_passage(item, "ru")
    assert passage.speaker == ""
    assert passage.text.startswith("Казахстан")


@pytest.mark.parametrize(
    "line",
    ["Фото: пресс-служба министерства иностранных дел.", "Читайте также: Россия и Казахстан построят мост.",
     "Подписывайтесь на наш Telegram-канал о России.", "Казахстан. Россия", "© Дала Инфо, Казахстан и Россия, 2025.",
     "При использовании материалов сайта ссылка обязательна.", "Read also: Kazakhstan and Russia to build a bridge."],
)  # fmt: skip
def test_furniture_is_not_news(line: str) -> None:
    assert is_furniture(line)
    item = article(
        1, "Мост", f"{line}\n{RUSSIA}", verdicts={"ru": (1, [(line, "Россия"), (RUSSIA, "тарифы")])}
    )
    assert choose_passage(item, "ru").text == RUSSIA


def test_the_relaying_outlet_and_the_dateline_are_cut_off_but_not_a_source() -> None:
    assert (
        clean_sentence("АСТАНА – Россия купит казахстанский ячмень, передает Tengrinews.kz.")
        == "Россия купит казахстанский ячмень."
    )
    kept = "Россия купит ячмень, сообщает Интерфакс со ссылкой на министра."
    assert clean_sentence(kept) == kept


def test_wrong_offsets_do_not_move_the_passage() -> None:
    text = f"Начало статьи о погоде и дорогах страны.\n{CHINA}"
    item = article(1, "Визы", text, verdicts={"cn": (1, [(CHINA, "визы")])})
    from dataclasses import replace

    relation = item.relations[0]
    shifted = replace(relation, evidence=(replace(relation.evidence[0], start=0),))
    assert choose_passage(replace(item, relations=(shifted,)), "cn").text == CHINA


def test_an_article_without_usable_sentences_falls_back_to_its_lead() -> None:
    item = article(
        1,
        "Коротко",
        "Зачем?",
        lead="Россия и Казахстан обсудили пошлины.",
        verdicts={"ru": (1, [("Зачем?", "?")])},
    )
    assert choose_passage(item, "ru").text == "Россия и Казахстан обсудили пошлины."


@given(st.text(max_size=400), st.integers(0, 500))
def test_any_text_gives_a_passage_of_bounded_length(text: str, start: int) -> None:
    item = article(1, "Т", text + " x", verdicts={"ru": (1, [(" x", "w")])})
    passage = choose_passage(item, "ru")
    assert len(passage.text) <= 425
    assert "\n" not in passage.text


def test_an_unmarked_interview_is_known_by_its_questions() -> None:
    answer = "Казахстан продаёт в Россию больше, чем покупает у неё, если считать без топлива."
    lines = [
        "Мы поговорили с экономистом о рынках соседей.",
        "С чего всё началось?",
        "С дороги.",
        "Что изменилось за год?",
        answer,
        "Чего ждать дальше?",
        "Время покажет, прогнозов я не даю никогда.",
    ]
    item = article(
        1, "Разговор о рынках", "\n".join(lines), verdicts={"ru": (1, [(answer, "торговля")])}
    )
    passage = choose_passage(item, "ru")
    assert (passage.text, passage.speaker) == (answer, "")


def test_he_said_names_the_speaker_where_he_is_known_and_is_avoided_where_not() -> None:
    said = "Россия купит у Казахстана ещё сто тысяч тонн ячменя до конца зимы"
    plain_words = "Казахстан и Россия согласовали график вывоза ячменя по железной дороге."
    text = f"«{said}», — сказал он.\n{plain_words}"
    verdicts = {"ru": (2, [(said, "ячмень"), (plain_words, "график")])}
    unknown = article(1, "Ячмень", text, verdicts=verdicts)
    assert choose_passage(unknown, "ru").text.startswith("Казахстан и Россия")
    quote = Quote(
        text=said, speaker="Олег Ким", role="министр", start=1, end=1 + len(said), sentence=said
    )
    known = article(
        1,
        "Ячмень",
        f"«{said}», — сказал он.",
        quotes=(quote,),
        verdicts={"ru": (2, [(said, "ячмень")])},
    )
    assert choose_passage(known, "ru").speaker == "Олег Ким, министр"


def test_speech_after_a_dash_gets_its_marks() -> None:
    spoken = "Партнёры из России с этим условием согласились, и оно записано отдельно, — сказал вице-министр."
    marked = "«Партнёры из России с этим условием согласились, и оно записано отдельно», — сказал вице-министр."
    assert clean_sentence(spoken) == marked
    assert clean_sentence(marked) == marked
    told = "Россия — сказал бы кто-то — далеко."
    assert clean_sentence(told) == told
