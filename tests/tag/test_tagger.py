"""The tagger as its callers see it: levels, evidence with offsets, rules that must be sound."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.commands.tag import tag_lines
from monitor.errors import ConfigError
from monitor.models import Tagging
from monitor.tag import Tagger
from monitor.tag.lexicon import partners_of

VISIT = (
    "Премьер-министр Казахстана прибыл в Вашингтон на переговоры с вице-президентом США. "
    "Стороны обсудили торговлю, транзит и\u00a0поставки урана.\n"
    "По итогам визита Казахстан и США подписали меморандум о сотрудничестве в энергетике. "
    "Американские компании намерены вложить в казахстанские проекты миллиард.\n"
    "Товарооборот двух стран вырос на пятую часть."
)


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load()


def level(tagging: Tagging, partner: str) -> int:
    return next(r.level for r in tagging.relations if r.partner == partner)


def test_a_visit_is_a_primary_relation_with_evidence_in_place(tagger: Tagger) -> None:
    tagging = tagger.tag(title="Казахстан и США подписали меморандум", text=VISIT)
    assert [r.partner for r in tagging.relations] == ["us", "ru", "cn"]
    assert level(tagging, "us") == 2
    assert level(tagging, "ru") == level(tagging, "cn") == 0
    evidence = tagging.relations[0].evidence
    assert evidence
    for piece in evidence:
        source = VISIT if piece.field == "text" else "Казахстан и США подписали меморандум"
        assert source[piece.start : piece.end] == piece.sentence
        assert piece.why
    assert tagging.topics


def test_an_exchange_rate_is_no_relation(tagger: Tagger) -> None:
    tagging = tagger.tag(
        title="Курс доллара на 3 марта",
        text="Нацбанк Казахстана установил курс доллара США. Российский рубль подешевел, "
        "китайский юань остался на прежнем уровне.",
        home=True,
    )
    assert [r.level for r in tagging.relations] == [0, 0, 0]
    assert all(r.limit for r in tagging.relations)


def test_an_unknown_text_and_an_empty_one_do_no_harm(tagger: Tagger) -> None:
    for text in ("", "…", "123", "\n\n", "\u00ad\u00ad", "哈萨克斯坦"):
        tagging = tagger.tag(title="", text=text)
        assert [r.level for r in tagging.relations] == [0, 0, 0]


def test_lines_go_through_in_order_and_bad_ones_are_reported(
    tagger: Tagger, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps({"id": "a", "title": "", "text": VISIT}).encode(),
        b"{broken",
        b'{"title": "x"}',
        b"\xff\xfe",
        b'{"id": 7, "text": 5}',
        json.dumps({"id": "b", "text": "Қазақстан жаңалықтары", "lang": "kk"}).encode(),
    ]
    out = [json.loads(line) for line in tag_lines(tagger, lines)]
    assert [o["id"] for o in out] == ["a", "b"]
    assert out[0]["relations"]["us"]["level"] == 2
    assert out[1]["language"] == "kk"
    errors = capsys.readouterr().err
    assert [line.split(":")[0] for line in errors.splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
        "line 5",
    ]


def test_an_empty_or_wrong_rule_stops_the_start_with_all_problems(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "partners: [us, xx]\n"
        "peopel: []\n"
        "countries: {TR: {name: []}}\n"
        "people: [{of: QQ, names: [Имя], since: 2020-01-02, until: 2019-01-01}]\n"
        "topics: {sport: {words: []}}\n"
        "ignore: ['...']\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        Tagger.load(rules)
    text = "\n".join(error.value.problems)
    for part in ("xx", "peopel", "TR.name", "QQ", "since", "sport.words", "no letter"):
        assert part in text


@pytest.mark.parametrize("content", ["", "[1, 2]", "a: [", "partners: [no]"])
def test_a_file_that_is_no_rules_stops_the_start(tmp_path: Path, content: str) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError):
        Tagger.load(rules)


def test_a_partner_is_added_in_yaml_alone(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("partners: [us, tr]\n", encoding="utf-8")
    tagger = Tagger.load(rules)
    tagging = tagger.tag(
        title="Қазақстан мен Түркия келісімге қол қойды",
        text="Қазақстан Президенті Анкараға сапармен барды. Қазақстан мен Түркия сауда туралы "
        "келісімге қол қойды. Түркиямен тауар айналымы өсті.",
    )
    assert tagger.partners == ("us", "tr")
    assert tagger.partners == partners_of(rules)
    assert Tagger.load().partners == partners_of()
    assert tagger.version == Tagger.load(rules).version != Tagger.load().version
    assert level(tagging, "tr") == 2


def test_a_former_president_no_longer_speaks_for_his_state(tagger: Tagger) -> None:
    found = [
        tagger.read(title="", text="Обама высказался.", published=day).document.text_found.hits
        for day in (date(2015, 5, 1), date(2025, 5, 1))
    ]
    assert [hits[0].entity.kind for hits in found] == ["person", "former"]


def test_kazakh_in_three_scripts_finds_the_same_countries(tagger: Tagger) -> None:
    texts = (
        "Қазақстан Президенті Ресей және Қытай елшілерін қабылдады, АҚШ өкілі де келді.",
        "Qazaqstan Prezıdenti Reseı jáne Qytaı elshilerin qabyldady, AQSh ókili de keldi.",
        "قازاقستان پرەزيدەنتى رەسەي جانە قىتاي ەلشىلەرىن قابىلدادى، ا ق ش وكىلى دە كەلدى.",
    )
    for text in texts:
        reading = tagger.read(title="", text=text, language="kk")
        codes = {hit.entity.code for hit in reading.document.text_found.hits}
        assert {"KZ", "RU", "CN", "US"} <= codes
        for hit in reading.document.text_found.hits:
            start, end = reading.document.text.original_span(hit.start, hit.end)
            assert text[start:end].strip()


def test_the_rules_in_the_readme_are_accepted(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "monitor" / "tag" / "README.md").read_text("utf-8")
    block = "\n".join(line for line in readme.splitlines() if line.startswith("    "))
    rules = tmp_path / "rules.yaml"
    rules.write_text(block, encoding="utf-8")
    tagger = Tagger.load(rules)
    assert tagger.partners == ("us", "ru", "cn", "tr", "eu")
    tagging = tagger.tag(
        title="Казахстан и Германия подписали соглашение об уране",
        text="Президент Казахстана и канцлер Германии провели переговоры. "
        "Казахстан и Германия договорились о поставках урана.",
    )
    assert level(tagging, "eu") == 2


def test_a_pipeline_is_not_a_television_channel(tagger: Tagger) -> None:
    channel = tagger.read(title="", text="Об этом алматинка рассказала каналу КТК.", home=True)
    pipeline = tagger.read(title="", text="Нефть отгружают через КТК.", home=True)
    codes = [
        {hit.entity.code for hit in reading.document.text_found.hits}
        for reading in (channel, pipeline)
    ]
    assert "RU" not in codes[0]
    assert "RU" in codes[1]


def test_dollars_and_unions_of_letters_are_no_countries(tagger: Tagger) -> None:
    text = "Оборот составил US$5 млн, ақша мен мұнай; переговорыс, обсудили ЕЭК ООН и it."
    reading = tagger.read(title="", text=text)
    assert {h.entity.code for h in reading.document.text_found.hits} <= {"", "UN"}


def test_evidence_shows_both_sides_first_and_a_reminder_last(tagger: Tagger) -> None:
    text = (
        "Казахстан готовит новый договор. Китайская сторона обещает вложить в завод миллиард и "
        "подписать соглашение.\nКазахстан и Китай подписали соглашение о заводе.\n"
        "Завод построят в Актобе, напоминаем: Китай и Казахстан подписали соглашение в мае."
    )
    china = tagger.tag(title="Новый завод", text=text).relations[2]
    assert china.evidence[0].sentence == "Казахстан и Китай подписали соглашение о заводе."
    near = next(e for e in china.evidence if "Китайская сторона" in e.sentence)
    assert near.sentence.startswith("Казахстан готовит")  # names the home country for the other


def test_rules_of_the_definition_say_why(tagger: Tagger) -> None:
    def limit(title: str, text: str, partner: int) -> str:
        return tagger.tag(title=title, text=text).relations[partner].limit

    abroad = "The US Senate passed the trade bill. President Trump will sign the agreement."
    assert "neither named nor meant" in limit("Senate passes trade bill", abroad, 0)
    union = "Казахстан и другие страны ЕАЭС обсудили пошлины. ЕАЭС подпишет соглашение."
    assert "organisation" in limit("ЕАЭС обсуждает пошлины", union, 1)
    five = (
        "Trump met the leaders of Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan "
        "and praised cooperation. The United States and Central Asia signed an agreement."
    )
    assert "one of several" in limit("Trump hosts Central Asia summit", five, 0)
    places = "Делегация Уральска приехала в Самару. Самара и Уральск подписали соглашение."
    assert "pipeline" not in limit("Дни Уральска в Самаре", places, 1)


def test_a_dateline_says_where_the_outlet_is_and_nothing_more(tagger: Tagger) -> None:
    reading = tagger.read(title="", text="АСТАНА. 3 мая. АГЕНТСТВО – Сенат США принял бюджет.")
    assert not reading.context.home_total
    assert reading.context.is_home_outlet
    kept = tagger.read(title="", text="АСТАНА ждёт гостей из США – посол Казахстана приехал.")
    assert kept.context.home_total


pieces = st.sampled_from(
    ["Казахстан", "США", "Қытай", "қол қойды", "Russia's", "U.S.", "«", "»", "\u00ad", "\u0301", ".",
     "?!", "\n", " ", "\r\n", "وقازاق", "Qazaqstan", "і", "КТК", "С5+1", "\u2028", "🇰🇿", "1,5"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(title=st.lists(pieces, max_size=6), text=st.lists(pieces, max_size=40))
def test_evidence_always_lies_inside_the_original(title: list[str], text: list[str]) -> None:
    tagger = _shared()
    source = {"title": "".join(title), "text": "".join(text)}
    tagging = tagger.tag(title=source["title"], text=source["text"], home=True)
    for relation in tagging.relations:
        assert 0.0 <= relation.score <= 1.0
        for piece in relation.evidence:
            assert source[piece.field][piece.start : piece.end] == piece.sentence
            assert piece.sentence.strip()


def _shared() -> Tagger:
    if not _KEPT:
        _KEPT.append(Tagger.load())
    return _KEPT[0]


_KEPT: list[Tagger] = []


def test_a_road_to_a_border_is_no_relation_but_a_queue_at_it_is(tagger: Tagger) -> None:
    road = tagger.tag(
        title="В Уральске ремонтируют дорогу",
        text="Аким осмотрел участок дороги от Уральска до границы с Россией.\n"
        "Ремонт закончат осенью, сообщили в акимате.\nНа трассе уложат новый асфальт.",
        home=True,
    )
    queue = tagger.tag(
        title="Очередь фур выросла на границе с Россией",
        text="На границе Казахстана с Россией выстроилась очередь из трёхсот грузовиков.\n"
        "Российская таможня усилила досмотр казахстанских машин, сообщили в Минтрансе.",
        home=True,
    )
    assert level(road, "ru") == 0
    assert level(queue, "ru") == 2


@pytest.mark.parametrize("between", ["\n", " "])
def test_paragraphs_of_one_sentence_and_texts_of_one_paragraph_are_judged_alike(
    tagger: Tagger, between: str
) -> None:
    filler = "В городе открыли новую школу. Жители довольны. Строили её два года. " * 4
    own = (
        "Китай вложит в завод в Павлодаре сто миллионов долларов. "
        "Соглашение с китайской компанией подписал министр промышленности Казахстана."
    )
    text = (filler + own + " " + filler).replace(". ", "." + between)
    assert level(tagger.tag(title="Неделя в стране", text=text, home=True), "cn") == 1


def test_sub_topics_are_those_of_the_relation_not_of_a_long_text(tagger: Tagger) -> None:
    school = "Учителя школы рассказали о новых учебниках. Ученики сдали экзамены. " * 8
    own = (
        "Казахстан и Китай подписали соглашение о поставках нефти. "
        "Китайская компания построит нефтепровод в Атырау."
    )
    long = tagger.tag(title="Новости недели", text=f"{school}\n{own}\n{school}", home=True)
    assert level(long, "cn") == 1
    assert "energy" in long.topics
    assert "education_culture" not in long.topics
    short = tagger.tag(title="Казахстан и Китай построят нефтепровод", text=own, home=True)
    assert next(iter(short.topics)) == "energy"


@pytest.mark.parametrize("text", ["В Алматы открыли школу. Дети рады.", "", "Астанада қар жауды."])
def test_a_text_that_names_no_partner_is_judged_as_any_other(tagger: Tagger, text: str) -> None:
    tagging = tagger.tag(title="Школа", text=text)
    reading = tagger.read(title="Школа", text=text)
    assert [(v.partner.lower(), v.level, v.score) for v in reading.verdicts] == [
        (r.partner, r.level, r.score) for r in tagging.relations
    ]
    assert tagging.language == reading.document.language
    assert {r.limit for r in tagging.relations} == {"not named"}
    assert tagging.version == tagger.version


def test_a_link_inside_a_paragraph_is_not_the_articles_own(tagger: Tagger) -> None:
    text = (
        "В Туле закрыли мост, сообщили в мэрии.Далее■Казахстан и Россия подписали соглашение "
        "о торговле, что известно4 мая 2021 15:20Мост ремонтируют третий раз. "
        "Власти России выделят деньги."
    )
    assert level(tagger.tag(title="В Туле закрыли мост", text=text, home=True), "ru") == 0
    own = text.replace("■", " ")
    assert tagger.tag(title="", text=own).language == "ru"


def test_a_meeting_of_a_union_of_states_is_no_relation_with_the_city_it_meets_in(
    tagger: Tagger,
) -> None:
    tagging = tagger.tag(
        title="Казахстан провёл заседание экспертов ШОС в Пекине",
        text="В Пекине под председательством Казахстана прошло заседание экспертов ШОС. "
        "Участники обсудили план на год.\nКазахстан предложил создать в рамках ШОС реестр.",
        home=True,
    )
    assert level(tagging, "cn") == 0
    own = tagger.tag(
        title="Казахстан и Китай договорились о реестре",
        text="В Пекине министры Казахстана и Китая подписали соглашение на полях саммита ШОС. "
        "Китайская сторона откроет центр в Алматы.",
        home=True,
    )
    assert level(own, "cn") == 2


def test_a_shared_flood_is_secondary_and_an_agreement_about_it_primary(tagger: Tagger) -> None:
    flood = tagger.tag(
        title="Паводок накрыл Казахстан и Россию",
        text="Реки Казахстана и России вышли из берегов. Паводок с реки Тобол дошёл до Кургана. "
        "В Костанае уровень воды в реке растёт.",
    )
    agreed = tagger.tag(
        title="Казахстан и Россия подписали соглашение об Урале",
        text="Казахстан и Россия подписали соглашение об охране реки Урал. "
        "Министры двух стран встретились в Оренбурге и договорились о совместном мониторинге.",
    )
    assert level(flood, "ru") == 1
    assert next(r.limit for r in flood.relations if r.partner == "ru").startswith("a shared river")
    assert level(agreed, "ru") == 2
