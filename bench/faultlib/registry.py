"""The list of faults: a name, how often it strikes, and the function that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from faultlib.rig import Rig

FAULTS: list[Fault] = []


@dataclass(frozen=True)
class Fault:
    """`lives`: the strikes are spread over so many fresh installations. `kills`: by kill -9."""

    name: str
    times: int
    lives: int
    strike: Callable[[Rig, int], None]

    @property
    def kills(self) -> bool:
        return self.name.startswith("kill -9")


def fault(
    name: str, *, times: int = 1, lives: int = 1
) -> Callable[[Callable[[Rig, int], None]], Callable[[Rig, int], None]]:
    def register(strike: Callable[[Rig, int], None]) -> Callable[[Rig, int], None]:
        FAULTS.append(Fault(name, times, lives, strike))
        return strike

    return register
