"""CPU of a round in which nothing is new: 304 for every feed, ours beside the obvious script.

    python bench/unchanged_round.py --web ../shared/newsweb [--feeds 500] [--rounds 3]

Serves the local news web (in its own process), polls all feeds once, then measures rounds in
which every feed answers 304: CPU seconds of this process per feed. The obvious script is httpx
with one shared client, validators in SQLite, feedparser for what has changed. Also prints the
largest number of connections that were open at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
import sqlite_utils

from monitor.commands.app import open_service, read_settings
from monitor.logs import set_up_logging
from monitor.pipeline.polling import poll_round


def cpu() -> float:
    return time.process_time()


def sockets() -> int:
    """Open sockets of this process."""
    count = 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            count += os.readlink(f"/proc/self/fd/{name}").startswith("socket")
    return count


async def ours(config: Path, rounds: int) -> tuple[float, int]:
    settings = read_settings(str(config), {})
    set_up_logging("plain", level=50)
    most, best = 0, float("inf")
    async with open_service(settings) as service:
        await poll_round(service)
        for _ in range(rounds):
            began = cpu()
            task = asyncio.create_task(poll_round(service, force=True))
            while not task.done():
                await asyncio.sleep(0.25)
                most = max(most, sockets())
            outcomes = await task
            assert {outcome.reason for outcome in outcomes} == {"unchanged"}, outcomes[:3]
            best = min(best, (cpu() - began) / len(outcomes))
    return best, most


async def obvious(urls: list[str], path: Path, rounds: int, workers: int) -> float:
    """What one writes in an afternoon: a look-up by sqlite-utils, a shared client, nothing else."""
    db = sqlite_utils.Database(path)
    db["feeds"].create({"url": str, "etag": str, "modified": str}, pk="url")
    gate = asyncio.Semaphore(workers)

    async def ask(client: httpx.AsyncClient, url: str) -> int:
        row = next(iter(db["feeds"].rows_where("url = ?", [url])), None)
        headers = (
            {"If-None-Match": row["etag"], "If-Modified-Since": row["modified"]} if row else {}
        )
        async with gate:
            answer = await client.get(url, headers=headers)
        if answer.status_code == 200:
            tags = {"etag": answer.headers["etag"], "modified": answer.headers["last-modified"]}
            db["feeds"].upsert({"url": url, **tags}, pk="url")
        return answer.status_code

    best = float("inf")
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as client:
        await asyncio.gather(*(ask(client, url) for url in urls))
        for _ in range(rounds):
            began = cpu()
            statuses = await asyncio.gather(*(ask(client, url) for url in urls))
            assert set(statuses) == {304}
            best = min(best, (cpu() - began) / len(urls))
    db.close()
    return best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8151)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        script = [sys.executable, str(options.web / "newsweb.py")]
        data = work / "data"
        build = [
            *script,
            "build",
            "--out",
            str(data),
            "--feeds",
            str(options.feeds),
            "--items",
            "2",
        ]
        subprocess.run(
            [*build, "--port", str(options.port), "--shells", str(options.web / "shells")],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        server = subprocess.Popen(
            [*script, "serve", "--data", str(data), "--port", str(options.port)],
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(2)
            urls = (data / "feeds.txt").read_text().split()
            sources = "".join(
                f"  - {{id: s{n}, name: S{n}, ways: [{{kind: feed, url: '{url}'}}]}}\n"
                for n, url in enumerate(urls)
            )
            config = work / "feeds.yaml"
            config.write_text(
                f"settings: {{allow_addresses: [127.0.0.0/8], host_delay_seconds: 0, archive_pages: false}}\nsources:\n{sources}"
            )
            before = asyncio.run(obvious(urls, work / "before.db", options.rounds, 32))
            own, most = asyncio.run(ours(config, options.rounds))
            plain = asyncio.run(obvious(urls, work / "plain.db", options.rounds, 32))
            plain = min(before, plain)  # on both sides of ours: the machine is not alone
        finally:
            server.terminate()
            server.wait()
    print(
        f"{options.feeds} feeds, all 304; CPU a feed: ours {own * 1000:.2f} ms, obvious script {plain * 1000:.2f} ms, ratio {own / plain:.2f}; at most {most} sockets open"
    )


if __name__ == "__main__":
    main()
