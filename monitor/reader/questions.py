"""The canned questions of datasette.yaml, whichever Datasette runs.

Datasette 0.65 gives them as canned queries, 1.0 (alpha, `-c` beside `-m`) as stored queries that
keep one title only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# " relation — us, ru, cn or empty; days: how far back (30)." up to the end of the sentence
_ABOUT_PARAMETER = re.compile(r"(?:^|\s)[a-z_]+(?: —|:) [^.]*(?:\.|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One canned query; `titles` by interface language."""

    name: str
    sql: str
    parameters: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        """In the interface language, else in Russian, else the query's name."""
        return self.titles.get(language) or self.titles.get("ru") or self.name

    def description(self, language: str) -> str:
        """What it answers, in the interface language or else in Russian."""
        return self.descriptions.get(language) or self.descriptions.get("ru") or ""

    def answer(self, language: str) -> str:
        """The description without what its parameters take, for where they have fields."""
        return _ABOUT_PARAMETER.sub("", self.description(language)).strip()


async def known_questions(datasette: Any, database: str) -> dict[str, Question]:
    """All questions in the order of the file."""
    if hasattr(datasette, "get_canned_queries"):
        canned = await datasette.get_canned_queries(database, None)
        return {name: _canned(name, given) for name, given in canned.items()}
    page = await datasette.list_queries(database, limit=500)
    return {stored.name: _stored(stored) for stored in page.queries}


def _canned(name: str, given: Mapping[str, Any]) -> Question:
    return Question(
        name=name,
        sql=given["sql"],
        parameters=tuple(given.get("params") or ()),
        titles=_languages(given, "title"),
        descriptions=_languages(given, "description"),
    )


def _languages(given: Mapping[str, Any], key: str) -> dict[str, str]:
    keys = {"ru": key, "kk": f"{key}_kk", "en": f"{key}_en"}
    return {language: given[name] for language, name in keys.items() if given.get(name)}


def _stored(stored: Any) -> Question:
    return Question(
        name=stored.name,
        sql=stored.sql,
        parameters=tuple(getattr(stored, "parameters", None) or ()),
        titles={"ru": stored.title} if stored.title else {},
        descriptions={"ru": stored.description} if stored.description else {},
    )
