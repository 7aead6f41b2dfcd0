"""What a client of one OpenAPI document would notice under the next: each line is a breaking change."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")


def changes(old: Schema, new: Schema) -> list[str]:
    """Return the breaking changes from ``old`` to ``new``, both as ``gates.openapi`` makes them."""
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method in (name for name in _METHODS if name in operations):
            where = f"{method.upper()} {path}"
            after = new["paths"].get(path, {}).get(method)
            if after is None:
                found.append(f"{where} is gone")
            else:
                both = _Pair(old["components"]["schemas"], new["components"]["schemas"])
                found += [f"{where}: {one}" for one in _operation(operations[method], after, both)]
    return found


def _operation(old: Schema, new: Schema, both: "_Pair") -> Iterator[str]:
    if not old["security"] and new["security"]:
        yield "needs a token now"
    yield from _parameters(old.get("parameters", []), new.get("parameters", []))
    before, after = (one.get("requestBody", {}).get("content", {}) for one in (old, new))
    for kind, media in after.items():
        if kind not in before:
            yield "takes a body now"
        else:
            yield from both.inputs(before[kind]["schema"], media["schema"], "body")
    for status, response in old["responses"].items():
        if status.startswith("2"):
            yield from _response(status, response, new["responses"].get(status), both)


def _parameters(old: list[Schema], new: list[Schema]) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in old}
    after = {(one["in"], one["name"]): one for one in new}
    for place, name in before.keys() - after.keys():
        if place == "query":
            yield f"no longer takes ?{name}"
    for (place, name), one in after.items():
        was = before.get((place, name))
        if one["required"] and not (was and was["required"]):
            yield f"now demands {name} in the {place}"
        elif was and was["schema"].get("type") != one["schema"].get("type"):
            yield f"{name} in the {place} has another type"


def _response(status: str, old: Schema, new: Schema | None, both: "_Pair") -> Iterator[str]:
    if new is None:
        yield f"no longer answers {status}"
        return
    for kind, media in old.get("content", {}).items():
        if kind not in new.get("content", {}):
            yield f"no longer answers {kind}"
        else:
            yield from both.outputs(media["schema"], new["content"][kind]["schema"], "answer")


class _Pair:
    """Two documents' components, walked together; what was seen once is not walked again."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str]] = set()

    def inputs(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """Yield how ``new`` takes less than ``old`` did."""
        before, after = self._resolve(old, new)
        if before is None or after is None:
            return
        yield from _kinds(before, after, where)
        had, has = before.get("properties", {}), after.get("properties", {})
        for name in had.keys() - has.keys():
            yield f"{where} no longer takes {name}"
        for name in set(after.get("required", ())) - set(before.get("required", ())):
            yield f"{where} now demands {name}"
        for name in had.keys() & has.keys():
            yield from self.inputs(had[name], has[name], f"{where}/{name}")
        taken: list[Any] = before.get("enum", [])
        if gone := set(taken) - set(after.get("enum", taken)):
            yield f"{where} no longer takes {sorted(map(str, gone))}"
        if "items" in before and "items" in after:
            yield from self.inputs(before["items"], after["items"], f"{where}/-")

    def outputs(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """Yield how ``new`` answers less than ``old`` did."""
        before, after = self._resolve(old, new)
        if before is None or after is None:
            return
        yield from _kinds(before, after, where)
        had, has = before.get("properties", {}), after.get("properties", {})
        for name in had.keys() - has.keys():
            yield f"{where} no longer has {name}"
        for name in (
            set(before.get("required", ())) - set(after.get("required", ())) - (had.keys() - has.keys())
        ):
            yield f"{where}/{name} may be absent now"
        for name in had.keys() & has.keys():
            yield from self.outputs(had[name], has[name], f"{where}/{name}")
        if "items" in before and "items" in after:
            yield from self.outputs(before["items"], after["items"], f"{where}/-")

    def _resolve(self, old: Schema, new: Schema) -> tuple[Schema | None, Schema | None]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._seen:
                return None, None
            self._seen.add(pair)
        return _follow(old, self._old), _follow(new, self._new)


def _follow(schema: Schema, components: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = components[name] if name else schema
    return found


def _kinds(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for trait in ("type", "format"):
        if old.get(trait) != new.get(trait) and old.get(trait) is not None:
            yield f"{where} has another {trait}: {old.get(trait)} was, {new.get(trait)} is"
