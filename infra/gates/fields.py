"""Generates the second table of ``docs/access.md``: which answers show what tells of a person or lets one in.

Every field of every answer whose name sounds like that must stand in ``fields.json``: among those that are
shown, with the operations that may show it, or among the others with the reason why it is harmless. An
operation that begins to show one fails the gate until somebody decided that.
"""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from gates.tables import apis, operations
from kit.http import Route

_DECIDED = Path(__file__).with_name("fields.json")
_HARMLESS = "harmless"
_TELLING = re.compile(
    r"(email|phone|contact|address|.*name|buyer|gstin|pan|aadhaar.*|born|details|document|device_id|ip.*|user_agent"
    r"|.*secret|.*token|.*password.*|codes?|key|ticket|handle|uri"
    r"|score|reasons|proposal|maker|checker|comment|content|body|excerpt)"
)
HEAD = """
## Who is shown what of a person

Generated likewise, from the answers' models and `infra/gates/fields.json`: each field that says who somebody
is, lets somebody in, or says what is judged of somebody, and the operations that answer with it. Persons see
their own.

| field | what it is | shown by |
| --- | --- | --- |
"""
Schema = dict[str, Any]


def problems() -> list[str]:
    """Return what shows a telling field without a decision, and what was decided about nothing."""
    decided, found = _read(), shown()
    harmless = decided.pop(_HARMLESS)
    allowed = {field: set(names) for fields in decided.values() for field, names in fields.items()}
    lines = [
        f"{field}: say in infra/gates/fields.json what it is, and who may show it"
        for field in sorted(found.keys() - allowed.keys() - harmless.keys())
    ]
    lines += [
        f"{name} shows {field}: allow it in infra/gates/fields.json, or leave it out of the answer"
        for field in sorted(found.keys() & allowed.keys())
        for name in sorted(found[field].keys() - allowed[field])
    ]
    lines += [
        f"{name} does not show {field}: take it out of infra/gates/fields.json"
        for field in sorted(allowed)
        for name in sorted(allowed[field] - found.get(field, {}).keys())
    ]
    gone = sorted(harmless.keys() - found.keys())
    return lines + [f"{field}: no answer has it: take it out of infra/gates/fields.json" for field in gone]


def document() -> str:
    """Return the table."""
    decided, found = _read(), shown()
    del decided[_HARMLESS]
    rows = [
        f"| `{field}` | {kind} | {_by(found.get(field, {}))} |\n"
        for kind, fields in decided.items()
        for field in sorted(fields)
    ]
    return HEAD + "".join(rows)


def shown() -> dict[str, dict[str, Route]]:
    """Return ``<domain>.<name>`` of each telling field, and by operation id the routes that show it."""
    found: dict[str, dict[str, Route]] = {}
    for domain, route in operations(apis()):
        if route.reply is None:
            continue
        schema = TypeAdapter(route.reply).json_schema(mode="serialization")
        for name in _names(schema, schema.get("$defs", {}), frozenset()):
            if _TELLING.fullmatch(name):
                found.setdefault(f"{domain}.{name}", {})[f"{domain}_{route.id}"] = route
    return found


def _names(schema: Schema, models: dict[str, Schema], above: frozenset[str]) -> set[str]:
    """Return the names of all fields of ``schema`` and what hangs on it; ``above``: models it is part of."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return set() if name in above else _names(models[name], models, above | {name})
    parts = [one for key in ("anyOf", "oneOf", "allOf", "prefixItems") for one in schema.get(key, ())]
    parts += [one for key in ("items", "additionalProperties") if isinstance(one := schema.get(key), dict)]
    fields: dict[str, Schema] = schema.get("properties", {})
    return set(fields).union(*(_names(one, models, above) for one in [*parts, *fields.values()]))


def _by(routes: dict[str, Route]) -> str:
    return "; ".join(f"`{one.method} {one.address}` ({_who(one)})" for _, one in sorted(routes.items()))


def _who(route: Route) -> str:
    access = route.access
    if access.public:
        return "who proves it"
    return ", ".join(access.roles) or ", ".join(("own", *access.overseers))


def _read() -> dict[str, Any]:
    decided: dict[str, Any] = json.loads(_DECIDED.read_text())
    return decided
