"""Intrinsic functions of CloudFormation, resolved against one template's scope."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from local.model import LocalError

NO_VALUE = object()
_PLACEHOLDER = re.compile(r"\$\{(!?[^}]+)\}")


class Scope(Protocol):
    """What names mean inside one template."""

    def ref(self, name: str) -> Any:
        """Value of ``Ref name``; ``NO_VALUE`` for AWS::NoValue."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """Value of ``Fn::GetAtt``."""

    def condition(self, name: str) -> bool:
        """Value of a declared condition."""

    def find(self, map_name: str, first: str, second: str) -> Any:
        """Value of ``Fn::FindInMap``."""


class Resolver:
    """Resolves any value of a template. Raises :class:`LocalError` that names the function."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": lambda name: scope.condition(str(name)),
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Equals": lambda pair: self._pair(pair)[0] == self._pair(pair)[1],
            "Fn::And": lambda parts: all(self.resolve(part) for part in parts),
            "Fn::Or": lambda parts: any(self.resolve(part) for part in parts),
            "Fn::Not": lambda parts: not self.resolve(parts[0]),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": lambda keys: scope.find(*(str(self.resolve(key)) for key in keys)),
            "Fn::Base64": lambda text: base64.b64encode(str(self.resolve(text)).encode()).decode(),
            "Fn::ToJsonString": lambda value: json.dumps(self.resolve(value)),
            "Fn::GetAZs": lambda _region: ["ap-south-1a", "ap-south-1b", "ap-south-1c"],
        }

    def resolve(self, value: Any) -> Any:
        """Return ``value`` with every intrinsic inside it replaced; AWS::NoValue removes its place."""
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name = next(iter(value))
            if name in self._functions and not (name == "Condition" and isinstance(value[name], dict)):
                return self._functions[name](value[name])
            if name.startswith("Fn::"):
                raise LocalError(f"{name} is not supported on the local platform")
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NO_VALUE}

    def _ref(self, name: Any) -> Any:
        return self._scope.ref(str(name))

    def _get_att(self, target: Any) -> Any:
        parts = target.split(".", 1) if isinstance(target, str) else target
        return self._scope.attribute(str(parts[0]), ".".join(str(self.resolve(part)) for part in parts[1:]))

    def _sub(self, argument: Any) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self.resolve(item) for name, item in extra.items()}

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return str(own[name])
            return str(self._get_att(name) if "." in name else self._ref(name))

        return _PLACEHOLDER.sub(replace, text)

    def _join(self, argument: Any) -> str:
        separator, parts = argument
        items = self.resolve(parts)
        return str(separator).join(str(item) for item in items)

    def _if(self, argument: Any) -> Any:
        name, yes, no = argument
        return self.resolve(yes if self._scope.condition(str(name)) else no)

    def _select(self, argument: Any) -> Any:
        index, items = self.resolve(argument[0]), self.resolve(argument[1])
        try:
            return items[int(index)]
        except IndexError as error:
            raise LocalError(f"Fn::Select {index} of a list of {len(items)}") from error

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(str(separator))

    def _pair(self, pair: Any) -> list[str]:
        return [_text(self.resolve(item)) for item in pair]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
