"""A fetched page in, an article out; or a feed's own full text. Composes the other modules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.extract.authors import clean_authors, signed_by
from monitor.extract.draft import Draft, draft_article
from monitor.extract.fragment import fragment_lines
from monitor.extract.interview import Interview, find_interview
from monitor.extract.lines import clean_lines
from monitor.extract.links import links_within
from monitor.extract.memory import SiteMemory
from monitor.extract.origin import find_origin, is_opinion
from monitor.extract.quotes import find_quotes
from monitor.language import detect_language
from monitor.models import Article, Entry, Fetched, Quote

FORM_LINES = 1500  # a longer text is a chronicle, no interview; its quotes are not told
FORM_CHARACTERS = 200_000
LANGUAGE_SAMPLE = 1500  # characters: enough to tell, cheaper than a long read
_CUT = re.compile(
    r"(…|\.\.\.|\[…\]|\[\.\.\.\])\W*$|(читать (далее|полностью|дальше)|толығырақ|read more)\W*$",
    re.I,
)


def extract_article(
    fetched: Fetched,
    *,
    memory: SiteMemory,
    now: datetime,
    entry: Entry | None = None,
    hints: Mapping[str, str] | None = None,
    time_zone: str = "Asia/Almaty",
) -> Article:
    """The article of a page.

    `memory` serves and learns per host; `entry` supplies title, date and authors that the page
    does not state; a time without a zone is in `time_zone`. Raises ExtractError (see its
    page_class) for lists, script shells, challenge pages and what holds no text. The result is a
    function of the arguments and the memory.
    """
    draft = draft_article(
        fetched, memory=memory, now=now, entry=entry, hints=hints, time_zone=time_zone
    )
    return finish_article(draft, memory)


def finish_article(draft: Draft, memory: SiteMemory) -> Article:
    """The second half: without what the host repeats, with what the text itself tells."""
    repeated = memory.boilerplate(draft.host, draft.lines)
    lines = [line for line in draft.lines if line not in repeated] or list(draft.lines)
    text = "\n".join(lines)
    language, script = _language(text, draft.stated_language)
    interview = None
    if len(lines) <= FORM_LINES:
        interview = find_interview(lines, title=draft.article.title)
    origin, reposted_by = find_origin(tuple(dict.fromkeys((*draft.credits, *lines[:4]))))
    return replace(
        draft.article,
        text=text,
        is_interview=interview is not None,
        turns=interview.turns if interview else (),
        interviewee=interview.interviewee if interview else None,
        interviewee_role=interview.role if interview else None,
        quotes=_quotes(text, interview, draft.article.title),
        origin=origin,
        reposted_by=reposted_by,
        is_opinion=is_opinion(draft.lines, url=draft.article.url, section=draft.section),
        lead=lines[0],
        authors=draft.article.authors or _signed(draft, lines),
        language=language,
        script=script,
        is_truncated=draft.paywalled or bool(_CUT.search(text[-120:])),
        links=links_within(text, draft.anchors, draft.base),
    )


def _language(text: str, stated: str) -> tuple[str | None, str | None]:
    """Language and script by the letters; a page that calls itself Italian or Portuguese is not
    Kazakh in Latin letters."""
    language, script = detect_language(text[:LANGUAGE_SAMPLE])
    if script == "latn" and language != stated and stated not in ("", "kk", "ru", "en"):
        return stated, script
    return language, script


def _quotes(text: str, interview: Interview | None, title: str) -> tuple[Quote, ...]:
    """What is said in the text, without the questions of an interview."""
    asked: tuple[str, ...] = ()
    if interview:
        questions = {turn.text for turn in interview.turns if turn.kind == "question"}
        asked = tuple(line for line in text.split("\n") if any(line.endswith(q) for q in questions))
    said = text if text.count("\n") < FORM_LINES and len(text) < FORM_CHARACTERS else ""
    return find_quotes(said, excluded=asked, title=title)


def _signed(draft: Draft, lines: Sequence[str]) -> tuple[str, ...]:
    signed = signed_by(lines)
    names = (signed,) if signed else draft.entry_authors
    return clean_authors(names, site_names=draft.site_names, host=draft.host)


def article_from_entry(entry: Entry, *, now: datetime, time_zone: str = "Asia/Almaty") -> Article:
    """The article a way itself delivers: a Telegram post, a feed's full text (method "feed")."""
    lines = clean_lines(fragment_lines(entry.text or entry.summary), titles=(entry.title,))
    text = "\n".join(lines)
    language, script = detect_language(text)
    published = min(entry.published_at, now) if entry.published_at else None
    in_future = published != entry.published_at
    return Article(
        url=entry.url,
        title=entry.title or (lines[0][:120] if lines else ""),
        text=text,
        lead=lines[0] if lines else "",
        authors=clean_authors(entry.authors, site_names=(), host=""),
        published_at=published,
        published_raw=entry.published_raw,
        date_precision="second" if published else None,
        date_source="feed" if published else None,
        language=language or entry.language,
        script=script,
        is_truncated=bool(_CUT.search(text[-120:])),
        method="feed",
        problems=("future_date",) if in_future else (),
    )
