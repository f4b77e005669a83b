"""The operator's guide and the threat model say what is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor import health
from monitor.cli import COMMANDS
from monitor.config.form import SettingsForm

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from defencelist import DEFENCES, Defence  # noqa: E402

THREATS = (ROOT / "monitor" / "SECURITY.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "storage" / "OPERATING.md").read_text(encoding="utf-8")


def test_every_threat_names_a_test_that_exists() -> None:
    sources = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"\b(test_[a-z0-9_]+)\b(?!\.py)", THREATS))
    assert len(named) >= 20
    assert [name for name in sorted(named) if f"def {name}(" not in sources] == []
    files = set(re.findall(r"`((?:tests|bench)/[\w/]+\.py)", THREATS))
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []


def test_every_row_of_the_threat_model_has_a_defence_and_a_test() -> None:
    rows = [line for line in THREATS.splitlines() if line.startswith("| ") and "---" not in line]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 3, row
        assert all(cells), row


def test_every_threat_has_a_defence_that_is_taken_away_once() -> None:
    """`bench/defences.py` does it; here: it can be done, and no line of the page is left out."""
    tried = {re.sub(r".*::|\[.*", "", test) for defence in DEFENCES for test in defence.tests}
    rows = [line for line in THREATS.splitlines() if re.match(r"\| (?!threat)[^-]", line)]
    assert len(rows) >= 30
    assert [row for row in rows if not tried & set(re.findall(r"\btest_[a-z0-9_]+", row))] == []


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.name)
def test_a_defence_stands_where_the_list_says_and_its_tests_exist(defence: Defence) -> None:
    texts: dict[str, str] = {}
    for change in defence.changes:
        text = texts.get(change.file) or (ROOT / change.file).read_text(encoding="utf-8")
        texts[change.file] = change.applied(text)
    for test in defence.tests:
        file, _, name = test.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}(" in source


@pytest.mark.slow
def test_every_defence_is_missed_when_it_is_gone() -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "defences.py")],
        capture_output=True, text=True, check=False, timeout=2400,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_guide_names_only_commands_and_settings_that_exist() -> None:
    commands = set(re.findall(r"(?:^|[`(] ?|monitor )monitor ([a-z]+)\b", GUIDE, re.MULTILINE))
    assert commands
    assert commands <= set(COMMANDS) | {"monitor"}
    named = set(re.findall(r"\b(keep_[a-z_]+|backup_pages|metrics_port)\b", GUIDE))
    assert named <= set(SettingsForm.model_fields)


@pytest.mark.parametrize("name", [n for n in SettingsForm.model_fields if n.startswith("keep_")])
def test_every_rule_of_retention_is_in_the_guide(name: str) -> None:
    assert f"`{name}`" in GUIDE


def test_every_alarm_is_explained() -> None:
    source = Path(health.__file__).read_text(encoding="utf-8")
    checks = set(re.findall(r'_(?:fail|warn)\("([a-z]+)"', source))
    assert checks
    assert [check for check in sorted(checks) if f"| {check}" not in GUIDE] == []


def test_the_bill_of_materials_lists_every_locked_dependency() -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "sbom.py"), str(ROOT / "requirements.txt")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    listed = json.loads(answer.stdout)["components"]
    locked = re.findall(r"^[\w.-]+==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert len(listed) == len(locked)
    assert all(component["hashes"] for component in listed)
