"""Wiring, one module an entry point and called like it: none loads what it does not use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import.
"""

from typing import TYPE_CHECKING

from kit.lazy import submodules

if TYPE_CHECKING:
    from kyc.bootstrap import (
        api,
        contributor,
        driving,
        relay,
        schedule,
        stores,
        tasks,
    )

__all__ = ["api", "contributor", "driving", "relay", "schedule", "stores", "tasks"]
__getattr__ = submodules(__name__)
