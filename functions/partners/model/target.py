"""Where a webhook may go: which URLs are taken, and which addresses nobody is ever connected to."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from partners.errors import TargetRefused

PORTS: Final = frozenset({443, 8443})
LONGEST_URL: Final = 2048
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost"})
# Not left to ipaddress alone: what is "global" there changed between versions of Python.
_NEVER: Final = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: the metadata service of clouds is 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "64:ff9b::/96",  # NAT64 reaches IPv4 addresses that are refused above
        "64:ff9b:1::/48",
        "100::/64",  # discard
        "2001::/23",  # Teredo and other assignments of the IETF
        "2001:db8::/32",
        "2002::/16",  # 6to4 holds an IPv4 address
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",  # unique local, fd00:ec2::254 among them
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was taken; ``path`` is what stands in the request line, query and all."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in the ``Host`` header."""
        usual = {"https": 443, "http": 80}[self.scheme]
        return self.host if self.port == usual else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached: the public network over HTTPS; with ``local``, on a laptop, itself by HTTP too."""

    local: bool = False

    def target(self, url: str) -> Target:
        """Return ``url`` taken apart. Raises ``TargetRefused`` that says what is wrong with it."""
        if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
            raise TargetRefused(f"Write the address in at most {LONGEST_URL} plain ASCII characters")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise TargetRefused("This is not a URL") from error
        host = (parts.hostname or "").rstrip(".")
        if parts.username is not None or parts.password is not None or parts.fragment or "\\" in url:
            raise TargetRefused("Leave user, password and fragment out of the address")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self.local and host in _LOOPBACK_NAMES and parts.scheme in {"http", "https"}:
            return Target(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme], path)
        if parts.scheme != "https":
            raise TargetRefused("Webhooks are sent over https only")
        if not _NAME.fullmatch(host):
            raise TargetRefused("Name a host of the public network, not an address or a short name")
        if (port or 443) not in PORTS:
            raise TargetRefused("Webhooks are sent to the ports 443 and 8443 only")
        return Target("https", host, port or 443, path)

    def refuses(self, address: str) -> bool:
        """Whether nobody may be connected to ``address`` (as resolved): anything but the public network."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return True
        if isinstance(found, ipaddress.IPv6Address):
            if found.scope_id is not None:
                return True
            if found.ipv4_mapped is not None:
                found = found.ipv4_mapped
        if self.local and found.is_loopback:
            return False
        return not found.is_global or any(
            found in network for network in _NEVER if network.version == found.version
        )
