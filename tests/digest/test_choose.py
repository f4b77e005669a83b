"""What is in, in which order, at which place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sample_day import SLOT, article, sample_material

from monitor.digest.alerts import far_above
from monitor.digest.choose import choose_digest, place_forms
from monitor.digest.panels import troubles_of
from monitor.digest.slots import latest_slot, slot_on
from monitor.models import (
    Digest,
    DigestArticle,
    DigestMaterial,
    DigestWindow,
    Relation,
    SourceHealth,
    Subscription,
)

DAILY = Subscription(name="утро")


def material(*articles: DigestArticle, **more: object) -> DigestMaterial:
    window = DigestWindow(start_id=0, end_id=99, start_at=SLOT - timedelta(days=1), end_at=SLOT)
    return DigestMaterial(window=window, articles=articles, watched=50, outlets=5, **more)  # type: ignore[arg-type]


def plain(
    number: int, title: str = "", level: int = 2, partner: str = "ru", **more: object
) -> DigestArticle:
    sentence = f"Казахстан и Россия обсудили вопрос номер {number} на заседании комиссии."
    return article(
        number,
        title or f"Заседание комиссии по вопросу {number}",
        sentence,
        verdicts={partner: (level, [(sentence, "обсудили")])},
        **more,
    )


def ids(digest: Digest) -> list[int]:
    return [item.article_id for section in digest.sections for item in section.items]


def test_every_candidate_is_told_once_or_refused_with_a_reason() -> None:
    source = sample_material()
    digest = choose_digest(DAILY, source, SLOT)
    told = [d.article_id for d in digest.decisions if d.verdict != "out"]
    assert sorted(told) == [a.id for a in source.articles]
    assert len(ids(digest)) == len(set(ids(digest))) == digest.stories


def test_primary_comes_before_secondary_whatever_the_score() -> None:
    loud = [
        plain(n, "Одна и та же новость комиссии", level=1, outlet=o, story_id=1)
        for n, o in ((1, "dala"), (2, "elorda"), (3, "steppe"))
    ]
    digest = choose_digest(DAILY, material(*loud, plain(4)), SLOT)
    assert ids(digest) == [4, 1]


def test_a_story_has_one_place_and_is_mentioned_elsewhere() -> None:
    digest = choose_digest(DAILY, sample_material(), SLOT)
    china = next(s for s in digest.sections if s.relation == "cn")
    assert 105 not in [item.article_id for item in china.items]
    assert 105 in [item.article_id for item in china.mentions]
    assert china.count == len(china.items) + len(china.mentions)


def test_equal_headlines_are_one_story_before_stories_are_formed() -> None:
    same = "Казахстан и Россия обсудили тарифы на зерно"
    digest = choose_digest(
        DAILY,
        material(
            plain(1, same),
            plain(2, same, outlet="elorda"),
            plain(3, "Курс рубля"),
            plain(4, "Курс рубля"),
        ),
        SLOT,
    )
    assert digest.stories == 3


def test_the_top_is_short_primary_and_never_padding() -> None:
    assert len(choose_digest(DAILY, sample_material(), SLOT).top) == 3
    quiet = [
        replace(plain(n, level=1), relations=(Relation(partner="ru", level=1, score=0.6),))
        for n in range(1, 9)
    ]
    assert choose_digest(DAILY, material(*quiet), SLOT).top == ()


@pytest.mark.parametrize(
    ("change", "kept"),
    [({"relations": ("cn",)}, [2]), ({"minimum_level": 2}, [1]), ({"topics": ("energy",)}, [3]),
     ({"outlets_in": ("elorda",)}, [2]), ({"outlets_out": ("dala",)}, [2])],
)  # fmt: skip
def test_a_subscription_gets_what_it_asked_for(change: dict[str, object], kept: list[int]) -> None:
    articles = (
        plain(1),
        plain(2, level=1, partner="cn", outlet="elorda"),
        plain(3, level=1, topics=("energy",)),
    )
    digest = choose_digest(replace(DAILY, **change), material(*articles), SLOT)  # type: ignore[arg-type]
    assert ids(digest) == kept
    assert {d.article_id for d in digest.decisions if d.verdict == "out"} == {1, 2, 3} - set(kept)
    assert all(d.why for d in digest.decisions)


def test_what_was_sent_before_and_its_reprints_are_not_told_again() -> None:
    digest = choose_digest(
        DAILY,
        material(plain(5), plain(6, dup_of=3), plain(7), sent_articles={5: SLOT, 3: SLOT}),
        SLOT,
    )
    assert ids(digest) == [7]


def test_a_story_that_goes_on_is_told_as_such() -> None:
    digest = choose_digest(
        DAILY, material(plain(5, story_id=9), sent_stories={9: SLOT - timedelta(days=1)}), SLOT
    )
    assert digest.sections[1].items[0].reasons[-1].kind == "continues"


def test_configured_partners_follow_the_three() -> None:
    digest = choose_digest(DAILY, material(plain(1, partner="uz"), plain(2, partner="tr")), SLOT)
    assert [s.relation for s in digest.sections] == ["us", "ru", "cn", "tr", "uz"]


def test_forms_go_by_importance_and_every_section_keeps_its_first() -> None:
    articles = [plain(n, partner=p) for n, p in enumerate(["ru"] * 6 + ["cn"] * 3, 1)]
    placed = place_forms(choose_digest(DAILY, material(*articles), SLOT), 2, 5)
    forms = [item.form for section in placed.sections for item in section.items]
    assert forms.count("full") == 3
    assert set(forms) == {"full", "line", "counted"}
    assert placed.sections[2].items[0].form == "full"


def health(**changes: object) -> SourceHealth:
    values: dict[str, object] = {
        "id": "s",
        "name": "S",
        "ways": 2,
        "gone": 0,
        "failures": 0,
        "last_ok_at": SLOT,
        "last_new_at": SLOT,
        "rate_per_day": 4.0,
    }
    return SourceHealth(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({}, None), ({"gone": 2}, "gone"), ({"failures": 5, "last_ok_at": SLOT - timedelta(hours=9)}, "failing"),
     ({"failures": 2, "last_ok_at": SLOT - timedelta(hours=9)}, None), ({"failures": 2, "last_ok_at": None}, "never"),
     ({"last_ok_at": None}, None), ({"last_new_at": SLOT - timedelta(days=5)}, "silent"),
     ({"last_new_at": SLOT - timedelta(days=5), "rate_per_day": 0.3}, None)],
)  # fmt: skip
def test_a_source_is_judged_by_its_own_rhythm(changes: dict[str, object], kind: str | None) -> None:
    found = troubles_of([health(**changes)], SLOT)
    assert [t.kind for t in found] == ([kind] if kind else [])


def test_slots_are_local_and_survive_a_change_of_the_zone() -> None:
    slot = latest_slot(DAILY, SLOT)
    assert (slot.name, slot.at) == ("2025-12-26T07:00", SLOT)
    assert latest_slot(DAILY, SLOT - timedelta(seconds=1)).name == "2025-12-25T07:00"
    before = slot_on(DAILY, slot.at.date().replace(year=2024, month=2, day=29)).at  # UTC+6
    after = slot_on(DAILY, slot.at.date().replace(year=2024, month=3, day=1)).at  # UTC+5
    assert after - before == timedelta(hours=25)


def test_far_above_needs_a_baseline_and_a_real_rise() -> None:
    assert far_above(12, [1] * 28)
    assert not far_above(5, [0] * 28)
    assert not far_above(12, [1] * 3)
    assert not far_above(30, [20] * 28)


def test_reprints_under_new_headlines_are_one_story_before_they_are_linked() -> None:
    one, two = (
        plain(1, "Россия сняла квоту на сахар"),
        plain(2, "Сахар пойдёт без квот", outlet="elorda"),
    )
    digest = choose_digest(
        DAILY, material(one, replace(two, text=one.text, relations=one.relations)), SLOT
    )
    assert digest.stories == 1


def test_of_equal_stories_the_one_in_the_readers_language_leads() -> None:
    kazakh = replace(plain(2, "Отырыс туралы хабарлама жарияланды"), language="kk")
    assert ids(choose_digest(DAILY, material(plain(1), kazakh), SLOT)) == [1, 2]
    assert ids(choose_digest(replace(DAILY, language="kk"), material(plain(1), kazakh), SLOT)) == [
        2,
        1,
    ]


def test_one_agreement_told_by_many_is_shown_once() -> None:
    from monitor.models import Event

    said = ["Казахстан и Россия подписали в Астане меморандум о совместной добыче вольфрама.",
            "В Астане подписан меморандум Казахстана и России о добыче вольфрама и тантала.",
            "Акимат и правительство области подписали план приграничной торговли на год."]  # fmt: skip
    articles = [replace(plain(n), events=(Event(kind="agreement", partner="ru", date=None, start=0, end=0, sentence=s),))
                for n, s in enumerate(said, 1)]  # fmt: skip
    digest = choose_digest(DAILY, material(*articles), SLOT)
    assert [fact.sentence for fact in digest.agreements] == [said[0], said[2]]


def test_days_before_the_archive_began_are_not_shown_as_days_without_news() -> None:
    from monitor.models import RelationHistory

    young = RelationHistory(partner="ru", counts=(0,) * 13 + (1,), known=2)
    assert choose_digest(DAILY, material(plain(1), history=(young,)), SLOT).sections[1].bars == ()
    old = replace(young, known=13)
    section = choose_digest(DAILY, material(plain(1), history=(old,)), SLOT).sections[1]
    assert (len(section.bars), section.usual) == (14, 0.0)
