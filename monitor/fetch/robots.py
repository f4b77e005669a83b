"""robots.txt: may this address be asked for, and how slowly. The only door to protego.

RFC 9309. What is known of a host lives in its HostState, so a restart asks nobody again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from protego import Protego

from monitor.models import HostState

KEEP = timedelta(hours=24)
RETRY = timedelta(minutes=30)  # after an answer that forbids to conclude anything
_REFUSED_FROM, _REFUSED_TO = 400, 499


def is_fresh(state: HostState, now: datetime) -> bool:
    """True while robots.txt need not be asked for again."""
    if state.robots_fetched_at is None:
        return False
    age = now - state.robots_fetched_at
    return age < (KEEP if is_conclusive(state.robots_status) else RETRY)


def is_conclusive(status: int | None) -> bool:
    """200 and 4xx settle the matter; 429, 5xx and no answer at all (None) do not."""
    if status is None or status == 429:
        return False
    return status < 500


def rules_of(status: int, body: bytes) -> str:
    """The text to keep for a conclusive answer: 4xx means that everything is allowed."""
    if _REFUSED_FROM <= status <= _REFUSED_TO:
        return ""
    return body.decode("utf-8", errors="replace").removeprefix("\ufeff")


def is_allowed(rules: str, url: str, user_agent: str) -> bool:
    """The longest matching rule decides; the product token is the name before the slash."""
    return bool(_parsed(rules).can_fetch(url, product_token(user_agent)))


def crawl_delay(rules: str, user_agent: str) -> float | None:
    """Seconds that the site asks for between requests, None: it does not say."""
    delay = _parsed(rules).crawl_delay(product_token(user_agent))
    return float(delay) if delay is not None else None


def product_token(user_agent: str) -> str:
    """The name that robots.txt files address."""
    return user_agent.split("/", 1)[0].strip()


@lru_cache(maxsize=256)
def _parsed(rules: str) -> Protego:
    return Protego.parse(rules)
