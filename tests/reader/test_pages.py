"""The pages of a running Datasette, as the README starts it."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import ARTICLES, Server, datasette

from monitor.models import Fetched
from monitor.reader.site import Options
from monitor.reader.views import span_of
from monitor.store.database import open_database
from monitor.store.pages import PageArchive


def one(path: Path, sql: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def test_the_home_page_counts_the_last_week(server: Server, archive_path: Path) -> None:
    page = server.get("/").text
    expected = one(
        archive_path,
        "select count(*) from article_relations r join articles a on a.id = r.article_id "
        "where r.relation = 'us' and r.level > 0 and julianday('2025-12-26T06:00:00Z') - julianday(a.published_at) < 7",
    )
    assert re.search(rf"Казахстан — США</span>\s*<b>{expected}</b>", page)
    assert page.count('class="card"') >= 12


def test_a_young_archive_is_not_compared_with_days_before_it_began(
    server: Server, archive_path: Path, tmp_path: Path
) -> None:
    assert "к прошлой неделе" in server.get("/").text
    path = tmp_path / "monitor.db"
    path.write_bytes(archive_path.read_bytes())
    connection = sqlite3.connect(path)
    newest = one(path, "select max(first_seen_at) from articles")
    connection.execute("update articles set first_seen_at = ? where id > 0", (newest,))
    connection.commit()
    connection.close()
    with datasette(path) as running:
        page = running.get("/").text
    assert "за 7 дней" in page
    assert "к прошлой неделе" not in page


@pytest.mark.parametrize(
    ("chosen", "phrase"),
    [("ru", "Последние статьи"), ("kk", "Соңғы мақалалар"), ("en", "Latest articles")],
)
def test_the_interface_speaks_three_languages(server: Server, chosen: str, phrase: str) -> None:
    answer = server.get(f"/-/reader/language/{chosen}", back="/")
    assert answer.status == 302
    page = server.get("/", headers={"Cookie": answer.headers["set-cookie"].split(";")[0]}).text
    assert phrase in page
    assert f'<html lang="{chosen}">' in page


def test_the_language_link_never_leads_elsewhere(server: Server) -> None:
    for back in ("https://example.org/", "//example.org/", "/\\example.org"):
        assert server.get("/-/reader/language/en", back=back).headers["location"] == "/"


def test_the_stock_search_box_finds_forms_and_marks_them(server: Server) -> None:
    page = server.get("/monitor/articles", _search="соглашениями").text
    assert "<mark>соглашение</mark>" in page.lower()
    found = json.loads(server.get("/monitor/articles.json", _search="соглашениями").text)
    assert found["filtered_table_rows_count"] > 0
    kazakh = json.loads(server.get("/monitor/articles.json", _search="Тоқаевтың", _size="max").text)
    titles = " ".join(row[kazakh["columns"].index("title")] for row in kazakh["rows"])
    assert "Токаев" in titles
    assert "Tokayev" in titles


def test_facets_are_there_and_newest_comes_first(server: Server) -> None:
    found = json.loads(server.get("/monitor/articles.json").text)
    assert set(found["facet_results"]) == {"relations", "source_id", "language", "level"}
    assert not found.get("facets_timed_out")
    assert found["rows"][0][0] == ARTICLES


def test_evidence_is_marked_where_it_stands(server: Server, archive_path: Path) -> None:
    connection = sqlite3.connect(archive_path)
    article, evidence = connection.execute(
        "select article_id, evidence from article_relations where level = 2 order by article_id desc"
    ).fetchone()
    connection.close()
    page = server.get(f"/monitor/articles/{article}").text
    for passage in json.loads(evidence):
        assert re.search(
            rf'<mark class="tag-\w\w"[^>]*>{re.escape(passage["sentence"])}</mark>', page
        )


def test_a_page_keeps_its_data(server: Server) -> None:
    assert json.loads(server.get("/monitor/articles/7.json").text)["rows"][0][0] == 7
    assert server.get("/monitor/articles.csv", _size="5").text.startswith("id,url,title")
    assert json.loads(server.get("/.json").text)["monitor"]
    rows = server.get("/monitor.json", sql="select count(*) from articles", _shape="arrays").text
    assert json.loads(rows)["rows"] == [[ARTICLES]]


def test_sql_can_use_the_same_search(server: Server) -> None:
    sql = "select count(*) from articles_fts where articles_fts match search_forms('Токаеву')"
    assert json.loads(server.get("/monitor.json", sql=sql).text)["rows"][0][0] > 0


def test_nothing_can_be_written(server: Server) -> None:
    answer = server.get("/monitor.json", sql="delete from articles")
    assert answer.status == 400
    assert server.get("/monitor.json", sql="pragma user_version").status == 400


def test_every_answer_has_the_security_headers(server: Server) -> None:
    for path in ("/", "/monitor/articles/7", "/monitor", "/robots.txt", "/nowhere"):
        headers = server.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "noindex" in headers["x-robots-tag"]
    reading = server.get("/monitor/articles/7").headers["content-security-policy"]
    assert "script-src 'self'" in reading
    assert "unsafe-inline" not in reading.split("script-src")[1]
    assert server.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_no_page_loads_anything_from_elsewhere(server: Server) -> None:
    for path in ("/", "/monitor/articles", "/monitor/articles/7", "/monitor"):
        page = server.get(path).text
        loaded = re.findall(r'<(?:script|img|link|iframe)[^>]*(?:src|href)="([^"]+)"', page)
        assert loaded
        assert all(address.startswith(("/", server.base)) for address in loaded)


def test_strangers_text_cannot_become_markup(archive_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(archive_path.read_bytes())
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)> ⟦соглашение⟧'
    connection = sqlite3.connect(path)
    connection.execute(
        "update articles set title = :e, text = :e, lead = :e, authors = :e, url = 'javascript:alert(3)' where id = 7",
        {"e": evil},
    )
    connection.commit()
    connection.close()
    with datasette(path) as running:
        for page in (
            running.get("/monitor/articles/7").text,
            running.get("/monitor/articles", id="7", _search="соглашение").text,
        ):
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "javascript:alert" not in page


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    open_database(path).close()
    with datasette(path) as running:
        assert "Архив пока пуст" in running.get("/").text
        for page in (
            "/monitor/articles",
            "/monitor",
            "/monitor/stories",
            "/monitor/digests",
            "/-/charts",
            "/-/questions",
            "/monitor/by_day",
            "/monitor/latest.atom",
        ):
            assert running.get(page).status == 200


def test_a_fresh_volume_needs_no_database_yet(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with datasette(path, "--create") as running:
        assert "Архив пока пуст" in running.get("/").text
        open_database(path).close()
        assert running.get("/monitor/articles").status == 200


def test_a_password_guards_everything(archive_path: Path) -> None:
    with datasette(archive_path, MONITOR_READER_PASSWORD="қыран") as running:
        for path in ("/", "/monitor/articles.json", "/robots.txt", "/-/reader/reader.css"):
            assert running.get(path).status == 401
        wrong = {"Authorization": "Basic " + _basic("x:wrong")}
        right = {"Authorization": "Basic " + _basic("anybody:қыран")}
        assert running.get("/", headers=wrong).status == 401
        assert running.get("/", headers={"Authorization": "Basic ???"}).status == 401
        assert running.get("/", headers=right).status == 200


def _basic(text: str) -> str:
    import base64

    return base64.b64encode(text.encode()).decode()


def test_the_search_form_drops_empty_fields(server: Server) -> None:
    answer = server.get(
        "/-/find",
        _search="Токаев",
        source_id="",
        relations__contains="us",
        published_at__lte="2025-12-20",
    )
    assert answer.status == 302
    page = json.loads(
        server.get(answer.headers["location"].replace("articles?", "articles.json?")).text
    )
    assert page["filtered_table_rows_count"] > 0
    published = [row[page["columns"].index("published_at")] for row in page["rows"]]
    assert max(published) <= "2025-12-20T23:59:59Z"
    assert server.get("/-/find", _search="").headers["location"] == "/monitor/articles"


def test_the_archived_copy_is_shown_without_its_powers(archive_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_bytes(archive_path.read_bytes())
    body = "<html><meta charset=windows-1251><h1>Қайырлы</h1><script>alert(1)</script>".encode(
        "cp1251", "replace"
    )
    pages = PageArchive(tmp_path / "pages.db")
    number = pages.add(
        Fetched(
            url="https://a.example/1", final_url="https://a.example/1", status=200,
            headers={"content-type": "text/html"}, body=body, fetched_at=datetime(2025, 12, 26, tzinfo=UTC),
        )
    )  # fmt: skip
    pages.close()
    connection = sqlite3.connect(path)
    connection.execute("update articles set page_id = ? where id = 7", (number,))
    connection.commit()
    connection.close()
    with datasette(path) as running:
        assert f"/-/kept/{number}" in running.get("/monitor/articles/7").text
        headers = running.raw(f"/-/kept/{number}")
        assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert headers["content-type"] == "text/html; charset=windows-1251"
        assert running.get("/-/kept/999").status == 404


def test_a_page_that_is_not_there_says_so_in_our_own_clothes(server: Server) -> None:
    answer = server.get("/monitor/articles/999999")
    assert answer.status == 404
    assert "Такой страницы нет" in answer.text
    assert "/-/reader/reader.css" in answer.text


def test_questions_are_asked_without_the_names_of_parameters(server: Server) -> None:
    page = server.get("/-/questions").text
    shown = re.findall(r"<p title=\"[^\"]*\">([^<]*)</p>", page)
    assert len(shown) > 10
    assert not [text for text in shown if re.search(r"\b(?:days|relation|partner|level) —", text)]
    assert "Что вышло последним по выбранному отношению." in shown


def test_a_story_of_one_moment_is_not_a_span() -> None:
    options = Options(time_zone=ZoneInfo("Asia/Almaty"))
    at = ("2025-12-26T03:25:00Z", "2025-12-26T05:00:00Z", "2025-12-28T05:00:00Z")
    assert span_of(at[0], at[0], options) == "26.12.2025 08:25"
    assert span_of(at[0], at[1], options) == "26.12.2025 08:25–10:00"
    assert span_of(at[0], at[2], options) == "26.12.2025 08:25 — 28.12.2025 10:00"
