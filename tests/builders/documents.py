"""Documents that name tests: which of those are not there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def absent(document: str) -> list[str]:
    """Return the tests that ``document`` names and nobody wrote."""
    found: list[str] = []
    for file, name in NAMED.findall(document):
        path = ROOT / file
        if not path.is_file() or not re.search(rf"^(async )?def {name}\(", path.read_text(), re.MULTILINE):
            found.append(f"{file}::{name}")
    return found
