"""The AsyncAPI document says what the frames and the schemas say."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from gates import asyncapi
from gates.tables import ROOT
from realtime import frames
from realtime.model import Channel, ChannelKey, Head, Resume

HEAD = Head("epoch", 7)
CHANNEL = Channel("signals", ChannelKey("signals"), exact=True, snapshot="/api/v1/signals/live")
FRAMES = (
    frames.subscribed(CHANNEL, Resume(HEAD)),
    frames.unsubscribed("signals"),
    frames.gap(CHANNEL, 3, HEAD),
    frames.pong({"signals": HEAD}),
    frames.reconnect(500),
    frames.error("NOT_ENTITLED", "buy a plan"),
)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_has_the_fields_the_document_names(frame: bytes) -> None:
    sent: dict[str, Any] = msgspec.json.decode(frame)
    payload = asyncapi.document()["components"]["messages"][f"server.{sent['type']}"]["payload"]

    assert set(sent) == set(payload["properties"])


def test_every_reference_leads_somewhere() -> None:
    whole = asyncapi.document()
    found = list(_references(whole))

    assert len(found) > 20
    for one in found:
        if one.startswith("#/"):
            target: Any = whole
            for step in one[2:].split("/"):
                target = target[step]
        else:
            assert (ROOT / "docs" / one).is_file(), one


def test_a_document_out_of_date_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncapi, "PATH", ROOT / "README.md")

    assert asyncapi.problems() == [
        "docs/asyncapi.yaml is not what the code says: run `python -m gates asyncapi`"
    ]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
