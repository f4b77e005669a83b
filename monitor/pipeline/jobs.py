"""The values between the lines and the workers: what is to be done, what came of it.

Apart from `working`, because the main process only passes them on: it never loads the extractor,
the tagger and the fact finder (half a second and 40 MB).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.models import (
    Article,
    Entry,
    Facts,
    Fetched,
    HostLine,
    MemoryChanges,
    Profile,
    Tagging,
    Turn,
)
from monitor.store.packing import PackedPage
from monitor.stories import Features, Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One page (or post) to turn into a tagged article."""

    entry: Entry
    now: datetime
    fetched: Fetched | None = None  # None: a post, or the feed's own text as last resort
    home: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = "Asia/Almaty"
    pack: bool = False  # True: the raw page comes back compressed, for the archive
    learn: bool = True  # False: judged with the memory as it was at the start, for repeatable runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A stored article to tag again."""

    title: str
    text: str
    language: str | None
    home: bool
    published: datetime | None  # None: unknown, the time of the job counts
    now: datetime
    time_zone: str = "Asia/Almaty"
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The result of a job: an article with its verdicts, or the class of a page without one."""

    extractor_version: str = ""  # of the program that read the page; "": only tagged again
    article: Article | None = None
    tagging: Tagging | None = None
    facts: Facts | None = None  # None: not looked for, the text is about no relation
    sketch: Sketch | None = None  # what stories need of the text, as `features`
    features: Features | None = None
    changes: MemoryChanges | None = None
    page: PackedPage | None = None  # None: not asked for, or no article on it
    page_class: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a worker starts with."""

    rules: Path | None = None
    lines: tuple[HostLine, ...] = ()
    profiles: tuple[Profile, ...] = ()
