"""What the operator configured for the reader's side: plugin options and limits.

Options live in storage/datasette.yaml under `plugins: monitor:`; secrets in the environment.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PLUGIN = "monitor"
# Datasette's own default -> what an archive of 200,000 articles needs (see bench/README.md).
# Facets that pass their limit vanish from the page, so theirs is far above the measured time.
_LIMITS = {
    "sql_time_limit_ms": (1000, 5000),
    "facet_time_limit_ms": (200, 4000),
    "default_page_size": (100, 40),
    "suggest_facets": (True, False),
    "max_returned_rows": (1000, 5000),
    "default_facet_size": (30, 12),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The plugin's part of datasette.yaml."""

    language: str = "ru"
    title: str | None = None  # None: the interface language's own title
    time_zone: ZoneInfo
    relations: tuple[str, ...] = ("us", "ru", "cn")
    feedback: bool = False


def options(datasette: Any) -> Options:
    """The options; unknown languages and zones fall back to the defaults of `Options`."""
    given = datasette.plugin_config(PLUGIN) or {}
    return Options(
        language=given.get("language") or "ru",
        title=given.get("title"),
        time_zone=ZoneInfo(given.get("time_zone") or "Asia/Almaty"),
        relations=tuple(given.get("relations") or ("us", "ru", "cn")),
        feedback=bool(given.get("feedback")) and bool(secret("MONITOR_FEEDBACK_KEY")),
    )


def secret(name: str) -> str | None:
    """An environment variable or the content of the file that `NAME_FILE` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip() or None
    return os.environ.get(name) or None


def apply_settings(datasette: Any) -> None:
    """Change the limits that still have Datasette's default."""
    for name, (default, wanted) in _LIMITS.items():
        if datasette.setting(name) == default:
            datasette._settings[name] = wanted
    datasette.sql_time_limit_ms = datasette.setting("sql_time_limit_ms")
    datasette.max_returned_rows = datasette.setting("max_returned_rows")
    datasette.page_size = datasette.setting("default_page_size")


def quiet_errors() -> None:
    """A page that is not there is no error of the program. Where rich is installed, Datasette
    prints a screen of traceback with local variables for every 404; bugs (500) keep theirs."""
    module = sys.modules.get("datasette.handle_exception")
    if module is not None:
        module.rich = None  # type: ignore[attr-defined]


def archive(datasette: Any) -> Any:
    """The database that holds the articles: `monitor`, or else the first one given."""
    found = datasette.databases
    names = [name for name in found if name != "_internal"]
    return found["monitor" if "monitor" in found else names[0]] if names else None
