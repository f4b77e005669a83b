"""The address where a reader marks a wrong tag, and the table of what was marked."""

from __future__ import annotations

import asyncio
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from datasette.app import BadSignature
from datasette.utils.asgi import Forbidden, NotFound, Response

from monitor.reader import feedback, site, views, words
from monitor.reader.pages import Archive

_COOKIE, _PURPOSE = "reader_feedback", "monitor-feedback"
_PAUSE_SECONDS = 1.0  # after a wrong key: guessing takes its time


def file_of(datasette: Any) -> Path:
    """feedback.db stands beside the archive."""
    return Path(site.archive(datasette).path).with_name(feedback.FILE)


async def mark(datasette: Any, request: Any) -> Any:
    """Keep an opinion (POST from the article page) and go back there."""
    options = site.options(datasette)
    if not options.feedback:
        raise NotFound("Feedback is off")
    if request.method != "POST":
        return Response.text("POST only\n", status=405)
    form = await request.post_vars()
    opinion = feedback.opinion_from(form, options.relations)
    row = await _article(datasette, opinion) if opinion else None
    if opinion is None or row is None:
        return Response.text("Not a form of this archive\n", status=400)
    language = views.interface_language(request, options.language)
    back = datasette.urls.row(site.archive(datasette).name, "articles", str(opinion.article_id))
    if not _may(datasette, request, form.get("key", "")):
        await asyncio.sleep(_PAUSE_SECONDS)
        datasette.add_message(request, words.phrase("bad_key", language), datasette.ERROR)
        return Response.redirect(back)
    full = replace(opinion, url=row["url"], machine_level=row["level"])
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    await asyncio.to_thread(feedback.keep, file_of(datasette), full, now)
    datasette.add_message(request, words.phrase("thanks", language))
    response = Response.redirect(back)
    token = datasette.sign("yes", _PURPOSE)
    response.set_cookie(_COOKIE, token, httponly=True, samesite="strict", path="/-/feedback")
    return response


async def table(datasette: Any, request: Any) -> Any:
    """What waits, as `monitor verdict --csv` reads it; only with the key (?key=)."""
    if not site.options(datasette).feedback:
        raise NotFound("Feedback is off")
    if not _may(datasette, request, request.args.get("key") or ""):
        await asyncio.sleep(_PAUSE_SECONDS)
        raise Forbidden("The key is not right")
    opinions = await asyncio.to_thread(feedback.waiting, file_of(datasette))
    headers = {"content-disposition": 'attachment; filename="feedback.csv"'}
    return Response(
        feedback.as_csv(opinions), headers=headers, content_type="text/csv; charset=utf-8"
    )


async def _article(datasette: Any, opinion: feedback.Opinion) -> Any:
    return await Archive(site.archive(datasette)).row(
        "select a.url, r.level from articles a left join article_relations r "
        "on r.article_id = a.id and r.relation = :relation where a.id = :id",
        {"id": opinion.article_id, "relation": opinion.relation},
    )


def _may(datasette: Any, request: Any, key: str) -> bool:
    """The key itself, or the signed cookie that it once earned."""
    wanted = site.secret("MONITOR_FEEDBACK_KEY") or ""
    if wanted and hmac.compare_digest(key.encode(), wanted.encode()):
        return True
    try:
        return bool(datasette.unsign(request.cookies.get(_COOKIE, ""), _PURPOSE) == "yes")
    except BadSignature:
        return False
