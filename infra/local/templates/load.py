"""Files to values: YAML with CloudFormation tags, ``AWS::Include``, and local paths made absolute.

The transform knows code only as ``s3://`` addresses, so a local path travels through it as
``s3://local/<quoted absolute path>`` and :func:`local_path` reads it back.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor

from local.model import LocalError

_BUCKET = "local"


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]  # its package ships no types
    """The C parser with CloudFormation's short tags: seven times faster than the transform's own reader."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def load_template(path: Path) -> dict[str, Any]:
    """Return the template at ``path`` with includes and local paths settled. Raises :class:`LocalError`."""
    template = load_yaml(path, "template")
    if not isinstance(template.get("Resources"), dict):
        raise LocalError(f"{path}: no Resources: this is not a template")
    template = dict(include(template, path.parent))
    common = template.get("Globals", {}).get("Function", {})
    if "CodeUri" in common:
        common["CodeUri"] = _as_address(path, "Globals", "CodeUri", common["CodeUri"])
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, dict) or "Type" not in resource:
            raise LocalError(f"{path}: {logical_id} has no Type")
        _settle(path, logical_id, resource["Type"], resource.setdefault("Properties", {}))
    return template


def load_yaml(path: Path, what: str) -> dict[str, Any]:
    """Return the mapping in the YAML or JSON file ``path``; ``what`` names it in errors."""
    try:
        text = path.read_text()
        value = json.loads(text) if text.startswith("{") else yaml.load(text, _Loader)  # noqa: S506 - a safe loader with intrinsics
    except OSError as error:
        raise LocalError(f"{what} {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" line {where.line + 1}" if where is not None else ""
        raise LocalError(f"{what} {path}{line}: {getattr(error, 'problem', None) or error}") from error
    if not isinstance(value, dict):
        raise LocalError(f"{what} {path} is not a mapping")
    return value


def include(value: Any, folder: Path) -> Any:
    """Return ``value`` with each ``AWS::Include`` of a local file replaced by that file's content."""
    if isinstance(value, list):
        return [include(item, folder) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Transform" not in value:
        return {key: include(item, folder) for key, item in value.items()}
    location = _include_location(value["Fn::Transform"])
    rest = {key: item for key, item in value.items() if key != "Fn::Transform"}
    return {**include(load_yaml(folder / location, "AWS::Include of"), folder), **include(rest, folder)}


def _include_location(transform: Any) -> str:
    if isinstance(transform, Mapping) and transform.get("Name") == "AWS::Include":
        location = transform.get("Parameters", {}).get("Location")
        if isinstance(location, str) and "://" not in location:
            return location
    raise LocalError("Fn::Transform: only AWS::Include with a local file as Location is known here")


def local_path(code: Any) -> Path | None:
    """Return the folder that a transformed ``Code``/``Content`` property stands for, or None."""
    if isinstance(code, Mapping) and code.get("S3Bucket") == _BUCKET:
        return Path(unquote(str(code["S3Key"])))
    return None


def _settle(path: Path, logical_id: str, kind: str, properties: dict[str, Any]) -> None:
    key = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}.get(kind)
    if key is not None and key in properties:
        properties[key] = _as_address(path, logical_id, key, properties[key])
    if kind == "AWS::Serverless::StateMachine" and "DefinitionUri" in properties:
        source = path.parent / str(properties.pop("DefinitionUri"))
        properties["Definition"] = load_yaml(source, f"{path}: {logical_id} DefinitionUri")
    if kind == "AWS::Serverless::Api" and "DefinitionUri" in properties:
        source = path.parent / str(properties.pop("DefinitionUri"))
        properties["DefinitionBody"] = load_yaml(source, f"{path}: {logical_id} DefinitionUri")


def _as_address(path: Path, logical_id: str, key: str, uri: Any) -> str:
    if not isinstance(uri, str) or "://" in uri:
        raise LocalError(f"{path}: {logical_id} {key} must be a local folder, it is {uri!r}")
    folder = (path.parent / uri).resolve()
    if not folder.is_dir():
        raise LocalError(f"{path}: {logical_id} {key}: there is no folder {folder}")
    return f"s3://{_BUCKET}/{quote(str(folder), safe='')}"
