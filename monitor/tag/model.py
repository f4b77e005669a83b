"""The learned numbers and the two steps that use them: sentence, then text. Plain Python, no I/O
but reading the weights file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from operator import mul
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found. Feature name -> weight; the version names tagger and training set."""

    version: str
    sentence: Mapping[str, float]
    relevant: Mapping[str, float]  # text level: at least secondary
    primary: Mapping[str, float]  # text level: primary
    thresholds: tuple[float, float]  # of `relevant` and of `primary`


def load_weights(path: Path = WEIGHTS) -> Weights:
    """The weights that ship with the package (or those of another training run)."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Weights(
        version=raw["version"],
        sentence=raw["sentence"],
        relevant=raw["relevant"],
        primary=raw["primary"],
        thresholds=(raw["thresholds"][0], raw["thresholds"][1]),
    )


def probability(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Logistic regression: 0..1."""
    total = sum(map(mul, map(weights.get, features, repeat(0.0)), features.values()))
    if total < -30:
        return 0.0
    return 1.0 / (1.0 + math.exp(-total)) if total < 30 else 1.0


def reasons(
    weights: Mapping[str, float], features: Mapping[str, float], limit: int = 6
) -> list[tuple[str, float]]:
    """The features that moved a verdict most, strongest first (negative: against)."""
    parts = [(n, weights.get(n, 0.0) * v) for n, v in features.items() if n != "bias"]
    parts = [(name, part) for name, part in parts if abs(part) >= 0.1]
    return sorted(parts, key=lambda item: -abs(item[1]))[:limit]


def is_word(name: str) -> bool:
    """True for features that hold a word of one language."""
    return "_" in name or name.startswith("between:")
