"""An MSK event source mapping on one machine: one batch per partition at a time, in order.

``reader`` reads and commits in a thread, ``poller`` hands over, ``partition`` queues, ``delivery``
invokes, retries and bisects, ``filters`` and ``answers`` judge records and results, ``failures`` writes what
cannot be delivered.
"""

from local.sources.kafka.client import know_groups
from local.sources.kafka.delivery import Backoff, Cluster
from local.sources.kafka.failures import Destinations, Failure
from local.sources.kafka.poller import KafkaPoller

__all__ = ["Backoff", "Cluster", "Destinations", "Failure", "KafkaPoller", "know_groups"]
