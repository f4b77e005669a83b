"""How costs grow with what is stored: nothing may grow faster than what is stored does.

    python bench/growth.py [--articles 1000,10000,50000,200000] [--feeds 10,100,1000,3000]
                           [--work DIR] [--plot bench/growth.png]

Fills a database with invented articles (Zipf-distributed words, so the full-text index grows as it
would) and measures at each size, as CPU milliseconds in this process: storing one more article
with verdicts and index (batches of 100), looking up 30 links of a feed, the candidates of a
day's digest (500 articles, fixed), one full-text search (newest 50 hits), the poll's work on
the tables for one feed that has not changed, and finding one article's copies and story in a
window of so many articles (it holds 20,000 at most). Prints tables; --plot draws the first
(matplotlib, not a dependency of monitor).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from monitor.models import (
    Article,
    DigestWindow,
    Evidence,
    Fetched,
    Relation,
    Source,
    Subscription,
    Tagging,
    Way,
)
from monitor.poll import after_success
from monitor.store.articles import NewArticle, store_article
from monitor.store.database import Database, open_database, write
from monitor.store.digests import gather_material
from monitor.store.entries import known_keys
from monitor.store.ways import load_ways, record_poll, save_way, sync_sources
from monitor.stories import Candidate, StoryWindow, candidate

START = datetime(2025, 1, 1, tzinfo=UTC)
SOURCES = 150
DAY = 500  # articles of one day's digest
WORDS = [f"слово{n:x}" for n in range(40_000)]
WEIGHTS = list(accumulate(1 / (n + 3) for n in range(len(WORDS))))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", default="1000,10000,50000,200000")
    parser.add_argument("--feeds", default="10,100,1000,3000")
    parser.add_argument("--window", default="250,1000,5000,20000,40000")
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-growth"))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    stored = by_articles(options.work / "monitor.db", [int(n) for n in options.articles.split(",")])
    rounds = by_feeds(options.work, [int(n) for n in options.feeds.split(",")])
    windows = by_window([int(n) for n in options.window.split(",")])
    print_table("articles", stored)
    print_table("feeds", rounds)
    print_table("seen in a week", windows)
    if options.json:
        tables = {"articles": stored, "feeds": rounds, "window": windows}
        options.json.write_text(json.dumps(tables))
    if options.plot:
        plot(stored, options.plot)
    return 0


def by_articles(path: Path, sizes: list[int]) -> dict[int, dict[str, float]]:
    db = open_database(path)
    sources = [source(n) for n in range(SOURCES)]
    sync_sources(db, sources, START)
    chance = random.Random(1)
    table: dict[int, dict[str, float]] = {}
    count = 0
    for size in sizes:
        while count < size:
            last, spent, count = (
                count,
                fill(db, chance, count, min(size, count + 1000)),
                min(size, count + 1000),
            )
        table[size] = {"store": 1000 * spent / (count - last), **measure(db, chance, count)}
        table[size]["KB an article"] = path.stat().st_size / count / 1000
        print(size, {k: round(v, 3) for k, v in table[size].items()}, flush=True)
    db.close()
    return table


def fill(db: Database, chance: random.Random, first: int, last: int) -> float:
    """Store articles `first` to `last`; the CPU seconds of the storing alone."""
    spent = 0.0
    for start in range(first, last, 100):
        batch = [invented(chance, n) for n in range(start, min(last, start + 100))]
        began = time.process_time()
        with write(db) as connection:
            for new in batch:
                store_article(connection, new)
        spent += time.process_time() - began
    return spent


def measure(db: Database, chance: random.Random, count: int) -> dict[str, float]:
    links = [f"web{n % SOURCES}.kz/a/{n}" for n in chance.sample(range(count), 30)]
    newest = START + timedelta(minutes=count)
    window = DigestWindow(
        start_id=count - DAY, end_id=count, start_at=newest - timedelta(days=1), end_at=newest
    )
    word = WORDS[300]
    sql = """SELECT a.id, a.title FROM articles_fts f JOIN articles a ON a.id = f.rowid
             WHERE articles_fts MATCH ? ORDER BY f.rowid DESC LIMIT 50"""
    return {
        "30 links": timed(lambda: known_keys(db, links)),
        "digest": timed(
            lambda: gather_material(
                db, Subscription(name="daily"), window, period=timedelta(days=1)
            )
        ),
        "search": timed(lambda: db.conn.execute(sql, (word,)).fetchall()),
    }


def timed(job: Callable[[], object], times: int = 9) -> float:
    """Median CPU milliseconds."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        job()
        spent.append(1000 * (time.process_time() - began))
    return sorted(spent)[times // 2]


def by_feeds(work: Path, sizes: list[int]) -> dict[int, dict[str, float]]:
    """One unchanged round over n feeds: loading the ways, the policy, the rows."""
    table = {}
    for size in sizes:
        db = open_database(work / f"feeds-{size}.db")
        sources = [source(n) for n in range(size)]
        sync_sources(db, sources, START)
        one_round(db, sources)
        table[size] = {"ms a feed": timed(lambda s=sources, d=db: one_round(d, s), 3) / size}  # type: ignore[misc]
        db.close()
    return table


def by_window(sizes: list[int]) -> dict[int, dict[str, float]]:
    """Placing one more article in the window of a week: its copies and its story."""
    chance = random.Random(2)
    table: dict[int, dict[str, float]] = {}
    window, seen = StoryWindow(), 0
    for size in sizes:
        spent: list[float] = []
        while seen < size:
            at = START + timedelta(days=7) * seen / sizes[-1]
            new = told(chance, seen, at)
            began = time.process_time()
            joins = window.place(new).joins
            window.add(new, joins)
            spent.append(1000 * (time.process_time() - began))
            seen += 1
        table[size] = {"ms an article": sum(spent[-200:]) / len(spent[-200:])}
        print(size, table[size], flush=True)
    return table


def told(chance: random.Random, number: int, at: datetime) -> Candidate:
    """One article in ten is the last one's text again, cut short."""
    again = number % 10 == 9
    words = random.Random(number - again).choices(WORDS, cum_weights=WEIGHTS, k=300)
    text = " ".join(words[: 240 if again else 300])
    title = " ".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=9))
    outlet = f"web{chance.randrange(SOURCES)}"
    return candidate(id=number, at=at, title=title, text=text, language="ru", source=outlet)


def one_round(db: Database, sources: list[Source]) -> None:
    now = START + timedelta(days=1)
    for states in load_ways(db, sources).values():
        for state in states:
            fetched = Fetched(
                url=state.current_url, final_url=state.current_url, status=304, headers={},
                body=b"", fetched_at=now, conditional=True,
            )  # fmt: skip
            after = after_success(
                state,
                fetched=fetched,
                listing=None,
                new_entries=0,
                known_shared=True,
                now=now,
                jitter=0.0,
            )
            with write(db) as connection:
                save_way(connection, after)
                row = {
                    "way_id": state.id,
                    "source_id": state.source_id,
                    "started_at": "",
                    "outcome": "unchanged",
                }
                record_poll(connection, row)


def source(number: int) -> Source:
    way = Way(kind="feed", url=f"https://web{number}.kz/feed.xml")
    return Source(id=f"web{number}", name=f"Web {number}", ways=(way,), home=True)


def invented(chance: random.Random, number: int) -> NewArticle:
    words = chance.choices(WORDS, cum_weights=WEIGHTS, k=300)
    sentence = " ".join(words[:12])
    url = f"https://web{number % SOURCES}.kz/a/{number}"
    at = START + timedelta(minutes=number)
    held = number % 4 == 0
    relations = tuple(
        Relation(
            partner=partner, level=int(held and partner == "cn"), score=0.5,
            evidence=(Evidence(field="text", start=0, end=len(sentence), sentence=sentence, why="x"),) if held else (),
        )
        for partner in ("us", "ru", "cn")
    )  # fmt: skip
    text = "\n".join(" ".join(words[n : n + 60]) for n in range(0, 300, 60))
    return NewArticle(
        article=Article(url=url, title=f"{sentence} {number}", text=text, language="ru", published_at=at),
        tagging=Tagging(language="ru", relations=relations, topics={"trade": 0.5} if held else {}, version="1"),
        source_id=f"web{number % SOURCES}", entry_url=url, final_url=url,
        first_seen_at=at, fetched_at=at, extractor_version="1",
    )  # fmt: skip


def print_table(what: str, table: dict[int, dict[str, float]]) -> None:
    names = list(next(iter(table.values())))
    print(f"\n| {what} | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for size, row in table.items():
        print(f"| {size:,} | {' | '.join(f'{row[name]:.3g}' for name in names)} |")


def plot(table: dict[int, dict[str, float]], file: Path) -> None:
    import matplotlib  # type: ignore[import-not-found]

    matplotlib.use("Agg")
    from matplotlib import pyplot  # type: ignore[import-not-found]

    figure, axes = pyplot.subplots(figsize=(7, 4.2), dpi=90)
    for name in ("store", "30 links", "digest", "search"):
        axes.plot(list(table), [row[name] for row in table.values()], marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="articles stored", ylabel="CPU milliseconds each")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(file)


if __name__ == "__main__":
    sys.exit(main())
