"""A page in, an article out (JSON).

  monitor extract page.html --url https://example.kz/news/1
  monitor extract page.html.gz --url https://example.kz/news/1 --json
  ls pages/*.gz | make-lines | monitor extract --jsonl > articles.jsonl

With --jsonl every line of standard input is {"id", "url", "path"} (the path relative to the
working directory, .gz accepted) and gives one line of standard output, in the same order; a bad
line or page gives a line with `problems`, never a stop. Lines that a host repeats on three or
more of the pages are recognised and left out. Optional keys of a line: "fetched_at" (ISO 8601,
what "Сегодня, 13:51" refers to) and "content_type".
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import os
import queue
import sys
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from monitor.clock import clock_from
from monitor.errors import ExtractError
from monitor.extract import Draft, SiteMemory, draft_article, finish_article
from monitor.models import Article, Fetched, Quote, Turn

READ_AHEAD = 100  # pages looked at before the first is written: so early pages profit, too
PATIENCE_SECONDS = 2.0

FIELDS = (
    "url", "canonical_url", "title", "lead", "authors", "published_at", "date_precision",
    "date_source", "modified_at", "language", "text", "origin", "reposted_by", "is_interview",
    "turns", "quotes", "is_opinion", "is_truncated", "links", "image", "method", "problems",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `monitor extract`."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a saved page; .gz is accepted")
    parser.add_argument("--url", default="", help="the page's address")
    parser.add_argument("--json", action="store_true", help="the whole article as JSON")
    parser.add_argument("--jsonl", action="store_true", help="many pages, see above")
    parser.add_argument("--time-zone", default="Asia/Almaty", help="of times without a zone")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 ok, 1 the page holds no article, 2 usage."""
    if arguments.jsonl:
        return _stream(sys.stdin, sys.stdout, arguments.time_zone)
    if not arguments.file:
        sys.stderr.write("monitor extract: give a FILE, or --jsonl\n")
        return 2
    return _single(arguments)


def _single(arguments: argparse.Namespace) -> int:
    job = Job(id=arguments.file, url=arguments.url, path=arguments.file)
    memory = SiteMemory()
    result = _finish(job, _draft(job, memory, arguments.time_zone), memory)
    if arguments.json:
        sys.stdout.write(_dump(result, indent=2) + "\n")
    elif result["text"]:
        head = [str(result[name]) for name in ("title", "published_at") if result[name]]
        sys.stdout.write("\n".join(head) + f"\n\n{result['text']}\n")
    else:
        sys.stderr.write(f"monitor extract: {_why_not(result)}\n")
    return 0 if result["text"] else 1


def _why_not(result: dict[str, object]) -> str:
    problems = result["problems"]
    said = "; ".join(str(problem) for problem in problems) if isinstance(problems, list) else ""
    return f"{result['id']}: {said or 'no text found'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One line of input; `problem` says why it cannot be done."""

    id: object = None
    url: str = ""
    path: str = ""
    content_type: str = ""
    fetched_at: datetime | None = None  # None: now
    problem: str = ""


def _stream(source: TextIO, sink: TextIO, time_zone: str) -> int:
    memory = SiteMemory()
    for jobs in _windows(source):
        drafts = [_draft(job, memory, time_zone) for job in jobs]
        for job, draft in zip(jobs, drafts, strict=True):
            sink.write(_dump(_finish(job, draft, memory)) + "\n")
        sink.flush()
    return 0


def _windows(source: TextIO) -> Iterator[list[Job]]:
    """Lines in groups of READ_AHEAD; a group is closed early when nothing comes for a while, so
    that a program which waits for each answer is served too."""
    lines: queue.Queue[str | None] = queue.Queue(maxsize=2 * READ_AHEAD)
    threading.Thread(target=_read, args=(source, lines), daemon=True).start()
    window: list[Job] = []
    while True:
        try:
            line = lines.get(timeout=PATIENCE_SECONDS if window else None)
        except queue.Empty:
            line = ""
        if line and line.strip():
            window.append(_job(line))
        if window and (len(window) >= READ_AHEAD or not line):
            yield window
            window = []
        if line is None:
            return


def _read(source: TextIO, lines: queue.Queue[str | None]) -> None:
    for line in source:
        lines.put(line if line.strip() else " ")
    lines.put(None)


def _job(line: str) -> Job:
    try:
        given = json.loads(line)
        fetched_at = given.get("fetched_at")
        at = datetime.fromisoformat(fetched_at) if fetched_at else None
        return Job(
            id=given.get("id"), url=str(given.get("url") or ""), path=str(given["path"]),
            content_type=str(given.get("content_type") or ""),
            fetched_at=at if at is None or at.tzinfo else at.replace(tzinfo=UTC),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Job(problem=f"bad line: {type(error).__name__}: {error}")


def _draft(job: Job, memory: SiteMemory, time_zone: str) -> Draft | str:
    """The page's draft, or why there is none."""
    if job.problem:
        return job.problem
    now = _now()
    try:
        fetched = Fetched(
            url=job.url, final_url=job.url, status=200, body=_read_page(Path(job.path)),
            headers={"content-type": job.content_type}, fetched_at=job.fetched_at or now,
        )  # fmt: skip
        return draft_article(fetched, memory=memory, now=now, time_zone=time_zone)
    except ExtractError as error:
        return f"{error.page_class}: {error}"
    except (OSError, EOFError, zlib.error) as error:
        return f"unreadable: {getattr(error, 'strerror', None) or error}"


def _read_page(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _finish(job: Job, draft: Draft | str, memory: SiteMemory) -> dict[str, object]:
    if isinstance(draft, str):
        empty = Article(url=job.url, title="", text="", problems=(draft,))
        return {"id": job.id, **_as_json(empty)}
    return {"id": job.id, **_as_json(finish_article(draft, memory))}


def _as_json(article: Article) -> dict[str, object]:
    return {name: _plain(getattr(article, name)) for name in FIELDS}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Turn | Quote):
        return dataclasses.asdict(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _dump(result: dict[str, object], indent: int | None = None) -> str:
    return json.dumps(result, ensure_ascii=False, indent=indent)


def _now() -> datetime:
    """The clock, shifted by MONITOR_NOW for simulations and tests."""
    return clock_from(os.environ).now()
