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
