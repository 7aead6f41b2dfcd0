"""The committed schemas, examples and topic files, held against the code that reads and writes them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from bootstrap import bus, package
from gates import schemas
from kit import events
from kit.errors import Poison
from kit.events import Data
from kit.events.catalogue import ALL

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "events" / "examples").glob("*/v*/*.json"))
TYPES = {data.TYPE: data for data in ALL}


def _validator(kind: str, version: str) -> Draft202012Validator:
    schema = json.loads((schemas.FOLDER / f"{kind}.{version}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def _kind(example: Path) -> str:
    return example.parts[-3]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_an_example_fits_its_schema_and_is_read_and_written_back(example: Path) -> None:
    raw = example.read_bytes()
    _validator(_kind(example), example.parts[-2]).validate(json.loads(raw))
    event = events.decode(raw, TYPES)
    assert event is not None
    assert json.loads(events.encode(event)) == json.loads(raw) | {
        "data": json.loads(events.encode(event))["data"]
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_reader_ignores_fields_it_does_not_know(example: Path) -> None:
    content = json.loads(example.read_text())
    content["invented"] = content["data"]["invented"] = {"later": [1]}
    _validator(_kind(example), example.parts[-2]).validate(content)
    assert events.decode(json.dumps(content).encode(), TYPES) == events.decode(example.read_bytes(), TYPES)


def _broken(content: dict[str, Any], field: str) -> dict[str, Any]:
    data = {name: value for name, value in content["data"].items() if name != field}
    return content | {"data": data}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: "/".join(path.parts[-3:]))
def test_code_and_schema_demand_the_same_fields(example: Path) -> None:
    content = json.loads(example.read_text())
    validator = _validator(_kind(example), example.parts[-2])
    for field in content["data"]:
        broken = _broken(content, field)
        if validator.is_valid(broken):
            assert events.decode(json.dumps(broken).encode(), TYPES) is not None
        else:
            with pytest.raises(Poison):
                events.decode(json.dumps(broken).encode(), TYPES)


def test_every_event_has_an_example_and_a_schema() -> None:
    assert {_kind(example) for example in EXAMPLES} == set(TYPES)
    assert schemas.problems() == []


def test_a_schema_that_drifted_is_seen(tmp_path: Path) -> None:
    schemas.generate(tmp_path)
    assert schemas.problems(tmp_path) == []
    first = min(tmp_path.glob("*"))
    first.write_text(first.read_text().replace("string", "integer"))
    (tmp_path / "order.filled.v1.schema.json").write_text("{}")
    assert len(schemas.problems(tmp_path)) == 2


def test_a_schema_refuses_an_event_of_another_type() -> None:
    content = json.loads((ROOT / "events/examples/candle.closed/v1/a-day.json").read_text())
    with pytest.raises(ValidationError):
        _validator("signal.closed", "v1").validate(content)


def test_every_event_is_listed_by_the_one_topic_it_is_published_on() -> None:
    listed = [(kind, name) for name, topic in bus.read(package.topics()).items() for kind in topic.events]
    assert sorted(listed) == sorted((data.TYPE, data.TOPIC) for data in ALL)


def test_type_names_are_an_aggregate_and_a_fact() -> None:
    for data in ALL:
        aggregate, fact = data.TYPE.split(".")
        assert data.__name__.lower() == (aggregate + fact).replace("_", "")
        assert issubclass(data, Data)


def test_a_topic_file_with_an_unknown_or_missing_field_is_refused(tmp_path: Path) -> None:
    good = (package.topics() / "user-events.yaml").read_text()
    (tmp_path / "user-events.yaml").write_text(good + "partitionss: 3\n")
    with pytest.raises(bus.TopicFileError, match="partitionss"):
        bus.read(tmp_path)
    (tmp_path / "user-events.yaml").write_text(good.replace("retention_days", "retention"))
    with pytest.raises(bus.TopicFileError):
        bus.read(tmp_path)


def test_the_design_s_figures_of_partitions_and_retention_hold() -> None:
    topics = bus.read(package.topics())
    figures = {name: (topic.partitions, topic.retention_days) for name, topic in topics.items()}
    assert figures["market-data"] == (12, 1)
    assert figures["trading-signals"] == (12, 7)
    assert figures["user-events"] == (24, 30)
