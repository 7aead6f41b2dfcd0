"""Where the plain files lie that a deployment carries: ``files/`` links to them, and a build copies them."""

from pathlib import Path

_FILES = Path(__file__).resolve().parent / "files"


def migrations() -> Path:
    """Return the folder of SQL migrations, one folder a domain and ``_shared``."""
    return (_FILES / "migrations").resolve()


def topics() -> Path:
    """Return the folder of topic files."""
    return (_FILES / "topics").resolve()
