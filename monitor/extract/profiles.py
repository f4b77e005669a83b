"""Wrappers learned per host and template: where the lead and the body live.

The general extractor teaches: what it found on one page names a container; when the container
gives the same lines on three further pages, it is confirmed and used instead (a tenth of the
work). Every 50th use is checked against the general extractor; two disagreements in a row drop
it. What a wrapper finds is also checked on every page against the publisher's own summary.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from lxml.etree import XPath

from monitor.extract.blocks import Block, holder, page_blocks, signature
from monitor.extract.lines import tidy
from monitor.extract.page import Tree
from monitor.extract.prepare import prepare
from monitor.models import Profile

CONFIRMED = 3  # agreeing pages
RECHECK = 50  # uses
FORGIVEN = 1  # disagreements in a row before a profile is dropped
PATIENCE = 6  # disagreements in a row while still learning: the line memory learns, too
TEMPLATES = 4  # per host
LESSONS = 12  # pages; a host that has taught no template by then teaches none
FRESH_START = 6  # … and half-way there, when its repeated lines are known, it starts again
SHORTEST = 200  # characters; a wrapper that finds less is not believed
ALIKE = 0.97  # share of characters in common lines


Clean = Callable[[Sequence[str]], list[str]]


@dataclass(slots=True)
class Learned:
    """One template of a host: selectors and how they fared."""

    container: str
    branches: set[str]  # names of the container's children that held text of the article
    excluded: set[str]  # … and that did not; a name in both sets cannot be told apart
    lead: str
    learned_at: datetime
    state: str = "learning"  # learning / confirmed / dropped
    agreements: int = 0
    disagreements: int = 0
    in_a_row: int = 0
    uses: int = 0
    checked_at: datetime | None = None
    changed: bool = True


@dataclass(slots=True)
class HostProfiles:
    """All templates of one host."""

    learned: list[Learned] = field(default_factory=list)
    pages: int = 0
    lessons: int = 0

    def serves(self) -> bool:
        """Whether a template is confirmed; it need not fit the next page."""
        return any(learned.state == "confirmed" for learned in self.learned)

    def wants_lesson(self) -> bool:
        """From the second page of a host on, unless the host proved unteachable."""
        return self.pages > 1 and self.lessons < LESSONS


def apply_profile(known: HostProfiles, tree: Tree) -> tuple[Learned, list[str]] | None:
    """The lines of the first confirmed template that fits the page, None when none does."""
    for learned in known.learned:
        if learned.state == "confirmed":
            lines = wrapped_lines(learned, tree)
            if sum(map(len, lines)) >= SHORTEST:
                learned.uses += 1
                learned.changed = True
                return learned, lines
    return None


def wrapped_lines(learned: Learned, tree: Tree) -> list[str]:
    """What the selectors give on a page; nothing when they fit not exactly one place, or when
    the place holds a part that was never judged."""
    found = _compiled(learned.container)(tree)
    if len(found) != 1 or next(found[0].iterdescendants("table"), None) is not None:
        return []
    lines = []
    for name, blocks in _branches(found[0]):
        kept = name in learned.branches
        if kept == (name in learned.excluded):
            return []
        if kept:
            lines += [_line(block) for block in blocks]
    if learned.lead:
        lead = _compiled(learned.lead)(tree)
        if lead:
            lines.insert(0, tidy(" ".join("".join(lead[0].itertext()).split())))
    return lines


def teach(
    known: HostProfiles, tree: Tree, lines: Sequence[str], clean: Clean, now: datetime
) -> None:
    """Let the general extractor's cleaned lines judge templates and found a new one."""
    known.lessons += 1
    if known.lessons == FRESH_START:
        known.learned = [old for old in known.learned if old.state == "confirmed"]
    for learned in known.learned:
        if learned.state != "dropped" and _widen(learned, tree, lines):
            return
        if learned.state == "learning":
            found = wrapped_lines(learned, tree)
            if found:
                agree = alike(clean(found), lines)
                judge(learned, agree=agree, now=now)
                if not agree:
                    _widen(learned, tree, lines, again=True)
                known.lessons -= learned.state == "confirmed"
                return
    if sum(map(len, lines)) < 2 * SHORTEST or len(known.learned) >= TEMPLATES:
        return
    fresh = learn(tree, lines, now)
    if fresh and all(fresh.container != old.container for old in known.learned):
        known.learned.append(fresh)


def judge(learned: Learned, *, agree: bool, now: datetime) -> None:
    """Count one comparison and draw the conclusion."""
    learned.changed, learned.checked_at = True, now
    if agree:
        learned.agreements += 1
        learned.in_a_row = 0
        if learned.agreements >= CONFIRMED and learned.state == "learning":
            learned.state = "confirmed"
        return
    learned.disagreements += 1
    learned.in_a_row += 1
    if learned.in_a_row > (FORGIVEN if learned.state == "confirmed" else PATIENCE):
        learned.state = "dropped"


def alike(one: Sequence[str], two: Sequence[str]) -> bool:
    """The same text but for a line or two."""
    first, second = {_key(line): len(line) for line in one}, {_key(line): len(line) for line in two}
    common = sum(length for key, length in first.items() if key in second)
    return common >= ALIKE * max(sum(first.values()), sum(second.values()), 1)


def learn(tree: Tree, lines: Sequence[str], now: datetime) -> Learned | None:
    """A template from one page: the container of the lines, what to leave out of it, the lead."""
    body = tree.find("body")
    blocks = page_blocks(body if body is not None else tree)
    container = holder(blocks, lines)
    if container is None or container.tag in ("body", "html"):
        return None
    path = xpath_of(container)
    if path is None or _compiled(path)(tree) != [container]:
        return None
    fresh = Learned(container=path, branches=set(), excluded=set(), lead="", learned_at=now)
    _widen(fresh, tree, lines)
    inside = {_key(line) for line in wrapped_lines(fresh, tree)}
    outside = [line for line in lines if _key(line) not in inside]
    if outside and outside[0] == lines[0]:
        fresh.lead = _lead_path(tree, outside) or ""
    return fresh


def _widen(learned: Learned, tree: Tree, lines: Sequence[str], *, again: bool = False) -> bool:
    """Judge the container's parts that were never seen (`again`: all of them) by the general
    extractor's lines. True when something was new."""
    found = _compiled(learned.container)(tree)
    if len(found) != 1:
        return False
    wanted, new = {_key(line) for line in lines}, False
    for name, blocks in _branches(found[0]):
        if not again and (name in learned.branches or name in learned.excluded):
            continue
        total = sum(len(block.text) for block in blocks)
        held = sum(len(block.text) for block in blocks if _key(_line(block)) in wanted)
        (learned.branches if held > 0.8 * total else learned.excluded).add(name)
        if 0.2 * total < held <= 0.8 * total:
            learned.branches.add(name)
        learned.changed = new = True
    return new


def _branches(container: Tree) -> Iterator[tuple[str, list[Block]]]:
    """The container's text by its children, each with its name; plain `p` are one kind."""
    prepare(container)
    current, blocks = "", list[Block]()
    for block in page_blocks(container):
        element = block.owner
        while element is not container and element.getparent() is not container:
            element = element.getparent()
        name = "text" if element is container or element.tag in _PLAIN else signature(element)
        name = signature(element) if element is not container and element.get("class") else name
        if name != current and blocks:
            yield current, blocks
            blocks = []
        current = name
        blocks.append(block)
    if blocks:
        yield current, blocks


_PLAIN = frozenset(("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "br", "div", "pre"))


def xpath_of(element: Tree) -> str | None:
    """A selector by tag, id and the classes without numbers; None when it has neither."""
    name = element.get("id") or ""
    if name and not any(char.isdigit() for char in name) and '"' not in name:
        return f'//{element.tag}[@id="{name}"]'
    classes = (element.get("class") or "").split()
    stable = [c for c in classes if not any(char.isdigit() for char in c) and '"' not in c]
    if not stable:
        return f"//{element.tag}" if element.tag in ("article", "main") else None
    if stable == classes:
        return f'//{element.tag}[@class="{element.get("class")}"]'
    tests = " and ".join(f'contains(concat(" ",@class," ")," {c} ")' for c in stable)
    return f"//{element.tag}[{tests}]"


def _lead_path(tree: Tree, outside: Sequence[str]) -> str | None:
    key = _key(outside[0])
    for element in tree.iter("p", "div", "h2", "h3", "h4", "span"):
        if len(element) <= 6 and _key("".join(element.itertext())) == key:
            path = xpath_of(element)
            if path and len(_compiled(path)(tree)) == 1:
                return path
    return None


def _line(block: Block) -> str:
    text = tidy(block.text)
    return f"- {text}" if block.owner.tag == "li" else text


def _key(line: str) -> str:
    return "".join(line[:200].lower().split())[:80]


@lru_cache(maxsize=512)
def _compiled(path: str) -> XPath:
    return XPath(path)


# ---------------------------------------------------------------- persistence


def to_row(host: str, learned: Learned) -> Profile:
    """The value that is stored."""
    judged = learned.agreements + learned.disagreements
    return Profile(
        host=host,
        template=learned.container,
        selectors=json.dumps(
            {
                "body": learned.container,
                "lead": learned.lead,
                "branches": sorted(learned.branches),
                "excluded": sorted(learned.excluded),
            },
            ensure_ascii=False,
        ),
        state=learned.state,
        learned_at=learned.learned_at,
        agreements=learned.agreements,
        disagreements=learned.disagreements,
        score=learned.agreements / judged if judged else 0.0,
        uses=learned.uses,
        checked_at=learned.checked_at,
    )


def from_rows(rows: Iterable[Profile]) -> dict[str, HostProfiles]:
    """Templates as stored; a row that cannot be read is left out and learned again."""
    known: dict[str, HostProfiles] = {}
    for row in rows:
        try:
            selectors = json.loads(row.selectors)
            learned = Learned(
                container=selectors["body"],
                branches=set(selectors["branches"]),
                excluded=set(selectors["excluded"]),
                lead=selectors.get("lead", ""),
                learned_at=row.learned_at,
                state=row.state,
                agreements=row.agreements,
                disagreements=row.disagreements,
                uses=row.uses,
                checked_at=row.checked_at,
                changed=False,
            )
        except (ValueError, KeyError, TypeError):
            continue
        known.setdefault(row.host, HostProfiles(pages=2)).learned.append(learned)
    return known
