"""Every topic of business is stored: one that the event store does not consume is seen."""

from msgspec.structs import replace

from bootstrap import bus, package
from bootstrap.bus import Topic

NOT_STORED = {"market-data"}


def unstored(topics: dict[str, Topic]) -> list[str]:
    """Return the topics in CloudEvents format that nobody stores."""
    return [
        name
        for name, topic in topics.items()
        if topic.format == "cloudevents" and name not in NOT_STORED and "audit-append" not in topic.consumers
    ]


def test_every_topic_of_business_is_stored() -> None:
    assert unstored(dict(bus.read(package.topics()))) == []


def test_a_topic_that_nobody_stores_is_seen() -> None:
    topics = dict(bus.read(package.topics()))
    topics["user-events"] = replace(topics["user-events"], consumers=())
    assert unstored(topics) == ["user-events"]
