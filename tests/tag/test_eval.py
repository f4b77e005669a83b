"""`monitor eval`: figures against labels, baselines beside ours, intervals, streams."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from monitor.commands import eval as command
from monitor.errors import ConfigError
from monitor.tag.evaluate import OURS, Bootstrap, Cell, Figure, figure, interval

ITEMS = [
    {
        "id": "visit",
        "outlet": "one.kz",
        "lang": "ru",
        "title": "Казахстан и Китай подписали соглашение о транзите",
        "text": "Президент Казахстана провел переговоры с председателем КНР. Казахстан и Китай "
        "подписали соглашение о транзите.\nТоварооборот Казахстана и Китая вырос вдвое.",
    },
    {
        "id": "list",
        "outlet": "two.com",
        "lang": "en",
        "title": "Festival opens in Almaty",
        "text": "Singers from China, Russia, the United States and Kazakhstan took part.\u2028Rain.",
    },
]
LABELS = [
    {"id": "visit", "labels": {"us": 0, "ru": 0, "cn": 2}, "ambiguous": False},
    {"id": "list", "labels": {"us": 0, "ru": 0, "cn": 0}, "ambiguous": True},
]


def files(folder: Path) -> argparse.Namespace:
    paths = []
    for name, rows in (("items", ITEMS), ("labels", LABELS)):
        path = folder / f"{name}.jsonl"
        path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
        paths.append(path)
    return argparse.Namespace(
        items=[paths[0]], labels=[paths[1]], rules=None, stream=False, json=True, verdicts=False
    )


def test_figures_per_partner_language_level_and_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(files(tmp_path)) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["texts"] == 2
    assert report["cells"] == 6
    assert report["systems"][OURS]["relevance"]["f1"] == 1.0
    assert report["systems"]["any stem"]["relevance"]["precision"] < 0.5
    assert set(report["by"]["partner"]) == {"us", "ru", "cn"}
    assert set(report["by"]["language"]) == {"ru", "en"}
    assert set(report["by"]["level"]) == {"0", "1", "2"}
    assert "our_gain" in report["systems"]["same sentence"]["relevance"]


def test_the_table_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = files(tmp_path)
    arguments.json = False
    command.run(arguments)
    out = capsys.readouterr().out
    assert "without ambiguous cells" in out
    assert "twice or title" in out


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    arguments = files(tmp_path)
    arguments.items[0].write_text("{}\n{", "utf-8")
    arguments.labels[0].write_text("{", "utf-8")
    with pytest.raises(ConfigError, match="line 1"):
        command.run(arguments)


def cell(item: str, truth: int, said: int) -> Cell:
    return Cell(
        item=item,
        group=item,
        partner="us",
        language="ru",
        source="s",
        truth=truth,
        ambiguous=False,
        said={OURS: said},
    )


def test_counts_and_intervals() -> None:
    cells = [cell(str(n), n % 3 % 2, (n + n // 7) % 3 % 2) for n in range(90)]
    found = figure(cells, OURS)
    values = Bootstrap(cells).f1(OURS)
    bounds = interval(values)
    assert bounds.low < found.f1 < bounds.high
    assert values == Bootstrap(cells).f1(OURS)
    assert Figure(0, 0, 0).f1 == 0.0
