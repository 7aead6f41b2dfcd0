"""Holds ``events/topics`` against the templates: who publishes, who consumes, where what failed goes."""

from collections.abc import Iterator, Mapping

from bootstrap import bus, package
from gates.template_tree import FUNCTION, Tree, as_list, short


def problems(tree: Tree, topics: Mapping[str, bus.Topic] | None = None) -> list[str]:
    """Return a line for each difference between the topic files and the templates of ``tree``."""
    known = bus.read(package.topics()) if topics is None else topics
    consumers, producers = _consumers(tree), _producers(tree)
    strange = sorted({*consumers, *producers} - set(known))
    lines = [f"the templates use the topic {name}, which has no file in events/topics" for name in strange]
    for name, topic in known.items():
        lines += _compare(name, "consumers", topic.consumers, consumers.get(name, set()))
        lines += _compare(name, "producers", topic.producers, producers.get(name, set()))
    return lines


def _compare(topic: str, what: str, listed: tuple[str, ...], found: set[str]) -> Iterator[str]:
    if set(listed) != found:
        yield f"{topic}.yaml lists the {what} {sorted(listed)}, the templates say {sorted(found)}"


def _consumers(tree: Tree) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for function, source, _ in tree.sources():
        for topic in source["Topics"]:
            found.setdefault(str(topic), set()).add(function)
    return found


def _producers(tree: Tree) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in tree.of(FUNCTION):
        for statement in tree.statements(one):
            if "kafka-cluster:WriteData" in as_list(statement["Action"]):
                for resource in as_list(statement["Resource"]):
                    found.setdefault(str(resource).rpartition("/")[2], set()).add(short(one.name))
    return found
