"""CPU per request with ever more hosts at once: monitor's fetcher beside one shared httpx client.

    python bench/hosts.py --web ../shared/newsweb [--hosts 32,64,128,256] [--requests 2048]

All hosts are asked side by side, each for one feed after the other, until so many requests are
done; every answer is 304 (validators are sent), so that the client is measured and not the bodies.
CPU of this process; the server is another one. Best of three, both clients in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
from speed import build, serving

from monitor.clock import SystemClock
from monitor.commands.app import run_async
from monitor.fetch import FetchSettings, WebFetcher
from monitor.models import Request

Get = Callable[[str, str], Awaitable[str]]  # address, ETag -> ETag


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-speed"))
    parser.add_argument("--hosts", default="32,64,128,256")
    parser.add_argument("--requests", type=int, default=2048)
    parser.add_argument("--port", type=int, default=8300)
    options = parser.parse_args()
    sizes = [int(n) for n in options.hosts.split(",")]
    options.work.mkdir(parents=True, exist_ok=True)
    data = build(options, max(sizes), 2, future=0)
    urls = (data / "feeds.txt").read_text().split()
    with serving(options, data):
        rows = {size: measure(urls[:size], options.requests // size) for size in sizes}
    print("\n| hosts at once | monitor, CPU ms | shared httpx client, CPU ms |\n|---|---|---|")
    for size, (ours, shared) in rows.items():
        print(f"| {size} | {ours:.3f} | {shared:.3f} |")
    first, last = rows[sizes[0]], rows[sizes[-1]]
    print(
        f"\n{sizes[0]} to {sizes[-1]} hosts: x{last[0] / first[0]:.2f} and x{last[1] / first[1]:.2f}"
    )
    return 0


def measure(urls: list[str], each: int) -> tuple[float, float]:
    """CPU milliseconds a request, best of three."""
    runs = [(run_async(ours(urls, each)), asyncio.run(shared(urls, each))) for _ in range(3)]
    return min(run[0] for run in runs), min(run[1] for run in runs)


async def ours(urls: list[str], each: int) -> float:
    settings = FetchSettings(
        user_agent="kz-monitor/bench", allow_addresses=("127.0.0.0/8",), host_delay_seconds=0.0,
        max_connections=len(urls),
    )  # fmt: skip
    async with WebFetcher(settings, SystemClock()) as fetcher:

        async def get(url: str, etag: str) -> str:
            asked = Request(url=url, purpose="feed", obey_robots=False, etag=etag or None)
            return (await fetcher.fetch(asked)).etag or etag

        return await played(get, urls, each)


async def shared(urls: list[str], each: int) -> float:
    limits = httpx.Limits(max_connections=len(urls), max_keepalive_connections=len(urls))
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def get(url: str, etag: str) -> str:
            try:
                answer = await client.get(url, headers={"If-None-Match": etag} if etag else {})
            except httpx.TransportError:  # it happens with many hosts; ours has no second try
                return await get(url, etag)
            return str(answer.headers.get("etag", etag))

        return await played(get, urls, each)


async def played(get: Get, urls: list[str], each: int) -> float:
    tags = dict(zip(urls, await asyncio.gather(*(get(url, "") for url in urls)), strict=True))

    async def host(url: str) -> None:
        for _ in range(each):
            await get(url, tags[url])

    began = time.process_time()
    await asyncio.gather(*(host(url) for url in urls))
    return 1000 * (time.process_time() - began) / (each * len(urls))


if __name__ == "__main__":
    sys.exit(main())
