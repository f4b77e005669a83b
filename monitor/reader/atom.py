"""Any table or query as an Atom feed: `.atom` beside `.json`. Pure but for the hook's shapes.

A row becomes an entry if it has a title; identifiers stay the same while the archive stays at its
address. Times come from the first of `at`, `published_at`, `first_seen_at`, `last_seen_at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_TIMES = ("at", "published_at", "seen_at", "last_seen_at", "first_seen_at", "sent_at", "day")
_SUMMARIES = ("said", "passage", "sentence", "lead", "outlets", "text")
_EPOCH = "1970-01-01T00:00:00Z"
_HITS = str.maketrans("", "", "⟦⟧")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands around the entries."""

    title: str
    address: str  # of the feed itself
    page: str  # of the same rows as a page
    articles: str  # address of the articles table, for links of rows with an `id`
    stories: str


def can_render(columns: Iterable[str] | None) -> bool:
    """True if the rows can be entries."""
    return columns is not None and "title" in columns


def render(feed: Feed, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The feed as XML text."""
    entries = [_entry(feed, dict(zip(columns, tuple(row), strict=True))) for row in rows]
    updated = max((entry[0] for entry in entries), default=_EPOCH)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{_text(feed.title)}</title>\n<id>{_text(feed.address)}</id>\n"
        f'<updated>{updated}</updated>\n<link rel="self" href={quoteattr(feed.address)}/>\n'
        f"<link href={quoteattr(feed.page)}/>\n"
        + "".join(entry[1] for entry in entries)
        + "</feed>\n"
    )


def _entry(feed: Feed, row: Mapping[str, object]) -> tuple[str, str]:
    moment = _moment(row)
    link = _link(feed, row)
    summary = next((str(row[name]) for name in _SUMMARIES if row.get(name)), "")
    author = str(row.get("source") or row.get("person") or "")
    xml = (
        f"<entry><title>{_text(str(row['title']))}</title><id>{_text(link)}</id>"
        f"<updated>{moment}</updated><link href={quoteattr(link)}/>"
        f"<author><name>{_text(author or feed.title)}</name></author>"
        f"<summary>{_text(summary[:500])}</summary></entry>\n"
    )
    return moment, xml


def _link(feed: Feed, row: Mapping[str, object]) -> str:
    if row.get("id") is not None:
        return f"{feed.articles}/{row['id']}"
    if row.get("story_id") is not None:
        return f"{feed.stories}/{row['story_id']}"
    return str(row.get("url") or feed.page)


def _moment(row: Mapping[str, object]) -> str:
    """An RFC 3339 time; a bare day begins at midnight UTC."""
    found = next((str(row[name]) for name in _TIMES if row.get(name)), _EPOCH)
    return f"{found}T00:00:00Z" if len(found) == 10 else found


def _text(value: str) -> str:
    kept = "".join(c for c in value.translate(_HITS) if c >= " " or c in "\t\n")
    return escape(kept)
