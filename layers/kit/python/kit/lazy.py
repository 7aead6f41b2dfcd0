"""Modules that load on first use: a start pays for what every call needs, a driver waits for its command.

A domain's ``bootstrap`` is a package made so; everywhere else imports stand at the top of the file.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from kit import settings

_AHEAD_OF_CALLS = {"provisioned-concurrency", "snap-start"}


def submodules(package: str) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of ``package`` that imports one of its modules when it is first asked for.

    Where the environment starts before anybody calls (provisioned concurrency, a snapshot), the module named
    like the function's own (``users.bootstrap.api`` for ``users.api.handler``) is imported at once.
    """

    def load(name: str) -> ModuleType:
        if name.startswith("_"):
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from None

    if settings.optional("AWS_LAMBDA_INITIALIZATION_TYPE") in _AHEAD_OF_CALLS:
        _ahead(package)
    return load


def _ahead(package: str) -> None:
    """Import the function's own wiring, when ``package`` belongs to its domain."""
    domain, _, rest = settings.optional("_HANDLER").partition(".")
    own = f"{package}.{rest.partition('.')[0]}"
    if package.partition(".")[0] == domain and own not in sys.modules and find_spec(own):
        import_module(own)
