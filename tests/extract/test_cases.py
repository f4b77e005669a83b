"""Every page structure met in the region, each as a page and what must come out of it.

A case is `tests/cases/extract/NAME.html` + `NAME.json`: the address, then any fields of the
article (`text` as a list of paragraphs, `turns` as a list of kinds), `absent` for what must not be in
the text, or `error` with the page class. A new case adds no code.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from extract_pages import NOW

from monitor.errors import ExtractError
from monitor.extract import SiteMemory, extract_article
from monitor.models import Article, Fetched

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "tests" / "cases" / "extract").glob("*.json"))
sys.path.insert(0, str(ROOT / "bench"))


def read(case: Path) -> tuple[dict[str, object], bytes]:
    return json.loads(case.read_text("utf-8")), case.with_suffix(".html").read_bytes()


def article(expected: dict[str, object], body: bytes) -> Article:
    url = str(expected["url"])
    fetched = Fetched(url=url, final_url=url, status=200, headers={}, body=body, fetched_at=NOW)
    return extract_article(fetched, memory=SiteMemory(), now=NOW)


def plain(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if name == "turns":
        return [turn.kind for turn in value]  # type: ignore[attr-defined]
    if name == "text":
        return str(value).split("\n")
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_case_gives_what_it_says(case: Path) -> None:
    expected, body = read(case)
    if "error" in expected:
        with pytest.raises(ExtractError) as caught:
            article(expected, body)
        assert caught.value.page_class == expected["error"]
        return
    found = article(expected, body)
    fields = {name: value for name, value in expected.items() if name not in ("url", "absent")}
    assert {name: plain(name, getattr(found, name)) for name in fields} == fields
    assert [part for part in expected.get("absent", ()) if part in found.text] == []


def test_the_quality_floors_hold_on_the_cases() -> None:
    """The issue's floors, by the scorer of bench/extraction.py; they may only go up."""
    from extraction import Score

    score = Score()
    for case in CASES:
        expected, body = read(case)
        if "error" in expected:
            continue
        found = article(expected, body)
        gold = {
            "id": case.stem,
            "text": "\n".join(expected["text"]),  # type: ignore[arg-type]
            "title": expected["title"],
            "date": expected["published_at"],
            "with": expected["text"],
            "without": expected.get("absent", []),
        }
        at = found.published_at.isoformat() if found.published_at else None
        score.add(gold, {"text": found.text, "title": found.title, "published_at": at})
    row = score.row()
    assert row["F1"] >= 0.993  # type: ignore[operator]
    assert row["<.9"] == 0
    assert row["leaked"] <= 0.005  # type: ignore[operator]
    assert row["kept"] >= 0.99  # type: ignore[operator]
    assert row["title"] >= 0.97  # type: ignore[operator]
    assert row["date"] >= 0.99  # type: ignore[operator]
