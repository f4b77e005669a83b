"""Texts in, relations and topics out, as JSON lines.

  monitor tag < texts.jsonl > verdicts.jsonl
  monitor tag --explain article.txt
  monitor tag --rules my-rules.yaml < texts.jsonl

Each line in: {"id", "title", "text", "language"?, "outlet"?, "home"?, "date"?}. Each line out, in
the same order: {"id", "language", "relations": {"us": {"level", "score", "evidence", "limit"},
...}, "topics", "tagger"}. Offsets are code points. A line that cannot be read is reported with its
number on stderr and skipped. With --explain the file is plain text, its first line the title.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from monitor.models import Relation, Tagging
from monitor.tag import Tagger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `monitor tag`."""
    parser.add_argument("--rules", type=Path, metavar="FILE", help="your own partners and names")
    parser.add_argument("--explain", type=Path, metavar="FILE", help="show one text marked up")
    parser.add_argument("--home", action="store_true", help="the outlet is of the home country")


def run(arguments: argparse.Namespace) -> int:
    """Tag standard input, or explain one file."""
    tagger = Tagger.load(arguments.rules)
    if arguments.explain:
        from monitor.commands.explain_tag import explain_file

        return explain_file(tagger, arguments.explain, home=arguments.home)
    for line in tag_lines(tagger, sys.stdin.buffer, home=arguments.home):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0


def tag_lines(tagger: Tagger, lines: Iterable[bytes], *, home: bool = False) -> Iterable[str]:
    """One JSON line out for each good line in; bad ones are reported on stderr."""
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            item = _item(raw)
        except ValueError as error:
            sys.stderr.write(f"line {number}: {error}\n")
            continue
        tagging = tagger.tag(
            title=item["title"],
            text=item["text"],
            language=item["language"],
            home=item["home"] or home,
            published=item["date"],
        )
        yield json.dumps(as_json(item["id"], tagging), ensure_ascii=False)


def _item(raw: bytes) -> dict[str, Any]:
    item = json.loads(raw.decode("utf-8"))
    if not isinstance(item, dict):
        raise ValueError("not an object")
    if "id" not in item:
        raise ValueError("no id")
    found: dict[str, Any] = {"id": item["id"], "home": is_home(item)}
    for key in ("title", "text"):
        value = item.get(key) or ""
        if not isinstance(value, str):
            raise ValueError(f"{key} is not text")
        found[key] = value
    if not (found["title"] or found["text"]).strip():
        raise ValueError("neither title nor text")
    found["language"] = item.get("language") or item.get("lang") or None
    found["date"] = as_day(item.get("date") or item.get("published_at"))
    return found


def is_home(item: Mapping[str, Any]) -> bool:
    """Is the outlet of the home country? "home" says so; else its address (.kz) or, without an
    address, the Kazakh language does."""
    if item.get("home") is not None:
        return bool(item["home"])
    outlet = str(item.get("outlet") or "").partition("/")[0].strip().lower()
    if outlet:
        return outlet.endswith(".kz") or outlet.startswith("kz-")
    return (item.get("language") or item.get("lang")) == "kk"


def as_day(value: object) -> date | None:
    """The day of an ISO date or time, None if there is none or it cannot be read."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def as_json(identity: object, tagging: Tagging) -> dict[str, object]:
    """The shape of one line out."""
    return {
        "id": identity,
        "language": tagging.language,
        "relations": {r.partner: _relation(r) for r in tagging.relations},
        "topics": dict(tagging.topics),
        "tagger": tagging.version,
    }


def _relation(relation: Relation) -> dict[str, object]:
    return {
        "level": relation.level,
        "score": relation.score,
        "evidence": [
            {
                "field": e.field,
                "start": e.start,
                "end": e.end,
                "sentence": e.sentence,
                "why": e.why,
            }
            for e in relation.evidence
        ],
        "limit": relation.limit,
    }
