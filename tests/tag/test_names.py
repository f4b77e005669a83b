"""Names of the lexicon in running text: whose they are, in three languages and all their cases."""

from __future__ import annotations

import pytest

from monitor.tag.forms import known_of
from monitor.tag.lexicon import load_lexicon
from monitor.tag.matcher import Matcher


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_lexicon())


def codes(matcher: Matcher, text: str) -> set[str]:
    return {hit.entity.code for hit in matcher.match(text).hits if hit.entity.code}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Очередь фур на посту Майкапчагай", "KZ"),
        ("кызылординские заводы вновь работают", "KZ"),
        ("Щучинскіде жаңа зауыт ашылды", "KZ"),
        ("The akim of Mangystau region spoke in Beyneu", "KZ"),
        ("Алматылық кәсіпкерлер жиналды", "KZ"),
        ("Министр торговли Арман Шаккалиев рассказал", "KZ"),
        ("встретился с Ли Цяном и Дин Сюэсяном", "CN"),
        ("губернатор Хоценко приехал на ярмарку", "RU"),
        ("товары из Соль-Илецка и Троицка", "RU"),
        ("Үрімжі мен Шәуешекке рейс ашылды", "CN"),
        ("ambassador Julie Stufft arrived", "US"),
        ("The U.S. Treasury named three firms", "US"),
        ("Джайшанкар провёл переговоры", "IN"),
        ("посол О. Экинджи и Хакан Фидан", "TR"),
        ("Тачэн и Карамай ждут поезда", "CN"),
        ("Каллас хан Урсула фон дер Ляйен", "EU"),
    ],
)
def test_a_name_stands_for_its_country(matcher: Matcher, text: str, code: str) -> None:
    assert code in codes(matcher, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ресей астанасы қар астында қалды", "KZ"),  # a capital, not Astana
        ("Екі семей бірге тұрады, құлжа көрдік", "CN"),
        ("Он родился в Кирове на Приозёрной", "US"),
        ("Телеканал «Россия 24» показал сюжет", "RU"),
        ("An increase in intelligence and reliance on visa rules", "US"),
        ("талды-курганская земля", "RU"),
    ],
)
def test_what_only_looks_like_a_name_is_none(matcher: Matcher, text: str, code: str) -> None:
    assert code not in codes(matcher, text)


def test_spellings_of_one_name_are_one_mention(matcher: Matcher) -> None:
    hits = matcher.match("В Алматы прибыл поезд").hits
    assert len(hits) == 1


def test_the_next_word_tells_apart_what_may_begin_at_a_word(matcher: Matcher) -> None:
    phrases = [(1, ("в", "третьих")), (2, ("иванов",)), (4, ("рабоч", "групп"))]
    known = known_of(8, (), phrases)
    assert [bit for bit, _ in known.ahead["ив"][1]] == [1, 2]
    assert [bit for bit, _ in known.ahead["ра"][1]] == [1, 4]
    assert [bit for bit, _ in known.always[1]] == [1]  # its next word has too few letters
    assert not known.is_name
    assert matcher.learn("Ли").is_name


@pytest.mark.parametrize(
    "text", ["саммит «C5+1»", "с Ли Цяном", "U.S. Steel", "Объединённых Арабских"]
)
def test_a_name_is_found_wherever_its_words_follow(matcher: Matcher, text: str) -> None:
    spans = [(hit.start, hit.end) for hit in matcher.match(text).hits]
    assert [(hit.start, hit.end) for hit in matcher.match(f"{text} и т. д.").hits] == spans
    assert [(s + 3, e + 3) for s, e in spans] == [
        (hit.start, hit.end) for hit in matcher.match(f"и, {text}").hits
    ]


def test_cue_classes_are_told_from_sub_topics(matcher: Matcher) -> None:
    mask = matcher.bit["meet"] | matcher.bit["sport"] | matcher.bit["topic:trade_investment"]
    assert [cue.name for cue in matcher.bit.cues(mask)] == ["meet", "sport"]


def test_a_word_that_begins_nothing_is_passed_over_early(matcher: Matcher) -> None:
    known = [matcher.learn(word) for word in ("фиолетовый", "ы", "xylophone", "меморандумы")]
    assert [bool(item.is_name or item.bits) for item in known] == [False, False, False, True]
    assert matcher.learn("меморандумом") is known[-1]  # what is known of two words is kept once
