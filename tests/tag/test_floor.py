"""The quality floor: own texts, one for each phenomenon of the definition. It may go up, never
down without saying so in the CHANGELOG."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.tag import Tagger
from monitor.tag.evaluate import OURS, Cell, figure

CASES = Path(__file__).parents[1] / "cases" / "tag" / "floor.jsonl"
RELEVANCE, PRIMARY, EXACT = 0.96, 0.93, 0.965


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    tagger = Tagger.load()
    out = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        tagging = tagger.tag(title=case["title"], text=case["text"], home=case["home"])
        assert tagging.language == case["lang"], case["id"]
        for relation in tagging.relations:
            out.append(
                Cell(
                    item=case["id"],
                    group=case["id"],
                    partner=relation.partner,
                    language=case["lang"],
                    source=case["phenomenon"],
                    truth=case["labels"][relation.partner],
                    ambiguous=False,
                    said={OURS: relation.level},
                )
            )
    return out


def test_relevance_and_primary_stay_above_the_floor(cells: list[Cell]) -> None:
    assert figure(cells, OURS, 1).f1 >= RELEVANCE
    assert figure(cells, OURS, 2).f1 >= PRIMARY
    wrong = [(c.item, c.partner, c.truth, c.said[OURS]) for c in cells if c.truth != c.said[OURS]]
    assert len(wrong) <= (1 - EXACT) * len(cells), wrong


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_no_language_falls_behind(cells: list[Cell], language: str) -> None:
    own = [cell for cell in cells if cell.language == language]
    assert figure(own, OURS, 1).f1 >= 0.9


@pytest.mark.parametrize(
    "phenomenon",
    [
        "currencies",
        "sport",
        "list of countries",
        "own affairs",
        "third countries",
        "back-links",
        "organisations",
        "study abroad",
    ],
)
def test_what_is_no_relation_is_not_tagged(cells: list[Cell], phenomenon: str) -> None:
    wrong = [c.item for c in cells if c.source == phenomenon and c.said[OURS]]
    assert not wrong
