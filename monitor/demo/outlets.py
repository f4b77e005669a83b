"""The invented outlets: who they are, where they listen, how they publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWay:
    """One way in as feeds.yaml names it; `path` is below the outlet's address."""

    kind: str
    path: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An outlet: identity, address, form of its feed, of its paths and of its dates."""

    id: str
    name: str
    address: str
    languages: tuple[str, ...]
    owner: str
    country: str
    ways: tuple[DemoWay, ...]
    feed: str  # which writer in listings: rss / encoded / atom / json / telegram / broken / ""
    path: str  # of an article: {slug} {number} {section} and strftime codes of the local time
    date_form: str  # see dates.visible
    home: bool = True
    offset_hours: int = 5
    encoding: str = "utf-8"
    first_number: int = 1000
    link_suffix: str = ""  # tracking that the feed adds to its links


def _rss(path: str) -> tuple[DemoWay, ...]:
    return (DemoWay(kind="feed", path=path),)


OUTLETS = (
    Outlet(
        id="steppe",
        name="Степной вестник",
        address="127.0.0.2",
        languages=("ru",),
        owner="private",
        country="KZ",
        ways=_rss("/rss/all.xml"),
        feed="rss",
        path="/{section}/{number}-{slug}/",
        date_form="relative",
        first_number=2031870,
    ),
    Outlet(
        id="north",
        name="Северный курьер",
        address="127.0.0.3",
        languages=("ru",),
        owner="foreign",
        country="RU",
        ways=_rss("/export/atom.xml"),
        feed="atom",
        path="/%Y%m%d/{slug}-{number}.html",
        date_form="time-first",
        home=False,
        offset_hours=3,
        first_number=206311400,
        link_suffix="?utm_source=atom&utm_medium=feed",
    ),
    Outlet(
        id="priishim",
        name="Вести Приишимья",
        address="127.0.0.4",
        languages=("ru",),
        owner="state",
        country="KZ",
        ways=_rss("/rss.php"),
        feed="rss",
        path="/news.php?id={number}",
        date_form="dotted-space",
        encoding="windows-1251",
        first_number=18840,
    ),
    Outlet(
        id="herald",
        name="The Steppe Herald",
        address="127.0.0.5",
        languages=("en",),
        owner="private",
        country="KZ",
        ways=_rss("/feed/"),
        feed="encoded",
        path="/%Y/%m/{slug}/",
        date_form="english",
        first_number=61200,
    ),
    Outlet(
        id="pravo",
        name="Право и дело",
        address="127.0.0.6",
        languages=("ru",),
        owner="private",
        country="KZ",
        ways=(
            DemoWay(kind="sitemap", path="/sitemap-news.xml"),
            DemoWay(
                kind="listing",
                path="/news/",
                options={"item": "div.zmlist_item", "link": "a.zmlist_link", "date": "span.date"},
            ),
        ),
        feed="",
        path="/{number}-{slug}.html",
        date_form="words",
        first_number=6033210,
    ),
    Outlet(
        id="ministry",
        name="Пресс-центр внешних связей",
        address="127.0.0.7",
        languages=("ru", "en"),
        owner="official",
        country="KZ",
        ways=(
            DemoWay(
                kind="json",
                path="/api/v1/news?size=50",
                options={
                    "items": "content",
                    "link": "url",
                    "title": "title",
                    "date": "published",
                    "summary": "announce",
                },
            ),
        ),
        feed="json",
        path="/ru/press/{number}",
        date_form="nominative",
        first_number=447100,
    ),
    Outlet(
        id="uzyn",
        name="Узын-кулак (канал)",
        address="127.0.0.8",
        languages=("ru",),
        owner="private",
        country="KZ",
        ways=(DemoWay(kind="telegram", path="/s/demo-uzynqulaq"),),
        feed="telegram",
        path="/demo-uzynqulaq/{number}",
        date_form="dotted",
        first_number=5310,
    ),
    Outlet(
        id="svod",
        name="Свод24",
        address="127.0.0.9",
        languages=("ru", "en"),
        owner="private",
        country="KZ",
        ways=_rss("/rss"),
        feed="rss",
        path="/news/{number}",
        date_form="dotted-space",
        first_number=990100,
    ),
    Outlet(
        id="tang",
        name="Таң жаршысы",
        address="127.0.0.10",
        languages=("kk",),
        owner="state",
        country="KZ",
        ways=_rss("/rss"),
        feed="rss",
        path="/article/{number}-{slug}",
        date_form="kazakh",
        first_number=398210,
    ),
    Outlet(
        id="meridian",
        name="Деловой меридиан",
        address="127.0.0.11",
        languages=("ru",),
        owner="private",
        country="KZ",
        ways=_rss("/news.rss"),
        feed="rss",
        path="/{section}/{slug}-{number}/",
        date_form="dotted",
        first_number=58400,
    ),
    Outlet(
        id="vecherka",
        name="Вечерний проспект",
        address="127.0.0.12",
        languages=("ru",),
        owner="private",
        country="KZ",
        ways=_rss("/feed.xml"),
        feed="broken",
        path="/{number}",
        date_form="words",
    ),
)
BY_ID = {outlet.id: outlet for outlet in OUTLETS}
