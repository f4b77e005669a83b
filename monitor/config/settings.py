"""feeds.yaml and the environment become Settings; every problem is reported at once.

The only door to pydantic and, for feeds.yaml, to PyYAML. Reads files and the environment it is
given, touches nothing else. What the kinds of way accept as options comes in as an argument,
because stages don't import each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor.config.form import FeedsForm, KnownOptions, SubscriptionForm, WayForm, problems_of
from monitor.errors import ConfigError
from monitor.models import Source, Subscription, Way
from monitor.yaml_lines import LinedYaml, read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How mail leaves. `host` None: no mail is sent, digests only go to the folder."""

    host: str | None = None
    port: int = 587
    user: str | None = None
    password: str | None = None
    security: str = "starttls"  # starttls / tls / none
    sender: str = "monitor@localhost"
    timeout_seconds: float = 30.0

    def __repr__(self) -> str:  # a password never reaches a log or a traceback
        return f"SmtpSettings(host={self.host!r}, port={self.port}, security={self.security!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the operator decides."""

    path: Path  # of feeds.yaml
    database: Path
    time_zone: str
    contact: str
    allow_addresses: tuple[str, ...]
    host_delay_seconds: float
    max_connections: int
    workers: int
    rules: Path | None  # the user's own partners, actors and topics; None: only the built-in ones
    datasette_url: str | None  # None: the digest has no links into the archive
    archive_pages: bool
    keep_pages_days: int
    keep_pages_megabytes: int
    keep_attempts_days: int
    keep_articles_days: int | None  # None: for ever
    keep_backups: int  # 0: none are made at night
    backup_pages: bool
    revisit: str  # tagged / all / none
    poll_floor_minutes: float
    poll_cap_minutes: float
    log_format: str  # plain / json
    metrics_port: int | None  # None: no listener
    sources: tuple[Source, ...]
    subscriptions: tuple[Subscription, ...]
    smtp: SmtpSettings
    webhook_secret: str | None = field(default=None, repr=False)  # None: webhooks are not signed

    @property
    def storage(self) -> Path:
        """The folder that holds the database and everything beside it."""
        return self.database.parent

    @property
    def digests_dir(self) -> Path:
        return self.storage / "digests"

    @property
    def backups_dir(self) -> Path:
        return self.storage / "backups"


def load_settings(path: Path, environ: Mapping[str, str], options: KnownOptions) -> Settings:
    """Read feeds.yaml and the environment.

    `options` names, per kind of way, the options it accepts. Raises ConfigError with one line per
    problem: file, line, key, what is wrong, what would be right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            [f"{path}: no such file; write one (README, “Add a source”) or use --config"]
        ) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError([f"{path}:{line}: is not UTF-8 text; save it as UTF-8"]) from error
    document = read_yaml(text, str(path))
    form, problems = problems_of(document, options)
    smtp = _smtp(environ, problems)
    webhook_secret = _secret(environ, "MONITOR_WEBHOOK_SECRET", problems) or None
    if problems or form is None:
        raise ConfigError(problems)
    settings = _settings(path, form, smtp, document)
    return replace(settings, webhook_secret=webhook_secret)


def _settings(path: Path, form: FeedsForm, smtp: SmtpSettings, document: LinedYaml) -> Settings:
    given = form.settings
    base = path.absolute().parent
    return Settings(
        path=path,
        database=base / given.database,
        time_zone=given.time_zone,
        contact=given.contact,
        allow_addresses=tuple(given.allow_addresses),
        host_delay_seconds=given.host_delay_seconds,
        max_connections=given.max_connections,
        workers=given.workers,
        rules=base / given.rules if given.rules else None,
        datasette_url=given.datasette_url.rstrip("/") if given.datasette_url else None,
        archive_pages=given.archive_pages,
        keep_pages_days=given.keep_pages_days,
        keep_pages_megabytes=given.keep_pages_megabytes,
        keep_attempts_days=given.keep_attempts_days,
        keep_articles_days=given.keep_articles_days,
        keep_backups=given.keep_backups,
        backup_pages=given.backup_pages,
        revisit=given.revisit,
        poll_floor_minutes=given.poll_floor_minutes,
        poll_cap_minutes=given.poll_cap_minutes,
        log_format=given.log_format,
        metrics_port=given.metrics_port,
        sources=tuple(_source(form, index) for index in range(len(form.sources))),
        subscriptions=tuple(_subscription(item, given.time_zone) for item in form.subscriptions),
        smtp=smtp,
    )


def _source(form: FeedsForm, index: int) -> Source:
    item = form.sources[index]
    return Source(
        id=item.id,
        name=item.name,
        ways=tuple(_way(way) for way in item.ways),
        homepage=item.homepage,
        languages=tuple(item.languages),
        country=item.country,
        owner=item.owner,
        home=item.home,
        enabled=item.enabled,
        note=item.note,
        extract=dict(item.extract),
    )


def _way(item: WayForm) -> Way:
    return Way(
        kind=item.kind,
        url=item.url,
        interval_minutes=item.interval_minutes,
        options=dict(item.model_extra or {}),
        note=item.note,
    )


def _subscription(item: SubscriptionForm, time_zone: str) -> Subscription:
    return Subscription(
        name=item.name,
        recipients=tuple(item.recipients),
        language=item.language,
        relations=tuple(item.relations),
        topics=tuple(item.topics),
        minimum_level=item.minimum_level,
        outlets_in=tuple(item.outlets_in),
        outlets_out=tuple(item.outlets_out),
        schedule=item.schedule,
        at=item.at,
        weekday=item.weekday_number,
        time_zone=item.time_zone or time_zone,
        channels=tuple(item.channels),
        webhook_url=item.webhook_url,
        alert_outlets=item.alert_outlets,
    )


def _smtp(environ: Mapping[str, str], problems: list[str]) -> SmtpSettings:
    def value(name: str) -> str | None:
        return _secret(environ, f"MONITOR_SMTP_{name}", problems)

    security = (value("SECURITY") or "starttls").lower()
    if security not in ("starttls", "tls", "none"):
        problems.append(
            f"environment: MONITOR_SMTP_SECURITY: {security!r} is unknown; "
            "write starttls, tls or none"
        )
    port = value("PORT") or {"tls": "465", "none": "25"}.get(security, "587")
    if not port.isdigit() or not 0 < int(port) < 65536:
        problems.append(f"environment: MONITOR_SMTP_PORT: {port!r} is not a port; write 1 to 65535")
        port = "0"
    sender = value("FROM") or value("USER") or "monitor@localhost"
    if "@" not in sender or any(mark in sender for mark in "\r\n"):
        problems.append("environment: MONITOR_SMTP_FROM: not a mail address; write name@host")
    return SmtpSettings(
        host=value("HOST") or None,
        port=int(port),
        user=value("USER") or None,
        password=value("PASSWORD") or None,
        security=security,
        sender=sender,
        timeout_seconds=float(value("TIMEOUT") or 30),
    )


def _secret(environ: Mapping[str, str], name: str, problems: list[str]) -> str | None:
    """A value from NAME or from the file that NAME_FILE points to (Docker secrets)."""
    file = environ.get(f"{name}_FILE")
    if not file:
        return environ.get(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        problems.append(f"environment: {name}_FILE: the file it names cannot be read")
        return None
