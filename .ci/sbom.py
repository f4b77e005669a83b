"""The software bill of materials: CycloneDX 1.5 from requirements.txt, without a network.

    python .ci/sbom.py requirements.txt > sbom.json

Names, versions and hashes are those that an installation is held to; licences are added for what
is installed beside this script.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(text: str) -> list[dict[str, object]]:
    """One component for every pinned requirement, in the order of the file."""
    found: list[dict[str, object]] = []
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            name, version = pinned.groups()
            found.append(
                {"type": "library", "name": name, "version": version,
                 "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
                 "hashes": [], "licenses": licences(name)}
            )  # fmt: skip
        elif (digest := _HASH.search(line)) and found:
            hashes = found[-1]["hashes"]
            assert isinstance(hashes, list)
            hashes.append({"alg": "SHA-256", "content": digest.group(1)})
    return found


def licences(name: str) -> list[dict[str, object]]:
    """What the installed package says; nothing for one that is not installed."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    given = about.get("License-Expression") or about.get("License") or ""
    if not given or "\n" in given:
        classified = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
        given = classified[0].rsplit(" :: ", 1)[-1] if classified else ""
    return [{"license": {"name": given[:100]}}] if given else []


def main() -> int:
    listed = components(Path(sys.argv[1]).read_text(encoding="utf-8"))
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                "metadata": {"component": {"type": "application", "name": "kz-monitor"}},
                "components": listed}  # fmt: skip
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0 if listed else 1


if __name__ == "__main__":
    sys.exit(main())
