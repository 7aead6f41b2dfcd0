"""Parameters of a strategy that research may vary: dataclass fields with a default and a range."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Tunable:
    """The default of a parameter and the values it may take, both ends included."""

    default: float
    least: float
    most: float


def within(default: N, least: N, most: N) -> N:
    """Return a dataclass field of ``default`` that may be varied from ``least`` to ``most``."""
    found: Any = field(default=default, metadata={"tunable": Tunable(default, least, most)})
    value: N = found
    return value


def tunables(strategy: Any) -> Mapping[str, Tunable]:
    """Return what may be varied in ``strategy``, by name; nothing in one that is no dataclass."""
    known = getattr(strategy, "__dataclass_fields__", {})
    return {name: one.metadata["tunable"] for name, one in known.items() if "tunable" in one.metadata}


def check(strategy: Any) -> None:
    """Raise ``ValueError``, which names the parameter, where one is outside its range."""
    for one in fields(strategy):
        tunable, value = one.metadata.get("tunable"), getattr(strategy, one.name)
        if tunable is not None and not tunable.least <= value <= tunable.most:
            span = f"from {tunable.least:g} to {tunable.most:g}"
            raise ValueError(f"{one.name} of {strategy.name} goes {span}, not {value:g}")
