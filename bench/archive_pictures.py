"""Pictures of the archive for the README, from the demo's news, by a real browser.

    monitor demo                                 first, for the news
    python bench/archive_pictures.py             storage/demo -> storage/pictures
    python bench/archive_pictures.py DATABASE FOLDER

Needs Chromium (CHROMIUM names it) and the test dependencies. Desktop and phone, in Russian.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests" / "reader")]

from conftest import datasette  # noqa: E402 - the tests' own way to start it
from pictures import FLAGS  # noqa: E402

DESK, PHONE = (1100, 760), (375, 700)


def shots(database: Path) -> list[tuple[str, str, tuple[int, int]]]:
    """Name, address, size; the article is the one with most to show."""
    connection = sqlite3.connect(database)
    (article,) = connection.execute(
        "select r.article_id from article_relations r join articles a on a.id = r.article_id "
        "where r.level = 2 and a.language = 'ru' order by "
        "(select count(*) from mentions m where m.article_id = a.id) "
        "+ 2 * (select count(*) from quotes q where q.article_id = a.id) "
        "+ (select count(*) from articles b where b.story_id = a.story_id) desc, r.score desc limit 1"
    ).fetchone()
    connection.close()
    return [
        ("archive_home", "/", DESK),
        ("archive_search", "/monitor/articles?_search=соглашениями", DESK),
        ("archive_article", f"/monitor/articles/{article}", DESK),
        ("archive_article_phone", f"/monitor/articles/{article}", PHONE),
    ]


def main(database: Path, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with datasette(database) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, address, (width, height) in shots(database):
            page = browser.new_page(viewport={"width": width, "height": height}, locale="ru-RU")
            page.goto(server.base + address)
            page.evaluate("document.activeElement.blur()")
            page.screenshot(path=str(folder / f"{name}.png"))
            page.close()
            print(folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    arguments = [Path(a) for a in sys.argv[1:]]
    default = [ROOT / "storage" / "demo" / "storage" / "monitor.db", ROOT / "storage" / "pictures"]
    main(*(arguments + default[len(arguments) :]))
