"""A digest becomes HTML and plain text. The only door to jinja2 and css_inline.

Feed text is escaped by the template engine, links are shown only if they are http(s), and the
HTML stays under the size at which mail programs cut a message off.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.digest.alert_view import AlertView
from monitor.digest.alerts import Alert
from monitor.digest.choose import place_forms
from monitor.digest.frame import Frame, PartnerNames
from monitor.digest.subject import alert_subject, digest_subject
from monitor.digest.view import DigestView
from monitor.models import Digest, Subscription

if TYPE_CHECKING:  # loaded with the first digest that is due, not with every round
    from jinja2 import Environment

BYTES_MOST = 96_000  # Gmail clips at 102 KB; headers and a forwarder's additions need room
FULL_MOST = 40
FULL_LEAST = 8
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a channel sends, and the digest as it was finally shown (forms placed)."""

    subject: str
    html: str
    text: str
    digest: Digest | None = None


def render_digest(
    digest: Digest,
    *,
    archive_url: str | None = None,
    names: PartnerNames | None = None,
    most_bytes: int = BYTES_MOST,
) -> Rendered:
    """HTML under `most_bytes` UTF-8 bytes and a text of equal content.

    As many stories as fit are told in full (the best ones, `FULL_MOST` at the most), the next
    ones in one line each, and if even that is too much the rest is counted with a link. `names`:
    of partners that the package's words do not know.
    """
    frame = Frame(digest.language, digest.time_zone, names)
    total = sum(len(section.items) for section in digest.sections)

    def attempt(full: int, shown: int) -> tuple[str, Digest]:
        placed = place_forms(digest, full, shown)
        return _html("digest.html.j2", DigestView(placed, frame, archive_url)), placed

    html, placed = attempt(min(total, FULL_MOST), total)
    if len(html.encode()) > most_bytes:
        html, placed = _fit(attempt, total, most_bytes)
    view = DigestView(placed, frame, archive_url)
    subject = digest_subject(placed, frame)
    return Rendered(subject=subject, html=html, text=_text("digest.txt.j2", view), digest=placed)


def render_alert(
    alert: Alert,
    subscription: Subscription,
    *,
    archive_url: str | None = None,
    names: PartnerNames | None = None,
) -> Rendered:
    """A short mail about one thing."""
    frame = Frame(subscription.language, subscription.time_zone, names)
    view = AlertView(alert, subscription, frame, archive_url)
    return Rendered(
        subject=alert_subject(alert, frame),
        html=_html("alert.html.j2", view),
        text=_text("alert.txt.j2", view),
    )


def _fit(
    attempt: Callable[[int, int], tuple[str, Digest]], total: int, most_bytes: int
) -> tuple[str, Digest]:
    """The largest number of full stories that fits; with none, the largest number of lines."""

    def fits(full: int, shown: int) -> bool:
        return len(attempt(full, shown)[0].encode()) <= most_bytes

    shown = total
    full = _largest(min(total, FULL_MOST), lambda n: fits(n, total))
    if full < min(total, FULL_LEAST):  # a long catch-up: some depth before completeness
        shown = _largest(total, lambda n: fits(min(n, FULL_LEAST), n))
        full = min(shown, FULL_LEAST)
    return attempt(full, shown)


def _largest(high: int, holds: Callable[[int], bool]) -> int:
    """The largest number in 0..high for which `holds`, which must be monotonic; 0 if none."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def safe_link(url: str | None) -> str:
    """The address if a reader may follow it, else ""; only http and https pass."""
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _template(name: str) -> str:
    """A template from inside the package, wherever it is installed."""
    file = resources.files("monitor.digest") / "templates" / name
    return file.read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _environment(escape: bool) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["link"] = safe_link
    return environment


@lru_cache(maxsize=1)
def _inliner() -> Any:
    import css_inline

    return css_inline.CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


def _html(template: str, view: Any) -> str:
    raw = _environment(True).get_template(template).render(v=view, f=view.frame)
    inlined: str = _inliner().inline(_BETWEEN_TAGS.sub("><", raw))
    return inlined


def _text(template: str, view: Any) -> str:
    text = _environment(False).get_template(template).render(v=view, f=view.frame)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
