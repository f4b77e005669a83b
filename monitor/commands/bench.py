"""Measure this installation: CPU milliseconds that an article costs, stage by stage.

    monitor bench               the newest 200 pages of the archive, done again
    monitor bench --json

Does to archived raw pages what a worker and the writer do to fresh ones, in one process, and
stores the result in a temporary database; the installation's own is only read. Fetching is left
out: it costs about 3 ms more. How this compares with other programs is told in bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import open_archive, read_settings
from monitor.commands.display import print_table
from monitor.errors import StoreError
from monitor.models import Entry, Facts, Fetched, Source
from monitor.store.articles import NewArticle, store_article
from monitor.store.database import Database, open_database, write
from monitor.store.memory import load_lines, load_profiles
from monitor.store.packing import pack_page
from monitor.store.ways import sync_sources

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.pipeline.working import Bench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=200, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="one JSON line")


def run(arguments: argparse.Namespace) -> int:
    from monitor.pipeline.jobs import Equipment
    from monitor.pipeline.working import Bench

    settings = read_settings(arguments.config)
    if not settings.database.exists():
        raise StoreError(f"there is no database yet: {settings.database}")
    db = open_database(settings.database)
    try:
        equipment = Equipment(
            rules=settings.rules, lines=load_lines(db), profiles=load_profiles(db)
        )
        chosen = _pages(settings, db, arguments.pages)
    finally:
        db.close()
    spent: dict[str, float] = {}
    bench = Bench(equipment)
    articles = [_work(bench, fetched, spent) for fetched in chosen]
    _store(articles, spent)
    figures = {name: round(1000 * s / len(chosen), 2) for name, s in spent.items()}
    if arguments.json:
        print(json.dumps(figures))
    else:
        rows = [*figures.items(), ("all", round(sum(figures.values()), 2))]
        print_table(("stage", "CPU ms an article"), rows, title=f"{len(chosen)} pages")
    return 0


def _pages(settings: Settings, db: Database, count: int) -> list[Fetched]:
    archive = open_archive(settings, db)
    sql = "SELECT page_id FROM articles WHERE page_id IS NOT NULL ORDER BY id DESC LIMIT ?"
    ids = [int(row[0]) for row in db.conn.execute(sql, (count,))]
    found = [archive.get(number) for number in ids] if archive else []
    if archive:
        archive.close()
    pages = [page.fetched for page in found if page]
    if not pages:
        raise StoreError("no raw page is kept; collect some articles first (`monitor once`)")
    return pages


@contextmanager
def _stage(name: str, spent: dict[str, float]) -> Iterator[None]:
    began = time.process_time()
    yield
    spent[name] = spent.get(name, 0.0) + time.process_time() - began


def _work(bench: Bench, fetched: Fetched, spent: dict[str, float]) -> NewArticle:
    from monitor.extract import extract_article

    now, entry = fetched.fetched_at, Entry(url=fetched.url)
    with _stage("extract", spent):
        article = extract_article(fetched, memory=bench.memory, now=now, entry=entry)
        bench.memory.changes()
    title, text, day = article.title, article.text, (article.published_at or now).date()
    with _stage("tag", spent):
        tagging = bench.tagger.tag(
            title=title, text=text, language=article.language, home=True, published=day
        )
    facts = Facts()
    if any(relation.level for relation in tagging.relations):
        with _stage("facts", spent):
            facts = bench.facts.find(
                title=title, text=text, language=article.language, published=day,
                turns=article.turns, home=bench.tagger.lexicon.home,
            )  # fmt: skip
    with _stage("compress the raw page", spent):
        pack_page(fetched)
    return NewArticle(
        article=article, tagging=tagging, facts=facts, source_id="bench", entry_url=fetched.url,
        final_url=fetched.final_url, first_seen_at=now, fetched_at=now, extractor_version="bench",
    )  # fmt: skip


def _store(articles: Sequence[NewArticle], spent: dict[str, float]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "monitor.db")
        sync_sources(db, [Source(id="bench", name="Bench", ways=())], articles[0].fetched_at)
        with _stage("store and index", spent):
            for start in range(0, len(articles), 100):
                with write(db) as connection:
                    for article in articles[start : start + 100]:
                        store_article(connection, article)
        db.close()
