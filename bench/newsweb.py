"""`monitor once` against the local news web, compared with its ground truth.

    python bench/newsweb.py --web ../shared/newsweb --feeds 100 --items 30 [--faults] [--work DIR]

Builds the web once (--work keeps it), serves it on loopback, writes a feeds.yaml, runs the real
command and prints: published, stored, lost, doubled, title exact, date exact, mean token F1, and
the seconds. Token F1: 2PR/(P+R) over the multiset of words of the text, per article, averaged.
With --faults the first attempts of many URLs fail (503, 429, slow, truncated, reset, redirect);
`once --force` is then repeated with the faults off. Exit code 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

FAULTS = ["--p503", ".03", "--p429", ".01", "--pslow", ".01", "--ptrunc", ".03", "--predir", ".03",
          "--preset", ".03", "--phang", ".005", "--fault-attempts", "1"]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=Path, required=True, help="the folder with newsweb.py")
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-newsweb"))
    parser.add_argument("--faults", action="store_true")
    options = parser.parse_args()
    data = build(options)
    run = options.work / "run"
    subprocess.run(["rm", "-rf", str(run)], check=True)
    run.mkdir(parents=True)
    (run / "feeds.yaml").write_text(feeds_yaml(data), encoding="utf-8")
    serve = [sys.executable, str(options.web / "newsweb.py"), "serve", "--data", str(data)]
    serve += ["--port", str(options.port), *(FAULTS if options.faults else [])]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.5)
        seconds = rounds(options, run)
    finally:
        server.terminate()
    return report(data, run / "storage" / "monitor.db", options.items, seconds)


def build(options: argparse.Namespace) -> Path:
    data: Path = options.work / f"web-{options.feeds}-{options.items}-{options.port}"
    if not (data / "truth.jsonl").exists():
        command = [sys.executable, str(options.web / "newsweb.py"), "build", "--out", str(data)]
        command += ["--feeds", str(options.feeds), "--items", str(options.items)]
        command += ["--port", str(options.port), "--shells", str(options.web / "shells")]
        subprocess.run(command, check=True)
    return data


def feeds_yaml(data: Path, **settings: object) -> str:
    """One source a feed; `settings` are added to those that a local web needs."""
    given = {"host_delay_seconds": 0, "allow_addresses": ["127.0.0.0/8"], **settings}
    lines = [f"settings: {json.dumps(given)}", "sources:"]
    for number, url in enumerate((data / "feeds.txt").read_text().split()):
        lines.append(
            f"  - {{id: web{number}, name: Web {number}, home: true, "
            f"ways: [{{kind: feed, url: {json.dumps(url)}}}]}}"
        )
    return "\n".join(lines) + "\n"


def rounds(options: argparse.Namespace, run: Path) -> float:
    once = [sys.executable, "-m", "monitor", "once", "--config", str(run / "feeds.yaml"), "--quiet"]
    started = time.perf_counter()
    subprocess.run(once, check=True)
    seconds = time.perf_counter() - started
    if options.faults:
        off = "&".join(f"{name[2:]}=0" for name in FAULTS[0:-2:2])
        url = f"http://127.0.0.2:{options.port}/__ctl/set?{off}"
        urllib.request.urlopen(url).read()
        for _ in range(3):
            subprocess.run([*once, "--force"], check=True)
    return seconds


def token_f1(ours: str, gold: str) -> float:
    a, b = Counter(re.findall(r"\w+", ours.lower())), Counter(re.findall(r"\w+", gold.lower()))
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values())) if common else 0.0


def report(data: Path, database: Path, items: int, seconds: float) -> int:
    truth = [json.loads(line) for line in (data / "truth.jsonl").open(encoding="utf-8")]
    published = {row["url"]: row for row in truth if row["seq"] < items}
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    rows = connection.execute(
        "SELECT url, final_url, title, text, published_at, method FROM articles"
    )
    stored: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        stored.setdefault(row["final_url"].split("?")[0], []).append(row)
    found = [(published[url], copies[0]) for url, copies in stored.items() if url in published]
    titles = sum(gold["title"].split() == row["title"].split() for gold, row in found)
    dates = sum(gold["date"][:19] == (row["published_at"] or "")[:19] for gold, row in found)
    scores = [token_f1(row["text"], gold["text"]) for gold, row in found]
    count = max(1, len(found))
    figures = {
        "published": len(published),
        "stored": len(found),
        "lost": len(published) - len(found),
        "doubled": sum(len(copies) - 1 for copies in stored.values()),
        "other": len(stored) - len(found),
        "title_exact": round(titles / count, 4),
        "date_exact": round(dates / count, 4),
        "token_f1": round(sum(scores) / count, 4),
        "f1_below_half": sum(score < 0.5 for score in scores),
        "methods": dict(Counter(row["method"] for _, row in found)),
        "seconds": round(seconds, 1),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    good = figures["lost"] == 0 and figures["doubled"] == 0
    return 0 if good and min(titles, dates) / count >= 0.98 and figures["token_f1"] >= 0.93 else 1


if __name__ == "__main__":
    sys.exit(main())
