"""How the C library hands out memory to a process that runs for months. glibc only; else nothing.

glibc gives every thread an arena of its own, and what one arena has freed no other may use. Here
one thread at a time runs Python, threads come and go (mail, backups, the pipes of the workers),
and what they allocate for the window of the last days stays in their arenas for a week: 0.5 MB of
holes a simulated day (bench/soak.py). One arena for all has them filled again.
"""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8  # malloc.h


def use_one_arena() -> bool:
    """To be called before the first thread starts. False where the C library has no such knob."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_M_ARENA_MAX, 1) == 1)
