"""Facts to be read: what is found in texts, and what it costs.

    python -m bench.facts                          the demo corpus: totals and speed
    python -m bench.facts --items texts.jsonl      other texts: id, title, text, lang, date
    python -m bench.facts --items … --show 40      40 of them drawn at random, row by row
    python -m bench.facts --items … --labels bench/labels/facts.jsonl     precision of each table
    python -m bench.facts --items … --labels … --unread    the rows that nobody has judged yet

Precision needs a reader: labels are verdicts on single rows (bench/fact_rows.py). A row that a
change of the program alters is unread again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.fact_rows import Row, read_labels, report, rows_of
from bench.stories import demo
from monitor.facts import FactFinder
from monitor.models import Facts, PlaceName
from monitor.tag import Tagger

LONG = 11_000  # characters of the article that speed is stated for


@dataclass(frozen=True)
class Item:
    """A text to look at."""

    id: str
    title: str
    text: str
    language: str | None
    day: date | None


def read(path: Path | None) -> list[Item]:
    """Items of a JSON-lines file, or the demo's articles."""
    if path is None:
        return [Item(a.event, a.title, a.text, a.language, a.at.date()) for a in demo()]
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        text = str(raw.get("date") or "")[:10]
        day = date.fromisoformat(text) if len(text) == 10 else None
        found.append(Item(raw["id"], raw.get("title", ""), raw["text"], raw.get("lang"), day))
    return found


def show(item: Item, facts: Facts) -> None:
    print(f"\n== {item.id} {item.language} {item.day or ''} {item.title[:90]}")
    for name in dict.fromkeys((m.kind, m.name, m.role, m.country) for m in facts.mentions):
        print("  ", *(str(part) for part in name), sep=" | ")
    for amount in facts.amounts:
        print(f"   sum | {amount.value:g} {amount.currency} | {amount.surface}")
    for event in facts.events:
        print(f"   {event.kind} | {event.partner} | {event.date} | {event.sentence}")
    for quote in facts.quotes:
        print(
            f"   quote | {quote.speaker} | {quote.role} | {quote.text[:120]} | {quote.sentence[-120:]}"
        )


def speed(items: Sequence[Item], finder: FactFinder, tagger: Tagger) -> None:
    """Texts joined into articles of 11,000 characters, by language; CPU seconds of one core."""
    long: list[Item] = []
    for language in ("ru", "kk", "en"):
        text = "\n".join(item.text for item in items if item.language == language)
        long += [
            Item("", "", text[at : at + LONG], language, None)
            for at in range(0, max(1, len(text) - LONG), LONG)
        ][:20]
    for name, with_tags in (("facts", False), ("verdicts and facts", True)):
        began = time.process_time()
        for item in long:
            if with_tags:
                tagger.tag(title=item.title, text=item.text, language=item.language)
            finder.find(title=item.title, text=item.text, language=item.language)
        rate = len(long) / (time.process_time() - began)
        print(f"{name}: {rate:.0f} articles of {LONG} characters a second and core")


def judge(found: Sequence[tuple[Item, Facts]], labels: Path, unread: bool) -> None:
    """Precision by the labels; with `unread`, the rows without one, to be judged."""
    known = read_labels(labels)
    rows: list[Row] = []
    for item, facts in found:
        of_item = rows_of(item.id, facts)
        rows += of_item
        new = [row for row in of_item if row.key not in known]
        if unread and new:
            print(f"\n== {item.id} {item.day or ''} {item.title[:90]}")
            print(*(f"   {row.key} {row.table} | {row.shown}" for row in new), sep="\n")
    print(*report(rows, known), sep="\n")


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--items", type=Path, help="JSON lines; default: the demo corpus")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print the rows of N texts"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--labels", type=Path, help="verdicts of a reader: prints precision")
    parser.add_argument("--unread", action="store_true", help="with --labels: rows without verdict")
    given = parser.parse_args(None if arguments is None else list(arguments))
    items = read(given.items)
    tagger = Tagger.load()
    names = tagger.lexicon.names
    finder = FactFinder(PlaceName(name=n, code=e.code, kind=e.kind) for n, e in names)
    if given.show:
        items = random.Random(given.seed).sample(items, min(given.show, len(items)))
    totals: Counter[str] = Counter()
    found: list[tuple[Item, Facts]] = []
    for item in items:
        facts = finder.find(
            title=item.title, text=item.text, language=item.language, published=item.day, home="KZ"
        )
        found.append((item, facts))
        if given.show:
            show(item, facts)
        for table in ("mentions", "amounts", "events", "quotes"):
            totals[table] += len(getattr(facts, table))
    print(f"{len(items)} texts:", ", ".join(f"{count} {table}" for table, count in totals.items()))
    if given.labels:
        judge(found, given.labels, given.unread)
    elif not given.show:
        speed(items, finder, tagger)


if __name__ == "__main__":
    main()
