"""Only where the database is: for commands that are asked often and must start fast."""

from __future__ import annotations

from pathlib import Path

from monitor.errors import ConfigError
from monitor.yaml_lines import read_yaml

DEFAULT_DATABASE = "storage/monitor.db"


def quick_database(config: Path) -> Path:
    """The database of a feeds.yaml that need not be valid otherwise. Raises ConfigError."""
    try:
        text = config.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{config}: {error.strerror}"]) from error
    value = read_yaml(_settings_part(text), str(config)).value
    settings = value.get("settings") if isinstance(value, dict) else None
    given = settings.get("database") if isinstance(settings, dict) else None
    return config.absolute().parent / (given if isinstance(given, str) else DEFAULT_DATABASE)


def _settings_part(text: str) -> str:
    """The block that starts at `settings:`; parsing all the sources takes ten times as long."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("settings:")), None)
    if start is None:
        return ""
    block = [lines[start]]
    for line in lines[start + 1 :]:
        if line[:1].strip() and not line.startswith("#"):
            break
        block.append(line)
    return "\n".join(block)
