"""Whom a reader tells what it read."""

from typing import Protocol

from local.sources.kafka.records import Record


class Listener(Protocol):
    """Whom the reader tells, from its own thread."""

    def assigned_to_us(self, partitions: list[int]) -> None:
        """Records of ``partitions`` will come."""

    def taken_from_us(self, partitions: list[int]) -> None:
        """No more records of ``partitions``; what is done is not marked any more."""

    def read(self, arrived: dict[int, list[Record]]) -> None:
        """Records by partition, in order."""

    def troubled(self, problem: str) -> None:
        """Something failed that is tried again."""

    def recovered(self) -> None:
        """The broker answers again."""
