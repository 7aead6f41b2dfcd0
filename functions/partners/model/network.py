"""Networks of an allow-list, and the form in which they are held against an address."""

import ipaddress
from typing import Final

MOST_NETWORKS: Final = 20
EVERYWHERE: Final = "*"
_BITS: Final = 128
_MAPPED: Final = 0xFFFF << 32


def canonical(text: str) -> str:
    """Return the one spelling of a network (``203.0.113.0/24``, ``2001:db8::/32``, one address).

    Raises ``ValueError`` for anything else, also for a network with bits set behind its length.
    """
    return str(ipaddress.ip_network(text, strict=True))


def prefix_bits(network: str) -> str:
    """Return the beginning, in binary digits, of every address inside; ``*`` when there is none to hold.

    An IPv4 network is its IPv4-mapped IPv6 one, as addresses are: ``::ffff:203.0.113.0/120``.
    """
    found = ipaddress.ip_network(network)
    if found.version == 4:  # noqa: PLR2004 - the protocol's name
        value, length = _MAPPED | int(found.network_address), found.prefixlen + 96
    else:
        value, length = int(found.network_address), found.prefixlen
    return f"{value:0{_BITS}b}"[:length] or EVERYWHERE
