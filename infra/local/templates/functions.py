"""Functions of a template: code, layers, environment, role policies, failure destination."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.model import Destination, FunctionSpec, LocalError
from local.templates.load import local_path
from local.templates.physical import arn
from local.templates.unit import Declared


@dataclass(slots=True)
class Surroundings:
    """What functions refer to: layers by ARN, policies by role; by function asynchronous calls and warmth."""

    layers: dict[str, Path | None] = field(default_factory=dict)
    roles: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    invoke_configs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    provisioned: dict[str, int] = field(default_factory=dict)


def surroundings(resources: Iterable[Declared]) -> Surroundings:
    """Collect layers, roles and asynchronous settings from all templates."""
    found = Surroundings()
    for one in resources:
        if one.type == "AWS::Lambda::LayerVersion":
            found.layers[arn(one.type, one.name)] = _layer(one)
        elif one.type == "AWS::IAM::Role":
            policies = [policy["PolicyDocument"] for policy in one.properties.get("Policies", [])]
            found.roles.setdefault(one.name, []).extend(policies)
        elif one.type in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}:
            for role in one.properties.get("Roles", []):
                found.roles.setdefault(str(role), []).append(one.properties["PolicyDocument"])
        elif one.type == "AWS::Lambda::EventInvokeConfig":
            found.invoke_configs[function_of(str(one.properties["FunctionName"]))] = one.properties
        else:
            _warmth(found, one)
    return found


def _warmth(found: Surroundings, one: Declared) -> None:
    """Take what an alias keeps warm, or the most that a scaling target or one of its schedules does."""
    properties = one.properties
    if one.type == "AWS::Lambda::Alias":
        config = properties.get("ProvisionedConcurrencyConfig", {})
        _warm(found, str(properties["FunctionName"]), config.get("ProvisionedConcurrentExecutions", 0))
    if properties.get("ScalableDimension") != "lambda:function:ProvisionedConcurrency":
        return
    scheduled = [action.get("ScalableTargetAction", {}) for action in properties.get("ScheduledActions", [])]
    least = max(int(one.get("MinCapacity", 0)) for one in (properties, *scheduled))
    _warm(found, str(properties["ResourceId"]).removeprefix("function:"), least)


def _warm(found: Surroundings, function: str, environments: object) -> None:
    name = function_of(function)
    found.provisioned[name] = max(found.provisioned.get(name, 0), int(str(environments)))


def function_of(reference: str) -> str:
    """Return the function name in a name or an ARN, with or without an alias."""
    return reference.partition(":function:")[2].partition(":")[0] or reference.partition(":")[0]


def destination(target: str) -> Destination:
    """Return where the ARN (or ``kafka://topic``) points. Raises :class:`LocalError` for other services."""
    if target.startswith("kafka://"):
        return Destination("kafka", target.removeprefix("kafka://"))
    service = target.split(":")[2] if target.count(":") >= 5 else ""  # noqa: PLR2004 - colons of an ARN
    if service == "s3":
        return Destination("s3", target.rpartition(":")[2])
    if service == "sqs":
        return Destination("sqs", target)
    if service == "sns":
        return Destination("sns", target)
    if service == "lambda":
        return Destination("lambda", target)
    raise LocalError(f"a failure destination must be S3, SQS, SNS, Lambda or a topic, not {target}")


def function_spec(one: Declared, around: Surroundings) -> FunctionSpec:
    """Return the function that ``one`` declares. Raises :class:`LocalError` naming the property."""
    properties = one.properties
    if properties.get("PackageType", "Zip") != "Zip":
        raise one.refuse("PackageType", "only Zip runs here")
    if not str(properties.get("Runtime", "")).startswith("python3."):
        raise one.refuse("Runtime", f"{properties.get('Runtime')} does not run here, only python3.x")
    root = local_path(properties.get("Code"))
    if root is None:
        raise one.refuse("CodeUri", "must be a local folder")
    layers = tuple(_layers(one, around))
    handler = str(properties.get("Handler", ""))
    _check_handler(one, handler, (root, *layers))
    async_config = around.invoke_configs.get(one.name, {})
    return FunctionSpec(
        logical_id=one.logical_id,
        name=one.name,
        handler=handler,
        code_root=root,
        layers=layers,
        environment={k: _text(v) for k, v in properties.get("Environment", {}).get("Variables", {}).items()},
        timeout_s=int(properties.get("Timeout", 3)),
        memory_mb=int(properties.get("MemorySize", 128)),
        reserved_concurrency=_optional_int(properties.get("ReservedConcurrentExecutions")),
        provisioned=around.provisioned.get(one.name, 0),
        on_failure=_on_failure(one, async_config),
        max_async_retries=int(async_config.get("MaximumRetryAttempts", 2)),
        role_policies=tuple(around.roles.get(str(properties.get("Role", "")).rpartition("/")[2], ())),
    )


def _on_failure(one: Declared, config: Mapping[str, Any]) -> Destination | None:
    target = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    target = target or one.properties.get("DeadLetterConfig", {}).get("TargetArn")
    if not target:
        return None
    try:
        return destination(str(target))
    except LocalError as error:
        raise one.refuse("OnFailure", str(error)) from error


def _layers(one: Declared, around: Surroundings) -> Iterable[Path]:
    for layer in one.properties.get("Layers", []):
        if str(layer) in around.layers:
            folder = around.layers[str(layer)]
            if folder is not None:
                yield folder
        elif ":layer:AWS" not in str(layer):
            raise one.refuse("Layers", f"no template declares {layer}")


def _layer(one: Declared) -> Path | None:
    """Return the ``python`` folder of our own layer; None for one of wheels, which the venv provides."""
    content = local_path(one.properties.get("Content"))
    if content is None:
        raise one.refuse("ContentUri", "must be a local folder")
    if (content / "python").is_dir():
        return content / "python"
    return None if any(content.glob("requirements*.txt")) else content


def _check_handler(one: Declared, handler: str, roots: Iterable[Path]) -> None:
    module, _, name = handler.rpartition(".")
    if not module or not name.isidentifier():
        raise one.refuse("Handler", f"{handler!r} is not module.function")
    relative = Path(*module.replace("/", ".").split("."))
    for root in roots:
        if (root / relative).with_suffix(".py").is_file() or (root / relative / "__init__.py").is_file():
            return
    raise one.refuse("Handler", f"there is no file {relative}.py in its code or layers ({handler})")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _optional_int(value: Any) -> int | None:
    return None if value is None else int(value)
