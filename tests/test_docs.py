"""What the documentation promises is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.cli import COMMANDS, _available
from monitor.store.database import Database

ROOT = Path(__file__).resolve().parents[1]


def columns(db: Database) -> dict[str, set[str]]:
    return {
        table.name: {column.name for column in table.columns}
        for table in db.tables
        if not table.name.startswith(("articles_fts", "_"))
    }


def described() -> dict[str, set[str]]:
    text = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    found = {}
    for part in text.split("\n### ")[1:]:
        name, _, body = part.partition("\n")
        first_cells = [line.split("|")[1] for line in body.splitlines() if line.startswith("| `")]
        found[name.strip()] = set(re.findall(r"`(\w+)`", " ".join(first_cells)))
    return found


def test_every_table_and_column_is_described(db: Database) -> None:
    assert described() == columns(db)


def test_every_command_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [n for n in COMMANDS if _available(n) and not re.search(rf"monitor {n}\b", text)]
    assert not missing


def test_every_module_stands_on_the_map() -> None:
    text = (ROOT / "monitor" / "README.md").read_text(encoding="utf-8")
    rooms = [
        path.name
        for path in sorted((ROOT / "monitor").iterdir())
        if (path.is_dir() and path.name != "__pycache__") or path.suffix == ".py"
    ]
    assert not [room for room in rooms if room not in text and not room.startswith("__")]


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    broken = []
    for page in ROOT.rglob("*.md"):
        if any(part.startswith(".") for part in page.relative_to(ROOT).parts):
            continue
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)|src=\"([^\"]+)\"", text):
            link = target[0] or target[1]
            if "://" not in link and not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert not broken
