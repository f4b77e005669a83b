"""`monitor reprocess --stage tag` over ever more articles: milliseconds each, and for a million.

    python bench/retag.py --web ../shared/newsweb [--articles 2000,5000,10000,20000]

Texts are those of the local news web's truth (taken again and again, each time as another article),
stored without verdicts; the command is the real one, start and worker processes included. Prints
wall and CPU milliseconds an article at each size, what the articles added since the size before cost
(free of the start), and the estimate for a million from the largest run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contest import run
from newsweb import feeds_yaml
from speed import build

from monitor.models import Article, Source, Tagging
from monitor.store.articles import NewArticle, store_article
from monitor.store.database import open_database, write
from monitor.store.ways import sync_sources

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2025, 1, 1, tzinfo=UTC)
NOTHING = Tagging(language="", relations=(), topics={}, version="none")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-speed"))
    parser.add_argument("--articles", default="2000,5000,10000,20000")
    parser.add_argument("--port", type=int, default=8300)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    data = build(options, 20, 30, future=30)
    sizes = [int(n) for n in options.articles.split(",")]
    rows = {size: retagged(options.work / "retag", data, size) for size in sizes}
    print(
        "\n| articles | wall ms each | CPU ms each | CPU ms each of those added |\n|---|---|---|---|"
    )
    added = []
    for before, size in zip([0, *sizes], sizes, strict=False):
        wall, cpu = rows[size]
        added.append(1000 * (cpu - rows.get(before, (0.0, 0.0))[1]) / (size - before))
        print(
            f"| {size:,} | {1000 * wall / size:.2f} | {1000 * cpu / size:.2f} | {added[-1]:.2f} |"
        )
    if len(added) > 2:
        print(
            f"\nadded ones, last against first after the start: {100 * (added[-1] / added[1] - 1):+.1f} %"
        )
    hours = [seconds / sizes[-1] * 1e6 / 3600 for seconds in rows[sizes[-1]]]
    print(f"a million: {hours[0]:.1f} h here, {hours[1]:.1f} h of CPU")
    return 0


def retagged(folder: Path, data: Path, size: int) -> tuple[float, float]:
    """Wall and CPU seconds of the command."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "storage").mkdir(parents=True)
    config = folder / "feeds.yaml"
    config.write_text(feeds_yaml(data), encoding="utf-8")
    fill(folder / "storage" / "monitor.db", data, size)
    command = [sys.executable, "-m", "monitor", "reprocess", "--stage", "tag"]
    result = run([*command, "--config", str(config)], ROOT, timeout=3600, said=False)
    print(f"{size}: {result.wall:.1f} s, CPU {result.cpu:.1f} s", flush=True)
    return result.wall, result.cpu


def fill(database: Path, data: Path, size: int) -> None:
    rows = [json.loads(line) for line in (data / "truth.jsonl").open(encoding="utf-8")]
    db = open_database(database)
    sync_sources(db, [Source(id="web0", name="Web 0", ways=(), home=True)], START)
    for first in range(0, size, 500):
        with write(db) as connection:
            part = islice(
                cycle(rows), first % len(rows), first % len(rows) + min(500, size - first)
            )
            for number, row in enumerate(part, start=first):
                store_article(connection, invented(row, number))
    db.close()


def invented(row: dict[str, str], number: int) -> NewArticle:
    url, at = f"https://web0.kz/a/{number}", START + timedelta(minutes=number)
    return NewArticle(
        article=Article(
            url=url, title=f"{row['title']} {number}", text=row["text"], language=row.get("lang"),
            published_at=at,
        ),
        tagging=NOTHING, source_id="web0", entry_url=url, final_url=url, first_seen_at=at,
        fetched_at=at, extractor_version="1",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
