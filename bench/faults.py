"""The fault matrix: everything that can go wrong, done on purpose, compared with the truth.

    python bench/faults.py                     all of it (about half an hour), the table at the end
    python bench/faults.py --only mail         faults whose name contains a word
    python bench/faults.py --short             one strike each, a tenth of the kills (CI)
    python bench/faults.py --write             the whole run renews the table of bench/FAULTS.md
    python bench/faults.py --list

An invented news site on loopback is collected by the real commands in real processes, a mail
server on loopback takes the digests. After every fault the installation recovers by itself, and
is compared with what the site published and what was promised. Exit code 1 for any loss.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests" / "deliver")]

from faultlib import kills, machine, post, storage, web  # noqa: E402, F401 - they register
from faultlib.registry import FAULTS, Fault  # noqa: E402
from faultlib.rig import NOW, Rig, Truth  # noqa: E402
from faultlib.site import serve  # noqa: E402
from smtp_faults import Postman, mail_server  # noqa: E402

HEADERS = ("fault", "times", "lost", "doubled", "digests lost", "doubled", "recovers in s", "note")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write", action="store_true", help="renew bench/FAULTS.md")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("/tmp/monitor-faults"))
    options = parser.parse_args()
    chosen = [fault for fault in FAULTS if options.only.lower() in fault.name.lower()]
    if options.list:
        print("\n".join(f"{fault.times:4d}  {fault.name}" for fault in chosen))
        return 0
    postman = Postman()
    rows, began = [], time.monotonic()
    with serve(NOW) as (demo, site), mail_server(postman) as mail_port:

        def rig(life: int) -> Rig:
            chance = random.Random(f"{options.seed} {life}")
            return Rig(options.work, demo, site, postman, mail_port, chance)

        for fault in chosen:
            rows.append(strike(fault, rig, short=options.short))
            print("  ".join(str(cell) for cell in rows[-1]), flush=True)
    table, losses = report(rows, chosen, time.monotonic() - began)
    print("\n" + table)
    if options.write and not options.only and not options.short:
        renew(ROOT / "bench" / "FAULTS.md", table)
    return int(losses > 0)


def strike(fault: Fault, rig_of, *, short: bool) -> tuple[object, ...]:
    lives = 1 if short else fault.lives
    times = max(1, fault.times // 10) if short and fault.kills else (1 if short else fault.times)
    total, injected, slowest, notes = Truth(), 0, 0.0, []
    for life in range(lives):
        rig = rig_of(life)
        try:
            fault.strike(rig, max(1, times // lives))
            slowest = max(slowest, rig.recover())
            found = rig.compare()
        except Exception as error:  # noqa: BLE001 - a broken run is a loss, and the table goes on
            rig.notes.append(f"{type(error).__name__}: {error}"[:300])
            found = Truth(lost=99)
        for name in ("lost", "doubled", "digests_lost", "digests_doubled"):
            setattr(total, name, getattr(total, name) + getattr(found, name))
        injected += rig.injected or int(not fault.kills)
        notes += rig.notes
    note = "; ".join(dict.fromkeys(n.replace("\n", " ") for n in notes))[:160]
    return (fault.name, injected, total.lost, total.doubled, total.digests_lost,
            total.digests_doubled, f"{slowest:.1f}", note)  # fmt: skip


def report(rows, faults, seconds: float) -> tuple[str, int]:
    """The table with what it comes to, and the number of losses and doubles."""
    losses = sum(sum(row[2:6]) for row in rows)
    killed = sum(row[1] for row, fault in zip(rows, faults, strict=True) if fault.kills)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False,
                            capture_output=True, text=True).stdout.strip()  # fmt: skip
    lines = ["| " + " | ".join(HEADERS) + " |", "|" + "---|" * len(HEADERS)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    lines += [
        "",
        f"{len(rows)} faults, {sum(row[1] for row in rows)} strikes, {killed} of them kill -9 at "
        "random moments (a kill counts only",
        f"if the command still ran); losses and doubles: {losses}; {seconds / 60:.0f} minutes, "
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit or 'unknown'}.",
    ]
    return "\n".join(lines), losses


def renew(page: Path, table: str) -> None:
    """Put the table between the marks of the page."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition("<!-- table -->\n")
    _, end, after = rest.partition("<!-- end of table -->")
    if not (begin and end):
        raise SystemExit(f"{page}: the marks of the table are gone")
    page.write_text(f"{before}{begin}{table}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
