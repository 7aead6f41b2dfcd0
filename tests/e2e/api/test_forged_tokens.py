"""No forged token comes in anywhere: over a hundred classes, every operation that wants a token, and the socket.

Here each operation gets a fifth of the classes, and each class goes to a fifth of the operations; all pairs:
``tests/torture/test_forged_tokens.py``.
"""

from collections.abc import Mapping
from urllib.parse import quote

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from builders.platform_secrets import honest_and_forged
from demo.break_in import attempt, closed_operations
from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_ONE_IN = 5
_MIN_CLASSES, _MIN_OPERATIONS = 100, 150
_NO_HEADER_CAN_SAY = {"line break at the end", "not ASCII", "a lone surrogate"}


@pytest.fixture(scope="module")
def tokens(platform: RunningPlatform) -> tuple[str, Mapping[str, str]]:
    """Return an honest token, and the forged ones by name."""
    return honest_and_forged(platform)


def test_no_operation_takes_a_forged_token(
    platform: RunningPlatform, tokens: tuple[str, Mapping[str, str]]
) -> None:
    honest, forged = tokens
    operations = closed_operations()
    found = attempt(platform.api, operations, forged, one_in=_ONE_IN)
    assert found.accepted == []
    assert found.unsent <= _NO_HEADER_CAN_SAY
    assert len(forged) >= _MIN_CLASSES
    assert len(operations) >= _MIN_OPERATIONS
    assert found.tried >= len(operations) * (len(forged) - len(_NO_HEADER_CAN_SAY)) // _ONE_IN - len(
        operations
    )
    came_in = attempt(platform.api, [one for one in operations if one.method == "GET"], {"honest": honest})
    assert len(came_in.accepted) == came_in.tried > 0  # what is judged would see a token that comes in


def test_no_socket_opens_for_a_forged_token(
    platform: RunningPlatform, tokens: tuple[str, Mapping[str, str]]
) -> None:
    """Neither as a ticket nor as a header; an honest token opens none either, nor a ticket twice."""
    honest, forged = tokens
    for name, token in {**forged, "an honest token": honest}.items():
        assert _refused(platform, quote(token, errors="surrogatepass")), name
    bearer = {"Authorization": f"Bearer {honest}"}
    assert _refused(platform, "", bearer)
    ticket = requests.post(f"{platform.api}/api/v1/realtime/tickets", headers=bearer, timeout=30).json()[
        "ticket"
    ]
    assert not _refused(platform, ticket)
    assert _refused(platform, ticket)
    assert _refused(platform, ticket[:-1] + ("A" if ticket[-1] != "A" else "B"))


def _refused(platform: RunningPlatform, ticket: str, headers: Mapping[str, str] | None = None) -> bool:
    try:
        with connect(f"{platform.ws}?ticket={ticket}", additional_headers=headers, open_timeout=30):
            return False
    except InvalidStatus as error:
        return error.response.status_code in {401, 403, 414, 431}
