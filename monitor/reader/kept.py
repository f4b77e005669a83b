"""The archived copy of a page, as it came over the wire, shown without its powers.

No script, no frame, no request to anywhere: a sandbox policy of its own around a stranger's page.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from datasette.utils.asgi import NotFound, Response

from monitor.errors import StoreError
from monitor.reader import site
from monitor.store.pages import read_kept

FILE = "pages.db"
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]+)""", re.IGNORECASE)


async def page(datasette: Any, request: Any) -> Any:
    """The kept page; 404 when retention has taken it."""
    path = Path(site.archive(datasette).path).with_name(FILE)
    try:
        kept = await asyncio.to_thread(read_kept, path, int(request.url_vars["id"]))
    except StoreError as error:
        raise NotFound("The page archive cannot be read") from error
    if kept is None:
        raise NotFound("This page is not kept any more")
    return Response(
        kept.fetched.body, content_type=_type(kept.fetched.content_type, kept.fetched.body)
    )


def _type(declared: str, body: bytes) -> str:
    """HTML or plain text, with the charset of the answer or of the page; never anything else."""
    kind = "text/html" if "html" in declared or b"<html" in body[:2000].lower() else "text/plain"
    found = re.search(r"charset=([\w-]+)", declared)
    inside = _CHARSET.search(body[:4000])
    charset = found[1] if found else inside[1].decode() if inside else "utf-8"
    return f"{kind}; charset={charset}"
