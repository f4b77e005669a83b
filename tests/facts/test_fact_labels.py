"""Readers' verdicts on rows of facts: how they are kept and counted."""

from __future__ import annotations

import json
from pathlib import Path

from bench.fact_rows import TABLES, Label, read_labels, report, rows_of, write_labels
from monitor.facts import FactFinder
from monitor.models import Facts, PlaceName

LABELS = Path(__file__).resolve().parents[2] / "bench" / "labels" / "facts.jsonl"
TEXT = "Министр Иван Иванов подписал с Китаем соглашение на 5 млн долларов. Китай рад."


def find(text: str) -> Facts:
    names = [PlaceName(name="Китай", code="cn", kind="name")]
    return FactFinder(names).find(title="Казахстан", text=text, language="ru")


def test_labels_are_counted_for_each_table_and_the_rest_is_unread(tmp_path: Path) -> None:
    rows = rows_of("a", find(TEXT))
    path = tmp_path / "labels.jsonl"
    write_labels(path, [("a", "", rows[0], Label(False, "no such person"))])
    lines = list(report(rows, read_labels(path)))
    assert [line.partition(":")[0] for line in lines] == list(TABLES)
    assert lines[0] == "people: 0 of 1 right, precision 0.000"
    assert lines[2] == "amounts: 0 of 0 right, precision -, 1 unread"


def test_a_row_that_changes_is_unread_again() -> None:
    before = {row.key for row in rows_of("a", find(TEXT))}
    after = {row.key for row in rows_of("a", find(TEXT.replace("Министр", "Аким")))}
    assert before != after
    assert before == {row.key for row in rows_of("a", find(TEXT))}


def test_committed_labels_are_verdicts_without_texts() -> None:
    lines = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert {key for line in lines for key in line} <= {"id", "url", "table", "row", "right", "why"}
    assert all(line["right"] or line["why"] for line in lines)
    assert {line["table"] for line in lines} == set(TABLES)
