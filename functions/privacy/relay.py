"""Entry: the relay. Publishes the outbox by key after a commit, and what is left over by schedule."""

from kit import relay
from privacy.bootstrap import relay as wiring

handler = relay.handler(wiring.relay, wiring.database)
