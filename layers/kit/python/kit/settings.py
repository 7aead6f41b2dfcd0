"""The only reader of the process environment: typed, parsed once, each error names its variable."""

import dataclasses
import os
import typing
from typing import Any, TypeVar

T = TypeVar("T")


class SettingsError(Exception):
    """A variable is missing or cannot be read as its type."""


def optional(name: str, default: str = "") -> str:
    """Return the variable ``name``, or ``default`` when it is unset or empty."""
    return os.environ.get(name) or default


def load(cls: type[T]) -> T:
    """Return ``cls``, a dataclass, filled from the environment: field ``redis_url`` from ``REDIS_URL``.

    Types: ``str``, ``int``, ``float``, ``bool`` (1/true/yes) and ``tuple[str, ...]`` (commas). A field
    with a default may be unset. Raises :class:`SettingsError` that names the variable.
    """
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # documented: a dataclass
        name = field.name.upper()
        raw = os.environ.get(name)
        if raw:
            values[field.name] = _parse(name, raw, hints[field.name])
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise SettingsError(f"{name} is not set: {cls.__name__} needs it")
    return cls(**values)


def _parse(name: str, raw: str, kind: Any) -> Any:
    try:
        if kind is bool:
            return raw.lower() in {"1", "true", "yes"}
        if kind in {str, int, float}:
            return kind(raw)
        if kind == tuple[str, ...]:
            return tuple(part.strip() for part in raw.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(f"{name}={raw!r} is not a {kind.__name__}") from error
    raise SettingsError(f"{name}: settings of type {kind} are not supported")
