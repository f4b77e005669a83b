"""The front of the stage: a text in, `Facts` out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from monitor.facts.events import find_events
from monitor.facts.money import find_amounts
from monitor.facts.organisations import find_organisations
from monitor.facts.page import read_page
from monitor.facts.people import find_people, person_mentions
from monitor.facts.places import Places
from monitor.facts.quotes import find_quotes
from monitor.models import Facts, PlaceName, Turn


class FactFinder:
    """Finds facts with one set of country names. Keeps no state but remembered word forms."""

    def __init__(
        self, places: Iterable[PlaceName], rates: Mapping[str, float] | None = None
    ) -> None:
        """`rates`: US dollars for one unit of a currency (ISO 4217), as stated by the operator."""
        self._places = Places(places)
        self._rates = rates or {}

    def find(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        published: date | None = None,
        turns: Sequence[Turn] = (),
        home: str | None = None,
    ) -> Facts:
        """People, organisations, sums, events and quotations of one text.

        `published` resolves days without a year and offices; without it such events have no date.
        `home` is the outlet's country (ISO 3166) where "the minister" needs no country. Offsets
        are code points into `text` as given.
        """
        page = read_page(
            text,
            title=title,
            language=language,
            published=published,
            places=self._places,
            turns=turns,
            home=home.lower() if home else None,
        )
        people = find_people(page, title)
        mentions = (*person_mentions(page, people), *find_organisations(page))
        return Facts(
            mentions=tuple(sorted(mentions, key=lambda m: m.start)),
            amounts=tuple(find_amounts(page, self._rates)),
            events=tuple(find_events(page)),
            quotes=tuple(find_quotes(page, people)),
        )
