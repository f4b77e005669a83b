"""Correct the tagger's verdict on an article. The machine's verdict stays beside yours.

    monitor verdict 1234 us=0 ru=1 --why "only a list of countries"
    monitor verdict https://example.kz/news/1 cn=2
    monitor verdict --csv corrections.csv          columns: article, relation, level, why, by
    monitor verdict --feedback                     what readers marked on the pages
    monitor verdict --list                         what people have said, as CSV

Levels: 0 not about the relation, 1 secondary, 2 primary. ARTICLE is an id or a URL. `monitor eval`
shows how today's tagger does on all verdicts.
"""

from __future__ import annotations

import argparse
import csv
import getpass
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from monitor.clock import clock_from
from monitor.commands.app import open_store, read_settings
from monitor.errors import ConfigError, StoreError
from monitor.store.database import Database, utc_text
from monitor.store.verdicts import Verdict, find_article, judged_articles, record_verdicts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("article", nargs="?", metavar="ARTICLE")
    parser.add_argument("levels", nargs="*", metavar="RELATION=LEVEL")
    parser.add_argument("--why", default="", help="your reason; the next person will thank you")
    parser.add_argument("--by", default="", help="who says so (default: your login)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="many verdicts from a table")
    parser.add_argument(
        "--feedback", action="store_true", help="take over what readers marked (feedback.db)"
    )
    parser.add_argument("--list", action="store_true", help="print all verdicts as CSV")


def run(arguments: argparse.Namespace) -> int:
    one = arguments.article and arguments.levels
    if not (one or arguments.csv or arguments.feedback or arguments.list):
        sys.stderr.write("monitor verdict: give ARTICLE and RELATION=LEVEL, or --csv, or --list\n")
        return 2
    settings = read_settings(arguments.config)
    clock = clock_from(os.environ)
    partners = _partners(settings.rules)
    db = open_store(settings, clock)
    try:
        if arguments.list:
            return _print_all(db)
        if arguments.feedback:
            return _take_feedback(db, settings.database.parent, clock.now())
        verdicts = _given(db, arguments, partners)
        count = record_verdicts(db, verdicts, clock.now())
    finally:
        db.close()
    print(f"{count} verdicts kept")
    return 0


def _take_feedback(db: Database, folder: Path, now: datetime) -> int:
    """What readers marked becomes verdicts; marks on articles that are gone are passed over."""
    from monitor.reader import feedback

    path = folder / feedback.FILE
    opinions = [o for o in feedback.waiting(path) if find_article(db, str(o.article_id))]
    verdicts = [
        Verdict(
            article_id=opinion.article_id,
            relation=opinion.relation,
            level=opinion.level,
            why=opinion.why,
            by=opinion.by,
            origin="page",
        )
        for opinion in opinions
    ]
    count = record_verdicts(db, verdicts, now)
    if path.exists():
        feedback.mark_taken(path, utc_text(now))
    print(f"{count} verdicts kept")
    return 0


def _partners(rules: Path | None) -> Sequence[str]:
    from monitor.tag.lexicon import partners_of

    return partners_of(rules)


def _given(db: Database, arguments: argparse.Namespace, partners: Sequence[str]) -> list[Verdict]:
    by = arguments.by or getpass.getuser()
    if arguments.csv:
        return _from_csv(db, arguments.csv, partners, by)
    problems: list[str] = []
    rows = [(arguments.article, *text.partition("=")[::2]) for text in arguments.levels]
    found = _checked(
        db,
        [(f"{relation}={level}", article, relation, level, arguments.why, by, "cli")
         for article, relation, level in rows],
        partners,
        problems,
    )  # fmt: skip
    if problems:
        raise ConfigError(problems)
    return found


def _from_csv(db: Database, file: Path, partners: Sequence[str], by: str) -> list[Verdict]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StoreError(f"{file}: {error}") from error
    problems: list[str] = []
    given = [
        (
            f"{file}:{number}",
            str(row.get("article") or ""),
            str(row.get("relation") or ""),
            str(row.get("level") or ""),
            str(row.get("why") or ""),
            str(row.get("by") or by),
            "csv",
        )
        for number, row in enumerate(rows, 2)
    ]
    found = _checked(db, given, partners, problems)
    if problems:  # all or nothing: half a table is worse than none
        raise ConfigError(problems)
    return found


def _checked(
    db: Database,
    given: Iterable[tuple[str, str, str, str, str, str, str]],
    partners: Sequence[str],
    problems: list[str],
) -> list[Verdict]:
    found = []
    for place, article, relation, level, why, by, origin in given:
        article_id = find_article(db, article)
        if article_id is None:
            problems.append(f"{place}: there is no article {article!r}")
        if relation not in partners:
            problems.append(f"{place}: unknown relation {relation!r}; known: {', '.join(partners)}")
        if level not in ("0", "1", "2"):
            problems.append(f"{place}: level {level!r} is not 0, 1 or 2")
        if article_id is not None and not problems:
            found.append(
                Verdict(
                    article_id=article_id,
                    relation=relation,
                    level=int(level),
                    why=why,
                    by=by,
                    origin=origin,
                )
            )
    return found


def _print_all(db: Database) -> int:
    writer = csv.writer(sys.stdout)
    writer.writerow(("article", "relation", "level", "machine_level", "why", "url", "title"))
    for article in judged_articles(db):
        for relation, level in article.levels.items():
            writer.writerow(
                (article.id, relation, level, article.machine[relation], article.why,
                 article.url, article.title)
            )  # fmt: skip
    return 0
