"""Pieces become stories: dates and addresses relative to `now`, reprints filled in."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.demo.content import Block, Piece, read_pieces
from monitor.demo.dates import fill_dates, zone
from monitor.demo.outlets import BY_ID, OUTLETS, Outlet

SECTIONS = {
    "Политика": "politics", "Экономика": "economy", "Общество": "society", "Спорт": "sport",
    "Мир": "world", "Культура": "culture", "Регионы": "regions", "Интервью": "interview",
    "Технологии": "tech", "Происшествия": "incidents", "Финансы": "finance",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A piece at its address and time. `published` is UTC; `local` the same in the outlet's zone"""

    piece: Piece
    outlet: Outlet
    number: int
    path: str
    published: datetime
    title: str
    blocks: tuple[Block, ...]
    edited_blocks: tuple[Block, ...]  # equal to `blocks` where the site edits nothing

    @property
    def local(self) -> datetime:
        return self.published.astimezone(zone(self.outlet.offset_hours))

    @property
    def lead(self) -> str:
        return self.blocks[0].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What every page and feed is drawn from: all stories, the port, the moment."""

    stories: Mapping[str, Story]
    port: int
    now: datetime

    def base(self, outlet: Outlet) -> str:
        return f"http://{outlet.address}:{self.port}"

    def address(self, story: Story) -> str:
        return self.base(story.outlet) + story.path

    def own(self, outlet: Outlet) -> list[Story]:
        """The outlet's stories, newest first."""
        found = [story for story in self.stories.values() if story.outlet is outlet]
        return sorted(found, key=lambda story: (story.published, story.number), reverse=True)


def resolve_stories(now: datetime) -> dict[str, Story]:
    """Every story by its key (outlet/slug). `now` is aware; seconds are dropped."""
    now = now.astimezone(UTC).replace(second=0, microsecond=0)
    stories: dict[str, Story] = {}
    pending: list[tuple[Piece, int]] = []
    for outlet in OUTLETS:
        oldest_first = sorted(read_pieces(outlet.id), key=lambda p: (-p.age, p.slug))
        pending += [(piece, n) for n, piece in enumerate(oldest_first)]
    while pending:
        waiting = []
        for piece, place in pending:
            if piece.reprint_of is None or piece.reprint_of in stories:
                stories[piece.key] = _resolve(piece, place, now, stories)
            else:
                waiting.append((piece, place))
        if len(waiting) == len(pending):
            raise ValueError(f"reprints of nothing: {[piece.key for piece, _ in waiting]}")
        pending = waiting
    return stories


def _resolve(piece: Piece, place: int, now: datetime, stories: dict[str, Story]) -> Story:
    outlet = BY_ID[piece.outlet]
    published = now - piece.age
    local = published.astimezone(zone(outlet.offset_hours))
    number = outlet.first_number + place * 7 + len(piece.slug) % 5

    def filled(blocks: Iterable[Block]) -> tuple[Block, ...]:
        made: list[Block] = []
        for block in blocks:
            if block.kind == "include":
                made += _included(stories[piece.reprint_of or ""], block.text)
            else:
                text = fill_dates(block.text, local, piece.language)
                made.append(Block(kind=block.kind, text=text))
        return tuple(made)

    return Story(
        piece=piece,
        outlet=outlet,
        number=number,
        path=_path(outlet, piece, number, local),
        published=published,
        title=fill_dates(piece.title, local, piece.language),
        blocks=filled(piece.blocks),
        edited_blocks=filled(_edited(piece)),
    )


def _included(source: Story, wanted: str) -> tuple[Block, ...]:
    """`""` all blocks, `"3"` the first three, `"2-4"` from the second to the fourth."""
    first, dash, last = wanted.partition("-")
    start = int(first) - 1 if dash else 0
    stop = int(last or first or len(source.blocks))
    return source.blocks[start:stop]


def _edited(piece: Piece) -> tuple[Block, ...]:
    new = dict(piece.edits)
    return tuple(
        Block(kind=block.kind, text=new.get(n, block.text))
        for n, block in enumerate(piece.blocks, 1)
    )


def _path(outlet: Outlet, piece: Piece, number: int, local: datetime) -> str:
    section = SECTIONS.get(piece.section, "news")
    dated = "".join(
        local.strftime(part) if part.startswith("%") else part
        for part in _percent_parts(outlet.path)
    )
    return dated.format(number=number, slug=piece.slug, section=section)


def _percent_parts(path: str) -> list[str]:
    """Split off strftime codes so that the platform's strftime sees nothing else."""
    parts, rest = [], path
    while "%" in rest:
        before, _, after = rest.partition("%")
        if not after or after[0] not in string.ascii_letters:
            raise ValueError(path)
        parts += [before, f"%{after[0]}"]
        rest = after[1:]
    return [*parts, rest]
