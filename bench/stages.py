"""CPU milliseconds an article costs monitor, stage by stage, in one process.

    python bench/stages.py STORAGE [--pages 200]

Takes the raw pages that a benchmark run (or an installation) has archived in STORAGE/pages.db and
does to each what a worker and the writer do. Prints one JSON line: milliseconds per article.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from monitor.extract import extract_article
from monitor.models import Entry, Facts, Fetched
from monitor.pipeline.working import Bench, Equipment, _local_day
from monitor.store.articles import NewArticle, store_article
from monitor.store.database import open_database, write
from monitor.store.memory import load_lines, load_profiles
from monitor.store.pages import PageArchive, pack_page
from monitor.store.rows import insert

SPENT: dict[str, float] = {}


@contextmanager
def stage(name: str) -> Iterator[None]:
    began = time.process_time()
    yield
    SPENT[name] = SPENT.get(name, 0.0) + time.process_time() - began


def pages(storage: Path, count: int) -> list[Fetched]:
    connection = sqlite3.connect(storage / "pages.db")
    ids = [
        row[0] for row in connection.execute("SELECT id FROM pages ORDER BY id LIMIT ?", (count,))
    ]
    archive = PageArchive(storage / "pages.db")
    return [page.fetched for number in ids if (page := archive.get(number))]


def work(bench: Bench, fetched: Fetched) -> NewArticle:
    now = fetched.fetched_at
    with stage("extract"):
        article = extract_article(
            fetched, memory=bench.memory, now=now, entry=Entry(url=fetched.url)
        )
        bench.memory.changes()
    day = _local_day(article.published_at or now, "Asia/Almaty")
    with stage("tag"):
        tagging = bench.tagger.tag(
            title=article.title,
            text=article.text,
            language=article.language,
            home=True,
            published=day,
        )
    facts = Facts()
    if any(relation.level for relation in tagging.relations):
        with stage("facts"):
            facts = bench.facts.find(
                title=article.title, text=article.text, language=article.language,
                published=day, turns=article.turns, home=bench.tagger.lexicon.home,
            )  # fmt: skip
    with stage("compress the raw page"):
        pack_page(fetched)
    return NewArticle(
        article=article, tagging=tagging, facts=facts, source_id="web", entry_url=fetched.url,
        final_url=fetched.final_url, first_seen_at=now, fetched_at=now, extractor_version="bench",
    )  # fmt: skip


def store(articles: list[NewArticle]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "monitor.db")
        insert(
            db.conn,
            "sources",
            {"id": "web", "name": "Web", "updated_at": datetime.now(UTC).isoformat()},
        )
        with stage("store and index"):
            for start in range(0, len(articles), 100):
                with write(db) as connection:
                    for article in articles[start : start + 100]:
                        store_article(connection, article)
        db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("storage", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    options = parser.parse_args()
    db = open_database(options.storage / "monitor.db")
    bench = Bench(Equipment(lines=load_lines(db), profiles=load_profiles(db)))
    chosen = pages(options.storage, options.pages)
    articles = [work(bench, fetched) for fetched in chosen]
    store(articles)
    print(json.dumps({name: round(1000 * s / len(chosen), 2) for name, s in SPENT.items()}))


if __name__ == "__main__":
    main()
