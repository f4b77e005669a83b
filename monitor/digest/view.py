"""What the templates may ask: words and figures ready to print. Pure.

Keeps logic out of the templates and markup out of the logic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.digest.frame import Frame
from monitor.digest.subject import shorten
from monitor.models import (
    Digest,
    DigestItem,
    DigestSection,
    Edit,
    SourceTrouble,
)

BAR_PIXELS = 26
LINKS_SHOWN = 6
EDITS_SHOWN = 6
CHANGE_MOST = 140  # code points of either side of an edit
TROUBLES_SHOWN = 8
INCIDENTS_SHOWN = 4
# Colour of a partner, its pale bar; both pass AA with white and on white.
COLOURS = {"us": "#1d4ed8", "ru": "#b3261e", "cn": "#9a4b00"}
SPARE_COLOURS = ("#0f6b5c", "#6b3fa0", "#4a5568", "#8a2c6d", "#2f6690")
OWNER_COLOURS = {"official": "#3b4a63", "state": "#5f7fb8", "private": "#4c9a7d",
                 "foreign": "#c98a3a", "unknown": "#98a2b0"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    height: int
    value: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Share:
    name: str
    number: int
    percent: int
    colour: str


class View:
    """What digests and alerts share."""

    def __init__(self, frame: Frame, archive_url: str | None) -> None:
        self.frame = frame
        self.archive_url = archive_url

    def archive(self, article_id: int) -> str:
        """The article in Datasette, "" if there is no address for it."""
        return f"{self.archive_url}/monitor/articles/{article_id}" if self.archive_url else ""

    def when(self, item: DigestItem) -> str:
        moment = self.frame.moment(item.at)
        return moment if item.dated else self.frame.word("first_seen", moment=moment)

    def marks(self, item: DigestItem) -> list[str]:
        return [self.frame.word(f"mark_{mark}") for mark in item.marks]

    def said(self, item: DigestItem) -> str:
        """The passage; somebody's own words get quotation marks if they have none."""
        words = self.frame.word
        if item.speaker is None or item.passage.startswith(("«", "“", '"')):
            return item.passage
        return f"{words('open_quote')}{item.passage}{words('close_quote')}"

    def others_word(self, item: DigestItem) -> str:
        outlets = len({link.outlet for link in item.others})
        return self.frame.word("others", outlets=self.frame.count("more_outlets", outlets))

    def others(self, item: DigestItem) -> Sequence[object]:
        return item.others[:LINKS_SHOWN]

    def others_left(self, item: DigestItem) -> int:
        return max(0, len(item.others) - LINKS_SHOWN)

    def also(self, item: DigestItem) -> str:
        return ", ".join(self.frame.partner(partner) for partner in item.also)


class DigestView(View):
    """One digest."""

    def __init__(self, digest: Digest, frame: Frame, archive_url: str | None) -> None:
        super().__init__(frame, archive_url)
        self.digest = digest

    @property
    def summary(self) -> str:
        frame, digest = self.frame, self.digest
        return frame.word(
            "summary",
            stories=frame.count("stories", digest.stories),
            articles=frame.count("articles", digest.articles),
        )

    @property
    def watched(self) -> str:
        return self.frame.word(
            "watched",
            articles=self.frame.count("articles", self.digest.watched),
            outlets=self.frame.count("of_outlets", self.digest.outlets),
        )

    @property
    def window(self) -> str:
        window = self.digest.window
        text = self.frame.word(
            "window",
            start=self.frame.moment(window.start_at),
            end=self.frame.moment(window.end_at),
            zone=self.frame.zone_name,
        )
        if not self.is_catch_up:
            return text
        days = self.frame.count("days", max(2, round(self._span / timedelta(days=1))))
        return f"{text} · {self.frame.word('catch_up', days=days)}"

    @property
    def _span(self) -> timedelta:
        return self.digest.window.end_at - self.digest.window.start_at

    @property
    def is_catch_up(self) -> bool:
        return self._span > timedelta(days=1.5 * self.digest.period_days)

    @property
    def empty(self) -> str:
        """Said plainly when there is nothing; "" otherwise."""
        if self.digest.stories:
            return ""
        if not self.digest.watched:
            return self.frame.word("empty_blind")
        partners = self.frame.partners([s.relation for s in self.digest.sections])
        return self.frame.word("empty", partners=partners)

    @property
    def preheader(self) -> str:
        """What a mail list shows after the subject."""
        if self.empty:
            return self.empty
        parts = [f"{self.frame.partner(s.relation)} {s.count}" for s in self.digest.sections]
        titles = [item.title for item in self.digest.top[1:]]
        return " · ".join([", ".join(parts), *titles])[:200]

    def colour(self, relation: str) -> str:
        """Stable for the known three; others by their place in the digest."""
        if relation in COLOURS:
            return COLOURS[relation]
        others = [s.relation for s in self.digest.sections if s.relation not in COLOURS]
        place = others.index(relation) if relation in others else 0
        return SPARE_COLOURS[place % len(SPARE_COLOURS)]

    def shade(self, relation: str) -> str:
        """Class that lifts the colour on a dark ground; only the known three have one."""
        return relation if relation in COLOURS else ""

    def pair(self, relation: str) -> str:
        return self.frame.word("pair", partner=self.frame.partner(relation))

    @property
    def rows(self) -> list[tuple[DigestSection, ...]]:
        """Sections in rows of three, for the counters."""
        sections = self.digest.sections
        return [sections[i : i + 3] for i in range(0, len(sections), 3)]

    def bars(self, section: DigestSection) -> list[Bar]:
        highest = max((b for s in self.digest.sections for b in s.bars), default=0) or 1
        last = len(section.bars) - 1
        return [
            Bar(max(2, round(BAR_PIXELS * value / highest)), value, index == last)
            for index, value in enumerate(section.bars)
        ]

    def bars_label(self, section: DigestSection) -> str:
        key = "bars_label_weekly" if self.digest.period_days == 7 else "bars_label"
        return self.frame.word(key, values=", ".join(str(value) for value in section.bars))

    def usual(self, section: DigestSection) -> str:
        """This period against the usual, in words."""
        if section.usual is None:
            return ""
        gap = section.count - section.usual
        if abs(gap) <= max(1.0, section.usual**0.5):
            return self.frame.word("usual_same")
        key = "usual_above" if gap > 0 else "usual_below"
        return self.frame.word(key, usual=self.frame.number(section.usual))

    def full(self, section: DigestSection, level: int) -> list[DigestItem]:
        """Stories told in full: primary (level 2) or secondary (1)."""
        return [
            item
            for item in section.items
            if item.form == "full" and (item.level >= 2) == (level >= 2)
        ]

    def lines(self, section: DigestSection) -> list[DigestItem]:
        return [item for item in section.items if item.form == "line"]

    def counted(self, section: DigestSection) -> str:
        number = sum(item.form == "counted" for item in section.items)
        if not number:
            return ""
        return self.frame.word("counted", stories=self.frame.count("more_stories", number))

    def window_link(self, relation: str) -> str:
        """The whole window of one partner in Datasette."""
        if not self.archive_url:
            return ""
        window = self.digest.window
        return (
            f"{self.archive_url}/monitor/articles?id__gt={window.start_id}"
            f"&id__lte={window.end_id}&relations__contains={relation}&_sort_desc=id"
        )

    @property
    def archive_home(self) -> str:
        return f"{self.archive_url}/monitor/articles?_sort_desc=id" if self.archive_url else ""

    @property
    def balance(self) -> list[Share]:
        total = sum(number for _, number in self.digest.balance) or 1
        return [
            Share(self.frame.owner(owner), number, max(2, round(100 * number / total)),
                  OWNER_COLOURS.get(owner, "#98a2b0"))
            for owner, number in self.digest.balance
        ]  # fmt: skip

    @property
    def edits(self) -> Sequence[Edit]:
        return self.digest.edits[:EDITS_SHOWN]

    def edit_word(self, edit: Edit) -> str:
        kind = edit.kind if edit.kind in ("removed", "restored") else "text"
        if kind == "text" and edit.old_title not in ("", edit.title):
            kind = "title"
        return self.frame.word(f"edit_{kind}")

    def change(self, edit: Edit) -> str:
        """The first thing that went and the first that came; "" if the diff does not say."""
        lines = edit.diff.splitlines()
        went = next((line[2:] for line in lines if line.startswith("- ")), "")
        came = next((line[2:] for line in lines if line.startswith("+ ")), "")
        if edit.kind != "edit" or not (went or came):
            return ""
        went, came = (shorten(text, CHANGE_MOST) or "—" for text in (went, came))
        return self.frame.word("edit_change", went=went, came=came)

    @property
    def health(self) -> str:
        digest, frame = self.digest, self.frame
        if not digest.sources:
            return ""
        if not digest.troubles:
            return frame.word("health_ok", sources=frame.count("of_sources", digest.sources))
        return frame.word(
            "health_trouble",
            bad=frame.number(len(digest.troubles)),
            all=frame.count("of_sources", digest.sources),
        )

    @property
    def troubles(self) -> Sequence[SourceTrouble]:
        return self.digest.troubles[:TROUBLES_SHOWN]

    @property
    def troubles_left(self) -> int:
        return max(0, len(self.digest.troubles) - TROUBLES_SHOWN)

    def trouble(self, trouble: SourceTrouble) -> str:
        since = self.frame.moment(trouble.since) if trouble.since else "—"
        return self.frame.word(f"trouble_{trouble.kind}", since=since)

    @property
    def incidents(self) -> list[str]:
        return [
            f"{incident.stage}: {incident.kind}, {incident.subject}"[:120]
            for incident in self.digest.incidents[:INCIDENTS_SHOWN]
        ]
