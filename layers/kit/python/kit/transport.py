"""What is not on this machine is spoken to by TLS alone: an address in the clear is refused."""

from typing import Final

from kit.settings import SettingsError

_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def is_here(host: str) -> bool:
    """Whether ``host`` is this machine by one of its usual names: nothing leaves it."""
    return host in _HERE


def demand_tls(variable: str, host: str, *, encrypted: bool) -> None:
    """Raise :class:`SettingsError` when ``variable`` would have us speak to ``host`` in the clear."""
    if not encrypted and not is_here(host):
        raise SettingsError(
            f"{variable} names {host} without TLS: only this machine is spoken to in the clear"
        )


def demand_tls_of_brokers(brokers: str, *, encrypted: bool) -> None:
    """Do so for each of ``brokers``, which are ``host:port`` with commas between."""
    for broker in brokers.split(","):
        demand_tls("KAFKA_BROKERS", broker.rpartition(":")[0], encrypted=encrypted)
