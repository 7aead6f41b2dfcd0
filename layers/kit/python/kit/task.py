"""The Step Functions edge: one function of a domain runs its tasks by name.

The state machine calls it with ``{"task": "screen", "input": {…}}``; the answer is the task's result as
JSON. An error ends the invocation, and its class name is what the machine's ``Retry`` and ``Catch`` see as
``errorType``: ``Retryable`` to be tried again, the names of business errors to be branched on. Every task is
idempotent, because a machine may call it again after a timeout.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from kit.errors import Malformed, Retryable

Task = Callable[[Any], Any]


class _Validating(Protocol):
    """A pydantic model class, told apart without importing pydantic."""

    def model_validate(self, value: Any, /) -> Any:
        """Return the model, or raise ``ValueError``."""


class Tasks:
    """``tasks`` maps a name to its input model (pydantic, msgspec Struct or dataclass) and function."""

    def __init__(self, tasks: Mapping[str, tuple[type[Any], Task]]) -> None:
        self._tasks = dict(tasks)

    @property
    def names(self) -> frozenset[str]:
        """Every task there is; the tests compare them with the state machines."""
        return frozenset(self._tasks)

    def handler(self, event: Mapping[str, Any], context: object) -> Any:
        """Run the task that ``event`` names. Raises ``Malformed`` for an unknown task or bad input."""
        del context
        name = event.get("task")
        found = self._tasks.get(name) if isinstance(name, str) else None
        if found is None:
            raise Malformed(f"there is no task {name!r}: one of {', '.join(sorted(self._tasks))}")
        model, run = found
        arguments = parse(model, event.get("input", {}))
        try:
            return plain(run(arguments))
        except Retryable as error:  # a subclass too must be named as the machine's Retry names it
            if type(error) is Retryable:
                raise
            raise Retryable(f"{error.code}: {error}") from error


def parse(model: Any, value: Any) -> Any:
    """Return ``value`` (JSON as Python has it) as ``model``. Raises :class:`Malformed`."""
    try:
        if hasattr(model, "model_validate"):
            validating: _Validating = model
            return validating.model_validate(value)
        return msgspec.convert(value, model)
    except ValueError as error:  # pydantic's and msgspec's validation errors are both of this class
        raise Malformed(f"the input does not fit {model.__name__}: {error}") from error


def plain(value: Any) -> Any:
    """Return ``value`` as JSON would hold it: models and Structs become dicts, times and decimals text."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return msgspec.to_builtins(value)
