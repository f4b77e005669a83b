"""The shape of the tagger's YAML: typed access to raw rules, and the check that collects problems.

Guards the border between files written by people and `monitor.tag.lexicon`; reads no file itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from monitor.errors import ConfigError
from monitor.tag.values import Entity

USER_KEYS = (
    "partners", "countries", "home", "people", "companies", "brands", "joint", "forums", "schools",
    "region", "ignore", "topics",
)  # fmt: skip
# Section of the rules -> kind of mention.
ACTOR_KINDS = {
    "people": "person", "companies": "org", "brands": "brand", "joint": "joint", "forums": "forum",
    "schools": "school",
}  # fmt: skip
_LISTS = ("name", "gov", "adj", "people", "place", "prefix", "members")
_ACTOR_KEYS = {"of", "with", "names", "since", "until", "needs", "weight", "capped", "note"}
_HOME_LISTS = (*_LISTS, "oblast", "implicit", "institution")


@dataclass(slots=True)
class Problems:
    """Findings, collected to be shown together."""

    where: str
    found: list[str] = field(default_factory=list)

    def add(self, key: str, what: str) -> None:
        """Note one problem at one key."""
        self.found.append(f"{self.where}: {key}: {what}")

    def raise_if_any(self) -> None:
        """Raise ConfigError with everything that was noted."""
        if self.found:
            raise ConfigError(self.found)


@dataclass(frozen=True, slots=True)
class Country:
    """One country's block."""

    lists: Mapping[str, tuple[str, ...]]

    def aliases(self, kind: str) -> tuple[str, ...]:
        """Aliases of one kind, () if there are none."""
        return self.lists.get(kind, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, a company or a joint undertaking."""

    code: str
    names: tuple[str, ...]
    since: date | None
    until: date | None
    needs: str
    weight: float
    capped: bool

    def entity(self, kind: str, alias: str) -> Entity:
        """What one of the names means."""
        return Entity(
            code=self.code,
            kind=kind,
            label=alias.partition("/")[0],
            weight=self.weight,
            capped=self.capped,
            since=self.since,
            until=self.until,
            needs=self.needs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """The files as read. The methods may be used after `check_rules` found nothing."""

    home: Mapping[str, Any]
    countries: Mapping[str, Any]
    actors: Mapping[str, Any]
    phrases: Mapping[str, Any]
    topics: Mapping[str, Any]
    user: Mapping[str, Any]

    @property
    def home_code(self) -> str:
        return str(self.home["code"])

    def home_aliases(self, kind: str) -> tuple[str, ...]:
        """Aliases of the home country, the user's included."""
        mine = self.user.get("home") or {}
        return (*self.home.get(kind, ()), *mine.get(kind, ()))

    def all_countries(self) -> dict[str, Country]:
        """Every country but home, the user's lists joined to ours."""
        theirs = {code.upper(): block for code, block in (self.user.get("countries") or {}).items()}
        found = {}
        for code in dict.fromkeys([*self.countries, *theirs]):
            blocks = [self.countries.get(code, {}), theirs.get(code, {})]
            lists = {k: tuple(a for b in blocks for a in b.get(k, ())) for k in _LISTS}
            found[code] = Country(lists)
        return found

    def actors_of(self, kind: str) -> Iterator[Actor]:
        """People, companies or joint undertakings."""
        for block in [*self.actors.get(kind, ()), *(self.user.get(kind) or ())]:
            yield Actor(
                code=str(block.get("of") or block["with"]).upper(),
                names=tuple(block["names"]),
                since=block.get("since"),
                until=block.get("until"),
                needs=block.get("needs", ""),
                weight=float(block.get("weight", 1.0)),
                capped=bool(block.get("capped", False)),
            )

    def region(self) -> tuple[str, ...]:
        """Names of the region that holds the home country."""
        return (*self.actors["region"], *(self.user.get("region") or ()))

    def ignored(self) -> list[tuple[str, str]]:
        """(kind, phrase) of everything that is swallowed."""
        own = [(kind, p) for kind, phrases in self.phrases["ignore"].items() for p in phrases]
        return own + [("other", phrase) for phrase in self.user.get("ignore") or ()]

    def partners(self, default: tuple[str, ...]) -> tuple[str, ...]:
        """Upper-case codes of the countries that are judged."""
        return tuple(str(code).upper() for code in self.user.get("partners") or default)

    def members(self) -> dict[str, tuple[str, ...]]:
        """Groups whose members count as the group."""
        found = {code: c.aliases("members") for code, c in self.all_countries().items()}
        return {code: tuple(m.upper() for m in ms) for code, ms in found.items() if ms}

    def labels(self) -> dict[str, dict[str, str]]:
        """Readable names by code and language."""
        blocks = {**self.countries, self.home_code: self.home}
        for code, block in (self.user.get("countries") or {}).items():
            if "label" in block or code.upper() not in blocks:
                blocks[code.upper()] = block
        return {code: dict(block.get("label") or {"en": code}) for code, block in blocks.items()}

    def cues(self) -> dict[str, tuple[str, ...]]:
        """Cue classes."""
        return {name: tuple(map(str, words)) for name, words in self.phrases["cues"].items()}

    def _topics(self) -> dict[str, Any]:
        return {**self.topics, **(self.user.get("topics") or {})}

    def topic_words(self) -> dict[str, tuple[str, ...]]:
        """Sub-topic -> beginnings of words."""
        return {name: tuple(block["words"]) for name, block in self._topics().items()}

    def topic_labels(self) -> dict[str, dict[str, str]]:
        """Sub-topic -> language -> readable name."""
        return {name: dict(b.get("label") or {"en": name}) for name, b in self._topics().items()}


# ---------------------------------------------------------------- checking


def check_rules(raw: Raw, problems: Problems) -> None:
    """Collect everything wrong with our files and the user's."""
    for key in raw.user:
        if key not in USER_KEYS:
            problems.add(str(key), f"unknown key; known are {', '.join(USER_KEYS)}")
    codes = {*raw.countries, raw.home_code}
    codes |= {str(code).upper() for code in _mapping(raw.user, "countries", problems)}
    for code, block in {**raw.countries, **_mapping(raw.user, "countries", problems)}.items():
        _check_lists(f"countries.{code}", block, (*_LISTS, "label", "note"), problems)
    _check_lists("home", raw.home, (*_HOME_LISTS, "label", "code"), problems)
    _check_lists("home", _mapping(raw.user, "home", problems), _HOME_LISTS, problems)
    for kind in ACTOR_KINDS:
        for source in (raw.actors, raw.user):
            _check_actors(kind, source.get(kind, []), codes, raw, problems)
    for key in ("ignore", "region"):
        if key in raw.user:
            _check_aliases(key, raw.user[key], problems)
    _check_partners(raw, codes, problems)
    for name, block in {**raw.topics, **_mapping(raw.user, "topics", problems)}.items():
        _check_topic(str(name), block, problems)


def _mapping(source: Mapping[str, Any], key: str, problems: Problems) -> Mapping[str, Any]:
    found = source.get(key, {})
    if isinstance(found, dict) and (found or key not in source):
        return found
    problems.add(key, "must hold keys and values" if found else "is empty")
    return {}


def _check_lists(where: str, block: object, known: tuple[str, ...], problems: Problems) -> None:
    if not isinstance(block, dict):
        problems.add(where, "must hold keys and values")
        return
    for key, value in block.items():
        if key not in known:
            problems.add(f"{where}.{key}", f"unknown key; known are {', '.join(known)}")
        elif key in _HOME_LISTS:
            _check_aliases(f"{where}.{key}", value, problems)


def _check_aliases(where: str, value: object, problems: Problems) -> None:
    if not isinstance(value, list) or not value:
        problems.add(where, "must be a list with at least one entry")
        return
    for alias in value:
        if not isinstance(alias, str):
            problems.add(where, f"{alias!r} is not text (quote it)")
        elif not any(c.isalnum() for c in alias):
            problems.add(where, f"{alias!r} has no letter")
        elif len(alias) < 2 or (len(alias) == 2 and alias.islower()):
            problems.add(where, f"{alias!r} is too short to be safe")


def _check_actors(kind: str, blocks: object, codes: set[str], raw: Raw, problems: Problems) -> None:
    if not isinstance(blocks, list):
        problems.add(kind, "must be a list")
        return
    for number, block in enumerate(blocks, 1):
        where = f"{kind}[{number}]"
        if not isinstance(block, dict):
            problems.add(where, "must hold keys and values")
            continue
        for key in block.keys() - _ACTOR_KEYS:
            problems.add(f"{where}.{key}", "unknown key")
        _check_aliases(f"{where}.names", block.get("names"), problems)
        code = str(block.get("with" if kind in ("joint", "forums") else "of", "")).upper()
        if code not in codes:
            problems.add(where, f"unknown country {code!r}")
        _check_dates(where, block, problems)
        if block.get("needs", "") not in ("", *raw.phrases["cues"]):
            problems.add(f"{where}.needs", f"unknown cue class {block['needs']!r}")


def _check_dates(where: str, block: Mapping[str, Any], problems: Problems) -> None:
    since, until = block.get("since"), block.get("until")
    for key, value in (("since", since), ("until", until)):
        if value is not None and type(value) is not date:
            problems.add(f"{where}.{key}", f"{value!r} is not a day (YYYY-MM-DD)")
            return
    if since and until and since > until:
        problems.add(where, "since is after until")
    weight = block.get("weight", 1.0)
    if not isinstance(weight, int | float) or not 0 < weight <= 1:
        problems.add(f"{where}.weight", "must be above 0 and at most 1")


def _check_partners(raw: Raw, codes: set[str], problems: Problems) -> None:
    found = raw.user.get("partners")
    if found is None and "partners" not in raw.user:
        return
    if not isinstance(found, list) or not found:
        problems.add("partners", "must be a list with at least one country code")
        return
    for code in found:
        upper = ("NO" if code is False else str(code)).upper()
        if code is False:
            problems.add("partners", "NO is read as false by YAML: write 'NO' in quotes")
        elif upper not in codes or upper == raw.home_code:
            problems.add("partners", f"unknown country {code!r}: describe it under countries")
    if len({str(code).upper() for code in cast("list[object]", found)}) < len(found):
        problems.add("partners", "a country is named twice")


def _check_topic(name: str, block: object, problems: Problems) -> None:
    if not isinstance(block, dict):
        problems.add(f"topics.{name}", "must hold label and words")
        return
    for key in block.keys() - {"label", "words"}:
        problems.add(f"topics.{name}.{key}", "unknown key; known are label, words")
    _check_aliases(f"topics.{name}.words", block.get("words"), problems)
