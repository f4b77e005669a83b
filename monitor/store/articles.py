"""Articles: stored once, with verdicts and every address under which they are known."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlite_utils import Database

from monitor.models import Article, Evidence, Facts, Tagging
from monitor.store.database import utc_text
from monitor.store.facts import insert_facts, store_facts
from monitor.store.rows import insert, insert_all, json_text, text_or_none, update
from monitor.urls import site_of, url_key

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArticle:
    """An extracted and tagged article on its way into the database."""

    article: Article
    tagging: Tagging
    source_id: str
    entry_url: str
    final_url: str
    first_seen_at: datetime
    fetched_at: datetime
    extractor_version: str
    facts: Facts | None = None  # None: not looked for; what is stored stays
    date_clamped: bool = False
    page_id: int | None = None  # None: the raw page is not archived
    etag: str | None = None
    last_modified: str | None = None
    next_check_at: datetime | None = None  # None: it is not looked at again
    backfilled: bool = False  # from an outlet's past: never news in a digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where an article ended up: a row of its own, or one that was already there."""

    id: int
    new: bool


def content_hash(title: str, text: str) -> str:
    """The identity of a text: its words, without case, spacing and punctuation."""
    words = " ".join(_WORD.findall(f"{title} {text}".lower()))
    return hashlib.blake2b(words.encode(), digest_size=16).hexdigest()


def store_article(connection: sqlite3.Connection, new: NewArticle) -> Stored:
    """Insert the article with its verdicts and addresses, or find the one it already is.

    The same article means: a URL after redirects, or a canonical URL confirmed by title or text,
    that already belongs to one. A copy under another address is its own row with `dup_of`.
    """
    known = _same_article(connection, new)
    if known is not None:
        _add_addresses(connection, known, new)
        return Stored(id=known, new=False)
    row = _row(new)
    row["dup_of"], row["dup_kind"] = _copy_of(connection, str(row["content_hash"]))
    row["version_group"] = _version_group(connection, new)
    article_id = insert(connection, "articles", row)
    _add_addresses(connection, article_id, new)
    _insert_tagging(connection, article_id, new.tagging)
    if new.facts is not None:
        insert_facts(connection, article_id, new.facts, new.article.language, new.first_seen_at)
    return Stored(id=article_id, new=True)


def replace_article(connection: sqlite3.Connection, article_id: int, new: NewArticle) -> None:
    """Write a better extraction over a stored one (a short text that has grown, a re-extraction).

    What belongs to the first sight stays: URL, first_seen_at, copies, versions, story.
    """
    row = _row(new)
    for column in ("url", "source_id", "first_seen_at", "backfilled"):
        row.pop(column)
    update(connection, "articles", article_id, row)
    _add_addresses(connection, article_id, new)
    _store_findings(connection, article_id, new)


def _store_findings(connection: sqlite3.Connection, article_id: int, new: NewArticle) -> None:
    store_tagging(connection, article_id, new.tagging)
    if new.facts is not None:
        language, now = new.article.language, new.first_seen_at
        store_facts(connection, article_id, new.facts, language=language, now=now)


def _row(new: NewArticle) -> dict[str, object]:
    article = new.article
    return {
        "url": new.entry_url,
        "title": article.title,
        "source_id": new.source_id,
        **_tag_columns(new.tagging),
        "published_at": text_or_none(article.published_at),
        "first_seen_at": utc_text(new.first_seen_at),
        "language": article.language,
        "lead": article.lead,
        "text": article.text,
        "words": len(_WORD.findall(article.text)),
        "authors": ", ".join(article.authors),
        "final_url": new.final_url,
        "canonical_url": article.canonical_url,
        "published_raw": article.published_raw,
        "date_precision": article.date_precision,
        "date_source": article.date_source,
        "date_clamped": int(new.date_clamped),
        "modified_at": text_or_none(article.modified_at),
        "script": article.script,
        "origin": article.origin,
        "reposted_by": article.reposted_by,
        "is_interview": int(article.is_interview),
        "interviewee": article.interviewee,
        "interviewee_role": article.interviewee_role,
        "is_opinion": int(article.is_opinion),
        "is_truncated": int(article.is_truncated),
        "turns": json_text([asdict(turn) for turn in article.turns]) if article.turns else "[]",
        "image": article.image,
        "method": article.method,
        "problems": "; ".join(article.problems),
        "content_hash": content_hash(article.title, article.text),
        "page_id": new.page_id,
        "fetched_at": utc_text(new.fetched_at),
        "etag": new.etag,
        "last_modified": new.last_modified,
        "next_check_at": text_or_none(new.next_check_at),
        "extractor_version": new.extractor_version,
        "backfilled": int(new.backfilled),
    }


def _tag_columns(tagging: Tagging) -> dict[str, object]:
    """`relations` and `topics` are plain words, strongest first, so that facets stay fast."""
    held = sorted((r for r in tagging.relations if r.level > 0), key=lambda r: (-r.level, -r.score))
    topics = sorted(tagging.topics.items(), key=lambda item: -item[1])
    return {
        "relations": ", ".join(relation.partner for relation in held),
        "level": max((relation.level for relation in held), default=0),
        "topics": ", ".join(name for name, _ in topics),
        "tagger_version": tagging.version,
    }


def store_tagging(connection: sqlite3.Connection, article_id: int, tagging: Tagging) -> None:
    """Replace the verdicts and topics of an article; every partner gets a row, level 0 too."""
    update(connection, "articles", article_id, _tag_columns(tagging))
    for table in ("article_relations", "article_topics"):
        connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
    _insert_tagging(connection, article_id, tagging)


def _insert_tagging(connection: sqlite3.Connection, article_id: int, tagging: Tagging) -> None:
    insert_all(
        connection,
        "article_relations",
        [
            {
                "article_id": article_id,
                "relation": relation.partner,
                "level": relation.level,
                "score": round(relation.score, 4),
                "evidence": _evidence_json(relation.evidence),
                "limited_by": relation.limit,
                "tagger_version": tagging.version,
            }
            for relation in tagging.relations
        ],
    )
    insert_all(
        connection,
        "article_topics",
        [
            {"article_id": article_id, "topic": topic, "score": round(score, 4)}
            for topic, score in tagging.topics.items()
        ],
    )


def _evidence_json(evidence: Iterable[Evidence]) -> str:
    """Spelled out, because `asdict` costs as much as storing the rest of the row."""
    return json_text(
        [
            {"field": e.field, "start": e.start, "end": e.end, "sentence": e.sentence, "why": e.why}
            for e in evidence
        ]
    )


# ---------------------------------------------------------------- identity


def _same_article(connection: sqlite3.Connection, new: NewArticle) -> int | None:
    keys = [url_key(new.entry_url), url_key(new.final_url)]
    for key in keys:
        found = _owner_of(connection, key, ("entry", "final"))
        if found is not None:
            return found
    canonical = _canonical_key(new)
    if canonical is None or canonical in keys:
        return None
    found = _owner_of(connection, canonical, ("entry", "final", "canonical"))
    if found is not None and _reads_alike(connection, found, new):
        return found
    return None


def _owner_of(connection: sqlite3.Connection, key: str, kinds: tuple[str, ...]) -> int | None:
    row = connection.execute(
        "SELECT article_id, kind FROM addresses WHERE url_key = ?", (key,)
    ).fetchone()
    return int(row["article_id"]) if row and row["kind"] in kinds else None


def _canonical_key(new: NewArticle) -> str | None:
    """The page's canonical URL, unless it plainly names something else (another site, a home
    page: templates get this wrong)."""
    canonical = new.article.canonical_url
    if not canonical or len(urlsplit(canonical).path.strip("/")) < 2:
        return None
    if site_of(canonical) != site_of(new.final_url):
        return None
    return url_key(canonical)


def _reads_alike(connection: sqlite3.Connection, article_id: int, new: NewArticle) -> bool:
    """A shared canonical URL is believed only when title or text agree."""
    row = connection.execute(
        "SELECT title, text FROM articles WHERE id = ?", (article_id,)
    ).fetchone()
    ours = new.article
    same_title = _WORD.findall(row["title"].lower()) == _WORD.findall(ours.title.lower())
    return same_title or _WORD.findall(row["text"])[:30] == _WORD.findall(ours.text)[:30]


def _add_addresses(connection: sqlite3.Connection, article_id: int, new: NewArticle) -> None:
    addresses = [(url_key(new.entry_url), "entry"), (url_key(new.final_url), "final")]
    canonical = _canonical_key(new)
    if canonical and _is_variant(canonical, addresses[1][0]):
        addresses.append((canonical, "canonical"))
    connection.executemany(
        "INSERT OR IGNORE INTO addresses (url_key, article_id, kind) VALUES (?, ?, ?)",
        [(key, article_id, kind) for key, kind in addresses],
    )


def _is_variant(one: str, other: str) -> bool:
    """The two keys end alike: an AMP or print form, not another article."""

    def last(key: str) -> str:
        parts = [part for part in urlsplit("//" + key).path.split("/") if part not in ("", "amp")]
        return parts[-1].removesuffix(".html") if parts else ""

    return bool(last(one)) and last(one) == last(other)


def _copy_of(connection: sqlite3.Connection, digest: str) -> tuple[int | None, str | None]:
    row = connection.execute(
        "SELECT coalesce(dup_of, id) FROM articles WHERE content_hash = ? ORDER BY id LIMIT 1",
        (digest,),
    ).fetchone()
    return (int(row[0]), "same_text") if row else (None, None)


def _version_group(connection: sqlite3.Connection, new: NewArticle) -> str | None:
    """Language versions of one article share a group: that of a version already stored, or the
    smallest key of the hreflang set. A set that names neither this page nor a stored article is
    the site's menu of languages."""
    keys = sorted({url_key(url) for url in new.article.alternates.values()})
    own = {url_key(new.entry_url), url_key(new.final_url), _canonical_key(new)}
    kinds = ("entry", "final", "canonical")
    owners = {owner for key in keys if (owner := _owner_of(connection, key, kinds)) is not None}
    if not owners and (len(keys) < 2 or not own & set(keys)):
        return None
    marks = ", ".join("?" for _ in owners)
    known = connection.execute(
        f"SELECT min(version_group) FROM articles WHERE id IN ({marks})",  # noqa: S608
        tuple(owners),
    ).fetchone()[0]
    group = str(known or keys[0])
    connection.execute(
        f"UPDATE articles SET version_group = coalesce(version_group, ?) WHERE id IN ({marks})",  # noqa: S608
        (group, *owners),
    )
    return group


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What a later stage reads of a stored article."""

    id: int
    url: str
    title: str
    text: str
    language: str | None
    source_id: str
    published_at: str | None
    first_seen_at: str
    turns: str  # JSON: the turns of an interview
    page_id: int | None
    tagger_version: str
    extractor_version: str


def article_texts(
    db: Database,
    *,
    after_id: int = 0,
    source_id: str | None = None,
    since: datetime | None = None,
    batch: int = 200,
) -> Iterator[ArticleText]:
    """Stored articles in id order, read in batches so that no read transaction stays open."""
    names = list(ArticleText.__dataclass_fields__)
    while True:
        rows = db.conn.execute(
            f"""
            SELECT {", ".join(names)} FROM articles
            WHERE id > ? AND (? IS NULL OR source_id = ?) AND first_seen_at >= ?
            ORDER BY id LIMIT ?
            """,  # noqa: S608
            (after_id, source_id, source_id, utc_text(since) if since else "", batch),
        ).fetchall()
        if not rows:
            return
        for row in rows:
            yield ArticleText(**dict(zip(names, row, strict=True)))
        after_id = rows[-1]["id"]
