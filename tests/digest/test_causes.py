"""Why a source does not answer, in the reader's words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import monitor.digest
from monitor.digest.frame import Frame

WORDS = Path(monitor.digest.__file__).parent / "words"


def test_every_language_has_words_for_the_same_causes() -> None:
    causes = {
        path.stem: json.loads(path.read_text("utf-8"))["causes"] for path in WORDS.glob("*.json")
    }
    assert len(causes) == 3
    assert len({frozenset(words) for words in causes.values()}) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [("maintenance", "технические работы"), ("status_503", "ответ 503"), ("odd", "odd")],
)
def test_a_cause_is_said_in_words_and_an_unknown_one_as_it_is(reason: str, said: str) -> None:
    assert Frame("ru", "Asia/Almaty").cause(reason) == said
