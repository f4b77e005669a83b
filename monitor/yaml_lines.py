"""YAML with the line of every key, and without YAML 1.1's surprises.

`NO` stays the text NO (Norway), a key written twice is a problem, aliases and tags that could
build objects are refused by the safe loader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from monitor.errors import ConfigError


@dataclass(slots=True)
class LinedYaml:
    """A document, its name, and the line (from 1) of every place in it."""

    name: str
    value: object = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def line(self, place: Iterable[str | int]) -> int:
        """The line of a place, or of the nearest thing around it that has one."""
        steps = tuple(place)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)

    def problem(self, place: Iterable[str | int], what: str) -> str:
        """One line: file, line, key, what is wrong."""
        steps = tuple(place)
        return f"{self.name}:{self.line(steps)}: {key_path(steps)}: {what}"


def key_path(steps: Iterable[str | int]) -> str:
    """`("sources", 3, "ways")` -> `sources[3].ways`."""
    out = ""
    for step in steps:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out or "file"


class _Loader(yaml.SafeLoader):
    """Booleans are true and false only; dates stay text."""


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, where PyYAML was built with it: eight times as fast."""


_BOOL = re.compile(r"^(?:true|false|True|False|TRUE|FALSE)$")
for _loader in (_Loader, _FastLoader):
    _loader.yaml_implicit_resolvers = {
        letter: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
        ]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))

_DEEP = 100  # levels; libyaml's binding has no guard of its own and would overflow the C stack


def _is_deep(text: str) -> bool:
    """More levels than any sane file has: brackets that stay open, or a long row of `- `."""
    level = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        level = max(0, level + (1 if bracket[0] in "[{" else -1))
        if level > _DEEP:
            return True
    return bool(re.search(rf"(?m)^[ \t?:-]{{{2 * _DEEP},}}", text))


def read_yaml(text: str, name: str) -> LinedYaml:
    """Parse; raises ConfigError when it is not YAML at all."""
    document = LinedYaml(name=name)
    try:
        loader = (_Loader if _is_deep(text) else _FastLoader)(text)
        try:
            root = loader.get_single_node()
            if root is not None:
                _note(root, (), document)
                document.value = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError([f"{name}:{line}: not valid YAML: {error.problem}"]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigError([f"{name}:1: not valid YAML: {error}"]) from error
    return document


def _note(node: yaml.Node, steps: tuple[str | int, ...], document: LinedYaml) -> None:
    document.lines.setdefault(steps, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note(item, (*steps, index), document)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            place = (*steps, str(key.value))
            if str(key.value) in seen:
                document.lines[place] = key.start_mark.line + 1
                document.problems.append(document.problem(place, "this key stands here twice"))
            seen.add(str(key.value))
            document.lines[place] = key.start_mark.line + 1
            _note(value, place, document)
