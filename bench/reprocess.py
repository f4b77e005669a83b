"""`monitor reprocess` over the archive of a database: killed at random, it ends like an undisturbed one.

    python bench/reprocess.py --config DIR/feeds.yaml [--kills 3] [--work DIR]

Copies the storage twice, runs one copy undisturbed and kills the other at random moments, then
compares every article and verdict. Prints pages, seconds, kills and differences; exit code 1 if any
row differs. Make an archive with bench/newsweb.py first.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

QUERY = (
    "SELECT a.id, a.url, a.title, a.text, a.level, a.relations, a.topics, a.published_at, a.authors, "
    "r.relation, r.level, r.score, r.evidence FROM articles a "
    "JOIN article_relations r ON r.article_id = a.id ORDER BY a.id, r.relation"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-reprocess"))
    options = parser.parse_args()
    quiet, killed = copies(options)
    started = time.perf_counter()
    run(quiet)
    seconds = time.perf_counter() - started
    chance = random.Random(options.seed)
    moments = [round(chance.uniform(0.15, 0.6) * seconds, 1) for _ in range(options.kills)]
    for moment in moments:
        with subprocess.Popen(
            command(killed), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(moment)
            process.kill()
    run(killed)
    one, other = rows(quiet), rows(killed)
    different = sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))
    figures = {
        "articles": len({row[0] for row in one}),
        "seconds_undisturbed": round(seconds, 1),
        "killed_after_seconds": moments,
        "rows": len(one),
        "rows_that_differ": different,
    }
    print(json.dumps(figures, indent=1))
    return int(different > 0)


def copies(options: argparse.Namespace) -> tuple[Path, Path]:
    shutil.rmtree(options.work, ignore_errors=True)
    folders = options.work / "quiet", options.work / "killed"
    for folder in folders:
        shutil.copytree(options.config.parent, folder)
    return folders


def command(folder: Path) -> list[str]:
    config = str(folder / "feeds.yaml")
    return [sys.executable, "-m", "monitor", "reprocess", "--config", config]


def run(folder: Path) -> None:
    subprocess.run(
        command(folder), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def rows(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "storage" / "monitor.db")
    try:
        return connection.execute(QUERY).fetchall()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
