"""Wiring, one module an entry point or what several share, each loaded on first use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import. No
connection is opened here. The socket function, the gate and the worker must start fast: ``stores`` is
Redis alone, and only ``truth`` and ``delivery`` know PostgreSQL and Kafka.
"""

from typing import TYPE_CHECKING

from kit.lazy import submodules

if TYPE_CHECKING:
    from realtime.bootstrap import (
        contributor,
        delivery,
        fanout,
        socket,
        stores,
        truth,
    )

__all__ = ["contributor", "delivery", "fanout", "socket", "stores", "truth"]
__getattr__ = submodules(__name__)
