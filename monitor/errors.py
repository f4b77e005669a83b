"""Every error this program raises on purpose, in one tree.

    MonitorError
    ├── ConfigError            feeds.yaml, environment, tagger rules: all problems at once
    ├── FetchError             no usable answer from the web       (reason, transient, retry_after)
    │   ├── AddressRefused     the address guard said no
    │   ├── Blocked            403, 451, a challenge page
    │   ├── Gone               410
    │   ├── RateLimited        429, 503 with Retry-After
    │   └── Truncated          the body is not whole (gzip, Content-Length, size cap, deadline)
    ├── ParseError             bytes that are not what the way promises
    ├── ExtractError           a page without an article            (page_class says what it is)
    ├── StoreError             the database cannot be used
    │   ├── AlreadyRunning     another instance holds the lock
    │   └── SchemaTooNew       written by a newer program
    └── DeliveryError          a channel did not take a message     (transient)

An error carries what policy needs and nothing else; it is caught at the one failure boundary in
`pipeline` and written to the database. Anything outside the tree is a bug and shows a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence


class MonitorError(Exception):
    """Base of the tree."""

    transient: bool = False


class ConfigError(MonitorError):
    """The configuration cannot be used; `problems` holds every finding, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class FetchError(MonitorError):
    """The web gave no usable answer.

    `reason` is a short stable word for the database (timeout, connect, status_500, …); `hardness`
    is how much it counts against a way (1, 0.5 or 0.25; see "other failures" in the rules);
    `retry_after` is seconds the server asked for; `status` the HTTP status, if there was one.
    """

    reason = "fetch"
    transient = True

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        hardness: float = 1.0,
        transient: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason or type(self).reason
        self.status = status
        self.retry_after = retry_after
        self.hardness = hardness
        if transient is not None:
            self.transient = transient


class AddressRefused(FetchError):
    """The resolved address is private, loopback, link-local … and not on the allow-list."""

    reason = "address_refused"
    transient = False


class Blocked(FetchError):
    """The site refuses this client (403, 451, JavaScript challenge)."""

    reason = "blocked"


class Gone(FetchError):
    """410: the server says it will not come back."""

    reason = "gone"
    transient = False


class RateLimited(FetchError):
    """429 or 503 with Retry-After."""

    reason = "rate_limited"


class Truncated(FetchError):
    """The body is incomplete or over the size cap; it must never be stored as an article."""

    reason = "truncated"


class ParseError(MonitorError):
    """The bytes are not what the way promises; `reason` is a short stable word."""

    def __init__(self, message: str, *, reason: str = "parse") -> None:
        super().__init__(message)
        self.reason = reason


class ExtractError(MonitorError):
    """The page holds no article.

    `page_class` is one of list, script_shell, challenge, empty, error.
    """

    def __init__(self, message: str, *, page_class: str = "empty") -> None:
        super().__init__(message)
        self.page_class = page_class


class StoreError(MonitorError):
    """The database cannot be used."""


class AlreadyRunning(StoreError):
    """Another instance works on the same database."""


class SchemaTooNew(StoreError):
    """The database was written by a newer program; nothing was changed."""


class DeliveryError(MonitorError):
    """A channel did not take a message; `code` is the SMTP or HTTP code, if any.

    `uncertain`: the line broke at a moment when the message may already have been taken.
    """

    def __init__(
        self, message: str, *, transient: bool, code: int | None = None, uncertain: bool = False
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.code = code
        self.uncertain = uncertain
