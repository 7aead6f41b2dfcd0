"""Which route of the REST API a request means: literal segments before ``{name}`` before ``{name+}``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from local.model import RestRoute


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: tuple[str, "_Node"] | None = None
    rest: tuple[str, "_Node"] | None = None
    routes: dict[str, RestRoute] = field(default_factory=dict)

    def route(self, method: str) -> RestRoute | None:
        return self.routes.get(method) or self.routes.get("ANY")


@dataclass(frozen=True, slots=True)
class Match:
    """A route and the decoded values of its path parameters."""

    route: RestRoute
    parameters: dict[str, str]


class Router:
    """The routes as a tree of path segments."""

    def __init__(self, routes: Iterable[RestRoute]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def _add(self, route: RestRoute) -> None:
        node = self._root
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{") and segment.endswith("+}"):
                node.rest = node.rest or (segment[1:-2], _Node())
                node = node.rest[1]
            elif segment.startswith("{"):
                node.parameter = node.parameter or (segment[1:-1], _Node())
                node = node.parameter[1]
            else:
                node = node.literal.setdefault(segment, _Node())
        node.routes[route.method] = route

    def match(self, method: str, raw_path: str) -> Match | None:
        """Return the route for ``method`` and the still encoded ``raw_path``, or None."""
        parameters: dict[str, str] = {}
        route = _descend(self._root, raw_path[1:].split("/"), 0, method, parameters)
        return None if route is None else Match(route, parameters)


def _descend(
    node: _Node, segments: list[str], at: int, method: str, parameters: dict[str, str]
) -> RestRoute | None:
    if at == len(segments):
        return node.route(method)
    segment = segments[at]
    child = node.literal.get(segment)
    if child is not None and (found := _descend(child, segments, at + 1, method, parameters)):
        return found
    if node.parameter is not None and segment:
        name, child = node.parameter
        if found := _descend(child, segments, at + 1, method, parameters):
            parameters[name] = unquote(segment)
            return found
    if node.rest is not None and segment:
        name, child = node.rest
        if found := child.route(method):
            parameters[name] = unquote("/".join(segments[at:]))
            return found
    return None
