"""What the domain needs from outside, in its own words."""

from partners.ports.applications import Applications, Owners
from partners.ports.chance import Chance
from partners.ports.endpoints import Endpoints, Notice
from partners.ports.keys import KeyMirror, Keys, MirrorSource
from partners.ports.log import DeliveryLog, Logged, LogQuery, Tried
from partners.ports.sending import Claimed, Courier, DeliveryQueue, Health, Outgoing, Post
from partners.ports.usage import UsageBook, UsageCounters

__all__ = [
    "Applications",
    "Chance",
    "Claimed",
    "Courier",
    "DeliveryLog",
    "DeliveryQueue",
    "Endpoints",
    "Health",
    "KeyMirror",
    "Keys",
    "LogQuery",
    "Logged",
    "MirrorSource",
    "Notice",
    "Outgoing",
    "Owners",
    "Post",
    "Tried",
    "UsageBook",
    "UsageCounters",
]
