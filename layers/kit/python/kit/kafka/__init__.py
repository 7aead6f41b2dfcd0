"""The Kafka edge: :mod:`records` reads a batch, :mod:`consumer` handles it, :mod:`producer` sends."""

from kit.kafka.consumer import BulkConsumer, Consumer
from kit.kafka.records import Record, decode

__all__ = ["BulkConsumer", "Consumer", "Record", "decode"]
