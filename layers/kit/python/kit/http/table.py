"""A route table written above the functions that run it: the operation is called like its function."""

from collections.abc import Callable, Iterator
from typing import Any, Required, TypedDict, TypeVar, Unpack

from pydantic import BaseModel

from kit.errors import Rejected
from kit.http.access import Access
from kit.http.routes import Idempotency, Request, Route
from kit.limits import Rate

Run = TypeVar("Run", bound=Callable[[Request], Any])


class Options(TypedDict, total=False):
    """What a route may say beside method and path: the fields of :class:`kit.http.Route`."""

    summary: Required[str]
    access: Required[Access]
    body: type[BaseModel]
    query: type[BaseModel]
    reply: Any
    status: int
    idempotency: Idempotency
    rate: Rate
    errors: tuple[type[Rejected], ...]
    etag: bool
    max_body: int
    media_type: str


class Routes:
    """The routes of one module, in the order they are written.

    >>> from kit.http import PUBLIC
    >>> routes = Routes()
    >>> @routes.get("/planets", summary="Every planet", access=PUBLIC)
    ... def list_planets(request):
    ...     return {"items": ["Mars"]}
    >>> [(one.method, one.path, one.id) for one in routes]
    [('GET', '/planets', 'list_planets')]
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        """Iterate over the routes."""
        return iter(self._routes)

    def get(self, path: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
        """Read ``path`` by the decorated function."""
        return self._add("GET", path, options)

    def post(self, path: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
        """Post to ``path`` by the decorated function."""
        return self._add("POST", path, options)

    def put(self, path: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
        """Replace ``path`` by the decorated function."""
        return self._add("PUT", path, options)

    def patch(self, path: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
        """Change ``path`` by the decorated function."""
        return self._add("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
        """Delete ``path`` by the decorated function."""
        return self._add("DELETE", path, options)

    def _add(self, method: str, path: str, options: Options) -> Callable[[Run], Run]:
        def keep(run: Run) -> Run:
            self._routes.append(Route(method, path, run, id=run.__name__, **options))
            return run

        return keep
