"""Stanzas of feeds.yaml: from what was found to text, and text into the file.

The file is the operator's: it is never rewritten, only added to, and a version that would not
load is never written.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from monitor.commands.app import read_settings
from monitor.models import Source, Way

_TOP_LEVEL_KEY = re.compile(r"^[A-Za-z_]\w*\s*:", re.M)
_SOURCES_KEY = re.compile(r"^sources\s*:[ \t]*(\[\s*\])?[ \t]*(#.*)?$", re.M)


def stanza_of(source: Source) -> str:
    """The YAML of one source, indented as an item of `sources`."""
    fields: dict[str, object] = {"id": source.id, "name": source.name}
    if source.homepage:
        fields["homepage"] = source.homepage
    if source.languages:
        fields["languages"] = list(source.languages)
    if source.country:
        fields["country"] = source.country
    if source.home:
        fields["home"] = True
    fields["ways"] = [_way_fields(way) for way in source.ways]
    text = yaml.safe_dump(
        [fields], allow_unicode=True, sort_keys=False, width=96, default_flow_style=None
    )
    return "".join(f"  {line}\n" for line in text.splitlines())


def _way_fields(way: Way) -> dict[str, object]:
    fields: dict[str, object] = {"kind": way.kind, "url": way.url, **way.options}
    if way.note:
        fields["note"] = way.note
    return fields


def with_sources(text: str, sources: Sequence[Source]) -> str:
    """The text of feeds.yaml with further items at the end of `sources`."""
    stanzas = "".join("\n" + stanza_of(source) for source in sources)
    start = _SOURCES_KEY.search(text)
    if start is None:
        return f"{text.rstrip()}\n\nsources:\n{stanzas.lstrip()}" if stanzas else text
    opened = text[: start.start()] + "sources:" + text[start.end() :]
    following = _TOP_LEVEL_KEY.search(opened, start.start() + len("sources:"))
    end = _before_comment(opened, following.start()) if following else len(opened)
    rest = opened[end:]
    return f"{opened[:end].rstrip()}\n{stanzas}{chr(10) if rest.strip() else ''}{rest.lstrip()}"


def _before_comment(text: str, position: int) -> int:
    """A comment right above the next key belongs to that key."""
    lines = text[:position].splitlines(keepends=True)
    while lines and (lines[-1].startswith("#") or not lines[-1].strip()):
        position -= len(lines.pop())
    return position


def add_to_file(config: str, sources: Sequence[Source]) -> None:
    """Append to the file at once or not at all. Raises ConfigError when the result would not
    load; the file is then as it was."""
    path = Path(config)
    text = with_sources(path.read_text("utf-8"), sources)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        read_settings(name)
        os.chmod(name, path.stat().st_mode)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def free_id(wanted: str, taken: set[str]) -> str:
    """`wanted`, or `wanted_2`, … when it is taken; the choice is added to `taken`."""
    chosen, number = wanted, 2
    while chosen in taken:
        chosen, number = f"{wanted}_{number}", number + 1
    taken.add(chosen)
    return chosen
