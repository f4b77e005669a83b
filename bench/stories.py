"""Same text and same event, scored on labelled pairs.

    python -m bench.stories                    the demo corpus (own texts, committed)
    python -m bench.stories --shared ../shared  and translations of news, which stay outside
    python -m bench.stories --speed             cost of an article in a window of 10,000

Pairs: every two articles of a set. An event pair is found when both end in one story; precision
and recall per language pair. Text pairs are the demo's reprints and cuts made here from its texts.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from monitor.demo.story import resolve_stories
from monitor.stories import StoryWindow, candidate, make_sketch, same_text

LABELS = json.loads(Path(__file__).with_name("stories_labels.json").read_text(encoding="utf-8"))
GROUP = {document: name for name, documents in LABELS["same"].items() for document in documents}
UNSURE = {frozenset(pair) for pair in LABELS["unsure"]}
NOW = datetime(2025, 12, 26, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Labelled:
    """An article and the event it tells."""

    title: str
    text: str
    language: str
    event: str
    at: datetime
    outlet: str = ""


def demo() -> list[Labelled]:
    """The demo's articles, oldest first; posts and interviews too."""
    stories = sorted(resolve_stories(NOW).values(), key=lambda s: s.published)
    found = []
    for story in stories:
        piece = story.piece
        event = piece.event or piece.key
        if piece.reprint_of:
            source = next(s.piece for s in stories if s.piece.key == piece.reprint_of)
            event = source.event or source.key
        text = "\n".join(block.text for block in story.blocks)
        found.append(
            Labelled(story.title, text, piece.language[:2], event, story.published, piece.outlet)
        )
    return found


def translations(path: Path) -> list[Labelled]:
    """Items of a JSON-lines file whose id is LANGUAGE-marked and otherwise equal."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        parts = item["id"].split("_")
        if item["id"].startswith(("wk_", "we_")):
            event, outlet = "_".join(parts[1:]), ""
        elif "ntrex" in item["id"]:
            outlet = item["lang"] + parts[-1].rpartition(".")[0]
            event = GROUP.get(parts[-1], parts[-1])
        else:
            continue
        found.append(Labelled(item["title"], item["text"], item["lang"], event, NOW, outlet))
    return found


def arrange(articles: Sequence[Labelled]) -> list[int | None]:
    """The story of each article after all have been placed in order."""
    window = StoryWindow()
    story: dict[int, int] = {}
    for number, article in enumerate(articles):
        new = candidate(
            id=number,
            at=article.at,
            title=article.title,
            text=article.text,
            language=article.language,
        )
        placement = window.place(new)
        if placement.joins is not None and placement.joins not in story:
            story[placement.joins] = placement.joins
            window.assign(placement.joins, placement.joins)
        if placement.joins is not None:
            story[number] = story[placement.joins]
        window.add(new, story.get(number))
    return [story.get(number) for number in range(len(articles))]


def score_events(articles: Sequence[Labelled]) -> dict[str, tuple[int, int, int]]:
    """Language pair -> pairs found rightly, found wrongly, missed."""
    stories = arrange(articles)
    counts: dict[str, Counter[str]] = {}
    for one, other in combinations(range(len(articles)), 2):
        events = {articles[one].event, articles[other].event}
        if frozenset(events) in UNSURE:
            continue
        true = len(events) == 1
        found = stories[one] is not None and stories[one] == stories[other]
        if true or found:
            pair = "-".join(sorted((articles[one].language, articles[other].language)))
            kind = "right" if true and found else ("wrong" if found else "missed")
            counts.setdefault(pair, Counter())[kind] += 1
    return {pair: (c["right"], c["wrong"], c["missed"]) for pair, c in sorted(counts.items())}


def score_texts(articles: Sequence[Labelled]) -> tuple[int, int, int]:
    """Copies, cuts and leads made from the articles: found, wrong kind, missed."""
    found = wrong = missed = 0
    for article in articles:
        words = article.text.split()
        if len(words) < 120:
            continue
        original = make_sketch(article.text)
        cuts = {
            "copy": "По материалам агентства. " + article.text,
            "cut": " ".join(words[: int(len(words) * 0.6)]),
            "lead": " ".join(words[: int(len(words) * 0.3)]),
        }
        for kind, text in cuts.items():
            match = same_text(make_sketch(text), original)
            found += match is not None and match.kind == kind
            wrong += match is not None and match.kind != kind
            missed += match is None
    return found, wrong, missed


def false_copies(articles: Sequence[Labelled]) -> int:
    """Pairs of different events that are called one text."""
    sketches = [make_sketch(article.text) for article in articles]
    return sum(
        same_text(sketches[a], sketches[b]) is not None
        for a, b in combinations(range(len(articles)), 2)
        if articles[a].event != articles[b].event
    )


def speed(articles: Sequence[Labelled], size: int) -> None:
    """CPU of an article while the window grows: made from real words, shuffled."""
    rng = random.Random(5)
    window = StoryWindow()
    marks = {size // 10, size // 2, size}
    spent = count = 0.0
    for number in range(1, size + 1):
        base = rng.choice(articles)
        words = base.text.split()
        rng.shuffle(words)
        text = " ".join(words[:300])
        began = time.process_time()
        new = candidate(
            id=number,
            at=NOW + timedelta(seconds=number),
            title=base.title,
            text=text,
            language=base.language,
        )
        window.place(new)
        window.add(new, None)
        spent += time.process_time() - began
        count += 1
        if number in marks:
            print(f"  {number:6d} in the window: {1000 * spent / count:.2f} ms CPU an article")
            spent = count = 0.0


def show(name: str, articles: Sequence[Labelled]) -> None:
    print(f"{name}: {len(articles)} articles")
    total = [0, 0, 0]
    for pair, (right, wrong, missed) in score_events(articles).items():
        total = [a + b for a, b in zip(total, (right, wrong, missed), strict=True)]
        print(f"  {pair:6s} {_line(right, wrong, missed)}")
    print(f"  all    {_line(*total)}")
    print(
        f"  texts: found, wrong kind, missed {score_texts(articles)}; false copies {false_copies(articles)}"
    )


def _line(right: int, wrong: int, missed: int) -> str:
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return f"P {precision:.3f}  R {recall:.3f}  ({right} right, {wrong} wrong, {missed} missed)"


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--shared",
        type=Path,
        action="append",
        default=[],
        help="JSON-lines file or folder of tagging-dev",
    )
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--size", type=int, default=10_000)
    given = parser.parse_args(arguments)
    show("demo corpus", demo())
    for path in given.shared:
        file = path / "tagging-dev" / "texts.jsonl" if path.is_dir() else path
        show(f"translations in {file.name}", translations(file))
    if given.speed:
        speed(demo(), given.size)


if __name__ == "__main__":
    main()
