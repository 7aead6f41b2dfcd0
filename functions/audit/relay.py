"""Entry: the relay. Publishes the outbox by key after a commit, and what is left over by schedule."""

from audit.bootstrap import relay as wiring
from kit import relay

handler = relay.handler(wiring.relay, wiring.database)
