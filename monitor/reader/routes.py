"""Our own addresses: charts, the list of questions, feeds, style sheet, language, robots."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import NotFound, Response

from monitor.reader import atom, board, kept, marking, site, views, words
from monitor.reader.pages import Archive
from monitor.reader.questions import known_questions

_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def charts(datasette: Any, request: Any) -> Any:
    """The page of charts; `days` and `relation` choose."""
    options = site.options(datasette)
    database = site.archive(datasette)
    days = request.args.get("days") or "30"
    relation = request.args.get("relation") or ""
    setting = board.Setting(
        days=days if days in board.PERIODS else "30",
        relation=relation if relation in options.relations else "",
        language=views.interface_language(request, options.language),
        articles=datasette.urls.table(database.name, "articles"),
    )
    ready = await Archive(database).is_ready()
    found = await board.panels(datasette, database, setting) if ready else []
    page = {"panels": found, "chosen": setting, "periods": board.PERIODS}
    return Response.html(
        await datasette.render_template("reader_charts.html", page, request=request)
    )


async def questions(datasette: Any, request: Any) -> Any:
    """All canned questions with their parameters."""
    language = views.interface_language(request, site.options(datasette).language)
    known = await known_questions(datasette, site.archive(datasette).name)
    page = {"questions": list(known.values()), "language": language}
    return Response.html(
        await datasette.render_template("reader_questions.html", page, request=request)
    )


async def find(datasette: Any, request: Any) -> Any:
    """The search form: leaves out what was not filled in, and makes the last day inclusive.

    Datasette's own table page would take an empty field as "equals nothing".
    """
    given = {key: value for key, value in parse_qsl(request.query_string) if value.strip()}
    last = given.get("published_at__lte")
    if last and len(last) == len("2025-01-31"):
        given["published_at__lte"] = f"{last}T23:59:59Z"
    table = datasette.urls.table(site.archive(datasette).name, "articles")
    return Response.redirect(f"{table}?{urlencode(given)}" if given else table)


async def feed(  # noqa: PLR0917 - Datasette passes these by name
    datasette: Any, request: Any, columns: Any, rows: Any, query_name: str | None, table: str | None
) -> Any:
    """The hook behind `.atom`."""
    name = site.archive(datasette).name
    language = site.options(datasette).language
    title = words.phrase("title", language)
    if query_name:
        question = (await known_questions(datasette, name)).get(query_name)
        title += " — " + (question.title(language) if question else query_name)
    elif table:
        title += f" — {table}"

    def absolute(path: str) -> str:
        return str(datasette.absolute_url(request, path))

    query = f"?{request.query_string}" if request.query_string else ""
    described = atom.Feed(
        title=title,
        address=absolute(request.path + query),
        page=absolute(request.path.removesuffix(".atom") + query),
        articles=absolute(datasette.urls.table(name, "articles")),
        stories=absolute(datasette.urls.table(name, "stories")),
    )
    return Response(
        atom.render(described, columns, rows),
        content_type="application/atom+xml; charset=utf-8",
    )


async def static(request: Any) -> Any:
    """Our own style sheet and script, with a short cache life."""
    name = PurePosixPath(request.url_vars["name"]).name
    kind = _STATIC_TYPES.get(PurePosixPath(name).suffix)
    path = files("monitor.reader").joinpath("static", name)
    if kind is None or not path.is_file():
        raise NotFound("No such file")
    body = path.read_text(encoding="utf-8")
    return Response(
        body, headers={"cache-control": "max-age=600"}, content_type=f"{kind}; charset=utf-8"
    )


async def choose_language(request: Any) -> Any:
    """Remember the interface language and go back to the page."""
    language = request.url_vars["language"]
    back = request.args.get("back") or "/"
    if language not in words.LANGUAGES:
        raise NotFound("No such language")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    response = Response.redirect(back)
    response.set_cookie(views.COOKIE, language, max_age=365 * 86400, samesite="lax", path="/")
    return response


async def robots() -> Any:
    """The archive holds other people's texts: nothing of it belongs in a search engine."""
    return Response.text("User-agent: *\nDisallow: /\n")


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"^/robots\.txt$", robots),
    (r"^/-/charts$", charts),
    (r"^/-/find$", find),
    (r"^/-/kept/(?P<id>\d{1,15})$", kept.page),
    (r"^/-/feedback$", marking.mark),
    (r"^/-/feedback\.csv$", marking.table),
    (r"^/-/questions$", questions),
    (r"^/-/reader/language/(?P<language>\w+)$", choose_language),
    (r"^/-/reader/(?P<name>[\w.-]+)$", static),
]
