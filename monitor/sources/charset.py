"""The bytes of a feed in an encoding that its parser cannot misread. The only door to chardet.

feedparser believes the header or the XML declaration; both lie. Bytes are left alone where that
belief is harmless, and re-encoded to UTF-8 where it would make silent mojibake.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

import chardet

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""", re.I)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CONTROL = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_CYRILLIC = ("cp1251", "koi8-r")
_MOSTLY = 0.9  # this share of the non-ASCII text must fit for a damaged UTF-8 body to be UTF-8
_COMMON = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёқғңөұүһәі")


def repaired(body: bytes, content_type: str) -> tuple[bytes, str, str | None]:
    """(body, content type, what was repaired or None). Control characters are taken out."""
    if body.startswith(_WIDE_MARKS) or b"\x00" in body[:64]:
        return body, content_type, None
    clean = body.translate(None, _CONTROL)
    if clean.isascii():
        return clean, content_type, None
    declared = _usable(_header_charset(content_type)) or _usable(_declared(clean))
    actual = _actual(clean, declared)
    if actual is None or actual == declared:
        return clean, content_type, None
    text = clean.decode(actual, errors="replace")
    note = f"charset {declared or 'undeclared'} read as {actual}"
    return _redeclared(text), f"{_mime(content_type)}; charset=utf-8", note


def _actual(body: bytes, declared: str | None) -> str | None:
    """The encoding to read with, None to leave the decision to the parser."""
    body = body.removeprefix(codecs.BOM_UTF8)
    if _is_utf8(body):
        return "utf-8"
    if declared and declared != "utf-8" and _fits(body, declared):
        return declared
    guess = _usable((chardet.detect(body[:200_000]) or {}).get("encoding"))
    candidates = [name for name in (guess, *_CYRILLIC) if name and name != "utf-8"]
    best = max(candidates, key=lambda name: _likeness(body, name))
    return best if _likeness(body, best) > 0 else declared


def _is_utf8(body: bytes) -> bool:
    """Valid, or nearly: a body cut in the middle of a character, a few stray bytes."""
    try:
        body.decode("utf-8")
        return True
    except UnicodeDecodeError:
        text = body.decode("utf-8", errors="replace")
    foreign = [char for char in text if char > "\x7f"]
    damaged = foreign.count("\ufffd")
    return bool(foreign) and damaged <= (1 - _MOSTLY) * len(foreign)


def _fits(body: bytes, encoding: str) -> bool:
    """Decodes without error, and no Cyrillic encoding makes much better sense of it."""
    try:
        body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    if not _single_byte(encoding):
        return True
    own = _likeness(body, encoding)
    return all(own >= _likeness(body, other) - 0.2 for other in _CYRILLIC)


def _single_byte(encoding: str) -> bool:
    return encoding.startswith(("iso8859", "cp12", "koi8", "mac", "latin", "cp866", "cp855"))


def _likeness(body: bytes, encoding: str) -> float:
    """Share of the non-ASCII characters that are common Cyrillic letters in lower case."""
    try:
        text = body.decode(encoding, errors="replace")
    except LookupError:
        return 0.0
    counts = {char: count for char, count in Counter(text).items() if char > "\x7f"}
    common = sum(count for char, count in counts.items() if char in _COMMON)
    return common / sum(counts.values()) if counts else 0.0


def _usable(name: str | None) -> str | None:
    if not name:
        return None
    for spelling in (name, name.replace("cp-", "cp").replace("windows", "cp").replace("cp-", "cp")):
        try:
            return codecs.lookup(spelling).name
        except LookupError:
            continue
    return None


def _header_charset(content_type: str) -> str | None:
    match = _IN_HEADER.search(content_type)
    return match[1] if match else None


def _declared(body: bytes) -> str | None:
    match = _DECLARED.search(body[:400])
    return match[1].decode("ascii", "replace") if match else None


def _mime(content_type: str) -> str:
    return content_type.split(";", 1)[0].strip() or "application/xml"


def _redeclared(text: str) -> bytes:
    body = text.removeprefix("\ufeff").encode("utf-8", errors="replace")
    match = _DECLARED.search(body[:400])
    if match:
        body = body[: match.start(1)] + b"utf-8" + body[match.end(1) :]
    return body


_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def page_text(body: bytes, content_type: str) -> str:
    """An HTML page as text: what it really is, else what it says, else what it looks like."""
    if body.startswith(_WIDE_MARKS):
        return body.decode("utf-16", errors="replace")
    meta = _META.search(body[:4096])
    said = meta[1].decode("ascii", "replace") if meta else None
    declared = _usable(_header_charset(content_type)) or _usable(said)
    actual = _actual(body, declared) or declared or "utf-8"
    return body.decode(actual, errors="replace").removeprefix("\ufeff").replace("\x00", "")
