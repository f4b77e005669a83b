"""An invented archive of any size, and how fast Datasette answers on it.

    python bench/archive.py make /tmp/big/monitor.db --articles 200000     about 1.3 GB
    python bench/archive.py time /tmp/big/monitor.db                       the table of bench/README.md

The same generator fills the reader's tests and pictures (a few hundred articles).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import invented  # noqa: E402

from monitor.store.database import open_database, utc_text, write  # noqa: E402

NEWEST = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)
BATCH = 2000


@dataclass
class Batch:
    """Rows by table, in the order of insertion."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append(row)


class Press:
    """Writes the archive, article by article."""

    def __init__(self, articles: int, days: float, paragraphs: int, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.count, self.days, self.paragraphs = articles, days, paragraphs
        self.story = 0
        self.story_left: list[tuple[str, str]] = []
        self.last: dict[str, object] = {}

    def batches(self):
        batch = Batch()
        for number in range(1, self.count + 1):
            self._article(number, batch)
            if number % BATCH == 0 or number == self.count:
                yield batch
                batch = Batch()

    def _article(self, number: int, batch: Batch) -> None:
        rnd = self.random
        seen = NEWEST - timedelta(days=self.days) * (1 - number / self.count)
        source = rnd.choice(invented.OUTLETS)
        language = rnd.choice(source[2].split(","))
        partner = rnd.choices(["us", "ru", "cn", ""], [2, 3, 2, 4])[0]
        second = rnd.choice(["us", "ru", "cn"]) if partner and rnd.random() < 0.25 else ""
        if self.last and partner == self.last["partner"] and rnd.random() < 0.5:
            language = str(self.last["language"]) if rnd.random() < 0.4 else language
        money = rnd.choice(invented.SUMS[language])
        fill = {"who": "Ерлан Осанов", "sum": money[0], "n": rnd.randint(3, 90)}
        title = rnd.choice(invented.TITLES[partner][language]).format(**fill)
        lines, marks = self._text(partner, second, language, fill)
        text = "\n".join(lines)
        reprint = (
            bool(self.last) and partner and self.last["partner"] == partner and rnd.random() < 0.15
        )
        if reprint:
            title, text, language, marks = (self.last[k] for k in ("title", "text", "language", "marks"))  # fmt: skip
        relations = {partner: 2 if rnd.random() < 0.6 else 1, second: 1} if partner else {}
        relations.pop("", None)
        words = ", ".join(sorted(relations, key=lambda r: -relations[r]))
        story_id = self._story(number, batch, seen, partner, title, words)
        published = seen - timedelta(minutes=rnd.randint(2, 90))
        batch.add(
            "articles", id=number, url=f"https://{source[0]}.example/{number}", title=title, source_id=source[0],
            relations=words, level=max(relations.values(), default=0),
            topics=", ".join(invented.TOPICS[partner][:2]) if partner else "",
            published_at=utc_text(published), first_seen_at=utc_text(seen), language=language, lead=text.split("\n")[0],
            text=text, words=len(text.split()), authors="Айгерим Сарсен" if rnd.random() < 0.3 else "",
            final_url=f"https://{source[0]}.example/{number}", script="cyrl" if language != "en" else "latn",
            date_source="jsonld", date_precision="second", method="fast",
            content_hash=hashlib.sha256(text.encode()).hexdigest()[:24], fetched_at=utc_text(seen),
            dup_of=self.last["id"] if reprint else None, dup_kind="same" if reprint else None, story_id=story_id,
            is_interview=0,
        )  # fmt: skip
        self._details(number, batch, relations, marks, text, money, partner, seen, title)
        if not reprint:
            self.last = {"id": number, "partner": partner, "title": title, "text": text, "language": language, "marks": marks}  # fmt: skip

    def _text(self, partner: str, second: str, language: str, fill: dict[str, object]):
        """Paragraphs and where the evidence stands: (partner, start, end)."""
        rnd = self.random
        lines, marks, offset = [], [], 0
        for index in range(self.paragraphs):
            about = partner if index in (0, 2, 5) else second if index == 3 else ""
            said = [rnd.choice(invented.SENTENCES[about][language]).format(**fill)]
            said += [rnd.choice(invented.SENTENCES[""][language]).format(**fill) for _ in range(2)]
            if about:
                marks.append((about, offset, offset + len(said[0])))
            line = " ".join(said)
            lines.append(line)
            offset += len(line) + 1
        return lines, marks

    def _story(
        self, number: int, batch: Batch, seen: datetime, partner: str, title: str, words: str
    ):
        if not partner or self.random.random() > 0.6:
            return None
        if self.random.random() < 0.25 or not self.story or self.story_partner != partner:
            self.story += 1
            self.story_partner, self.story_size = partner, 0
            batch.add(
                "stories", id=self.story, title=title, first_article_id=number, first_seen_at=utc_text(seen),
                last_seen_at=utc_text(seen), relations=words, level=2, bound_by="invented",
            )  # fmt: skip
        return self.story

    def _details(self, number, batch, relations, marks, text, money, partner, seen, title) -> None:
        for relation, level in relations.items():
            evidence = [
                {"field": "text", "start": s, "end": e, "sentence": text[s:e], "why": "Казахстан + " + relation}
                for about, s, e in marks if about == relation
            ]  # fmt: skip
            batch.add(
                "article_relations", article_id=number, relation=relation, level=level, score=0.9 if level == 2 else 0.6,
                evidence=json.dumps(evidence, ensure_ascii=False),
                limited_by="" if level == 2 else "о партнёре сказано один раз", tagger_version="invented",
            )  # fmt: skip
        if not partner:
            return
        for topic in invented.TOPICS[partner][:2]:
            batch.add("article_topics", article_id=number, topic=topic, score=0.8)
        sentence = text.split("\n")[0]
        for key, kind, *_names in self.random.sample(invented.PEOPLE, 3):
            batch.add(
                "mentions", article_id=number, person_key=key, kind=kind, surface=_names[0], role=_names[3],
                country=_names[4], start=0, end=9, sentence=sentence[:200],
            )  # fmt: skip
        if money[0] in text:
            start = text.index(money[0])
            batch.add(
                "amounts", article_id=number, value=money[1], currency=money[2], usd=money[1] if money[2] == "USD" else None,
                surface=money[0], start=start, end=start + len(money[0]), sentence=sentence[:200],
            )  # fmt: skip
        if self.random.random() < 0.4:
            batch.add(
                "events", article_id=number, kind=self.random.choice(["agreement", "visit", "meeting"]), partner=partner,
                date=seen.date().isoformat(), start=0, end=10, sentence=sentence[:200],
            )  # fmt: skip
        if self.random.random() < 0.5:
            person = self.random.choice(invented.PEOPLE[:6])
            batch.add(
                "quotes", article_id=number, person_key=person[0], speaker=person[2], role=person[5],
                text="Мы продолжим эту работу вместе с партнёрами.", start=0, end=10, sentence=sentence[:200],
            )  # fmt: skip
        if self.random.random() < 0.02:
            batch.add(
                "revisions", article_id=number, seen_at=utc_text(seen + timedelta(hours=3)), kind="edit",
                title=title, text=text.replace(sentence, sentence.replace("соглас", "обсуд") + " Цифры уточняются."),
                touches_tagged=1,
            )  # fmt: skip


def make(path: Path, articles: int, days: float = 730, paragraphs: int = 14) -> None:
    """Write a new archive; raises if the file has articles already."""
    db = open_database(path)
    now = utc_text(NEWEST)
    first = Batch()
    for id_, name, languages, country, owner, home in invented.OUTLETS:
        first.add(
            "sources", id=id_, name=name, homepage=f"https://{id_}.example/", languages=languages, country=country,
            owner=owner, home=home, updated_at=now,
        )  # fmt: skip
        broken = id_ == "kaspiy-online"
        first.add(
            "ways", source_id=id_, position=0, kind="feed", url=f"https://{id_}.example/rss", current_url=f"https://{id_}.example/rss",
            state="failing" if broken else "ok", failures=7 if broken else 0, last_error="503" if broken else None,
            last_polled_at=now, last_ok_at=utc_text(NEWEST - timedelta(days=2)) if broken else now, last_new_at=now,
            interval_minutes=30.0, rate_per_day=12.5, in_use=1,
        )  # fmt: skip
    for key, kind, ru, kk, en, role, country in invented.PEOPLE:
        first.add(
            "people", key=key, kind=kind, name=ru, name_ru=ru, name_kk=kk, name_en=en, role=role, country=country,
            first_seen_at=now,
        )  # fmt: skip
    _digests(first)
    _insert(db, first)
    for batch in Press(articles, days, paragraphs).batches():
        _insert(db, batch)
    with write(db) as connection:
        connection.execute(
            "UPDATE stories SET (articles, outlets, last_seen_at) = (SELECT count(*), count(DISTINCT source_id), "
            "max(first_seen_at) FROM articles a WHERE a.story_id = stories.id)"
        )
    db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.conn.execute("ANALYZE")
    db.close()


def _digests(batch: Batch) -> None:
    for day in range(3):
        end = NEWEST - timedelta(days=day)
        batch.add(
            "digests", id=day + 1, subscription="daily", slot=end.date().isoformat(), window_start_id=0, slot_at=utc_text(end), window_end_id=9,
            window_start_at=utc_text(end - timedelta(days=1)), window_end_at=utc_text(end), state="sent",
            subject=f"Казахстан и мир: {end:%d.%m.%Y}", html="<h1>Дайджест</h1><script>alert(1)</script><p>Три статьи.</p>",
            text="Дайджест\n\nТри статьи.", items=3, made_at=utc_text(end), sent_at=utc_text(end),
        )  # fmt: skip


def _insert(db, batch: Batch) -> None:
    with write(db) as connection:
        for table, rows in batch.rows.items():
            columns = list(rows[0])
            slots = ", ".join(f":{c}" for c in columns)
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(f'[{c}]' for c in columns)}) VALUES ({slots})",
                rows,
            )


# ---------------------------------------------------------------- how fast it answers

PAGES = [
    ("first page", "/", {}),
    ("list of articles with facets", "/monitor/articles", {}),
    ("search, rare word", "/monitor/articles", {"_search": "соглашениями"}),
    ("search, in half of all articles", "/monitor/articles", {"_search": "Казахстан"}),
    ("search, two names", "/monitor/articles", {"_search": "Токаев США"}),
    ("search, exact phrase", "/monitor/articles", {"_search": '"критических минералов"'}),
    ("filter by relation", "/monitor/articles", {"relations__contains": "us"}),
    ("filter by outlet", "/monitor/articles", {"source_id": "kazgazeta"}),
    ("article", "/monitor/articles/{middle}", {}),
    ("story", "/monitor/stories/90", {}),
    ("person named in a third of articles", "/monitor/people/tokayev", {}),
    ("outlet", "/monitor/sources/kazgazeta", {}),
    ("charts, 30 days", "/-/charts", {}),
    ("charts, a year", "/-/charts", {"days": "365"}),
    (
        "question: statements of a person",
        "/monitor/statements",
        {"person": "Токаев", "partner": "us"},
    ),
    (
        "question: agreements above a sum",
        "/monitor/agreements_above",
        {"usd": "1000000000", "partner": "", "days": "365"},
    ),
    ("question: search by relevance", "/monitor/search_ranked", {"words": "соглашениями с США"}),
    ("all tables", "/monitor", {}),
]


def time_pages(path: Path, rounds: int = 5) -> None:
    """Start Datasette as the README says and print a Markdown table of warm answers."""
    import socket
    import subprocess
    import time
    import urllib.request
    from urllib.parse import urlencode

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "datasette", "serve", str(path), "-m", str(ROOT / "storage" / "datasette.yaml"),
        "--plugins-dir", str(ROOT / "storage" / "plugins"), "-p", str(port),
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(base + "/robots.txt", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        print("| page | first, ms | warm median, ms | worst, ms | KB |\n|---|---|---|---|---|")
        middle = _count(path) // 2
        for name, page, query in PAGES:
            address = base + page.format(middle=middle) + (f"?{urlencode(query)}" if query else "")
            times, size = [], 0
            for _ in range(rounds + 1):
                begun = time.perf_counter()
                with urllib.request.urlopen(address, timeout=60) as answer:
                    body = answer.read()
                times.append((time.perf_counter() - begun) * 1000)
                size = len(body)
                if b"facets-timed-out" in body:
                    raise SystemExit(f"{name}: facets ran out of time")
            first, warm = times[0], sorted(times[1:])
            print(
                f"| {name} | {first:.0f} | {warm[len(warm) // 2]:.0f} | {warm[-1]:.0f} | {size / 1024:.0f} |"
            )
    finally:
        server.terminate()
        server.wait(10)


def _count(path: Path) -> int:
    import sqlite3

    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("select count(*) from articles").fetchone()[0])
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["make", "time"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--days", type=float, default=730)
    parser.add_argument("--paragraphs", type=int, default=14)
    given = parser.parse_args()
    if given.what == "make":
        make(given.path, given.articles, given.days, given.paragraphs)
        print(f"{given.path}: {given.path.stat().st_size / 1e6:.0f} MB")
    else:
        time_pages(given.path)


if __name__ == "__main__":
    main()
