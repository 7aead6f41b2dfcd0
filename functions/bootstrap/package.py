"""Where the plain files of a deployment lie: beside this module in the package, else in the source tree."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_TREE = _HERE.parents[1]


def migrations() -> Path:
    """Return the folder of SQL migrations, one folder a domain and ``_shared``."""
    return _first(_HERE / "migrations", _TREE / "infra" / "migrations")


def topics() -> Path:
    """Return the folder of topic files."""
    return _first(_HERE / "topics", _TREE / "events" / "topics")


def _first(packaged: Path, source: Path) -> Path:
    return packaged if packaged.is_dir() else source
