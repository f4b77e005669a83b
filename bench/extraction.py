#!/usr/bin/env python3
"""Scores extraction on any folders of `gold.jsonl` + pages, our extractor beside others.

    python bench/extraction.py DATA/set1 DATA/set2 [--with fast,default,precision,readability,newspaper,resiliparse]
    python bench/extraction.py --newsweb BUILD [--pages 600]
    options: --worst 5 (name the worst pages)   --json FILE   --now ISO-TIME

Definitions
  F1         4-gram shingle F1 of the scrapinghub article-extraction benchmark: per page
             TP = sum over shingles of min(count), FP, FN the rest; precision and recall are the
             means over pages of TP/(TP+FP) and TP/(TP+FN), F1 their harmonic mean.
  page F1    mean over pages of the page's own F1; `<.9` and `<.5` count pages below.
  token F1   bag of words, mean over pages.
  title      exact after NFC and space collapsing; date: the same day as the gold, in Asia/Almaty or in the
             zone that the page states (the gold has no zone); author: precision and recall over names, case ignored.
  leaked     share of the gold's `without` strings found in the text; kept: of `with`.
  ms         CPU milliseconds per page, this process, after three pages to warm up.
An extractor that is not installed is named and skipped. A gold line: id, url, file, text and, if
known, title, author, date, with, without.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ALMATY = ZoneInfo("Asia/Almaty")
WORD = re.compile(r"\w+", re.UNICODE)
Result = dict[str, object]


# ------------------------------------------------------------------ measures


def shingles(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    tokens = WORD.findall(text or "")
    count = max(1, len(tokens) - n + 1)
    return Counter(tuple(tokens[i : i + n]) for i in range(count)) if tokens else Counter()


def overlap(gold: Counter, found: Counter) -> tuple[float, float]:
    """(precision, recall) as the scrapinghub benchmark defines them for one page."""
    same = sum((gold & found).values())
    wrong, missed = sum(found.values()) - same, sum(gold.values()) - same
    precision = (1.0 if not gold else 0.0) if same == wrong == 0 else same / (same + wrong)
    recall = same / (same + missed) if same + missed else 1.0
    return precision, recall


def harmonic(one: float, two: float) -> float:
    return 2 * one * two / (one + two) if one + two else 0.0


def squash(text: object) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", str(text or "")).lower())


def title_key(text: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(text or "")).split())


def local_day(value: object) -> str:
    text = str(value or "")
    if len(text) <= 10:
        return text
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (at.astimezone(ALMATY) if at.tzinfo else at).date().isoformat()


def names(value: object) -> set[str]:
    items = value if isinstance(value, list) else re.split(r"[;,]", str(value)) if value else []
    return {" ".join(str(item).lower().split()) for item in items if str(item).strip()}


class Score:
    """Sums over the pages of one set for one extractor."""

    def __init__(self) -> None:
        self.precision: list[float] = []
        self.recall: list[float] = []
        self.page: list[tuple[float, str]] = []
        self.token: list[float] = []
        self.title: list[bool] = []
        self.date: list[bool] = []
        self.author = [0, 0, 0]  # right, found, gold
        self.leaked = [0, 0]
        self.kept = [0, 0]
        self.seconds = 0.0
        self.wrong: list[str] = []

    def add(self, gold: Result, found: Result) -> None:
        text = str(found.get("text") or "")
        precision, recall = overlap(shingles(str(gold["text"])), shingles(text))
        self.precision.append(precision)
        self.recall.append(recall)
        self.page.append((harmonic(precision, recall), str(gold["id"])))
        one, two = Counter(WORD.findall(str(gold["text"]))), Counter(WORD.findall(text))
        same = sum((one & two).values())
        self.token.append(2 * same / max(1, sum(one.values()) + sum(two.values())))
        self._fields(gold, found)
        for key, sums in (("without", self.leaked), ("with", self.kept)):
            for part in gold.get(key) or []:
                sums[0] += squash(part) in squash(text)
                sums[1] += 1
                if (squash(part) in squash(text)) == (key == "without"):
                    self.wrong.append(f"{gold['id']}: {key} {part!r}")

    def _fields(self, gold: Result, found: Result) -> None:
        if gold.get("title"):
            self.title.append(title_key(gold["title"]) == title_key(found.get("title")))
            if not self.title[-1]:
                self.wrong.append(
                    f"{gold['id']}: title {found.get('title')!r} not {gold['title']!r}"
                )
        if gold.get("date"):
            stated = str(found.get("stated_day") or "")
            self.date.append(
                local_day(gold["date"]) in (local_day(found.get("published_at")), stated)
            )
            if not self.date[-1]:
                self.wrong.append(
                    f"{gold['id']}: date {found.get('published_at')} not {gold['date']}"
                )
        if "author" in gold and any(gold.get(k) for k in ("title", "date", "author")):
            right, mine = names(gold.get("author")), names(found.get("authors"))
            self.author[0] += len(right & mine)
            self.author[1] += len(mine)
            self.author[2] += len(right)
            if right != mine:
                self.wrong.append(f"{gold['id']}: author {sorted(mine)} not {sorted(right)}")

    def row(self) -> dict[str, object]:
        precision, recall = statistics.mean(self.precision), statistics.mean(self.recall)
        values = [value for value, _ in self.page]
        return {
            "pages": len(values),
            "F1": harmonic(precision, recall),
            "P": precision,
            "R": recall,
            "page F1": statistics.mean(values),
            "<.9": sum(v < 0.9 for v in values),
            "<.5": sum(v < 0.5 for v in values),
            "token F1": statistics.mean(self.token),
            "title": statistics.mean(self.title) if self.title else None,
            "date": statistics.mean(self.date) if self.date else None,
            "author P": self.author[0] / self.author[1] if self.author[1] else None,
            "author R": self.author[0] / self.author[2] if self.author[2] else None,
            "leaked": self.leaked[0] / self.leaked[1] if self.leaked[1] else None,
            "kept": self.kept[0] / self.kept[1] if self.kept[1] else None,
            "ms": 1000 * self.seconds / len(values),
        }


# ------------------------------------------------------------------ extractors


def ours(
    now: datetime, whole_set: bool = True
) -> Callable[[list[tuple[bytes, str]]], list[Result]]:
    """As `monitor extract --jsonl` works: learns per host, reads a hundred pages ahead."""
    from monitor.errors import ExtractError
    from monitor.extract import SiteMemory, draft_article, extract_article, finish_article
    from monitor.models import Fetched

    def fetched(body: bytes, url: str) -> Fetched:
        return Fetched(url=url, final_url=url, status=200, headers={}, body=body, fetched_at=now)

    def result(article: object) -> Result:
        at = article.published_at  # type: ignore[attr-defined]
        return {
            "text": article.text,  # type: ignore[attr-defined]
            "title": article.title,  # type: ignore[attr-defined]
            "authors": list(article.authors),  # type: ignore[attr-defined]
            "published_at": at.isoformat() if at else None,
            "stated_day": article.published_raw[:10],  # type: ignore[attr-defined]
            "method": article.method,  # type: ignore[attr-defined]
        }

    def run(pages: list[tuple[bytes, str]]) -> list[Result]:
        memory, results = SiteMemory(), []
        for start in range(0, len(pages), 100):
            drafts: list[object] = []
            for body, url in pages[start : start + 100]:
                try:
                    drafts.append(draft_article(fetched(body, url), memory=memory, now=now))
                except ExtractError as error:
                    drafts.append(str(error))
            results += [
                {"problem": d} if isinstance(d, str) else result(finish_article(d, memory))  # type: ignore[arg-type]
                for d in drafts
            ]
        return results

    def cold(pages: list[tuple[bytes, str]]) -> list[Result]:
        results: list[Result] = []
        for body, url in pages:
            try:
                article = extract_article(fetched(body, url), memory=SiteMemory(), now=now)
                results.append(result(article))
            except ExtractError as error:
                results.append({"problem": str(error)})
        return results

    return run if whole_set else cold


def each(one: Callable[[bytes, str], Result]) -> Callable[[list[tuple[bytes, str]]], list[Result]]:
    def run(pages: list[tuple[bytes, str]]) -> list[Result]:
        results = []
        for body, url in pages:
            try:
                results.append(one(body, url))
            except Exception as error:  # noqa: BLE001 - other people's extractors
                results.append({"problem": repr(error)})
        return results

    return run


def _trafilatura(**options: object) -> Callable[[bytes, str], Result]:
    from trafilatura import bare_extraction

    def one(body: bytes, url: str) -> Result:
        d = bare_extraction(body, url=url, with_metadata=True, include_comments=False, **options)  # type: ignore[arg-type]
        return (
            {"text": d.text, "title": d.title, "authors": d.author, "published_at": d.date}
            if d
            else {}
        )

    return one


def _readability(body: bytes, url: str) -> Result:
    from lxml import html
    from readability import Document

    document = Document(body)
    text = "\n".join(html.fromstring(document.summary()).itertext())
    return {"text": text, "title": document.short_title()}


def _newspaper(body: bytes, url: str) -> Result:
    import newspaper

    # It would fetch the page's pictures, and wait for each until the connection times out.
    article = newspaper.article(url, input_html=body.decode("utf-8", "replace"), fetch_images=False)
    day = article.publish_date
    return {
        "text": article.text,
        "title": article.title,
        "authors": article.authors,
        "published_at": day.isoformat() if day else None,
    }


def _resiliparse(body: bytes, url: str) -> Result:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(bytes_to_str(body, detect_encoding(body)))
    return {"text": extract_plain_text(tree, main_content=True), "title": tree.title}


OTHERS: dict[str, tuple[str, Callable[[], Callable[[bytes, str], Result]]]] = {
    "fast": ("trafilatura", lambda: _trafilatura(fast=True)),
    "default": ("trafilatura", _trafilatura),
    "precision": ("trafilatura", lambda: _trafilatura(favor_precision=True)),
    "readability": ("readability", lambda: _readability),
    "newspaper": ("newspaper", lambda: _newspaper),
    "resiliparse": ("resiliparse", lambda: _resiliparse),
}


# ------------------------------------------------------------------ data and table


def load_set(folder: Path) -> tuple[list[Result], list[tuple[bytes, str]]]:
    golds, pages = [], []
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        if gold.get("kind", "article") != "article" or not gold.get("text"):
            continue
        path = next(p for p in (folder / gold["file"], folder.parent / gold["file"]) if p.exists())
        body = path.read_bytes()
        golds.append(gold)
        pages.append((gzip.decompress(body) if path.suffix == ".gz" else body, gold["url"]))
    return golds, pages


def load_newsweb(folder: Path, count: int) -> tuple[list[Result], list[tuple[bytes, str]]]:
    """An equal number of pages of every host, as a feed reader would meet them."""
    index = json.loads((folder / "index.json").read_text("utf-8"))
    truth = [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]
    step = max(1, len(truth) // count)
    golds, pages = [], []
    with (folder / "pack.bin").open("rb") as pack:
        for row in truth[::step]:
            offset, size = index["art"][row["id"]][:2]
            pack.seek(offset)
            pages.append((pack.read(size), row["url"]))
            golds.append({**row, "id": str(row["id"])})
    return golds, pages


def sets(
    arguments: argparse.Namespace,
) -> Iterator[tuple[str, list[Result], list[tuple[bytes, str]]]]:
    for folder in arguments.folders:
        yield (folder.name, *load_set(folder))
    if arguments.newsweb:
        yield ("newsweb", *load_newsweb(arguments.newsweb, arguments.pages))


def measure(
    run: Callable[..., list[Result]], golds: list[Result], pages: list[tuple[bytes, str]]
) -> Score:
    score = Score()
    run(pages[:3])  # warm: some libraries load their tables with the first page
    start = time.process_time()
    results = run(pages)
    score.seconds = time.process_time() - start
    for gold, found in zip(golds, results, strict=True):
        score.add(gold, found)
    return score


def show(rows: list[dict[str, object]]) -> None:
    keys = list(rows[0])
    print("| " + " | ".join(keys) + " |\n|" + "---|" * len(keys))
    for row in rows:
        cells = [
            "–"
            if v is None
            else f"{v:.1f}"
            if k == "ms"
            else f"{v:.4f}"
            if isinstance(v, float)
            else str(v)
            for k, v in row.items()
        ]
        print("| " + " | ".join(cells) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--newsweb", type=Path)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--with", dest="others", default="")
    parser.add_argument("--cold", action="store_true", help="also ours without any memory")
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--now", default="2026-01-15T00:00:00+00:00")
    arguments = parser.parse_args()
    now = datetime.fromisoformat(arguments.now).astimezone(UTC)
    runs: dict[str, Callable[..., list[Result]]] = {"monitor": ours(now)}
    if arguments.cold:
        runs["monitor, no memory"] = ours(now, whole_set=False)
    for name in filter(None, arguments.others.split(",")):
        package, make = OTHERS[name]
        if importlib.util.find_spec(package) is None:
            print(f"skipped: {name} ({package} is not installed)")
            continue
        runs[name] = each(make())
    rows = []
    for title, golds, pages in sets(arguments):
        for name, run in runs.items():
            score = measure(run, golds, pages)
            rows.append({"set": title, "extractor": name, **score.row()})
            if arguments.worst and name.startswith("monitor"):
                for value, page in sorted(score.page)[: arguments.worst]:
                    print(f"  {title} {name} {page} F1 {value:.3f}")
                for line in score.wrong[: 4 * arguments.worst]:
                    print("  ", line)
    show(rows)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
