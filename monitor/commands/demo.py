"""The whole pipeline on a bundled news site: real HTTP on loopback, no shortcut.

    monitor demo                     into ./storage/demo, where a second run finds nothing new
    monitor demo --folder /tmp/d     somewhere else
    monitor demo --fresh             forget the last run first

Ten invented outlets on 127.0.0.x are served, polled, collected, tagged and digested by the code
that does it in production. Then everything is compared with what the site really published.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import open_service, read_settings
from monitor.commands.display import print_table, progress_display
from monitor.commands.once import one_round, print_summary
from monitor.urls import url_key

if TYPE_CHECKING:
    from monitor.demo import DemoSite, TrueArticle
    from monitor.pipeline.collecting import CollectOutcome
    from monitor.pipeline.polling import PollOutcome
    from monitor.pipeline.service import Service
    from monitor.store.database import Database

Round = tuple[list["PollOutcome"], list["CollectOutcome"]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=Path("storage/demo"), metavar="DIR")
    parser.add_argument("--fresh", action="store_true", help="forget the last run first")
    parser.add_argument(
        "--port", type=int, default=0, help="of the site; default: a free one, kept for later runs"
    )


def run(arguments: argparse.Namespace) -> int:
    from monitor.demo import DemoSite
    from monitor.logs import set_up_logging

    set_up_logging("plain", level=40)  # what failed stands in the table
    folder: Path = arguments.folder
    if arguments.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    now, port = _remembered(folder, arguments.port)
    site = DemoSite(now)
    with site.serve(port) as served:
        _remember(folder, now, served.port)
        config = folder / "feeds.yaml"
        config.write_text(site.config_yaml(served.port), encoding="utf-8")
        print(f"Ten invented outlets are served on 127.0.0.x:{served.port}; asking them all.\n")
        return asyncio.run(_demo(site, config))


def _remembered(folder: Path, port: int) -> tuple[datetime, int]:
    """The moment and port of the last run in this folder: the same site, so nothing is new."""
    file = folder / "demo.json"
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        return datetime.fromisoformat(kept["now"]), port or int(kept["port"])
    return datetime.now(UTC), port


def _remember(folder: Path, now: datetime, port: int) -> None:
    kept = {"now": now.isoformat(), "port": port}
    (folder / "demo.json").write_text(json.dumps(kept), encoding="utf-8")


async def _demo(site: DemoSite, config: Path) -> int:
    settings = read_settings(str(config))
    async with open_service(settings, progress=progress_display()) as service:
        first = await one_round(service, force=True)
        print_summary(service, *first)
        again = await one_round(service, force=True)
        print(f"A second round found {sum(outcome.new for outcome in again[0])} new links.\n")
        lost = _compare(service.db, site.truth())
        _write_digest(service)
    _next_steps(config)
    return 1 if lost else 0


def _compare(db: Database, truth: Sequence[TrueArticle]) -> int:
    """Stored against published; the number of losses and doubles."""
    stored: dict[str, list[int]] = {}
    for row in db.conn.execute("SELECT id, url, final_url, canonical_url FROM articles"):
        for url in filter(None, {row["url"], row["final_url"], row["canonical_url"]}):
            stored.setdefault(url_key(url), []).append(row["id"])
    lost = [article for article in truth if url_key(article.url) not in stored]
    doubled = [article for article in truth if len(set(stored.get(url_key(article.url), ()))) > 1]
    count = int(db.conn.execute("SELECT count(*) FROM articles").fetchone()[0])
    rows = [
        (
            relation.upper(),
            sum(article.relations[relation] > 0 for article in truth),
            *_levels(db, relation),
        )
        for relation in ("us", "ru", "cn")
    ]
    print_table(("relation", "published on it", "tagged primary", "tagged secondary"), rows)
    print(
        f"\nPublished {len(truth)} articles; stored {count}; lost {len(lost)}; "
        f"doubled {len(doubled)}."
    )
    for article in lost:
        print(f"  lost: {article.url} {article.title}")
    return len(lost) + len(doubled) + abs(count - len(truth))


def _levels(db: Database, relation: str) -> tuple[int, int]:
    row = db.conn.execute(
        "SELECT coalesce(sum(level = 2), 0), coalesce(sum(level = 1), 0) FROM article_relations "
        "WHERE relation = ?",
        (relation,),
    ).fetchone()
    return int(row[0]), int(row[1])


def _write_digest(service: Service) -> None:
    """The digest of what was just collected, by the code that mails it every morning."""
    from monitor.commands.digest import make_message, write_preview
    from monitor.pipeline.delivering import post_of

    post = post_of(service.settings)
    print("\nThe digest, as the mail would bring it:")
    for subscription in post.subscriptions:
        message = make_message(service.db, post, subscription, None, service.clock.now())
        write_preview(message, post.digests_dir)


def _next_steps(config: Path) -> None:
    program = Path(sys.executable).parent / "monitor"
    name = program if program.exists() else "python -m monitor"
    print("\nOpen the archive with Datasette:")
    print(f"  {name} archive --config {config}")
