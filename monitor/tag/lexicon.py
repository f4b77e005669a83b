"""The tagger's knowledge as values: YAML files in, a Lexicon out. When tagging, the only
door to yaml (training reads its own).

The package's own files are in `monitor/tag/lexicon/`; the user's file may add partners, countries,
people, companies, joint undertakings, phrases to ignore and topics. Every problem of every file is
reported at once; an invalid or empty rule stops the start.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from monitor.errors import ConfigError
from monitor.tag.rules import ACTOR_KINDS, Problems, Raw, check_rules
from monitor.tag.values import Entity

# libyaml's safe loader where PyYAML was built with it: eight times as fast, same documents.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HERE = Path(__file__).parent / "lexicon"
DEFAULT_PARTNERS = ("US", "RU", "CN")
REGION = "REGION"
_COUNTRY_KINDS = ("name", "gov", "adj", "people", "place", "prefix")
_HOME_KINDS = (*_COUNTRY_KINDS, "oblast", "implicit", "institution")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that the tagger knows. Codes are upper-case ISO 3166 alpha-2 (and EU, UN, NATO)."""

    home: str
    partners: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]  # code -> language -> readable name
    names: tuple[tuple[str, Entity], ...]  # alias with its marks, and what it means
    members: Mapping[str, tuple[str, ...]]  # EU -> its members, where the user wants them counted
    cues: Mapping[str, tuple[str, ...]]  # cue class -> beginnings of words
    topics: Mapping[str, tuple[str, ...]]
    topic_labels: Mapping[str, Mapping[str, str]]

    @property
    def checksum(self) -> int:
        """Changes with any name, cue, topic or partner."""
        held = (self.home, self.partners, self.names, self.members, self.cues, self.topics)
        return zlib.crc32(repr(held).encode())

    def label(self, code: str, language: str) -> str:
        """Readable name of a country."""
        names = self.labels.get(code, {})
        return names.get(language) or names.get("en") or code


def load_lexicon(rules: Path | None = None) -> Lexicon:
    """The package's lexicon with the user's rules added.

    Raises ConfigError with every problem found.
    """
    raw = Raw(
        home=_read(HERE / "home.yaml"),
        countries=_read(HERE / "countries.yaml"),
        actors=_read(HERE / "actors.yaml"),
        phrases=_read(HERE / "phrases.yaml"),
        topics=_read(HERE / "topics.yaml"),
        user=_read(rules) if rules else {},
    )
    problems = Problems(str(rules or HERE))
    check_rules(raw, problems)
    problems.raise_if_any()
    return _build(raw)


def partners_of(rules: Path | None = None) -> tuple[str, ...]:
    """Codes of the judged countries, lower-case: as `Tagger.partners`, but only the user's rules
    are read, if there are any. Raises ConfigError with every problem found."""
    found = load_lexicon(rules).partners if rules else DEFAULT_PARTNERS
    return tuple(code.lower() for code in found)


def _read(path: Path) -> dict[str, object]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = " ".join(str(error).split())
        raise ConfigError([f"{path}: not valid YAML: {line}"]) from error
    if found is None:
        raise ConfigError([f"{path}: is empty"])
    if not isinstance(found, dict):
        raise ConfigError([f"{path}: must hold keys and values, not a {type(found).__name__}"])
    return found


def _build(raw: Raw) -> Lexicon:
    names: list[tuple[str, Entity]] = []
    home = raw.home_code
    for kind in _HOME_KINDS:
        names += _entities(raw.home_aliases(kind), home, kind)
    for code, country in raw.all_countries().items():
        for kind in _COUNTRY_KINDS:
            names += _entities(country.aliases(kind), code, kind)
    names += [(alias, Entity(code=REGION, kind="region", label=alias)) for alias in raw.region()]
    for section, kind in ACTOR_KINDS.items():
        for actor in raw.actors_of(section):
            names += [(alias, actor.entity(kind, alias)) for alias in actor.names]
    for kind, alias in raw.ignored():
        names.append((alias, Entity(code="", kind=kind, label=alias)))
    return Lexicon(
        home=home,
        partners=raw.partners(DEFAULT_PARTNERS),
        labels=raw.labels(),
        names=tuple(names),
        members=raw.members(),
        cues=raw.cues(),
        topics=raw.topic_words(),
        topic_labels=raw.topic_labels(),
    )


def _entities(aliases: tuple[str, ...], code: str, kind: str) -> list[tuple[str, Entity]]:
    return [
        (alias, Entity(code=code, kind=kind, label=alias.partition("/")[0])) for alias in aliases
    ]
