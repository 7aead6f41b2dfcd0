"""Entry: what became of signals, from ``trading-signals`` into the figures of performance."""

from kit.kafka import Consumer
from signals.bootstrap.performance import performance
from signals.bootstrap.stores import database
from signals.service.performance import FACTS

handler = Consumer(
    "signals-performance", dict.fromkeys(FACTS, lambda fact: performance().take(fact)), database
).handler
