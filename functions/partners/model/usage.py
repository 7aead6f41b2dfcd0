"""What keys were used for, by the hour."""

from dataclasses import dataclass
from datetime import datetime

from partners.model.key import KeyId


@dataclass(frozen=True, slots=True)
class Counted:
    """One key's counters of one hour, in one ``epoch`` (a life of the counters).

    ``requests`` came with the key from inside its allow-list, ``limited`` of them were over a limit;
    ``barred`` came from outside of the list and are not among the requests.
    """

    key: KeyId
    hour: datetime
    epoch: str
    requests: int
    limited: int
    barred: int


@dataclass(frozen=True, slots=True)
class HourOfUsage:
    """One hour of one key, all epochs together."""

    hour: datetime
    key: KeyId
    requests: int
    limited: int
    barred: int
