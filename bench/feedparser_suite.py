"""feedparser's own test feeds through our parser door; nothing of the suite is kept here.

    git clone https://github.com/kurtmckee/feedparser
    python bench/feedparser_suite.py feedparser/tests

Every case file carries an expectation. It is evaluated twice: on what feedparser makes of the raw
bytes, and on what it makes of the bytes as our door hands them over (charset repaired, control
characters out, entities judged). Cases about fields that a Listing carries are counted apart, and
for every dated field our own reading of the date is compared. Expectations are code from the
suite: run it on a checkout that you trust.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import time
import warnings
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import feedparser

from monitor.errors import ParseError
from monitor.sources import syndication
from monitor.sources.charset import repaired
from monitor.sources.dates import read_date

_EXPECT = re.compile(rb"Expect:\s*(.*?)\s*-->", re.S)
_HEADER = re.compile(r"^Header:\s+([^:]+):(.*)$", re.M)
_CARRIED = re.compile(
    r"'(title|link|id|guid|published|updated|created|summary|description|content|author|authors|"
    r"language|ttl|links|sy_updateperiod|sy_updatefrequency|entries)(_parsed|_detail)?'|len\(entries\)"
)
_NOW = datetime(2025, 12, 26, tzinfo=UTC)


def text_of(data: bytes) -> str:
    for mark, name in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"\x00<", "utf-16be"),
        (b"<\x00", "utf-16le"),
    ):
        if data.startswith(mark):
            return data.decode(name, "ignore")
    return data.decode("utf-8", "ignore")


def holds(expectation: str, result: Any) -> bool:
    try:
        return bool(eval(expectation, {"datetime": __import__("datetime")}, result))
    except Exception:  # noqa: BLE001 - a failed expectation, whatever it raised
        return False


def through_door(data: bytes, headers: dict[str, str]) -> Any:
    """What feedparser returns for the bytes that our door gives it, or None when it refuses."""
    try:
        syndication._refuse_bombs(data)
    except ParseError:
        return None
    kind = headers.get("content-type", "application/xml")
    body, kind, _ = repaired(syndication._capped(data, []), kind)
    return feedparser.parse(io.BytesIO(body), response_headers={**headers, "content-type": kind})


def dates_that_differ(plain: Any) -> tuple[int, list[str]]:
    """How many dated fields there were, and those that our own reading sees differently."""
    seen, found = 0, []
    for entry in plain["entries"]:
        for field in ("published", "updated", "created"):
            raw, parsed = dict.get(entry, field) or "", dict.get(entry, f"{field}_parsed")
            if not raw and not parsed:
                continue
            seen += 1
            theirs = datetime(*parsed[:6], tzinfo=UTC) if parsed and parsed[0] >= 1990 else None
            ours = read_date(raw, zone="UTC", today=_NOW)
            if ours != theirs:
                found.append(f"{raw!r}: feedparser {theirs}, ours {ours}")
    return seen, found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tests", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    count: Counter[str] = Counter()
    worse, better, dates = [], [], []
    began = time.perf_counter()
    for path in sorted((options.tests / "wellformed").rglob("*.xml")):
        data = path.read_bytes()
        text = text_of(data)
        found = _EXPECT.search(text.encode())
        if not found:
            continue
        expectation = found[1].decode().removeprefix("not bozo and ")
        headers = {name.lower(): value.strip() for name, value in _HEADER.findall(text)}
        headers.setdefault("content-type", "application/xml")
        plain = feedparser.parse(io.BytesIO(data), response_headers=dict(headers))
        own = through_door(data, dict(headers))
        before, after = holds(expectation, plain), own is not None and holds(expectation, own)
        group = "carried" if _CARRIED.search(expectation) else "other"
        count[f"{group} cases"] += 1
        count[f"{group} feedparser"] += before
        count[f"{group} our door"] += after
        if before and not after:
            worse.append(str(path.relative_to(options.tests)))
        if after and not before:
            better.append(str(path.relative_to(options.tests)))
        seen, differing = dates_that_differ(plain)
        count["dates compared"] += seen
        dates += [f"{path.name}: {line}" for line in differing]
    for name in sorted(count):
        print(f"{name:20} {count[name]}")
    print(f"worse through the door: {len(worse)} {worse}")
    print(f"better through the door: {len(better)} {better}")
    print(f"dates read differently: {len(dates)}")
    if options.verbose:
        print("\n".join(dates))
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
