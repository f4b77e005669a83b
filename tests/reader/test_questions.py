"""Canned questions, charts, feeds, and the words about every table and column."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Server

from monitor.reader import words

CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "storage" / "datasette.yaml").read_text("utf-8"))
QUESTIONS: dict[str, Any] = CONFIG["databases"]["monitor"]["queries"]
TABLES: dict[str, Any] = CONFIG["databases"]["monitor"]["tables"]
ANSWERS = {"person": "Токаев", "words": "соглашением", "usd": "1000000"}
SOMETIMES_EMPTY = {"interviews", "removed"}  # the invented press has none
ATOM = "{http://www.w3.org/2005/Atom}"


def test_there_are_enough_questions_and_each_explains_itself() -> None:
    assert len(QUESTIONS) >= 15
    for name, question in QUESTIONS.items():
        assert all(question[f"title{language}"] for language in ("", "_kk", "_en")), name
        for parameter in question.get("params", []):
            for language in ("", "_kk", "_en"):
                assert parameter in question[f"description{language}"], (name, parameter)
            assert f":{parameter}" in question["sql"], (name, parameter)
        used = set(re.findall(r"(?<![:%\w]):([a-z_]+)", question["sql"]))
        assert used == set(question.get("params", [])), name


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_answers_without_and_with_parameters(server: Server, name: str) -> None:
    for given in ({}, ANSWERS, {**ANSWERS, "relation": "ru", "partner": "ru", "days": "20"}):
        asked = {k: v for k, v in given.items() if k in QUESTIONS[name].get("params", [])}
        answer = json.loads(server.get(f"/monitor/{name}.json", **asked).text)
        assert answer["ok"], answer.get("error")
        if given is ANSWERS and name not in SOMETIMES_EMPTY:
            assert answer["rows"], name
    page = server.get(f"/monitor/{name}")
    assert page.status == 200
    assert QUESTIONS[name]["title"] in page.text


def test_parameters_change_the_answer(server: Server) -> None:
    def count(**given: str) -> int:
        return len(json.loads(server.get("/monitor/agreements_above.json", **given).text)["rows"])

    assert count(usd="1") > count(usd="1000000000") > count(usd="999999999999") == 0


def test_csv_is_a_table_for_spreadsheets(server: Server) -> None:
    answer = server.get("/monitor/for_review.csv", relation="us")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows
    assert {row["relation"] for row in rows} == {"us"}
    assert {"article", "level", "why", "by"} <= set(rows[0])


def test_any_question_with_titles_is_an_atom_feed(server: Server) -> None:
    answer = server.get("/monitor/latest.atom", relation="cn")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.text)
    entries = feed.findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.findtext(f"{ATOM}updated") or ""
        )
        assert re.fullmatch(
            rf"{server.base}/monitor/articles/\d+", entry.findtext(f"{ATOM}id") or ""
        )
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    table = ET.fromstring(server.get("/monitor/articles.atom", _search="Токаеву").text)
    assert table.findall(f"{ATOM}entry")


def test_charts_draw_the_rows_of_their_questions(server: Server) -> None:
    page = server.get("/-/charts", days="7", relation="ru").text
    panels = re.findall(r'<section class="panel" id="(\w+)">', page)
    assert set(panels) <= set(QUESTIONS)
    assert len(panels) >= 7
    assert page.count("<svg") >= 6
    assert page.count("<table") == len(panels)
    rows = json.loads(server.get("/monitor/by_day.json", days="7", relation="ru").text)["rows"]
    drawn = re.findall(r"<title>(\d{4}-\d\d-\d\d) · Казахстан — Россия: (\d+)</title>", page)
    assert drawn == [(row[0], str(row[2])) for row in rows]


def test_every_table_and_column_is_described(archive_path: Path) -> None:
    connection = sqlite3.connect(archive_path)
    names = connection.execute(
        "select name from sqlite_master where type = 'table' and name not like 'articles_fts%' "
        "and name not like '%sqlite%'"
    ).fetchall()
    missing = []
    for (table,) in names:
        described = TABLES.get(table, {})
        if not described.get("title") or not described.get("description"):
            missing.append(table)
        columns = [row[1] for row in connection.execute(f"pragma table_info([{table}])")]
        texts = described.get("columns") or {}
        missing += [f"{table}.{c}" for c in columns if len(texts.get(c) or "") < 3]
        missing += [
            f"{table}.{c} is gone" for c in described.get("columns", {}) if c not in columns
        ]
    connection.close()
    assert not missing


def test_every_phrase_has_three_languages() -> None:
    for table in (
        words._PHRASES,
        words._RELATIONS,
        words._TOPICS,
        words._COLUMNS,
        words._PARAMETERS,
    ):
        for key, phrases in table.items():
            assert len(phrases) == 3, key
            assert all(phrases), key


def test_every_phrase_used_in_a_template_exists() -> None:
    used: set[str] = set()
    for template in (ROOT / "monitor" / "reader" / "templates").glob("*.html"):
        used |= set(re.findall(r"""\bt\(["'](\w+)["']\)""", template.read_text("utf-8")))
    assert used
    assert not used - set(words._PHRASES)


@pytest.mark.parametrize("number", [1, 2, 5, 11, 21, 22, 111, 104])
def test_russian_plurals(number: int) -> None:
    right = {
        1: "статья",
        2: "статьи",
        5: "статей",
        11: "статей",
        21: "статья",
        22: "статьи",
        111: "статей",
        104: "статьи",
    }
    assert words.counted(number, "articles", "ru") == f"{number} {right[number]}"
