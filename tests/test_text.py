"""Text of this region: normal form with offsets, words, sentences, language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import text
from monitor.language import detect_language


def test_invisible_signs_go_and_offsets_still_point_into_the_original() -> None:
    original = "Сегодня Kазах\u00adстан\u200b и\u00a0США: Касым\u2011Жомарт Токаев"
    folded = text.fold(original)
    assert folded.text == "Сегодня Казахстан и США: Касым-Жомарт Токаев"
    start = folded.text.index("Казахстан")
    found = original[slice(*folded.original_span(start, start + 9))]
    assert found.rstrip("\u200b") == "Kазах\u00adстан"  # what is dropped at the end may be covered
    start = folded.text.index("Токаев")
    assert original[slice(*folded.original_span(start, start + 6))] == "Токаев"


def test_a_span_that_ends_in_a_composed_letter_covers_its_marks() -> None:
    original = "Алтаи\u0306 край"
    folded = text.fold(original)
    assert original[slice(*folded.original_span(0, 5))] == "Алтаи\u0306"


def test_decomposed_letters_are_composed() -> None:
    assert text.normalise("Алтаи\u0306 е\u0308лка") == "Алтай ёлка"


def test_look_alikes_are_repaired_only_inside_a_mixed_word() -> None:
    assert text.normalise("Poccия и OPEC") == "Россия и OPEC"
    assert text.normalise("C5+1 AKORDA") == "C5+1 AKORDA"


def test_words_glued_at_a_link_come_apart() -> None:
    found = [word.text for word in text.words("передаетTengrinews.kzсо ссылкой на БайденДжо")]
    assert found == ["передает", "Tengrinews", "kz", "со", "ссылкой", "на", "Байден", "Джо"]


def test_abbreviations_and_initials_do_not_end_a_sentence() -> None:
    found = text.sentences(
        "К. Токаев прибыл в г. Алматы. Объём — 5 млн. Тонн мало!\nSen. Smith met Mr. Lee. Then he left."
    )
    assert [piece.text for piece in found] == [
        "К. Токаев прибыл в г. Алматы.",
        "Объём — 5 млн. Тонн мало!",
        "Sen. Smith met Mr. Lee.",
        "Then he left.",
    ]


def test_sentences_glued_without_a_space_come_apart() -> None:
    found = text.sentences(
        "Дорога закрыта после аварии.Сегодня её откроют, сообщает Site.kz утром."
    )
    assert [piece.text for piece in found] == [
        "Дорога закрыта после аварии.",
        "Сегодня её откроют, сообщает Site.kz утром.",
    ]


@given(st.text(alphabet="Аб. !?\n«»Zz1\u2028\x1c", max_size=60))
def test_a_text_is_cut_alike_as_a_whole_and_by_its_paragraphs(source: str) -> None:
    apart = [s.text for part in text.paragraphs(source) for s in text.sentences(part.text)]
    assert apart == [s.text for s in text.sentences(source)]


def test_sentences_carry_their_place() -> None:
    source = "  Бірінші сөйлем. «Екінші» сөйлем?\n\n Үшінші. "
    for piece in text.sentences(source):
        assert source[piece.start : piece.end] == piece.text


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("Президент Казахстана провел переговоры в Астане.", ("ru", "cyrl")),
        ("Мемлекет басшысы шетелдік қонақтарды қабылдады.", ("kk", "cyrl")),
        ("Il presidente ha parlato della qualità dell'acqua e non di altro", ("it", "latn")),
        ("O presidente não falou da questão da água com os ministros", ("pt", "latn")),
        ("Presiden bertemu dengan menteri untuk membahas air dan energi", ("id", "latn")),
        ("Memleket basshysy jańa zańǵa qol qoıdy jáne ony jarııalady", ("kk", "latn")),
        ("Үкімет басшысы өңірлерді аралады, жаңа зауыт ашылды", ("kk", "cyrl")),
        ("مەملەكەت باسشىسى شەتەلدىك قوناقتاردى قابىلدادى", ("kk", "arab")),
        ("The president of Kazakhstan met a delegation on Monday", ("en", "latn")),
        ("Өлкөнүн өкмөтү жаңы мыйзамды кабыл алды, бул тууралуу айтты", ("ky", "cyrl")),
        ("Уряд ухвалив нове рішення, її підтримали всі депутати", ("uk", "cyrl")),
        ("Татарстанда яңа мәктәп ачылды, анда җиде йөз бала укый", ("tt", "cyrl")),
        ("China Railway signs pipeline deal in Shanghai", ("en", "latn")),  # "i" is not "ı"
        ("Qatar and Iraq sign deal", ("en", "latn")),
        ("Prezident saparı başlandı", ("kk", "latn")),
        ("哈萨克斯坦总统", ("zh", "hani")),
        ("2025 — 17", (None, None)),
    ],
)
def test_language_is_recognised(sample: str, expected: tuple[str, str]) -> None:
    assert detect_language(sample) == expected


def test_kazakh_names_do_not_make_a_russian_text_kazakh() -> None:
    sample = (
        "На встрече выступили Әлихан Смайылов и Қанат Бозымбаев. "
        "Они рассказали о планах правительства на будущий год и о ходе строительства дорог. "
    )
    assert detect_language(sample)[0] == "ru"


@given(st.text(alphabet="абв Kazaқ\u00ad\u200b\u0306\u0301.\n\r\u00a0-1ә", max_size=60))
def test_folding_keeps_every_visible_sign_findable(sample: str) -> None:
    folded = text.fold(sample)
    previous = -1
    for offset in range(len(folded.text)):
        place = folded.original(offset)
        assert previous < place < len(sample)
        previous = place


@given(st.text(max_size=80))
def test_normal_form_is_stable(sample: str) -> None:
    once = text.normalise(sample)
    assert text.normalise(once) == once


@given(st.text(alphabet="абВГ Kazaқ.,!?«»()-–—:;%/'1_×ґ\n", max_size=40))
def test_every_letter_and_digit_is_in_a_word(sample: str) -> None:
    starts, found = text.tokens(sample)
    assert [sample[at : at + len(word)] for at, word in zip(starts, found, strict=True)] == found
    left = set(range(len(sample))).difference(
        *(range(at, at + len(word)) for at, word in zip(starts, found, strict=True))
    )
    assert not any(sample[at].isalnum() for at in left)


def test_a_full_stop_after_a_long_word_ends_and_after_a_short_one_may_not() -> None:
    found = text.sentences("Прибыл акад. Иванов. Встреча прошла. В 2025 г. Астана росла.")
    assert [span.text for span in found] == [
        "Прибыл акад. Иванов.", "Встреча прошла.", "В 2025 г. Астана росла.",
    ]  # fmt: skip
