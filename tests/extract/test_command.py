"""`monitor extract`: one line out for every line in, whatever the line."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from extract_pages import PARAGRAPHS, page

from monitor.cli import main


def test_jsonl_keeps_order_and_survives_bad_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.html.gz").write_bytes(gzip.compress(page().encode()))
    jobs = [
        json.dumps({"id": 1, "url": "https://a.example/1", "path": "one.html.gz"}),
        "{not json",
        json.dumps({"id": 3, "url": "https://a.example/3", "path": "missing.html"}),
    ]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(jobs)))
    assert main(["extract", "--jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [1, None, 3]
    assert lines[0]["text"].split("\n") == list(PARAGRAPHS)
    assert [bool(line["problems"]) for line in lines] == [False, True, True]


def test_a_single_page_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.html"
    path.write_text(page(), "utf-8")
    assert main(["extract", str(path), "--url", "https://a.example/1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["title"] == "Тарифы обсудят в феврале"
    assert {"id", "url", "canonical_url", "lead", "turns", "quotes", "is_opinion"} <= set(result)
