"""Marking a wrong tag: off by default, only with the key, into a database of its own."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Answer, Server, datasette

from monitor.cli import main
from monitor.reader import feedback

FORM = {"article_id": "7", "relation": "us", "level": "0", "why": "=список стран", "by": "Айгерим"}


@pytest.fixture(scope="module")
def shelf(archive_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feedback") / "monitor.db"
    path.write_bytes(archive_path.read_bytes())
    return path


@pytest.fixture(scope="module")
def open_server(shelf: Path) -> Iterator[Server]:
    config = shelf.with_name("datasette.yaml")
    text = (ROOT / "storage" / "datasette.yaml").read_text("utf-8")
    config.write_text(text.replace("feedback: false", "feedback: true"), "utf-8")
    with datasette(shelf, config=config, MONITOR_FEEDBACK_KEY="тұлпар") as running:
        yield running


@pytest.fixture
def place(shelf: Path) -> Path:
    shelf.with_name("feedback.db").unlink(missing_ok=True)
    return shelf


def send(server: Server, headers: dict[str, str] | None = None, **form: str) -> Answer:
    return server.ask("/-/feedback", headers=headers or {}, form={**FORM, **form})


def test_it_is_off_by_default(server: Server) -> None:
    assert send(server, key="x").status == 404
    assert server.get("/-/feedback.csv").status == 404
    assert 'action="/-/feedback"' not in server.get("/monitor/articles/7").text


def test_the_key_is_not_enough_without_the_option(place: Path) -> None:
    with datasette(place, MONITOR_FEEDBACK_KEY="x") as running:
        assert send(running, key="x").status == 404


def test_a_reader_with_the_key_marks_a_wrong_tag(open_server: Server, place: Path) -> None:
    before = place.read_bytes()
    assert 'action="/-/feedback"' in open_server.get("/monitor/articles/7").text
    assert send(open_server, key="тұлпар").headers["location"] == "/monitor/articles/7"
    (opinion,) = feedback.waiting(place.with_name("feedback.db"))
    assert (opinion.article_id, opinion.relation, opinion.level) == (7, "us", 0)
    assert (opinion.by, opinion.why) == ("Айгерим", "=список стран")
    table = open_server.get("/-/feedback.csv", key="тұлпар").text
    (row,) = csv.DictReader(io.StringIO(table))
    assert row["article"] == "7"
    assert row["why"] == "'=список стран"
    assert place.read_bytes() == before


def test_the_key_is_remembered_for_the_session(open_server: Server, place: Path) -> None:
    token = send(open_server, key="тұлпар").headers["set-cookie"]
    cookie = "reader_feedback=" + token.split("reader_feedback=")[1].split(";")[0]
    page = open_server.get("/monitor/articles/7", headers={"Cookie": cookie})
    csrf = page.text.split('name="csrftoken" value="')[1].split('"')[0]
    cookies = f"{cookie}; ds_csrftoken={page.headers['set-cookie'].split('ds_csrftoken=')[1].split(';')[0]}"
    assert send(open_server, headers={"Cookie": cookies}, csrftoken=csrf).status == 302
    assert (
        send(open_server, headers={"Cookie": cookies}).status == 403
    )  # no token: another site's form
    assert len(feedback.waiting(place.with_name("feedback.db"))) == 2


def test_a_wrong_key_or_form_writes_nothing(open_server: Server, place: Path) -> None:
    assert send(open_server, key="wrong").status == 302
    assert open_server.get("/-/feedback.csv", key="wrong").status == 403
    assert open_server.get("/-/feedback").status == 405
    for bad in ({"level": "3"}, {"article_id": "x"}, {"article_id": "999999"}, {"relation": "zz"}):
        assert send(open_server, key="тұлпар", **bad).status == 400
    assert feedback.waiting(place.with_name("feedback.db")) == []


def test_what_was_taken_over_waits_no_more(tmp_path: Path) -> None:
    path = tmp_path / "feedback.db"
    feedback.keep(
        path,
        feedback.Opinion(article_id=1, relation="us", level=2, why="", by=""),
        "2025-12-26T06:00:00Z",
    )
    assert len(feedback.waiting(path)) == 1
    feedback.mark_taken(path, "2025-12-26T07:00:00Z")
    assert feedback.waiting(path) == []
    connection = sqlite3.connect(path)
    assert connection.execute("select count(*) from feedback").fetchone() == (1,)
    connection.close()


def test_the_archive_lists_only_itself(open_server: Server) -> None:
    send(open_server, key="тұлпар")
    assert set(json.loads(open_server.get("/.json").text)) == {"monitor"}


def test_monitor_verdict_takes_it_over_once(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(shelf.read_bytes())
    config = tmp_path / "feeds.yaml"
    source = "{id: a, name: A, ways: [{kind: feed, url: 'https://a.example/rss'}]}"
    config.write_text(f"settings: {{database: {path}}}\nsources: [{source}]\n", "utf-8")
    marked = feedback.Opinion(article_id=7, relation="us", level=2, why="о визите", by="А.")
    gone = feedback.Opinion(article_id=999_999, relation="us", level=2, why="", by="")
    for opinion in (marked, gone):
        feedback.keep(tmp_path / "feedback.db", opinion, "2025-12-26T06:00:00Z")
    for expected in ("1 verdicts kept", "0 verdicts kept"):
        assert main(["verdict", "--feedback", "--config", str(config)]) == 0
        assert expected in capsys.readouterr().out
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "select article_id, relation, level, why, by, origin from verdicts"
    ).fetchall()
    connection.close()
    assert rows == [(7, "us", 2, "о визите", "А.", "page")]
