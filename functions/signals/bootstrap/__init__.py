"""Wiring, one module a function, so that none loads what it does not use, each loaded on first use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import. No
connection is opened here: a store opens its own with the first command.
"""

from typing import TYPE_CHECKING

from kit.lazy import submodules

if TYPE_CHECKING:
    from signals.bootstrap import api, feed, market, publication, relay, stores, workflow

__all__ = ["api", "feed", "market", "publication", "relay", "stores", "workflow"]
__getattr__ = submodules(__name__)
