"""Generates ``events/schemas/<type>.v<n>.schema.json``: what each event looks like as a whole, for anybody.

Readers ignore what they do not know, so the schemas forbid nothing more; ``type`` and ``dataschema`` are
constants, and everything a producer always sends is required.
"""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from gates.tables import ROOT
from kit.events import SPECVERSION, Data, Event, schema_uri
from kit.events.catalogue import ALL

FOLDER = ROOT / "events" / "schemas"
_ALWAYS = ["specversion", "datacontenttype"]


def schema(data: type[Data]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the event that carries ``data``."""
    (reference,), components = msgspec.json.schema_components((Event[data],))  # type: ignore[valid-type]  # built at run time
    root = components.pop(reference["$ref"].rpartition("/")[2])
    properties = dict(root["properties"])
    properties["type"] = {"const": data.TYPE}
    properties["source"] = {"const": data.SOURCE}
    properties["dataschema"] = {"const": schema_uri(data)}
    properties["specversion"] = {"const": SPECVERSION}
    properties["datacontenttype"] = {"const": "application/json"}
    properties["id"] = {"type": "string", "format": "uuid"}
    properties["version"] = {"type": "integer", "minimum": 0}
    text = json.dumps({"properties": properties, "$defs": components}).replace(
        "#/components/schemas/", "#/$defs/"
    )
    inner = json.loads(text)
    found: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_uri(data),
        "title": f"{data.TYPE} on {data.TOPIC}",
        "description": sentence(data),
        "type": "object",
        "properties": inner["properties"],
        "required": sorted({*root["required"], *_ALWAYS}),
        "$defs": inner["$defs"],
    }
    return found


def sentence(data: type[Data]) -> str:
    """Return what the data type says of itself, on one line."""
    return " ".join((data.__doc__ or "").split())


def name(data: type[Data]) -> str:
    """Return the file name of a data type's schema."""
    return f"{data.TYPE}.v{data.SCHEMA_VERSION}.schema.json"


def rendered(data: type[Data]) -> str:
    """Return the file as it should be."""
    text = json.dumps(schema(data), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    return re.sub(r"(?<=\\n) +", "", text)  # Python before 3.13 keeps the indentation of docstrings


def problems(folder: Path = FOLDER) -> list[str]:
    """Return a line for each file that is missing, differs or belongs to no event; old versions stay."""
    found = []
    for data in ALL:
        path = folder / name(data)
        if not path.exists() or path.read_text() != rendered(data):
            found.append(
                f"events/schemas/{path.name} is not what kit.events says: run `python -m gates schemas`"
            )
    types = {data.TYPE for data in ALL}
    found += [
        f"events/schemas/{path.name} belongs to no event of kit.events.catalogue"
        for path in sorted(folder.glob("*"))
        if path.name.rpartition(".v")[0] not in types
    ]
    return found


def generate(folder: Path = FOLDER) -> None:
    """Write every schema."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in ALL:
        (folder / name(data)).write_text(rendered(data))
