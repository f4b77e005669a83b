"""Learned profiles as rows of the table `profiles`, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.extract.profiles import REPEATED, HostProfiles, Learned
from monitor.models import Profile


def to_row(host: str, learned: Learned) -> Profile:
    """The value that is stored."""
    judged = learned.agreements + learned.disagreements
    return Profile(
        host=host,
        template=learned.container,
        selectors=json.dumps(
            {
                "body": learned.container,
                "lead": learned.lead,
                "branches": sorted(learned.branches),
                "excluded": sorted(learned.excluded),
                "repeated": sorted(learned.repeated_lines()),
                "tail": learned.tail,
            },
            ensure_ascii=False,
        ),
        state=learned.state,
        learned_at=learned.learned_at,
        agreements=learned.agreements,
        disagreements=learned.disagreements,
        score=learned.agreements / judged if judged else 0.0,
        uses=learned.uses,
        checked_at=learned.checked_at,
    )


def from_rows(rows: Iterable[Profile]) -> dict[str, HostProfiles]:
    """Templates as stored; a row that cannot be read is left out and learned again."""
    known: dict[str, HostProfiles] = {}
    for row in rows:
        try:
            selectors = json.loads(row.selectors)
            learned = Learned(
                container=selectors["body"],
                branches=set(selectors["branches"]),
                excluded=set(selectors["excluded"]),
                extras=dict.fromkeys(selectors.get("repeated", ()), REPEATED),
                lead=selectors.get("lead", ""),
                tail=selectors.get("tail", 0),
                learned_at=row.learned_at,
                state=row.state,
                agreements=row.agreements,
                disagreements=row.disagreements,
                uses=row.uses,
                checked_at=row.checked_at,
                changed=False,
            )
        except (ValueError, KeyError, TypeError):
            continue
        known.setdefault(row.host, HostProfiles(pages=2)).learned.append(learned)
    return known
