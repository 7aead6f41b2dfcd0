"""Wiring, one module an entry point and called like it: none loads what it does not use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import. No
connection is opened here: a store opens its own with the first command.
"""

from typing import TYPE_CHECKING

from kit.lazy import submodules

if TYPE_CHECKING:
    from users.bootstrap import (
        api,
        contributor,
        credentials,
        federation,
        relay,
        stores,
        tasks,
    )

__all__ = ["api", "contributor", "credentials", "federation", "relay", "stores", "tasks"]
__getattr__ = submodules(__name__)
