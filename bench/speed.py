"""monitor against the obvious script and, where installed, its peers, on the same local news web.

    python bench/speed.py --web ../shared/newsweb [--rounds 5] [--feeds 20] [--items 30]
                          [--unchanged 1000] [--peers PYTHON] [--json FILE]

Every round plays all contestants one after the other on the same pages, so that a busy machine
troubles them alike; the tables give medians and, what counts, ratios to the obvious script
(bench/obvious.py). Contestants: `monitor` (the whole product: tags, facts, archive), `monitor,
plain` (neither tags nor archive), `obvious`, `obvious, 2 processes`. Batches: `first` (hosts never
seen) and `second` (as many new pages of the same hosts, so that what was learned about them
counts). Feeds: 1,000, cold, unchanged, and unchanged behind a latency of 150 ms (where monitor may
have 512 requests in flight and reader 64 workers). Medians; unattended, about a quarter of an hour
on two cores. --peers names a Python that has reader, newspaper4k and
news-please installed; what is missing is named and skipped. The news web itself is not part of the
repository; bench/README.md says what it serves.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from compileall import compile_dir
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from contest import Result, run
from newsweb import feeds_yaml, token_f1

HERE = Path(__file__).parent
ROOT = HERE.parent
OURS = [sys.executable, str(HERE / "ours.py")]
BENCH = [sys.executable, "-m", "monitor", "bench", "--json"]
OBVIOUS = [sys.executable, str(HERE / "obvious.py")]

CONTESTANTS = ("monitor", "monitor, plain", "obvious", "obvious, 2 processes")
FEED_PARTS = (("feeds cold", 0), ("feeds unchanged", 0), ("feeds, latency", 1))
READER = "reader, 64 workers"
Table = dict[tuple[str, str], list[dict[str, float]]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-speed"))
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--unchanged", type=int, default=1000, help="feeds of the second part; 0: none"
    )
    parser.add_argument("--latency", type=float, default=0.15, help="of the third part, seconds")
    parser.add_argument("--port", type=int, default=8300)
    parser.add_argument("--peers", help="a Python with reader, newspaper4k, news-please")
    parser.add_argument("--only", help="contestants, separated by '; '")
    parser.add_argument("--json", type=Path, help="write all single results here")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    compile_dir(ROOT / "monitor", quiet=1)  # as installed, also where Python may not write it
    table: Table = defaultdict(list)
    articles(options, table)
    if options.unchanged:
        feeds(options, table)
    report(table)
    if options.json:
        rows = [{"who": who, "what": what, "runs": runs} for (who, what), runs in table.items()]
        options.json.write_text(json.dumps(rows, indent=1))
    return 0


# ---------------------------------------------------------------- the two parts


def articles(options: argparse.Namespace, table: Table) -> None:
    data = build(options, options.feeds, options.items, future=options.items)
    contestants = [
        who for who in CONTESTANTS if not options.only or who in options.only.split("; ")
    ]
    with serving(options, data):
        for number in range(options.rounds):
            for who in contestants[number % 2 :] + contestants[: number % 2]:
                folder = fresh(options, data)
                for what, epoch in (("first", 0), ("second", options.items)):
                    control(options, f"epoch?set={epoch}")
                    play(options, table, who, what, folder, data)
                if who == "monitor":
                    stages = [*BENCH, "--config", str(folder / "feeds.yaml")]
                    table[("monitor", "stages")].append(run(stages, ROOT).said)
        if options.peers and options.rounds:
            peers(options, table, data)


def feeds(options: argparse.Namespace, table: Table) -> None:
    data = build(options, options.unchanged, 2, future=0)
    with serving(options, data):
        for number in range(options.rounds):
            for who in ["monitor", "obvious"][:: 1 if number % 2 else -1]:
                folder = fresh(options, data, max_connections=512)
                for what, latency in FEED_PARTS:
                    control(options, f"set?latency={latency and options.latency}")
                    play(options, table, who, what, folder, data, "--poll-only", "--feeds-only")
                control(options, "set?latency=0")
            if options.peers:
                peer_feeds(options, table, data, cold=number == 0)


def play(
    options: argparse.Namespace, table: Table, who: str, what: str, folder: Path, data: Path,
    ours: str = "", theirs: str = "",
) -> None:  # fmt: skip
    """One contestant, one batch; its figures go into the table."""
    control(options, "reset")
    if who.startswith("monitor"):
        command = [*OURS, str(folder / "feeds.yaml"), *([ours] if ours else [])]
        command += ["--plain"] if "plain" in who else []
        stored = folder / "storage"
    else:
        stored = folder / "obvious"
        stored.mkdir(exist_ok=True)
        command = [*OBVIOUS, str(data / "feeds.txt"), str(stored / "obvious.db")]
        command += [theirs] if theirs else []
        command += ["--pool", "2"] if "processes" in who else []
    result = run(command, ROOT)
    table[(who, what)].append(figures(result, stored, data, control(options, "stats")))
    print(f"{who:22} {what:16} {table[(who, what)][-1]}", flush=True)


def figures(result: Result, stored: Path, data: Path, stats: dict[str, Any]) -> dict[str, float]:
    said = result.said
    count = max(1, said["articles"] or said["feeds"])
    requests = stats["counts"].get("all", 0)
    row: dict[str, float] = {
        "count": count,
        "per_second": count / result.wall,
        "cpu_ms": 1000 * result.cpu / count,
        "round_cpu_ms": 1000 * said["main_cpu"] / count,
        "round_per_second": count / said["wall"],
        "peak_mb": result.peak_mb,
        "requests": requests / count,
    }
    if said["articles"]:
        row["f1"] = quality(stored, data)
        rows, size = database(stored)
        row["db_kb"] = size / rows / 1000
    return row


def database(stored: Path) -> tuple[int, int]:
    """Articles, and bytes of the database without the archive of raw pages."""
    path = next(p for p in stored.glob("*.db") if p.name != "pages.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rows = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
    connection.close()
    return max(1, rows), path.stat().st_size


def quality(stored: Path, data: Path) -> float:
    """Mean token F1 against the news web's truth."""
    truth = {row["url"]: row["text"] for row in map(json.loads, (data / "truth.jsonl").open())}
    path = next(p for p in stored.glob("*.db") if p.name != "pages.db")
    rows = sqlite3.connect(path).execute("SELECT url, text FROM articles")
    scores = [
        token_f1(text or "", truth[plain])
        for url, text in rows
        if (plain := url.split("?")[0]) in truth
    ]
    return statistics.mean(scores) if scores else 0.0


# ---------------------------------------------------------------- the web and the folders


def build(options: argparse.Namespace, feeds: int, items: int, *, future: int) -> Path:
    data: Path = options.work / f"web-{feeds}-{items}-{future}-{options.port}"
    if not (data / "truth.jsonl").exists():
        command = [sys.executable, str(options.web / "newsweb.py"), "build", "--out", str(data)]
        command += ["--feeds", str(feeds), "--items", str(items), "--future", str(future)]
        command += ["--port", str(options.port), "--shells", str(options.web / "shells")]
        subprocess.run(command, check=True)
    return data


@contextmanager
def serving(options: argparse.Namespace, data: Path) -> Iterator[None]:
    command = [sys.executable, str(options.web / "newsweb.py"), "serve", "--data", str(data)]
    command += ["--port", str(options.port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                try:
                    control(options, "stats")
                    break
                except OSError:
                    time.sleep(0.1)
            yield
        finally:
            server.terminate()


def control(options: argparse.Namespace, what: str) -> dict[str, Any]:
    url = f"http://127.0.0.2:{options.port}/__ctl/{what}"
    answer: dict[str, Any] = json.loads(urllib.request.urlopen(url).read() or b"{}")
    return answer


def fresh(options: argparse.Namespace, data: Path, **settings: object) -> Path:
    folder: Path = options.work / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "feeds.yaml").write_text(feeds_yaml(data, **settings), encoding="utf-8")
    return folder


# ---------------------------------------------------------------- peers


def peers(options: argparse.Namespace, table: Table, data: Path) -> None:
    """Extraction libraries on the same pages; they have no service around them."""
    urls = options.work / "urls.txt"
    truth = [json.loads(line) for line in (data / "truth.jsonl").open(encoding="utf-8")]
    urls.write_text("\n".join(row["url"] for row in truth if row["seq"] < options.items)[:10_000])
    for name in ("newspaper4k", "news-please", "trafilatura"):
        peer(options, table, (name, "first"), name, str(urls), str(data / "truth.jsonl"))


def peer_feeds(options: argparse.Namespace, table: Table, data: Path, *, cold: bool) -> None:
    """reader's first look takes a minute and is played once; its database serves all rounds."""
    database = options.work / "reader.db"
    if cold:
        for file in options.work.glob("reader.db*"):
            file.unlink()
    for what, latency in FEED_PARTS[0 if cold else 1 :]:
        control(options, f"set?latency={latency and options.latency}")
        arguments = ("reader", str(data / "feeds.txt"), str(database))
        peer(options, table, (READER, what), *arguments)
    control(options, "set?latency=0")


def peer(options: argparse.Namespace, table: Table, key: tuple[str, str], *arguments: str) -> None:
    result = run([options.peers, str(HERE / "peers.py"), *arguments], ROOT)
    if "skipped" in result.said:
        print(f"{key[0]:22} skipped: {result.said['skipped']}")
        return
    said, count = result.said, max(1, result.said["count"])
    row = {"count": count, "per_second": count / said["wall"], "cpu_ms": 1000 * said["cpu"] / count}
    row |= {"round_cpu_ms": row["cpu_ms"], "round_per_second": row["per_second"]}
    table[key].append(row | {"peak_mb": result.peak_mb, "f1": said.get("f1", 0.0)})
    print(f"{key[0]:22} {key[1]:16} {table[key][-1]}", flush=True)


# ---------------------------------------------------------------- the report


def report(table: Table) -> None:
    for what, names in {
        "first": ARTICLE_COLUMNS, "second": ARTICLE_COLUMNS,
        **{what: FEED_COLUMNS for what, _ in FEED_PARTS},
    }.items():  # fmt: skip
        lines = {who: median(runs) for (who, batch), runs in table.items() if batch == what}
        if lines:
            print(f"\n### {what}\n")
            print_table(lines, names)
    for runs in (runs for (_, what), runs in table.items() if what == "stages"):
        print(f"\n### CPU by stage, ms an article\n\n{json.dumps(median(runs))}")


ARTICLE_COLUMNS = {
    "articles/s": "per_second", "CPU ms": "cpu_ms", "peak MB": "peak_mb",
    "requests": "requests", "DB KB": "db_kb", "token F1": "f1",
}  # fmt: skip
FEED_COLUMNS = {
    "feeds/s": "round_per_second", "CPU ms a feed": "round_cpu_ms",
    "CPU ms with start": "cpu_ms", "peak MB": "peak_mb",
}  # fmt: skip


def median(runs: list[dict[str, float]]) -> dict[str, float]:
    names = {name for one in runs for name in one}
    return {name: statistics.median(one[name] for one in runs if name in one) for name in names}


def print_table(lines: dict[str, dict[str, float]], columns: dict[str, str]) -> None:
    print(f"| | {' | '.join(columns)} | speed, CPU, memory to obvious | speed to reader |")
    print(f"|---|{'---|' * (len(columns) + 2)}")
    base, reader = lines.get("obvious", {}), lines.get(READER, {})
    speed, cost = list(columns.values())[:2]
    for who, row in lines.items():
        cells = [f"{row[name]:.3g}" if name in row else "" for name in columns.values()]
        ratio = f"{row[speed] / base[speed]:.2f}x, {base[cost] / row[cost]:.2f}x" if base else ""
        ratio += f", {row['peak_mb'] / base['peak_mb']:.2f}x" if base else ""
        beside = f"{row[speed] / reader[speed]:.1f}x" if reader else ""
        print(f"| {who} | {' | '.join(cells)} | {ratio} | {beside} |")


if __name__ == "__main__":
    sys.exit(main())
