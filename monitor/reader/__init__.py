"""The archive in Datasette: search, pages, charts. The only door to datasette.

A Datasette plugin (entry point `monitor`, or `--plugins-dir storage/plugins`); the texts that an
operator changes are in storage/datasette.yaml. Reads monitor.db and never writes to it.
Of the stages it imports only store, for the kept pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl

from monitor.reader import atom, guard, routes, site, views
from monitor.reader.expand import fts_query

__all__ = [
    "asgi_wrapper",
    "extra_css_urls",
    "extra_template_vars",
    "prepare_connection",
    "prepare_jinja2_environment",
    "register_output_renderer",
    "register_routes",
    "render_cell",
    "startup",
]


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Replace Datasette's own escape_fts(), so that its own search box finds every form.

    The memory map spares a copy of every page read: facets over 100,000 hits took half the time.
    """
    conn.execute("PRAGMA mmap_size=4000000000")
    conn.create_function("escape_fts", 1, _query, deterministic=True)
    conn.create_function("search_forms", 1, _query, deterministic=True)


def _query(typed: object) -> str:
    return fts_query("" if typed is None else str(typed))


@hookimpl
def startup(datasette: Any) -> None:
    """Raise the limits that 200,000 articles need, unless the operator set them."""
    site.apply_settings(datasette)
    site.quiet_errors()


@hookimpl
def extra_css_urls() -> list[str]:
    return ["/-/reader/reader.css"]


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    views.add_filters(env, datasette)


@hookimpl
def extra_template_vars(
    datasette: Any, request: Any, database: str | None, table: str | None, view_name: str
) -> Callable[[], Awaitable[dict[str, object]]]:
    """The interface language and, on our own pages, what the page shows."""

    async def variables() -> dict[str, object]:
        return await views.variables(datasette, request, database, table, view_name)

    return variables


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return routes.ROUTES


@hookimpl
def register_output_renderer() -> dict[str, object]:
    """`.atom` beside `.json` for every table and question whose rows have a title."""
    return {"extension": "atom", "render": routes.feed, "can_render": atom.can_render}


@hookimpl
def render_cell(  # noqa: PLR0917 - the hook gives them by name
    row: Any, value: object, column: str, table: str | None, database: str, datasette: Any
) -> object:
    """Titles and keys in the answers to questions lead to their pages."""
    return None if table else views.query_cell(datasette, views.Cell(database, row, column, value))


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    return guard.wrapper(datasette)
