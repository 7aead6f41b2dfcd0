"""A root template and everything nested in it, as one sorted :class:`local.model.Stack`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from local.aws import REGION
from local.model import FunctionSpec, LocalError, Resource, RestRoute, SocketApi, Source, Stack
from local.templates import kinds
from local.templates.functions import function_spec, surroundings
from local.templates.rest import RestApi, rest_api
from local.templates.sockets import socket_api
from local.templates.sources import sources_of
from local.templates.unit import Declared, Unit

_MACHINE = "AWS::StepFunctions::StateMachine"


def read_stack(path: Path, parameters: Mapping[str, str], *, gateway: str = "http://127.0.0.1:8080") -> Stack:
    """Read the template at ``path`` with ``parameters``.

    ``gateway`` is where the APIs are served: their ``execute-api`` addresses become it. Raises
    :class:`LocalError`, one line that names the template, the logical id and the property.
    """
    unit = Unit(path.resolve(), parameters)
    declared = list(unit.declared())
    for one in declared:
        if one.type not in kinds.RUN | kinds.CREATED and not kinds.is_inert(one.type):
            raise one.refuse("Type", f"{one.type} is neither run nor known to be safe to leave out locally")
    localise = _localiser(declared, gateway)
    rest = _rest(declared)
    socket = socket_api(declared)
    functions = _functions(declared, localise)
    sources = tuple(source for one in declared for source in sources_of(one))
    _check_targets(functions, sources, rest.routes, socket)
    return Stack(
        functions=functions,
        sources=sources,
        rest=rest.routes,
        gateway_responses=rest.gateway_responses,
        socket=socket,
        resources=tuple(_created(one, localise) for one in declared if one.type in kinds.CREATED),
        inert=tuple(
            Resource(one.logical_id, one.type, one.properties) for one in declared if kinds.is_inert(one.type)
        ),
        binary_media_types=rest.binary_media_types,
        outputs=localise(unit.outputs()),
    )


def _functions(declared: Sequence[Declared], localise: Callable[[Any], Any]) -> dict[str, FunctionSpec]:
    around = surroundings(declared)
    functions: dict[str, FunctionSpec] = {}
    for one in declared:
        if one.type != "AWS::Lambda::Function":
            continue
        spec = function_spec(one, around)
        if spec.name in functions:
            raise one.refuse("FunctionName", f"{spec.name} is taken by {functions[spec.name].logical_id}")
        functions[spec.name] = replace(spec, environment=localise(spec.environment))
    return functions


def _rest(declared: Iterable[Declared]) -> RestApi:
    apis = [one for one in declared if one.type == "AWS::ApiGateway::RestApi"]
    for extra in apis[1:]:
        raise extra.refuse("Type", "the platform serves one REST API, this is a second")
    return rest_api(apis[0]) if apis else RestApi((), {}, ())


def _created(one: Declared, localise: Callable[[Any], Any]) -> Resource:
    """Return a resource to create in the emulator, with its physical name under ``PhysicalName``."""
    properties = {**one.properties, "PhysicalName": one.name}
    if one.type == _MACHINE:
        properties["DefinitionString"] = _definition(one)
        properties.pop("DefinitionSubstitutions", None)
    return Resource(one.logical_id, one.type, localise(properties))


def _definition(one: Declared) -> str:
    """Return the machine's JSON with its substitutions made."""
    text = one.properties.get("DefinitionString", one.properties.get("Definition"))
    if not isinstance(text, str):
        text = msgspec.json.encode(text).decode()
    for name, value in one.properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace(f"${{{name}}}", str(value))
    left = re.search(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", text)
    if left:
        raise one.refuse("DefinitionSubstitutions", f"{left[0]} has no value")
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise one.refuse("Definition", f"is not JSON: {error}") from error
    return text


def _localiser(declared: Iterable[Declared], gateway: str) -> Callable[[Any], Any]:
    """Return what turns the ``execute-api`` addresses of this stack's APIs into the local gateway's."""
    rest = [one.name for one in declared if one.type == "AWS::ApiGateway::RestApi"]
    names = {one.name for one in declared if one.type == "AWS::ApiGatewayV2::Api"} | set(rest)
    ids = "|".join(sorted(names)) or "none"
    pattern = re.compile(rf"(https|wss)://({ids})\.execute-api\.{REGION}\.amazonaws\.com")
    bare = gateway.removeprefix("http://")

    def localise(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda m: f"{'ws' if m[1] == 'wss' else 'http'}://{bare}", value)
        if isinstance(value, Mapping):
            return {key: localise(item) for key, item in value.items()}
        return [localise(item) for item in value] if isinstance(value, list) else value

    return localise


def _check_targets(
    functions: Mapping[str, FunctionSpec],
    sources: Iterable[Source],
    routes: Iterable[RestRoute],
    socket: SocketApi | None,
) -> None:
    used = [(f"{r.method} {r.path}", r.function) for r in routes if r.function]
    used += [(f"authorizer of {r.path}", r.authorizer.function) for r in routes if r.authorizer]
    used += [(source.logical_id, source.function) for source in sources]
    if socket is not None:
        used += [(f"route {key}", function) for key, function in socket.routes.items()]
        used += [("authorizer of $connect", socket.authorizer.function)] if socket.authorizer else []
    for where, function in used:
        if function not in functions:
            raise LocalError(f"{where} invokes {function}, which no template declares")
