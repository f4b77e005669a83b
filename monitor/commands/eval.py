"""Score the tagger on labelled texts, beside simple baselines.

  monitor eval --items texts.jsonl --labels labels.jsonl
  monitor eval --items stream.jsonl --labels stream_labels.jsonl --stream
  monitor eval --items a.jsonl b.jsonl --labels a_labels.jsonl b_labels.jsonl --json
  monitor eval --verdicts                    on the corrections made with `monitor verdict`

Items: {"id", "title", "text", "lang"?, "outlet"?, "date"?, "home"?, "group"?}; labels: {"id",
"labels": {"us": 0|1|2, ...}, "ambiguous"?, "ambiguous_partners"?, "subtopics"?: [...]}. Printed:
precision, recall and F1 of relevance (level 1 or 2) and of primary (level 2), per partner,
language, level and source, with 95 % intervals from 1,000 resamples of whole texts, and the paired
gain over each baseline; sub-topics over the texts whose label has a relation. Ambiguous cells (the
reader was in doubt) are counted in and also left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from monitor.commands.tag import as_day, is_home
from monitor.errors import ConfigError
from monitor.tag import Tagger
from monitor.tag.evaluate import (
    OURS,
    Bootstrap,
    Cell,
    Figure,
    baselines,
    by,
    exact,
    figure,
    gain,
    interval,
    named_sets,
)
from monitor.tag.tagger import Reading

_SMALL = 8  # sources with fewer texts are shown together


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `monitor eval`."""
    parser.add_argument("--items", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--labels", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument(
        "--verdicts", action="store_true", help="the verdicts of people in the database"
    )
    parser.add_argument("--rules", type=Path, metavar="FILE", help="your own partners and names")
    parser.add_argument("--stream", action="store_true", help="consecutive items of one outlet")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Tag, compare, print."""
    tagger = Tagger.load(arguments.rules)
    if arguments.verdicts:
        items, labels = _verdicts(Path(arguments.config))
    elif arguments.items and arguments.labels:
        items, labels = list(_lines(arguments.items)), list(_lines(arguments.labels))
    else:
        raise ConfigError(["give --items and --labels, or --verdicts"])
    read = list(_read(tagger, items, labels))
    cells = [cell for one in read for cell in _cells(*one)]
    if not cells:
        raise ConfigError(["no item has a label for a configured partner"])
    report = _report(cells, tagger.version, stream=arguments.stream)
    report["topics"] = _topics(tagger, read)
    if arguments.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(_table(report))
    return 0


def _lines(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
        for number, line in enumerate(text.split("\n"), 1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ConfigError([f"{path}: line {number}: {error}"]) from error


def _verdicts(config: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Corrected articles as items and labels: the regression cases that readers made."""
    from monitor.commands.quick import quick_database
    from monitor.store.database import open_database
    from monitor.store.verdicts import judged_articles

    db = open_database(quick_database(config), read_only=True)
    try:
        judged = judged_articles(db)
    finally:
        db.close()
    items = [
        {
            "id": article.id,
            "title": article.title,
            "text": article.text,
            "lang": article.language,
            "outlet": article.source_id,
            "home": article.home,
            "date": (article.published_at or "")[:10] or None,
        }
        for article in judged
    ]
    return items, [{"id": article.id, "labels": article.levels} for article in judged]


def _read(
    tagger: Tagger, items: Sequence[dict[str, Any]], labels: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], Reading]]:
    """Every item that has a label, with its label and what the tagger makes of it."""
    known = {raw["id"]: raw for raw in labels}
    for item in items:
        if item["id"] not in known:
            continue
        reading = tagger.read(
            title=item.get("title") or "",
            text=item["text"],
            language=item.get("lang") or item.get("language"),
            home=is_home(item),
            published=as_day(item.get("date")),
        )
        yield item, known[item["id"]], reading


def _cells(item: dict[str, Any], label: dict[str, Any], reading: Reading) -> Iterator[Cell]:
    for verdict in reading.verdicts:
        partner = verdict.partner.lower()
        if partner not in label["labels"]:
            continue
        doubtful = label.get("ambiguous_partners") or [partner]
        yield Cell(
            item=str(item["id"]),
            group=str(item.get("group") or label.get("group") or item["id"]),
            partner=partner,
            language=reading.document.language or "?",
            source=str(item.get("outlet") or "?").partition("/")[0],
            truth=label["labels"][partner],
            ambiguous=bool(label.get("ambiguous")) and partner in doubtful,
            said={OURS: verdict.level, **baselines(reading, verdict.partner)},
        )


# ---------------------------------------------------------------- figures and their print


def _numbers(found: Figure) -> dict[str, float]:
    return {
        "precision": round(found.precision, 3),
        "recall": round(found.recall, 3),
        "f1": round(found.f1, 3),
        "tp": found.tp,
        "fp": found.fp,
        "fn": found.fn,
    }


def _report(cells: list[Cell], version: str, *, stream: bool) -> dict[str, Any]:
    clear = [cell for cell in cells if not cell.ambiguous]
    report: dict[str, Any] = {
        "tagger": version,
        "texts": len({cell.item for cell in cells}),
        "cells": len(cells),
        "relevant": sum(cell.truth > 0 for cell in cells),
        "ambiguous": len(cells) - len(clear),
        "systems": _systems(cells),
        "unambiguous": _systems(clear),
    }
    if not stream:
        sizes = {name: len({c.item for c in found}) for name, found in _by_source(cells).items()}
        report["by"] = {
            "partner": _split(by(cells, lambda cell: cell.partner)),
            "language": _split(by(cells, lambda cell: cell.language)),
            "language, unambiguous": _split(by(clear, lambda cell: cell.language)),
            "level": {str(level): _numbers(exact(cells, OURS, level)) for level in (0, 1, 2)},
            "source": _split(
                by(cells, lambda c: c.source if sizes[c.source] >= _SMALL else "(small ones)")
            ),
        }
    return report


def _topics(
    tagger: Tagger,
    read: Sequence[tuple[dict[str, Any], dict[str, Any], Reading]],
) -> dict[str, dict[str, float]]:
    """Sub-topics of the texts that have a relation by their label; "all" pools them."""
    pairs = [
        (frozenset(label["subtopics"]), frozenset(tagger.topics_of(reading)))
        for _, label, reading in read
        if "subtopics" in label and any(label["labels"].values())
    ]
    return {name: _numbers(found) for name, found in named_sets(pairs).items()}


def _by_source(cells: list[Cell]) -> dict[str, list[Cell]]:
    return by(cells, lambda cell: cell.source)


def _systems(cells: list[Cell]) -> dict[str, Any]:
    if not cells:
        return {}
    bootstrap = Bootstrap(cells)
    ours = {level: bootstrap.f1(OURS, level) for level in (1, 2)}
    out: dict[str, Any] = {}
    for system in cells[0].said:
        entry: dict[str, Any] = {}
        for name, level in (("relevance", 1), ("primary", 2)):
            values = ours[level] if system == OURS else bootstrap.f1(system, level)
            bounds = interval(values)
            entry[name] = _numbers(figure(cells, system, level))
            entry[name]["interval"] = [round(bounds.low, 3), round(bounds.high, 3)]
            if system != OURS:
                better = gain(ours[level], values)
                entry[name]["our_gain"] = [round(better.low, 3), round(better.high, 3)]
        out[system] = entry
    return out


def _split(parts: dict[str, list[Cell]]) -> dict[str, Any]:
    out = {}
    for name, cells in parts.items():
        bounds = interval(Bootstrap(cells).f1(OURS))
        numbers: dict[str, Any] = _numbers(figure(cells, OURS))
        numbers["interval"] = [round(bounds.low, 3), round(bounds.high, 3)]
        numbers["primary_f1"] = round(figure(cells, OURS, 2).f1, 3)
        numbers["texts"] = len({cell.item for cell in cells})
        out[name] = numbers
    return out


def _table(report: dict[str, Any]) -> str:
    lines = [
        f"tagger {report['tagger']}: {report['texts']} texts, {report['cells']} cells, "
        f"{report['relevant']} relevant, {report['ambiguous']} ambiguous"
    ]
    for title in ("systems", "unambiguous"):
        lines += ["", _HEADS[title], f"{'':26}{'relevance P / R / F1':38}{'primary P / R / F1':36}"]
        for system, entry in report[title].items():
            relevance, primary = _cell(entry["relevance"]), _cell(entry["primary"])
            lines.append(f"{system:26}{relevance:38}{primary}")
    for title, parts in report.get("by", {}).items():
        lines += ["", f"by {title}"]
        for name, numbers in parts.items():
            tail = f"  primary F1 {numbers['primary_f1']:.3f}" if "primary_f1" in numbers else ""
            texts = f"{numbers['texts']:5} texts  " if "texts" in numbers else ""
            lines.append(f"{name[:25]:26}{texts}{_cell(numbers)}{tail}")
    if report.get("topics"):
        lines += ["", "by sub-topic (texts with a relation)"]
        lines += [f"{name[:25]:26}{_cell(found)}" for name, found in report["topics"].items()]
    return "\n".join(lines) + "\n"


_HEADS = {"systems": "all cells", "unambiguous": "without ambiguous cells"}


def _cell(numbers: dict[str, Any]) -> str:
    text = f"{numbers['precision']:.3f} / {numbers['recall']:.3f} / {numbers['f1']:.3f}"
    if "interval" in numbers:
        text += " [{:.2f}-{:.2f}]".format(*numbers["interval"])
    return text
