"""Two versions of a text: are they the same words, and what changed, for people to read. Pure."""

from __future__ import annotations

import difflib
import re

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


def same_words(one: str, other: str) -> bool:
    """The same words in the same order; case, spaces and punctuation may differ."""
    return _WORD.findall(one.lower()) == _WORD.findall(other.lower())


def readable_diff(before: str, after: str) -> str:
    """What went and what came, sentence by sentence: lines that begin with `- `, `+ ` or two
    spaces (one unchanged sentence around a change, for orientation; `  …` for what is left out)."""
    old = [part for part in _SENTENCE.split(before) if part.strip()]
    new = [part for part in _SENTENCE.split(after) if part.strip()]
    lines: list[str] = []
    for number, group in enumerate(_groups(old, new)):
        if number:
            lines.append("  …")
        lines += group
    return "\n".join(lines)


def _groups(old: list[str], new: list[str]) -> list[list[str]]:
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    groups = []
    for opcodes in matcher.get_grouped_opcodes(1):
        lines: list[str] = []
        for tag, i1, i2, j1, j2 in opcodes:
            if tag == "equal":
                lines += [f"  {part}" for part in old[i1:i2]]
            else:
                lines += [f"- {part}" for part in old[i1:i2]]
                lines += [f"+ {part}" for part in new[j1:j2]]
        groups.append(lines)
    return groups
