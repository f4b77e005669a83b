"""Other people's tools inside the benchmark, each in a Python of its own; missing ones say so.

    python bench/peers.py newspaper4k URLS TRUTH.jsonl
    python bench/peers.py news-please URLS TRUTH.jsonl
    python bench/peers.py reader FEEDS.txt DATABASE

Extraction libraries fetch nothing here: the pages are loaded first and only the reading of them is
timed, which flatters them. Prints one JSON line with `count`, `wall`, `cpu` and, for articles, the
mean token F1 against the truth; or `{"skipped": why}`.
"""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from inspect import signature
from pathlib import Path


def main() -> None:
    name, first, second = sys.argv[1:4]
    try:
        said = reader(first, second) if name == "reader" else articles(name, first, second)
    except ImportError as error:
        said = {"skipped": str(error)}
    print("\n" + json.dumps(said))


def articles(name: str, urls: str, truth_file: str) -> dict[str, float]:
    read = {"newspaper4k": newspaper, "news-please": news_please, "trafilatura": trafilatura}[
        name
    ]()
    truth = {
        row["url"]: row["text"]
        for row in map(json.loads, Path(truth_file).read_text().splitlines())
    }
    pages = [
        (url, urllib.request.urlopen(url).read())
        for url in Path(urls).read_text().split()
        if url in truth
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    texts = [read(url, page) for url, page in pages]
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    scores = [token_f1(text, truth[url]) for (url, _), text in zip(pages, texts, strict=True)]
    return {"count": len(pages), "f1": sum(scores) / max(1, len(scores)), **took}


def newspaper() -> Callable[[str, bytes], str]:
    from newspaper import Article

    def read(url: str, page: bytes) -> str:
        article = Article(url)
        article.download(input_html=page.decode("utf-8", "replace"))
        article.parse()
        return article.text or ""

    return read


def news_please() -> Callable[[str, bytes], str]:
    from newsplease import NewsPlease

    return lambda url, page: NewsPlease.from_html(page, url=url).maintext or ""


def trafilatura() -> Callable[[str, bytes], str]:
    from trafilatura import bare_extraction

    def read(url: str, page: bytes) -> str:
        found = bare_extraction(page, url=url, with_metadata=True)
        return (found.text or "") if found else ""

    return read


def reader(feeds: str, database: str) -> dict[str, float]:
    from reader import make_reader

    library = make_reader(database)
    for url in Path(feeds).read_text().split():
        library.add_feed(url, exist_ok=True)
    wall, cpu = time.perf_counter(), time.process_time()
    every = (
        {"scheduled": False}
        if "scheduled" in signature(library.update_feeds_iter).parameters
        else {}
    )
    count = sum(1 for _ in library.update_feeds_iter(workers=64, **every))  # all, not those due
    return {"count": count, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def token_f1(ours: str, gold: str) -> float:
    a, b = Counter(re.findall(r"\w+", ours.lower())), Counter(re.findall(r"\w+", gold.lower()))
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))


if __name__ == "__main__":
    main()
