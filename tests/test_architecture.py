"""The house rules that a machine can check: who may import whom, and one door per package."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "monitor"

# Lower layers never import higher ones; stages never import each other.
LAYERS = {
    "__init__": 0,
    "errors": 0,
    "models": 0,
    "clock": 1,
    "inflect": 1,
    "language": 1,
    "logs": 1,
    "metrics": 2,
    "ports": 1,
    "sound": 1,
    "text": 1,
    "translit": 1,
    "urls": 1,
    "yaml_lines": 1,
    "config": 2,
    "deliver": 2,
    "digest": 2,
    "extract": 2,
    "facts": 2,
    "fetch": 2,
    "health": 2,
    "poll": 2,
    "sources": 2,
    "store": 2,
    "stories": 2,
    "tag": 2,
    "pipeline": 3,
    "reader": 3,
    "schedule": 4,
    "commands": 5,
    "demo": 5,
    "cli": 6,
    "__main__": 7,
}

# Third-party package -> the rooms (file or folder) that may import it.
DOORS = {
    "ray": {"pipeline/ray_runner"},
    "datasette": {"reader"},
    "pymorphy3": {"reader/russian"},
    "httpx": {"fetch"},
    "feedparser": {"sources/syndication"},
    "trafilatura": {"extract/body"},
    "apscheduler": {"schedule"},
    "yaml": {"yaml_lines", "tag", "commands"},
    "pydantic": {"config"},
    "jinja2": {"digest"},
    "css_inline": {"digest"},
    "sqlite_utils": {"store"},
    "zstandard": {"store", "fetch/decode"},
    "brotli": {"fetch/decode"},
    "h11": {"fetch/connection"},
    "uvloop": {"commands/app"},
    "protego": {"fetch/robots"},
    "publicsuffixlist": {"urls"},
    "rich": {"commands"},
}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def layer_violations(name: str, source: str) -> list[str]:
    problems = []
    for module in imports(source):
        parts = module.split(".")
        if parts[0] != "monitor" or len(parts) < 2 or parts[1] not in LAYERS:
            continue
        target = parts[1]
        if target == name:
            continue
        if LAYERS[target] > LAYERS[name] or LAYERS[target] == LAYERS[name] == 2:
            problems.append(f"{name} imports {target}")
    return problems


def door_violations(where: str, source: str) -> list[str]:
    problems = []
    for module in imports(source):
        package = module.split(".")[0]
        doors = DOORS.get(package)
        if doors and not any(where == door or where.startswith(door + "/") for door in doors):
            problems.append(f"{where} imports {package}")
    return problems


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def test_every_room_has_a_layer() -> None:
    assert {room(path) for path in modules()} <= set(LAYERS)


def test_stages_do_not_import_each_other_or_anything_above() -> None:
    problems = [p for path in modules() for p in layer_violations(room(path), path.read_text())]
    assert not problems


def test_each_third_party_package_has_one_door() -> None:
    problems = []
    for path in modules():
        where = str(path.relative_to(ROOT)).removesuffix(".py")
        problems += door_violations(where, path.read_text())
    assert not problems


def test_the_rules_can_fail() -> None:
    assert (
        layer_violations("tag", "from monitor.store import articles") == ["tag imports store"] * 2
    )
    assert layer_violations("models", "import monitor.pipeline") == ["models imports pipeline"]
    assert door_violations("digest/render", "import httpx") == ["digest/render imports httpx"]


def test_every_module_says_what_it_is() -> None:
    silent = [str(p) for p in modules() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert not silent


def test_everything_imported_is_declared() -> None:
    declared = (ROOT.parent / "pyproject.toml").read_text().lower().replace("-", "_")
    names = {"yaml": "pyyaml"}
    missing = set()
    for path in modules():
        for module in imports(path.read_text()):
            package = module.split(".")[0]
            if package in sys.stdlib_module_names or package == "monitor":
                continue
            if names.get(package, package).lower() not in declared:
                missing.add(package)
    assert not missing
