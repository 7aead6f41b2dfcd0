"""Every template of the tree, resolved, for the rules that look at them: one read, many questions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gates.tables import ROOT, domain_templates
from local.templates.load import load_yaml
from local.templates.unit import Declared, Unit

CLUSTER = "arn:aws:kafka:ap-south-1:123456789012:cluster/treum/0f0e0d0c-0b0a-0908-0706-050403020100-1"
PARAMETERS: Mapping[str, str] = {
    "Stage": "check",
    "DatabaseHost": "database.internal",
    "RedisUrl": "rediss://cache.internal:6379",
    "KafkaBrokers": "b-1.bus.internal:9098",
    "KafkaClusterArn": CLUSTER,
    "KafkaAuth": "iam",
    "InfluxUrl": "https://influx.internal",
    "SubnetIds": "subnet-0123456789abcdef0",
    "SecurityGroupIds": "sg-0123456789abcdef0",
    "SellerName": "Treum",
    "SellerAddress": "Mumbai",
    "SellerGstin": "27AAPFU0939F1ZV",
    "AllowedOrigins": "https://app.example",
    "AdminEmail": "admin@example.com",
}
FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"


@dataclass(frozen=True)
class Tree:
    """``resources`` of all templates with intrinsics resolved; ``per_stack`` counts by template file."""

    root: Path
    parameters: Mapping[str, Any]
    resources: tuple[Declared, ...]
    per_stack: Mapping[Path, int] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Declared]:
        """Yield the resources of one type."""
        return (one for one in self.resources if one.type == kind)

    def statements(self, function: Declared) -> Iterator[Mapping[str, Any]]:
        """Yield the inline policy statements of a function's role."""
        role_name = str(function.properties.get("Role", "")).rpartition("/")[2]
        for role in self.of("AWS::IAM::Role"):
            if role.name == role_name and role.template == function.template:
                for policy in role.properties.get("Policies", []):
                    yield from as_list(policy["PolicyDocument"]["Statement"])

    def sources(self) -> Iterator[tuple[str, Mapping[str, Any], Declared]]:
        """Yield (function name, properties, mapping) of each Kafka source."""
        for one in self.of(MAPPING):
            if "Topics" in one.properties:
                yield short(str(one.properties["FunctionName"])), one.properties, one


def read(template: Path = ROOT / "template.yaml", parameters: Mapping[str, str] = PARAMETERS) -> Tree:
    """Return the tree under ``template``. Raises ``local.model.LocalError`` for what cannot be read."""
    known = load_yaml(template, "template").get("Parameters", {})
    unit = Unit(template.resolve(), {name: value for name, value in parameters.items() if name in known})
    resources = tuple(unit.declared())
    counts: dict[Path, int] = {}
    for one in resources:
        counts[one.template] = counts.get(one.template, 0) + 1
    values = {name: unit.ref(name) for name in known}
    return Tree(template.resolve().parent, values, resources, counts)


def short(reference: str) -> str:
    """Return ``<domain>-<what>`` of a function's name or ARN, alias or not."""
    name = reference.partition(":function:")[2].partition(":")[0] or reference.partition(":")[0]
    return re.sub(r"^treum-[a-z0-9]+-", "", name)


def as_list(value: Any) -> list[Any]:
    """Return ``value``, alone or in its list, as a list."""
    return value if isinstance(value, list) else [value]


def template_files(root: Path = ROOT) -> list[Path]:
    """Return every template of the tree under ``root``."""
    found = [root / "template.yaml", *domain_templates(root)]
    found += [
        path for path in sorted(root.glob("infra/*.yaml")) if "AWSTemplateFormatVersion" in path.read_text()
    ]
    return [path for path in found if path.is_file()]
