"""Preview, send or explain the digest.

    monitor digest                      write the current digest to files and print their paths
    monitor digest --date 2025-12-26    the digest of that day: as it was sent, or made anew;
                                        a day whose digest is still to come is refused
    monitor digest --explain            why each article is in or out, and where
    monitor digest --send               send the latest digest that is due, and what failed before
    monitor digest --subscription NAME  only this one of feeds.yaml

A preview promises nothing and sends nothing. --send is safe to repeat: a slot has one digest, and
who has it does not get it again. Without subscriptions in feeds.yaml a Russian daily digest is
written to the folder only.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.app import open_store, read_settings
from monitor.errors import ConfigError

if TYPE_CHECKING:
    from monitor.models import Decision, Message, Subscription
    from monitor.pipeline.delivering import Post
    from monitor.pipeline.digesting import Draft
    from monitor.store.database import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--preview", action="store_true", help="write to files (the default)")
    what.add_argument("--send", action="store_true", help="send what is due")
    what.add_argument("--explain", action="store_true", help="why each article is in or out")
    parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="the digest of this day")
    parser.add_argument("--subscription", metavar="NAME", help="only this subscription")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where a preview is written")


def run(arguments: argparse.Namespace) -> int:
    from monitor.clock import clock_from
    from monitor.pipeline.delivering import post_of

    settings = read_settings(arguments.config)
    clock = clock_from(os.environ)
    post = post_of(settings)
    chosen = choose_subscriptions(post.subscriptions, arguments.subscription)
    _refuse_the_future(chosen, arguments.date, clock.now())
    db = open_store(settings, clock)
    try:
        if arguments.send:
            return _send(db, post, chosen, arguments.date, clock.now())
        for subscription in chosen:
            if arguments.explain:
                draft = _draft(db, post, subscription, arguments.date, clock.now())
                _print_decisions(subscription.name, draft.digest.decisions)
            else:
                folder = arguments.output or post.digests_dir / "previews"
                message = make_message(db, post, subscription, arguments.date, clock.now())
                write_preview(message, folder)
    finally:
        db.close()
    return 0


def choose_subscriptions(
    subscriptions: Sequence[Subscription], wanted: str | None
) -> tuple[Subscription, ...]:
    """All, or the one that is named. Raises ConfigError if there is no such one."""
    from monitor.pipeline.delivering import DEFAULT_SUBSCRIPTION

    found = tuple(subscriptions) or (DEFAULT_SUBSCRIPTION,)
    if wanted is None:
        return found
    named = tuple(subscription for subscription in found if subscription.name == wanted)
    if not named:
        known = ", ".join(subscription.name for subscription in found)
        raise ConfigError([f"--subscription: there is no {wanted!r}; known: {known}"])
    return named


def _refuse_the_future(chosen: Sequence[Subscription], day: date | None, now: datetime) -> None:
    """A digest of what has not happened would be empty. Raises ConfigError with every one."""
    from monitor.digest.slots import slot_on

    early = [s for s in chosen if day is not None and slot_on(s, day).at > now]
    if early:
        raise ConfigError(
            [
                f"--date: the digest {s.name!r} of {day} is made at {s.at} ({s.time_zone}), "
                "which is still to come; without --date you see what has gathered so far"
                for s in early
            ]
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day; write it as 2025-12-26"
        ) from error


def _draft(
    db: Database, post: Post, subscription: Subscription, day: date | None, now: datetime
) -> Draft:
    from monitor.digest.slots import latest_slot, slot_on
    from monitor.pipeline.digesting import draft_current, draft_of_day

    if day is None:
        slot = latest_slot(subscription, now)
        return draft_current(db, subscription, slot, now, post.look)
    slot = slot_on(subscription, day)
    return draft_of_day(db, subscription, slot, post.look)


def make_message(
    db: Database, post: Post, subscription: Subscription, day: date | None, now: datetime
) -> Message:
    """As it was made, if that day's slot has a digest; else a draft."""
    from monitor.digest.slots import slot_on
    from monitor.store.deliveries import stored_message

    if day is not None:
        stored = stored_message(db, subscription.name, slot_on(subscription, day).name)
        if stored is not None:
            return stored
    return _draft(db, post, subscription, day, now).message


def write_preview(message: Message, folder: Path) -> None:
    """HTML and text into `folder`; prints subject and paths."""
    from monitor.deliver import FolderChannel
    from monitor.deliver.folder import file_stem

    FolderChannel(folder).send(message, ["preview"])
    print(f"{message.subscription}: {message.subject}")
    for suffix in (".html", ".txt"):
        print(f"  {folder / file_stem(message)}{suffix}")


def _print_decisions(name: str, decisions: Sequence[Decision]) -> None:
    print(f"{name}: {len(decisions)} candidates")
    order = ("full", "line", "counted", "folded", "out")
    for decision in sorted(decisions, key=lambda d: (order.index(d.verdict), d.article_id)):
        title = decision.title if len(decision.title) <= 70 else f"{decision.title[:69]}…"
        print(
            f"{decision.verdict:<8}{decision.relation:<4}{decision.article_id:>8}  {title}"
            f" — {decision.outlet}\n{'':22}{decision.why}"
        )


def _send(
    db: Database,
    post: Post,
    chosen: Sequence[Subscription],
    day: date | None,
    now: datetime,
) -> int:
    from monitor.pipeline.delivering import send_now

    failed = False
    for subscription in chosen:
        if "mail" in subscription.channels and subscription.recipients and post.server is None:
            print(f"{subscription.name}: no mail leaves: MONITOR_SMTP_HOST is not set")
        outcome = send_now(db, post, subscription, day, now)
        if outcome.is_new:
            print(f"{subscription.name}: made the digest of {outcome.slot}")
        print(
            f"{subscription.name}: {outcome.slot}: {outcome.sent} sent now, "
            f"{outcome.had} had it before, {outcome.open} waiting, {outcome.lost} undelivered"
        )
        failed = failed or bool(outcome.open or outcome.lost)
    return int(failed)
