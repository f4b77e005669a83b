"""Training: templates that read well, rows that keep no words, weights that come out the same."""

from __future__ import annotations

import json

import pytest

from monitor.tag import readings
from monitor.tag.corpus import documents, hand_written, passages
from monitor.tag.fit import Row, fit, fit_exactly
from monitor.tag.lexicon import load_lexicon
from monitor.tag.model import WEIGHTS, is_word, load_weights
from monitor.tag.train import train


def test_there_are_thousands_of_passages_of_both_kinds_in_three_languages() -> None:
    found = [*passages(20), *hand_written()]
    assert len(found) > 5000
    assert {p.language for p in found} == {"ru", "kk", "en"}
    for language in ("ru", "kk", "en"):
        own = [p for p in found if p.language == language]
        positive = sum(bool(p.positive) for p in own) / len(own)
        assert 0.3 < positive < 0.8
    assert all("@" not in p.target and "{" not in p.target for p in found)


def test_documents_are_composed_the_same_every_time() -> None:
    assert list(documents(30)) == list(documents(30))
    assert {d.level for d in documents(30)} == {0, 1, 2}


def test_rows_of_read_texts_hold_no_words() -> None:
    rows = readings.load(readings.SENTENCES)
    assert len(rows) > 1700
    assert not [name for row in rows for name in row.features if is_word(name)]


def test_the_text_level_fit_finds_what_separates() -> None:
    rows = [Row({"bias": 1.0, "x": n / 10}, n > 5, 1.0, str(n)) for n in range(11)] * 4
    weights = fit_exactly(rows, {"bias": 0.0, "x": 0.0}, 0.01)
    assert weights["x"] > 5
    assert weights["bias"] < 0


@pytest.mark.slow
def test_the_weights_that_ship_come_from_the_files_that_ship() -> None:
    weights, _ = train(load_lexicon())
    shipped = load_weights()
    assert weights.version == shipped.version
    assert json.loads(WEIGHTS.read_text("utf-8"))["version"] == shipped.version


def test_the_sparse_fit_finds_the_same_weights_as_newton() -> None:
    rows = [Row({"bias": 1.0, "x": n / 10, "y": n % 2}, n > 5, 1.0, str(n)) for n in range(12)] * 9
    one = fit(rows, {"x": 0.5}, 1.0, 1.0)
    other = fit_exactly(rows, {"x": 0.5}, 1.0)
    assert one["x"] == pytest.approx(other["x"], abs=0.2)
    assert fit(rows, {"x": 0.5}, 1e6, 1e6) == {"x": 0.5}  # a strong prior stays
