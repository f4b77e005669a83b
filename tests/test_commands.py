"""Commands that people type: verdict, check."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.cli import main
from monitor.commands.check import schema_text
from monitor.config import load_settings
from monitor.models import Fetched
from monitor.sources import KINDS
from monitor.store.articles import store_article
from monitor.store.database import open_database, write
from monitor.store.pages import PageArchive
from monitor.store.ways import sync_sources
from tests.test_store import article, source

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "feeds.yaml"
    path.write_text("sources: [{id: one, name: One, ways: [{kind: feed, url: http://one.kz/rss}]}]")
    db = open_database(tmp_path / "storage" / "monitor.db")
    sync_sources(db, [source("one")], NOW)
    with write(db) as connection:
        store_article(connection, article("http://one.kz/a"))
    db.close()
    return str(path)


def verdicts(config: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    assert main(["verdict", "--list", "--config", config]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_a_verdict_is_kept_beside_the_machines(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verdict", "1", "cn=0", "us=1", "--why", "список стран", "--config", config]) == 0
    found = {row["relation"]: row for row in verdicts(config, capsys)}
    assert (found["cn"]["level"], found["cn"]["machine_level"]) == ("0", "2")
    assert found["us"]["why"] == "список стран"


def test_the_last_verdict_counts(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    for level in ("cn=0", "cn=1"):
        assert main(["verdict", "http://one.kz/a", level, "--config", config]) == 0
    assert [row["level"] for row in verdicts(config, capsys)] == ["1"]


def test_corrections_become_regression_cases(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verdict", "1", "cn=0", "us=0", "ru=0", "--config", config]) == 0
    capsys.readouterr()
    assert main(["eval", "--verdicts", "--json", "--config", config]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["texts"], report["cells"]) == (1, 3)


def test_a_table_of_verdicts_is_taken_whole_or_not_at_all(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "v.csv"
    table.write_text("article,relation,level\n1,cn,0\n2,xx,7\n", encoding="utf-8")
    assert main(["verdict", "--csv", str(table), "--config", config]) == 1
    errors = capsys.readouterr().err
    assert all(hint in errors for hint in ("v.csv:3", "no article '2'", "'xx'", "'7'"))
    assert verdicts(config, capsys) == []


def test_the_shipped_feeds_file_is_in_order_and_large_enough() -> None:
    options = {name: kind.options for name, kind in KINDS.items()}
    settings = load_settings(ROOT / "feeds.yaml", {}, options)
    enabled = [item for item in settings.sources if item.enabled]
    assert len(settings.sources) >= 55
    assert len(enabled) >= 45
    assert {item.owner for item in enabled} == {"state", "private", "foreign", "official"}
    assert {"kk", "ru", "en"} <= {language for item in enabled for language in item.languages}
    assert all(item.note for item in settings.sources if not item.enabled)
    assert all(way.note for item in settings.sources for way in item.ways)


def test_the_shipped_schema_is_the_one_that_the_code_makes() -> None:
    shipped = (ROOT / "monitor" / "config" / "feeds.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text()


def test_articles_leave_as_lines_and_as_a_table(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["export", "--relation", "cn", "--level", "2", "--config", config]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["verdicts"]["cn"]["level"] == 2
    assert "text" not in line
    assert main(["export", "--relation", "us", "--config", config]) == 0
    assert capsys.readouterr().out == ""
    assert main(["export", "--csv", "--with-text", "--config", config]) == 0
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert row["text"].startswith("Министры")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio's
def test_raw_pages_leave_as_a_warc_that_others_can_read(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = tmp_path / "storage"
    archive = PageArchive(storage / "pages.db")
    page = Fetched(
        url="http://one.kz/a", final_url="http://one.kz/a", status=200, fetched_at=NOW,
        headers={"content-type": "text/html", "content-encoding": "gzip"}, body="Зерно".encode(),
    )  # fmt: skip
    page_id = archive.add(page)
    archive.close()
    db = open_database(storage / "monitor.db")
    db.conn.execute("UPDATE articles SET page_id = ?", (page_id,))
    db.close()
    file = tmp_path / "pages.warc.gz"
    assert main(["export", "--warc", str(file), "--config", config]) == 0
    with file.open("rb") as handle:
        records = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read())
            for r in ArchiveIterator(handle)
        ]
    assert records[1] == ("response", "http://one.kz/a", "Зерно".encode())


def test_sub_topics_are_scored_on_texts_with_a_relation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items, labels = tmp_path / "items.jsonl", tmp_path / "labels.jsonl"
    text = (
        "Казахстан и Китай подписали соглашение о строительстве железной дороги. "
        "По ней в Китай пойдут поезда с казахстанским грузом."
    )
    said = {"labels": {"cn": 2, "us": 0, "ru": 0}, "subtopics": ["transport_transit", "sanctions"]}
    none = {"labels": {"cn": 0, "us": 0, "ru": 0}, "subtopics": ["energy"]}
    rows = [{"id": "a", "title": "", "text": text}, {"id": "b", "title": "", "text": "Дождь."}]
    items.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    labels.write_text(
        "\n".join([json.dumps({"id": "a", **said}), json.dumps({"id": "b", **none})]), "utf-8"
    )
    assert main(["eval", "--items", str(items), "--labels", str(labels), "--json"]) == 0
    topics = json.loads(capsys.readouterr().out)["topics"]
    assert topics["transport_transit"]["tp"] == 1
    assert topics["sanctions"]["fn"] == topics["all"]["fn"] == 1
    assert "energy" not in topics  # only texts with a relation count
