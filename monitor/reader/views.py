"""Between Datasette and our templates: variables, filters, cells."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from datasette.utils import tilde_decode, tilde_encode
from datasette.utils.asgi import NotFound
from markupsafe import Markup, escape

from monitor.reader import home, pages, profiles, reasons, site, words
from monitor.reader.pages import Archive
from monitor.urls import without_tracking

_SEPARATOR = re.compile(r"[\s,;|]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
COOKIE = "reader_language"


# ---------------------------------------------------------------- variables of every page

Assemble = Callable[[Archive, str], Awaitable[object | None]]
_ROW_PAGES: dict[str, Assemble] = {
    "articles": pages.article_page,
    "stories": profiles.story_page,
    "people": profiles.person_page,
    "sources": profiles.outlet_page,
    "digests": profiles.digest_page,
}


async def variables(
    datasette: Any, request: Any, database: str | None, table: str | None, view_name: str
) -> dict[str, object]:
    """What all templates may use, and `page`: what this one shows."""
    options = site.options(datasette)
    holder = site.archive(datasette)
    found = common(datasette, interface_language(request, options.language))
    found["back"] = _path_of(request)
    if holder is not None:
        found |= await _page(Archive(holder), options, request, table, view_name)
    return found


def common(datasette: Any, language: str) -> dict[str, object]:
    """What even the error page has: words and names in the interface language."""
    options = site.options(datasette)
    holder = site.archive(datasette)
    return {
        "language": language,
        "languages": words.LANGUAGES,
        "options": options,
        "archive_name": holder.name if holder else None,
        "relation_codes": options.relations,
        "back": "/",
        "t": lambda key: words.phrase(key, language),
        "relation_name": lambda code: words.relation_name(code, language),
        "partner_name": lambda code: words.partner_name(code, language),
        "topic_name": lambda code: words.topic_name(code, language),
        "counted": lambda number, noun: words.counted(number or 0, noun, language),
        "reason": lambda text: reasons.in_language(text, language),
        "parameter_name": lambda name: words.parameter_name(name, language),
        "column_name": lambda name: words.column_name(name, language),
        "cell": lambda column, value: shown(column, value, language),
        "local": lambda value, form="%d.%m.%Y %H:%M": local_time(value, options, form),
        "span_of": lambda first, last: span_of(first, last, options),
    }


async def _page(
    archive: Archive, options: site.Options, request: Any, table: str | None, view_name: str
) -> dict[str, object]:
    if view_name not in ("index", "row", "table") or not await archive.is_ready():
        return {"page": None}
    if view_name == "index":
        return {"page": await home.home(archive, options.relations)}
    if view_name == "row" and table in _ROW_PAGES:
        page = await _ROW_PAGES[table](archive, tilde_decode(request.url_vars["pks"]))
        if page is None:
            raise NotFound("Record not found")
        return {"page": page}
    if view_name == "table" and table == "articles":
        return await _list_variables(archive, request)
    return {"page": None}


async def _list_variables(archive: Archive, request: Any) -> dict[str, object]:
    typed = request.args.get("_search") or ""

    async def snippets(rows: list[Any]) -> Mapping[int, str]:
        return await pages.snippets(archive, typed, [int(row["id"]) for row in rows])

    return {
        "page": None,
        "typed": typed,
        "snippets": snippets,
        "sources": await pages.source_names(archive),
    }


def interface_language(request: Any, default: str) -> str:
    """From the cookie that the language links set, else the operator's choice."""
    chosen = request.cookies.get(COOKIE) if request is not None else None
    if chosen in words.LANGUAGES:
        return str(chosen)
    return default if default in words.LANGUAGES else "ru"


def _path_of(request: Any) -> str:
    if request is None:
        return "/"
    return str(request.path + (f"?{request.query_string}" if request.query_string else ""))


def local_time(value: str | None, options: site.Options, form: str) -> str:
    """UTC text as a local date; what is not a date is shown as it stands."""
    if not value:
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is None:
        return moment.strftime("%d.%m.%Y")
    return moment.astimezone(options.time_zone).strftime(form)


def span_of(first: str | None, last: str | None, options: site.Options) -> str:
    """From and to, without saying twice what is the same."""
    began, ended = (str(local_time(str(v or ""), options, "%d.%m.%Y %H:%M")) for v in (first, last))
    if began == ended or not ended:
        return began
    same_day = began[:10] == ended[:10]
    return f"{began}–{ended[11:]}" if same_day else f"{began} — {ended}"


# ---------------------------------------------------------------- filters


def add_filters(environment: Any, datasette: Any) -> None:
    """The filters our templates use, and the words of pages that get no variables (errors)."""
    default = interface_language(None, site.options(datasette).language)
    environment.globals |= common(datasette, default)
    environment.filters["split_words"] = split_words
    environment.filters["highlighted"] = highlighted
    environment.filters["signed"] = lambda number: f"{number:+d}".replace("-", "−")
    environment.filters["days_before"] = days_before
    environment.filters["later"] = later
    environment.filters["web_address"] = web_address


def split_words(value: str | None) -> list[str]:
    """ "us ru" or "us,ru" -> the words."""
    return [word for word in _SEPARATOR.split(value or "") if word]


def highlighted(value: str | None) -> Markup:
    """Escaped text with ⟦hits⟧ as <mark>."""
    safe = str(escape(value or ""))
    return Markup(safe.replace("⟦", "<mark>").replace("⟧", "</mark>"))


def days_before(value: str, days: int) -> str:
    """The ISO day so many days before a moment."""
    return (datetime.fromisoformat(value).astimezone(UTC) - timedelta(days=days)).date().isoformat()


def later(minutes: int) -> str:
    """75 -> "+1:15", 3000 -> "+2 d 2:00"; the first article has nothing."""
    if minutes <= 0:
        return ""
    days, rest = divmod(minutes, 1440)
    clock = f"{rest // 60}:{rest % 60:02d}"
    return f"+{days} d {clock}" if days else f"+{clock}"


def web_address(value: str | None) -> str:
    """Only http(s) addresses become links: a feed may say `javascript:`."""
    known = value and value.startswith(("http://", "https://"))
    return without_tracking(value) if value and known else ""


# ---------------------------------------------------------------- cells of tables and questions

_LINKS = {
    "id": "articles",
    "article": "articles",
    "story_id": "stories",
    "source_id": "sources",
    "person_key": "people",
}


def shown(column: str, value: object, language: str) -> object:
    """A value of a small table: codes as names, numbers readable."""
    if column in ("relation", "partner"):
        return words.partner_name(str(value or ""), language)
    if column == "topic":
        return words.topic_name(str(value or ""), language)
    if column == "owner" and value in ("state", "private", "foreign", "official"):
        return words.phrase(str(value), language)
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}".replace(",", " ")
    return "" if value is None else value


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of an answer, with its row."""

    database: str
    row: Any
    column: str
    value: object


def query_cell(datasette: Any, cell: Cell) -> Markup | str | None:
    """Links, marks and local times in the answers to questions; None leaves it to Datasette."""
    column, value = cell.column, cell.value
    if isinstance(value, str):
        if "⟦" in value:
            return highlighted(value)
        if _MOMENT.fullmatch(value):
            return local_time(value, site.options(datasette), "%d.%m.%Y %H:%M")
        if column == "url" and web_address(value):
            host = urlsplit(value).hostname or value
            return Markup('<a href="{}" rel="noreferrer">{} ↗</a>').format(value, host)
    target = _target(cell)
    if target is None:
        return None
    address = datasette.urls.row(cell.database, *target)
    return Markup('<a href="{}">{}</a>').format(address, value)


def _target(cell: Cell) -> tuple[str, str] | None:
    """Table and row path that a cell leads to."""
    columns = cell.row.keys()
    if cell.column == "title" and {"id", "url"} <= set(columns):
        return "articles", str(cell.row["id"])
    if cell.column == "title" and "story_id" in columns:
        return "stories", str(cell.row["story_id"])
    if cell.column in ("id", "article") and "url" not in columns:
        return None
    if cell.column in _LINKS and cell.value is not None:
        return _LINKS[cell.column], tilde_encode(str(cell.value))
    return None
