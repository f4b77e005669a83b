"""`monitor check --live` and `monitor add` against a site of every kind, in a terminal."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "bench" / "terminal_pictures.py"


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    path = list(sys.path)
    spec = importlib.util.spec_from_file_location("terminal_pictures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


def test_every_kind_of_way_and_every_fate_is_told_apart(
    pictures: ModuleType, tmp_path: Path
) -> None:
    with pictures.site() as web:
        (tmp_path / "feeds.yaml").write_text(pictures.feeds_yaml(web), encoding="utf-8")
        checked = pictures.in_a_terminal(["check", "--live"], tmp_path)
        added = pictures.in_a_terminal(["add", web.url("/", pictures.IPS[0])], tmp_path)
    assert "6 works, 2 blocked, 1 changed, 1 dead" in checked
    for words in ("moved for good", "forbids", "status_403", "changed (html)", "status_404"):
        assert words in checked
    for kind in ("feed", "sitemap", "listing"):
        assert f"- {{kind: {kind}, url:" in added
    assert "\x1b[1m" in checked  # it is a terminal: tables are drawn
    assert "<svg" in pictures.drawn("monitor check --live", checked)
