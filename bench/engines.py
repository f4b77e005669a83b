"""A back-fill of 5,000 pages on the process pool and on a local Ray cluster: seconds and bytes.

    python bench/engines.py --web ../shared/newsweb [--pages 5000] [--workers 2] [--rounds 3]

Writes one WARC file from pages of the local news web (each taken several times, as another
article), plays both engines in turn over the same shards of 50 pages, and compares everything that
they return. Needs the extra `ray`. Prints the seconds of both, with and without the engine's start,
and the overhead of Ray; exit code 1 when results differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
import urllib.request
from dataclasses import replace
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from speed import build, serving
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.pipeline.jobs import Done, Equipment
from monitor.pipeline.ray_runner import RayRunner
from monitor.pipeline.shards import Kit, Outlet, PoolRunner, Shard, in_order
from monitor.store.warcs import page_offsets

SHARD = 50
Played = tuple[float, float, str]  # seconds, of these the start, digest of the results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-speed"))
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8300)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    path = warc(options)
    offsets = tuple(page_offsets(path, lambda _: True))
    shards = [
        Shard(path=path, offsets=offsets[n : n + SHARD]) for n in range(0, len(offsets), SHARD)
    ]
    kit = Kit(equipment=Equipment(), outlets=Everyone(), time_zone="Asia/Almaty")
    runs: dict[str, list[Played]] = {"pool": [], "ray": []}
    for number in range(options.rounds):
        for name in ("pool", "ray")[:: 1 if number % 2 else -1]:
            runs[name].append(played(name, kit, options.workers, shards))
            print(f"{name}: {runs[name][-1][0]:.1f} s", flush=True)
    return report(runs, len(offsets))


class Everyone(dict[str, Outlet]):
    """Every site belongs to one home source."""

    def __missing__(self, site: str) -> Outlet:
        return Outlet(source_id="web", home=True)


def warc(options: argparse.Namespace) -> Path:
    path: Path = options.work / f"pages-{options.pages}.warc.gz"
    if path.exists():
        return path
    data = build(options, 20, 30, future=30)
    urls = [json.loads(line)["url"] for line in (data / "truth.jsonl").open(encoding="utf-8")]
    with serving(options, data), path.open("wb") as file:
        bodies = {url: urllib.request.urlopen(url).read() for url in urls}
        writer = WARCWriter(file, gzip=True)
        for number, url in enumerate(islice(cycle(urls), options.pages)):
            head = StatusAndHeaders(
                "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
            )
            body = BytesIO(bodies[url])
            writer.write_record(
                writer.create_warc_record(
                    f"{url}?n={number}", "response", payload=body, http_headers=head
                )
            )
    return path


def played(name: str, kit: Kit, workers: int, shards: list[Shard]) -> Played:
    began = time.perf_counter()
    runner = PoolRunner(kit, workers) if name == "pool" else RayRunner(kit, workers)
    for worker in [runner.begin(shard) for shard in shards[:workers]]:
        runner.result(worker)  # every worker is up
    started = time.perf_counter()
    digest = hashlib.sha256()
    for _, kept in in_order(runner, shards):
        for page in kept:
            digest.update(spelled(page.done))
    ended = time.perf_counter()
    runner.close()
    return ended - began, started - began, digest.hexdigest()


def spelled(done: Done) -> bytes:
    """Everything in it; sets in order, because every process has one of its own."""
    features = done.features
    words = (features.language, sorted(features.all), sorted(features.top)) if features else ()
    return repr((replace(done, features=None), words)).encode()


def report(runs: dict[str, list[Played]], pages: int) -> int:
    print(f"\n| {pages:,} pages | seconds | without the start |\n|---|---|---|")
    whole = {name: statistics.median(run[0] for run in found) for name, found in runs.items()}
    work = {name: statistics.median(r[0] - r[1] for r in found) for name, found in runs.items()}
    for name in runs:
        print(f"| {name} | {whole[name]:.1f} | {work[name]:.1f} |")
    overhead = [100 * (value["ray"] / value["pool"] - 1) for value in (whole, work)]
    same = len({run[2] for found in runs.values() for run in found}) == 1
    print(f"\noverhead of Ray: {overhead[0]:+.0f} %, without the start {overhead[1]:+.0f} %")
    print(f"results are {'the same, byte for byte' if same else 'DIFFERENT'}")
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
