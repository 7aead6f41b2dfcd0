"""One template of the tree: its parameters, names and nested templates, and what each reference means."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import ACCOUNT, REGION
from local.model import LocalError
from local.templates import physical
from local.templates.intrinsics import NO_VALUE, Resolver
from local.templates.load import load_template
from local.templates.sam import to_cloudformation

_NESTED = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource, intrinsics resolved. ``logical_id`` carries its nesting: ``Signals/PublishFunction``."""

    logical_id: str
    type: str
    name: str
    properties: Mapping[str, Any]
    template: Path

    def refuse(self, what: str, why: str) -> LocalError:
        """Return the error that names this resource and its property ``what``."""
        return LocalError(f"{self.template}: {self.logical_id} {what}: {why}")


class Unit:
    """A template and the scope its intrinsics are resolved in; nested units are read on first use."""

    def __init__(self, path: Path, parameters: Mapping[str, Any], prefix: str = "") -> None:
        self.path = path
        self._prefix = prefix
        source = load_template(path)
        self._parameters = _parameters(path, source.get("Parameters", {}), parameters)
        given = {k: ",".join(v) if isinstance(v, list) else v for k, v in self._parameters.items()}
        self._template = to_cloudformation(path, source, given)
        self._resources: Mapping[str, Mapping[str, Any]] = self._template["Resources"]
        self._resolver = Resolver(self)
        self._children: dict[str, Unit] = {}
        self._names: dict[str, str] = {}
        self._deciding: set[str] = set()

    # ---- Scope ----

    def ref(self, name: str) -> Any:
        """Value of ``Ref name``."""
        if name in self._parameters:
            return self._parameters[name]
        if name.startswith("AWS::"):
            return self._pseudo(name)
        kind, physical_name = self._type(name), self._name(name)
        if kind in {"AWS::Lambda::Alias", "AWS::Lambda::Version"}:
            return self._qualified(name, kind)
        return physical.reference(kind, physical_name)

    def attribute(self, logical_id: str, name: str) -> Any:
        """Value of ``Fn::GetAtt``."""
        kind = self._type(logical_id)
        if kind == _NESTED and name.startswith("Outputs."):
            return self.child(logical_id).output(name.removeprefix("Outputs."))
        properties = self._resources[logical_id].get("Properties", {})
        found = physical.attribute(kind, self._name(logical_id), name, properties)
        if found is None:
            raise LocalError(f"Fn::GetAtt {logical_id}.{name}: a {kind} has no such attribute here")
        return found

    def condition(self, name: str) -> bool:
        """Value of a declared condition."""
        conditions = self._template.get("Conditions", {})
        if name not in conditions:
            raise LocalError(f"condition {name} is not declared in {self.path}")
        return bool(self._resolver.resolve(conditions[name]))

    def find(self, map_name: str, first: str, second: str) -> Any:
        """Value of ``Fn::FindInMap``."""
        try:
            return self._template["Mappings"][map_name][first][second]
        except KeyError as error:
            raise LocalError(f"Fn::FindInMap {map_name}.{first}.{second} is not in {self.path}") from error

    # ---- the tree ----

    def declared(self) -> Iterator[Declared]:
        """Yield every resource of this template and of those nested in it, conditions applied."""
        for logical_id, resource in self._resources.items():
            if "Condition" in resource and not self.condition(resource["Condition"]):
                continue
            if resource["Type"] == _NESTED:
                yield from self.child(logical_id).declared()
                continue
            properties = {
                key: value
                for key, raw in resource.get("Properties", {}).items()
                if (value := self._property(logical_id, key, raw)) is not NO_VALUE
            }
            name = self._name(logical_id)
            yield Declared(self._prefix + logical_id, resource["Type"], name, properties, self.path)

    def child(self, logical_id: str) -> "Unit":
        """Return the nested template of ``logical_id``."""
        if logical_id not in self._children:
            properties = self._resources[logical_id]["Properties"]
            location = self._property(logical_id, "Location", properties.get("TemplateURL"))
            if not isinstance(location, str) or "://" in location:
                raise LocalError(f"{self.path}: {logical_id} Location must be a local file")
            nested = (self.path.parent / location).resolve()
            if not nested.is_file():
                raise LocalError(f"{self.path}: {logical_id} Location: there is no file {nested}")
            given = self._property(logical_id, "Parameters", properties.get("Parameters", {}))
            self._children[logical_id] = Unit(nested, given, f"{self._prefix}{logical_id}/")
        return self._children[logical_id]

    def output(self, name: str) -> Any:
        """Return the value of output ``name``."""
        outputs = self._template.get("Outputs", {})
        if name not in outputs:
            raise LocalError(f"{self.path} has no output {name}")
        return self._resolver.resolve(outputs[name]["Value"])

    def outputs(self) -> dict[str, Any]:
        """Return all outputs whose condition holds."""
        declared = self._template.get("Outputs", {}).items()
        return {
            k: self.output(k) for k, v in declared if "Condition" not in v or self.condition(v["Condition"])
        }

    # ---- names ----

    def _property(self, logical_id: str, key: str, raw: Any) -> Any:
        try:
            return self._resolver.resolve(raw)
        except LocalError as error:
            if str(error).startswith(str(self.path)):
                raise
            raise LocalError(f"{self.path}: {self._prefix}{logical_id} {key}: {error}") from error
        except (ValueError, TypeError, KeyError) as error:
            message = f"{self.path}: {self._prefix}{logical_id} {key}: an intrinsic is malformed: {error}"
            raise LocalError(message) from error

    def _type(self, logical_id: str) -> str:
        if logical_id not in self._resources:
            raise LocalError(f"{logical_id} is neither a parameter nor a resource of {self.path}")
        return str(self._resources[logical_id]["Type"])

    def _name(self, logical_id: str) -> str:
        if logical_id not in self._names:
            kind = self._type(logical_id)
            raw = self._resources[logical_id].get("Properties", {}).get(physical.name_property(kind) or "")
            if logical_id in self._deciding:
                raise LocalError(f"{logical_id}: its name refers to itself")
            self._deciding.add(logical_id)
            named = None if raw is None else self._resolver.resolve(raw)
            prefix = self._prefix.replace("/", "-")
            self._names[logical_id] = str(named or physical.generated_name(prefix, logical_id, kind))
        return self._names[logical_id]

    def _qualified(self, logical_id: str, kind: str) -> str:
        properties = self._resources[logical_id]["Properties"]
        function = str(self._resolver.resolve(properties["FunctionName"]))
        base = function if ":function:" in function else physical.arn("AWS::Lambda::Function", function)
        return f"{base}:{self._resolver.resolve(properties['Name']) if kind.endswith('Alias') else '1'}"

    def _pseudo(self, name: str) -> Any:
        values = _pseudo_values()
        if name not in values:
            raise LocalError(f"pseudo parameter {name} is not known here")
        return values[name]


@functools.cache
def _pseudo_values() -> Mapping[str, Any]:
    return {
        "AWS::Region": REGION,
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": "treum-local",
        "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/treum-local/local",
        "AWS::NotificationARNs": [],
        "AWS::NoValue": NO_VALUE,
    }


def _parameters(path: Path, declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise LocalError(f"{path}: no such parameter: {', '.join(unknown)}")
    values: dict[str, Any] = {}
    for name, one in declared.items():
        if name not in given and "Default" not in one:
            raise LocalError(f"{path}: parameter {name} has no value and no default")
        value = given.get(name, one.get("Default"))
        if "AllowedValues" in one and str(value) not in map(str, one["AllowedValues"]):
            raise LocalError(f"{path}: parameter {name}: {value!r} is not one of {one['AllowedValues']}")
        is_list = "List" in str(one.get("Type"))
        values[name] = _list(value) if is_list else str(value)
    return values


def _list(value: Any) -> list[str]:
    return (
        list(value) if isinstance(value, list) else [part.strip() for part in str(value).split(",") if part]
    )
