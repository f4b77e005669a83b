"""Answers that look like success and are not: challenge and maintenance pages. Pure.

Only short pages are judged (visible text under 1,500 characters), so an article *about* a
challenge stays an article.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SAMPLE_BYTES = 64 * 1024
_MUCH_TEXT = 1500

_TAGS = re.compile(
    rb"<(script|style|noscript|template|svg)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.I | re.S
)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.I | re.S)
_NO_TEXT = re.compile(rb"\s+")
_PARAGRAPH = re.compile(rb"<p(?:\s[^>]*)?>([^<]{80,})")
_PLENTY_BYTES = 2 * _MUCH_TEXT  # of plain paragraphs: in any charset as many letters as that

_CHALLENGE_MARKS = re.compile(
    rb"cdn-cgi/challenge-platform|__cf_chl|cf-browser-verification|_incapsula_resource|"
    rb"ddos-guard|/\.well-known/ddos-guard|captcha-delivery\.com|awswafcookie|gokuprops|"
    rb"sucuri_cloudproxy|smartcaptcha|/showcaptcha|geo\.captcha|px-captcha|"
    rb"g-recaptcha|h-captcha|turnstile|__qrator|/__qrator|aes\.js|slowaes",
    re.I,
)
_RELOADING_SCRIPT = re.compile(
    rb"document\.cookie\s*=.{0,4000}?location\s*(\.reload|\.href\s*=|\.replace|=)|"
    rb"location\.(reload|replace)\(.{0,4000}?document\.cookie\s*=",
    re.I | re.S,
)
_CHALLENGE_WORDS = (
    "just a moment",
    "checking your browser",
    "verify you are human",
    "verifying you are human",
    "are you a robot",
    "not a robot",
    "enable javascript and cookies",
    "please enable javascript",
    "please enable js",
    "attention required",
    "access denied",
    "проверка браузера",
    "проверяем ваш браузер",
    "подтвердите, что вы не робот",
    "вы не робот",
    "включите javascript",
)
_MAINTENANCE_WORDS = (
    "technical difficulties",
    "technical maintenance",
    "under maintenance",
    "site maintenance",
    "scheduled maintenance",
    "temporarily unavailable",
    "be right back",
    "service unavailable",
    "error establishing a database connection",
    "технические работы",
    "технических работ",
    "техническое обслуживание",
    "временно недоступен",
    "профилактические работы",
    "сайт на реконструкции",
    "техникалық жұмыс",
    "уақытша қолжетімсіз",
)


def failure_in_disguise(headers: Mapping[str, str], body: bytes) -> str | None:
    """`challenge`, `maintenance`, or None for an answer that may be taken at its word."""
    if headers.get("cf-mitigated", "").lower() == "challenge" or _waf_action(headers):
        return "challenge"
    sample = body[:_SAMPLE_BYTES]
    if not _is_html(headers, sample) or _is_plainly_an_article(body):
        return None
    text = _visible(sample)
    if len(text) >= _MUCH_TEXT:
        return None
    title = _title(sample)
    if _CHALLENGE_MARKS.search(sample) and _has_words(f"{title} {text}", _CHALLENGE_WORDS):
        return "challenge"
    if _RELOADING_SCRIPT.search(sample) and len(text) < _MUCH_TEXT // 3:
        return "challenge"
    if _CHALLENGE_MARKS.search(sample) and len(text) < 200:
        return "challenge"
    return _by_words(title, text)


def _by_words(title: str, text: str) -> str | None:
    """Pages without a tell-tale script: the title says it, or the text holds little else."""
    said = title if len(text) > 400 else f"{title} {text}"
    if _has_words(said, _CHALLENGE_WORDS):
        return "challenge"
    return "maintenance" if _has_words(said, _MAINTENANCE_WORDS) else None


def _is_plainly_an_article(body: bytes) -> bool:
    """Spares most pages the close look: 0.04 ms against 1.2 ms (85 KB pages)."""
    return sum(len(text) for text in _PARAGRAPH.findall(body)) > _PLENTY_BYTES


def _waf_action(headers: Mapping[str, str]) -> bool:
    return headers.get("x-amzn-waf-action", "").lower() in ("challenge", "captcha")


def _is_html(headers: Mapping[str, str], sample: bytes) -> bool:
    kind = headers.get("content-type", "").lower()
    if "html" in kind:
        return True
    return b"<html" in sample[:1024].lower()


def _visible(sample: bytes) -> str:
    bare = _NO_TEXT.sub(b" ", _TAGS.sub(b" ", sample)).strip()
    return _decoded(bare)


def _title(sample: bytes) -> str:
    match = _TITLE.search(sample)
    return _decoded(match[1]) if match else ""


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").lower()
    except UnicodeDecodeError:
        return raw.decode("windows-1251", errors="replace").lower()


def _has_words(text: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in text for phrase in phrases)
