"""Take an article out of its story by hand. It never joins these articles again.

    monitor split 1234 --why "another visit, a year earlier"
    monitor split https://example.kz/news/1 --why "a column, not the event"

ARTICLE is an id or a URL. Why a story holds together is in its column `bound_by`; what was split
stands in the table `story_splits`.
"""

from __future__ import annotations

import argparse
import os
import sys

from monitor.clock import clock_from
from monitor.commands.app import open_store, read_settings
from monitor.store.database import write
from monitor.store.stories import split_article
from monitor.store.verdicts import find_article


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("article", metavar="ARTICLE")
    parser.add_argument("--why", default="", help="your reason; the next person will thank you")


def run(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    clock = clock_from(os.environ)
    db = open_store(settings, clock)
    try:
        article_id = find_article(db, arguments.article)
        if article_id is None:
            sys.stderr.write(f"no article {arguments.article}\n")
            return 1
        with write(db) as connection:
            others = split_article(connection, article_id, arguments.why, clock.now())
    finally:
        db.close()
    if not others:
        sys.stderr.write(f"article {article_id} is in no story\n")
        return 1
    print(f"article {article_id} taken apart from {', '.join(map(str, others))}")
    return 0
