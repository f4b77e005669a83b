"""Wrappers learned per host and template: where the lead and the body live.

The general extractor teaches: what it found on one page names a container; when the container
has given the same lines on three pages, it is confirmed and used instead (a tenth of the work).
What the container repeats and the general extractor leaves out is left out, too. The tenth and
then every 50th use is checked against the general extractor; two disagreements in a row drop a
wrapper. What it finds is also checked on every page against the publisher's own summary, unless
the site gives all its pages one summary.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.extract.addresses import address_of, compiled
from monitor.extract.blocks import Block, holder, page_blocks, signature
from monitor.extract.lines import tidy
from monitor.extract.links import Anchor, block_anchors
from monitor.extract.page import Tree
from monitor.extract.prepare import prepare

CONFIRMED = 3  # agreeing pages, the one it was learned from among them
RECHECK = 50  # uses
FIRST_CHECK = 10  # uses
COUNTED = 10  # uses after which the number is stored again
FORGIVEN = 1  # disagreements in a row before a profile is dropped
PATIENCE = 6  # disagreements in a row while still learning: the line memory learns, too
TEMPLATES = 4  # per host
LESSONS = 12  # pages; a host that has taught no template by then teaches none
FRESH_START = 6  # … and half-way there, when its repeated lines are known, it starts again
SHORTEST = 200  # characters; a wrapper that finds less is not believed
ALIKE = 0.97  # share of characters in common lines
KEPT = 0.2  # share of a part's text that the general extractor keeps, if it belongs to the article
REPEATED = 2  # lessons in which a line of the container was none of the article's
EXTRAS = 100  # such lines that are counted per template
SUMMARIES = 30  # per host, to know one that comes again

Clean = Callable[[Sequence[str], Collection[str]], list[str]]  # (lines, texts of links)


@dataclass(slots=True)
class Wrapped:
    """What a wrapper gives on a page; no lines: it does not fit."""

    lines: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)  # the links in these lines
    container: Tree | None = None

    def cleaned(self, clean: Clean) -> list[str]:
        """The lines without junk."""
        return clean(self.lines, frozenset(shown for shown, _ in self.anchors))


@dataclass(slots=True)
class Learned:
    """One template of a host: selectors and how they fared."""

    container: str
    branches: set[str]  # names of the container's children that held text of the article
    excluded: set[str]  # … and that did not; a name in both sets cannot be told apart
    lead: str
    learned_at: datetime
    tail: int = 0  # bytes at a page's end that need not be parsed; 0: all must
    extras: dict[str, int] = field(default_factory=dict)  # lines left out, in how many lessons
    state: str = "learning"  # learning / confirmed / dropped
    agreements: int = 0
    disagreements: int = 0
    in_a_row: int = 0
    uses: int = 0
    checked_at: datetime | None = None
    changed: bool = True

    def repeated_lines(self) -> frozenset[str]:
        """Keys of the lines that the container repeats around the article."""
        return frozenset(key for key, lessons in self.extras.items() if lessons >= REPEATED)

    def is_next_to_check(self) -> bool:
        """Whether the next use is to be compared with the general extractor."""
        return self.uses + 1 == FIRST_CHECK or (self.uses + 1) % RECHECK == 0

    def count_use(self) -> None:
        """One more page served."""
        self.uses += 1
        self.changed |= self.uses % COUNTED == 0


@dataclass(slots=True)
class HostProfiles:
    """All templates of one host."""

    learned: list[Learned] = field(default_factory=list)
    pages: int = 0
    lessons: int = 0
    summaries: dict[str, str] = field(default_factory=dict)  # the newest, and of which title

    def repeats(self, summary: str, title: str) -> bool:
        """Whether the host has given this summary to another article: it then says nothing."""
        if not summary:
            return False
        known = self.summaries.pop(summary, title)
        self.summaries[summary] = known
        if len(self.summaries) > SUMMARIES:
            del self.summaries[next(iter(self.summaries))]
        return known != title

    def serves(self) -> bool:
        """Whether a template is confirmed; it need not fit the next page."""
        return any(learned.state == "confirmed" for learned in self.learned)

    def wants_lesson(self) -> bool:
        """From the second page of a host on, unless the host proved unteachable."""
        return self.pages > 1 and self.lessons < LESSONS


def apply_profile(known: HostProfiles, tree: Tree) -> tuple[Learned, Wrapped] | None:
    """What the first confirmed template that fits the page finds, None when none does."""
    for learned in known.learned:
        if learned.state == "confirmed":
            wrapped = wrap(learned, tree)
            if sum(map(len, wrapped.lines)) >= SHORTEST:
                return learned, wrapped
    return None


def wrap(learned: Learned, tree: Tree) -> Wrapped:
    """What the selectors give on a page; nothing when they fit not exactly one place, or when
    the place holds a part that was never judged."""
    found = compiled(learned.container)(tree)
    if len(found) != 1 or next(found[0].iterdescendants("table"), None) is not None:
        return Wrapped()
    blocks: list[Block] = []
    for name, part in _branches(found[0]):
        kept = name in learned.branches
        if kept == (name in learned.excluded):
            return Wrapped()
        if kept:
            blocks += part
    lines = [_line(block) for block in blocks]
    if repeated := learned.repeated_lines():
        lines = [line for line in lines if _key(line) not in repeated]
    if learned.lead:
        lead = compiled(learned.lead)(tree)
        if lead:
            lines.insert(0, tidy(" ".join("".join(lead[0].itertext()).split())))
    return Wrapped(lines, block_anchors(blocks), found[0])


def teach(
    known: HostProfiles, tree: Tree, lines: Sequence[str], clean: Clean, now: datetime
) -> list[Learned]:
    """Let the general extractor's cleaned lines judge templates and found a new one; gives the
    template that is confirmed thereby, if any."""
    known.lessons += 1
    if known.lessons == FRESH_START:
        known.learned = [old for old in known.learned if old.state == "confirmed"]
    for learned in known.learned:
        if learned.state == "dropped":
            continue
        if _widen(learned, tree, lines):
            return []
        if learned.state == "learning" and len(compiled(learned.container)(tree)) == 1:
            _examine(learned, tree, lines, clean, now)
            confirmed = learned.state == "confirmed"
            known.lessons -= confirmed
            return [learned] if confirmed else []
    if sum(map(len, lines)) >= 2 * SHORTEST:
        _found(known, learn(tree, lines, clean, now))
    return []


def _examine(
    learned: Learned, tree: Tree, lines: Sequence[str], clean: Clean, now: datetime
) -> None:
    """One comparison of a template that is not confirmed yet."""
    agree = compare(learned, wrap(learned, tree).cleaned(clean), lines)
    judge(learned, agree=agree, now=now)
    if not agree:
        _widen(learned, tree, lines, again=True)


def _found(known: HostProfiles, fresh: Learned | None) -> None:
    """A new template, or a dropped one in its second form."""
    if fresh is None:
        return
    for index, old in enumerate(known.learned):
        if old.container == fresh.container:
            if old.state == "dropped":
                known.learned[index] = fresh
            return
    if len(known.learned) < TEMPLATES:
        known.learned.append(fresh)


def compare(learned: Learned, wrapped: Sequence[str], lines: Sequence[str]) -> bool:
    """Whether a wrapper's cleaned lines are those of the general extractor; what it has besides
    is counted, so that lines which come again are left out."""
    wanted = {_key(line) for line in lines}
    for key in {_key(line) for line in wrapped} - wanted:
        if key in learned.extras or len(learned.extras) < EXTRAS:
            learned.extras[key] = learned.extras.get(key, 0) + 1
    return alike(wrapped, lines)


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


def learn(tree: Tree, lines: Sequence[str], clean: Clean, now: datetime) -> Learned | None:
    """A template from one page: the container of the lines, what to leave out of it, the lead."""
    body = tree.find("body")
    blocks = page_blocks(body if body is not None else tree)
    container = holder(blocks, lines)
    if container is None or container.tag in ("body", "html"):
        return None
    path = address_of(container, tree)
    if path is None:
        return None
    fresh = Learned(container=path, branches=set(), excluded=set(), lead="", learned_at=now)
    _widen(fresh, tree, lines)
    wrapped = wrap(fresh, tree)
    inside = {_key(line) for line in wrapped.lines}
    outside = [line for line in lines if _key(line) not in inside]
    if outside and outside[0] == lines[0]:
        fresh.lead = _lead_path(tree, outside) or ""
        wrapped = wrap(fresh, tree)
    if compare(fresh, wrapped.cleaned(clean), lines):
        judge(fresh, agree=True, now=now)
    return fresh


def _widen(learned: Learned, tree: Tree, lines: Sequence[str], *, again: bool = False) -> bool:
    """Judge the container's parts that were never seen (`again`: all of them) by the general
    extractor's lines. True when something was new."""
    found = compiled(learned.container)(tree)
    if len(found) != 1:
        return False
    wanted, weights = {_key(line) for line in lines}, dict[str, list[int]]()
    for name, blocks in _branches(found[0]):
        if not again and (name in learned.branches or name in learned.excluded):
            continue
        weight = weights.setdefault(name, [0, 0])
        weight[0] += sum(len(block.text) for block in blocks)
        weight[1] += sum(len(block.text) for block in blocks if _key(_line(block)) in wanted)
    for name, (total, held) in weights.items():
        (learned.branches if held > KEPT * total else learned.excluded).add(name)
        learned.changed = True
    return bool(weights)


def _branches(container: Tree) -> Iterator[tuple[str, list[Block]]]:
    """The container's text by its children, each with its name; plain `p` are one kind."""
    prepare(container)
    current, blocks = "", list[Block]()
    for block in page_blocks(container):
        element = block.owner
        while element is not container and element.getparent() is not container:
            element = element.getparent()
        plain = element is container or (element.tag in _PLAIN and not element.get("class"))
        name = "text" if plain else signature(element)
        if name != current and blocks:
            yield current, blocks
            blocks = []
        current = name
        blocks.append(block)
    if blocks:
        yield current, blocks


_PLAIN = frozenset(("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "br", "div", "pre"))


def _lead_path(tree: Tree, outside: Sequence[str]) -> str | None:
    key = _key(outside[0])
    for element in tree.iter("p", "div", "h2", "h3", "h4", "span"):
        if len(element) <= 6 and _key("".join(element.itertext())) == key:
            path = address_of(element, tree)
            if path:
                return path
    return None


def _line(block: Block) -> str:
    text = tidy(block.text)
    return f"- {text}" if block.owner.tag == "li" else text


def _key(line: str) -> str:
    return "".join(line[:200].lower().split())[:80]
