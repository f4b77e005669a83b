"""Secrets stay in memory; files stay in their folder and belong to one user."""

from __future__ import annotations

import ast
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from support.installation import ROOT, Installation

from monitor.config import load_settings
from monitor.errors import ConfigError, MonitorError
from monitor.store.database import open_database
from monitor.store.pages import PageArchive

PASSWORD = "correct-horse-battery-7331"
HOOK = "webhook-signing-key-9182"
SECRETS = {
    "MONITOR_SMTP_HOST": "127.0.0.1",
    "MONITOR_SMTP_PORT": "9",
    "MONITOR_SMTP_USER": "monitor@example.org",
    "MONITOR_SMTP_SECURITY": "none",
    "MONITOR_WEBHOOK_SECRET": HOOK,
}


def house_with_mail(folder: Path) -> Installation:
    house = Installation.bare(folder)
    text = (folder / "feeds.yaml").read_text()
    text = text.replace(
        "channels: [folder]",
        'channels: [folder, mail, webhook], webhook_url: "http://127.0.0.1:9/hook", '
        "recipients: [anna@example.org]",
    )
    (folder / "feeds.yaml").write_text(text)
    return house


def test_a_password_is_nowhere_after_a_day_of_failing_mail(tmp_path: Path) -> None:
    """Wrong server, wrong port: the moments when a program prints what it knows."""
    house = house_with_mail(tmp_path)
    secret_file = tmp_path.parent / f"{tmp_path.name}-secret"
    secret_file.write_text(PASSWORD)
    house.environ = {**SECRETS, "MONITOR_SMTP_PASSWORD_FILE": str(secret_file)}
    answers = [house.run("once")]
    house.now = house.now.replace(day=27)
    commands = (["once"], ["digest", "--send"], ["status", "--once"], ["check"], ["backup"])
    answers += [house.run(*command) for command in commands]
    said = [answer.stdout + answer.stderr for answer in answers]
    assert "Traceback" not in "".join(said)
    for secret in (PASSWORD, HOOK):
        assert secret not in "".join(said)
        for file in (p for p in tmp_path.rglob("*") if p.is_file()):
            assert secret.encode() not in file.read_bytes(), file
    states = house.rows("SELECT DISTINCT state FROM deliveries WHERE channel = 'mail'")
    assert states != [("sent",)]


def test_settings_show_no_secret_when_printed(tmp_path: Path) -> None:
    house = house_with_mail(tmp_path)
    environ = {**SECRETS, "MONITOR_SMTP_PASSWORD": PASSWORD}
    settings = load_settings(house.folder / "feeds.yaml", environ, {"feed": {}})
    for shown in (repr(settings), str(settings), repr(settings.smtp)):
        assert PASSWORD not in shown
        assert HOOK not in shown


def test_a_wrong_setting_of_the_environment_is_named_without_its_value(tmp_path: Path) -> None:
    house = house_with_mail(tmp_path)
    environ = {**SECRETS, "MONITOR_SMTP_PASSWORD_FILE": f"/nowhere/{PASSWORD}"}
    with pytest.raises(ConfigError) as caught:
        load_settings(house.folder / "feeds.yaml", environ, {"feed": {}})
    assert PASSWORD not in str(caught.value)


def test_mail_addresses_of_recipients_are_not_logged(tmp_path: Path) -> None:
    house = house_with_mail(tmp_path)
    house.environ = {**SECRETS}
    said = "".join(house.run(*command).stdout for command in (["once"], ["digest", "--send"]))
    assert "anna@example.org" not in said


def test_what_the_program_writes_is_readable_by_its_user_only(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    mask = os.umask(0)  # the worst case: a machine that gives everything to everybody
    try:
        open_database(storage / "monitor.db").close()
        PageArchive(storage / "pages.db").close()
        answer = subprocess.run(
            Installation.bare(tmp_path).command("backup"),
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
    finally:
        os.umask(mask)
    assert answer.returncode == 0
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [storage, *storage.rglob("*")]}
    assert modes.pop("storage") == 0o700
    assert modes.pop("backups") == 0o700
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "x/../../../evil"])
def test_a_subscription_cannot_write_outside_the_digests(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    house = Installation.bare(inner)
    text = (inner / "feeds.yaml").read_text().replace("name: day", f"name: '{name}'")
    (inner / "feeds.yaml").write_text(
        text.replace("channels: [folder]", "channels: [folder, atom]")
    )
    house.run("once", "--quiet")
    house.now = house.now.replace(day=27, hour=3)
    house.run("once", "--quiet")
    outside = [
        path for path in tmp_path.rglob("*")
        if path.is_file() and inner / "storage" not in path.parents and path.name != "feeds.yaml"
    ]  # fmt: skip
    assert outside == []


# ------------------------------------------------------------------ rules over the source itself

DANGEROUS = re.compile(
    r"\b(eval|exec|pickle\.loads?|os\.system|shell=True|yaml\.load\(|yaml\.unsafe|marshal\.load|"
    r"verify=False|CERT_NONE|UnsafeLoader|FullLoader|check_hostname\s*=\s*False|mktemp\(|autoescape\s*=\s*False)\b"
)

SAFE = re.compile(r"Loader=_L(oader|OADER)\b")  # both are kinds of yaml.SafeLoader


def modules() -> list[Path]:
    return sorted((ROOT / "monitor").rglob("*.py"))


def test_no_module_uses_what_runs_data_or_trusts_every_certificate() -> None:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call | ast.keyword | ast.Attribute):
                line = ast.unparse(node)[:200]
                if DANGEROUS.search(line) and not SAFE.search(line):
                    found.append(f"{path.relative_to(ROOT)}: {line[:80]}")
    assert found == []


def test_values_reach_sql_by_binding_only() -> None:
    """In every SQL text that is put together, the parts are names of this package: constants,
    lists of question marks, columns. Never a value that came from outside."""
    words = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|PRAGMA|ATTACH)\b")
    outside = re.compile(r"\.(url|title|text|guid|summary|query|form|args|body)\b|\brequest\b")
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and words.search(ast.unparse(node)):
                parts = [
                    ast.unparse(p.value) for p in node.values if isinstance(p, ast.FormattedValue)
                ]
                found += [f"{path.name}: {part}" for part in parts if outside.search(part)]
    assert found == []


def test_errors_of_the_tree_carry_no_environment() -> None:
    assert not [c for c in MonitorError.__subclasses__() if "environ" in (c.__doc__ or "")]
