"""Names of the lexicon in running text: whose they are, in three languages and all their cases."""

from __future__ import annotations

import pytest

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
