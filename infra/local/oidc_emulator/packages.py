"""The npm packages of the emulator: by the lock file, once a machine, into the cache outside the checkout."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from local.model import LocalError
from local.stores import cache

_FOLDER = Path(__file__).parent
_FILES = ("package.json", "package-lock.json")
_LEAST_NODE = (20, 19)
_PATIENCE_S = 180


def node() -> Path | None:
    """Return Node 20.19 or newer, or None."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        return None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", told)
    new_enough = version is not None and (int(version[1]), int(version[2])) >= _LEAST_NODE
    return Path(found) if new_enough else None


def modules() -> Path:
    """Return the folder ``node_modules``, fetched on first use (5 MB); every package's hash is the lock's.

    Raises :class:`LocalError` when the packages cannot be had.
    """
    lock = b"".join((_FOLDER / name).read_bytes() for name in _FILES)
    home = cache.folder(f"oidc-{hashlib.sha256(lock).hexdigest()[:16]}")
    with cache.locked(home):
        if not (home / "done").exists():
            _fetch(home)
            (home / "done").touch()
    return home / "node_modules"


def _fetch(home: Path) -> None:
    for name in _FILES:
        shutil.copy(_FOLDER / name, home)
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    try:
        done = subprocess.run(
            ["npm", "ci", *options],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LocalError(f"oidc: npm could not be run: {error}") from error
    if done.returncode:
        raise LocalError(f"oidc: npm could not fetch the emulator: {done.stderr.strip()[-300:]}")
