"""Finds every domain's route table: the :class:`kit.http.Api` in each domain's module ``api``."""

import importlib
from pathlib import Path

from kit.http import Api, Route

ROOT = Path(__file__).resolve().parents[2]


def apis() -> list[Api]:
    """Return the route tables, sorted by domain. Importing a table opens nothing and reads no environment."""
    found: list[Api] = []
    for domain in sorted(path.name for path in (ROOT / "functions").iterdir() if _has_api(path)):
        module = importlib.import_module(f"{domain}.api")
        found += [one for one in vars(module).values() if isinstance(one, Api)]
    return found


def domain_templates(root: Path = ROOT) -> list[Path]:
    """Return each domain's template and its parts, sorted."""
    return sorted([*root.glob("functions/*/template.yaml"), *root.glob("functions/*/templates/*.yaml")])


def _has_api(domain: Path) -> bool:
    return (domain / "api.py").exists() or (domain / "api" / "__init__.py").exists()


def operations(tables: list[Api]) -> list[tuple[str, Route]]:
    """Return (domain, route) of ``tables`` by address and method. Raises ``ValueError`` on a clash."""
    seen: dict[tuple[str, str], str] = {}
    found: list[tuple[str, Route]] = []
    for table in tables:
        for route in table.routes:
            where = (route.address, route.method)
            if where in seen:
                raise ValueError(f"{route.method} {route.address} is in {seen[where]} and in {table.domain}")
            seen[where] = table.domain
            found.append((table.domain, route))
    return sorted(found, key=lambda one: (one[1].address, one[1].method))
