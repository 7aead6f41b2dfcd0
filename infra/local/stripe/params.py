"""A request's parameters: Stripe's form encoding (``a[b][0]=c``), taken one by one, the rest refused."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from local.stripe.errors import invalid

_KEY = re.compile(r"[^\[\]]+")
_DEEPEST = 6
_MOST = 1000


def decode(text: str) -> dict[str, Any]:
    """Return ``text`` (a query or a form) as nested objects; objects with only numbers as names are lists."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST):
        path = _KEY.findall(name)
        if not path or len(path) > _DEEPEST:
            raise invalid(f"Invalid parameter name: {name[:80]}")
        if name.endswith("[]"):
            path.append(str(_size(root, path)))
        _put(root, path, value, name)
    found: dict[str, Any] = _listed(root)
    return found


def _put(root: dict[str, Any], path: list[str], value: str, name: str) -> None:
    at = root
    for step in path[:-1]:
        at = at.setdefault(step, {})
        if not isinstance(at, dict):
            raise invalid(f"Invalid parameter name: {name[:80]}")
    at[path[-1]] = value


def _size(root: Mapping[str, Any], path: Iterable[str]) -> int:
    at: Any = root
    for step in path:
        at = at.get(step, {}) if isinstance(at, dict) else {}
    return len(at)


def _listed(found: Any) -> Any:
    if not isinstance(found, dict):
        return found
    inner = {name: _listed(value) for name, value in found.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class Params:
    """What one call was given. What is taken is remembered, so that :meth:`done` can refuse the rest."""

    def __init__(self, given: Mapping[str, Any], prefix: str = "") -> None:
        self._given = dict(given)
        self._prefix = prefix
        self._taken: set[str] = {"expand"}

    def name(self, name: str) -> str:
        """Return how Stripe names this parameter in an error."""
        return f"{self._prefix}[{name}]" if self._prefix else name

    def raw(self, name: str) -> Any:
        """Return the value as it came, None when it is absent."""
        self._taken.add(name)
        return self._given.get(name)

    def text(self, name: str) -> str | None:
        """Return a text; an empty one counts as absent."""
        value = self.raw(name)
        if value is not None and not isinstance(value, str):
            raise invalid(f"Invalid string: {name}", self.name(name))
        return value or None

    def needed(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if value is None:
            raise invalid(f"Missing required param: {self.name(name)}.", self.name(name), "parameter_missing")
        return value

    def integer(self, name: str, *, least: int | None = None) -> int | None:
        """Return a whole number."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,15}", value):
            raise invalid(f"Invalid integer: {value[:40]}", self.name(name), "parameter_invalid_integer")
        if least is not None and int(value) < least:
            raise invalid(
                f"This value must be greater than or equal to {least}.",
                self.name(name),
                "parameter_invalid_integer",
            )
        return int(value)

    def amount(self, name: str) -> int:
        """Return an amount that must be there: whole minor units, at least one."""
        self.needed(name)
        found = self.integer(name, least=1)
        assert found is not None, "needed"
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.text(name)
        if value not in {None, "true", "false"}:
            raise invalid(f"Invalid boolean: {value}", self.name(name))
        return default if value is None else value == "true"

    def choice(self, name: str, known: tuple[str, ...], default: str | None = None) -> str | None:
        """Return one of ``known``."""
        value = self.text(name)
        if value is not None and value not in known:
            raise invalid(f"Invalid {name}: must be one of {', '.join(known)}", self.name(name))
        return value or default

    def inner(self, name: str) -> "Params":
        """Return a nested object, empty when it is absent."""
        value = self.raw(name)
        if value not in (None, "") and not isinstance(value, dict):
            raise invalid("Invalid object", self.name(name))
        return Params(value or {}, self.name(name))

    def items(self, name: str) -> "list[Params]":
        """Return a list of objects."""
        value = self.raw(name) or []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise invalid("Invalid array", self.name(name))
        return [Params(each, f"{self.name(name)}[{place}]") for place, each in enumerate(value)]

    def metadata(self, known: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the metadata after this call: an empty value removes a name."""
        self.inner("metadata")  # refuses what is no object
        given = self.raw("metadata") or {}
        merged = dict(known or {}) | {name: str(value) for name, value in given.items()}
        return {name: value for name, value in merged.items() if value != ""}

    def has(self, name: str) -> bool:
        """Whether it was given at all."""
        self._taken.add(name)
        return name in self._given

    def done(self) -> None:
        """Refuse what nobody took."""
        unknown = [name for name in self._given if name not in self._taken]
        if unknown:
            raise invalid(
                f"Received unknown parameter: {self.name(unknown[0])[:80]}",
                self.name(unknown[0])[:80],
                "parameter_unknown",
            )
