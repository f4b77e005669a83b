"""The obvious script: what anybody would write in an afternoon, as the yardstick of bench/speed.py.

    python bench/obvious.py FEEDS.txt DATABASE [--pool N] [--feeds-only]

asyncio + httpx (one client, 20 requests at once), feedparser, trafilatura with its defaults and
metadata, sqlite-utils with a full-text index; conditional requests; with --pool the extraction
runs in N processes. Nothing is tuned, nothing is sabotaged. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import feedparser
import httpx
import sqlite_utils
import trafilatura

logging.disable(logging.CRITICAL)
KEYS = ("title", "author", "date", "text", "language", "description")
LIMIT = 20


def extract(page: bytes, url: str) -> dict[str, Any]:
    found = trafilatura.bare_extraction(page, url=url, with_metadata=True)
    if found is None:
        raise ValueError("no article")
    values = found.as_dict()
    return {key: values.get(key) for key in KEYS}


class Script:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.db = open_database(options.database)
        self.slots = asyncio.Semaphore(LIMIT)
        self.pool = ProcessPoolExecutor(options.pool) if options.pool else None
        self.counts = {"feeds": 0, "unchanged": 0, "articles": 0, "failed": 0}

    async def run(self) -> None:
        feeds = self.options.feeds.read_text().split()
        async with httpx.AsyncClient(timeout=30, follow_redirects=True) as client:
            await asyncio.gather(*(self.feed(client, url) for url in feeds))
        if self.pool:
            self.pool.shutdown()
        self.db.close()

    async def feed(self, client: httpx.AsyncClient, url: str) -> None:
        known = next(iter(self.db["feeds"].rows_where("url = ?", [url])), None) or {}
        headers = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("modified")}
        sent = {name: value for name, value in headers.items() if value}
        async with self.slots:
            answer = await client.get(url, headers=sent)
        self.counts["feeds"] += 1
        if answer.status_code == 304:
            self.counts["unchanged"] += 1
            return
        parsed = feedparser.parse(answer.content)
        row = {"url": url, "etag": answer.headers.get("etag"), "checked": time.time()}
        row["modified"] = answer.headers.get("last-modified")
        self.db["feeds"].upsert(row, pk="url")
        links = [entry.link for entry in parsed.entries]
        new = [link for link in links if not self.known(link)]
        if not self.options.feeds_only:
            await asyncio.gather(*(self.article(client, link) for link in new))

    def known(self, link: str) -> bool:
        return bool(list(self.db["articles"].rows_where("url = ?", [link], select="1")))

    async def article(self, client: httpx.AsyncClient, url: str) -> None:
        try:
            async with self.slots:
                answer = await client.get(url)
            answer.raise_for_status()
            if self.pool:
                loop = asyncio.get_running_loop()
                row = await loop.run_in_executor(self.pool, extract, answer.content, url)
            else:
                row = extract(answer.content, url)
            self.db["articles"].insert({"url": url, "at": time.time(), **row}, ignore=True)
            self.counts["articles"] += 1
        except (httpx.HTTPError, ValueError):
            self.counts["failed"] += 1


def open_database(path: Path) -> sqlite_utils.Database:
    db = sqlite_utils.Database(path)
    db.enable_wal()
    if "articles" not in db.table_names():
        db["feeds"].create({"url": str, "etag": str, "modified": str, "checked": float}, pk="url")
        columns = {"url": str, "at": float, **dict.fromkeys(KEYS, str)}
        db["articles"].create(columns, pk="url")
        db["articles"].enable_fts(["title", "text"], create_triggers=True)
    return db


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feeds", type=Path)
    parser.add_argument("database", type=Path)
    parser.add_argument("--pool", type=int, default=0)
    parser.add_argument("--feeds-only", action="store_true")
    script = Script(parser.parse_args())
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(script.run())
    took = {"wall": time.perf_counter() - wall, "main_cpu": time.process_time() - cpu}
    print(json.dumps(script.counts | took))


if __name__ == "__main__":
    main()
