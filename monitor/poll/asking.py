"""What to send to a way, and whether its answer need be parsed at all. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from monitor.models import Fetched, Request, WayState
from monitor.ports import SourceKind

_DAY = timedelta(hours=24)


def is_due(state: WayState, now: datetime) -> bool:
    """True when the way's time has come (never asked: at once)."""
    return state.next_poll_at is None or state.next_poll_at <= now


def request_for(state: WayState, now: datetime, kind: SourceKind | None = None) -> Request:
    """What to send: validators go along unless today's unconditional look is due, they are not
    trusted, or the parser has changed since they were stored."""
    purpose = kind.purpose if kind else "feed"
    changed = kind is not None and state.parser_version not in (None, kind.parser_version)
    blind = changed or not state.validators_trusted or unconditional_due(state, now)
    return Request(
        url=_address(state, kind),
        purpose=purpose,
        etag=None if blind else state.etag,
        last_modified=None if blind else state.last_modified,
        obey_robots=purpose != "feed",
        way_id=state.id,
        interval_minutes=state.interval_minutes,
    )


def _address(state: WayState, kind: SourceKind | None) -> str:
    if kind is None or state.current_url != state.way.url:
        return state.current_url
    return kind.first_url(state.way)


def unconditional_due(state: WayState, now: datetime) -> bool:
    """Once in 24 h a way is asked without validators, to catch servers that answer 304 wrongly."""
    last = state.last_unconditional_at
    return last is None or now - last >= _DAY


def body_hash(body: bytes) -> str:
    """What `body_unchanged` compares."""
    return hashlib.sha256(body).hexdigest()


def body_unchanged(state: WayState, fetched: Fetched, kind: SourceKind | None = None) -> bool:
    """True when the answer need not be parsed: 304, or the very bytes of the last one."""
    if fetched.not_modified:
        return True
    if kind is not None and state.parser_version != kind.parser_version:
        return False
    return state.body_hash is not None and state.body_hash == body_hash(fetched.body)
