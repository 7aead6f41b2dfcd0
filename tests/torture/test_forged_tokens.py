"""Every class of forged token, to every operation that wants one: about 17,000 requests."""

import pytest

from builders.platform_secrets import honest_and_forged
from demo.break_in import attempt, closed_operations
from fixtures.platform import RunningPlatform

pytestmark = pytest.mark.platform
_LEAST = 15_000


def test_no_operation_takes_any_forged_token(
    platform: RunningPlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    _, forged = honest_and_forged(platform)
    found = attempt(platform.api, closed_operations(), forged)
    with capsys.disabled():
        print(f"{found.tried} forged tokens tried, {len(found.accepted)} accepted")  # noqa: T201 - the report
    assert found.accepted == []
    assert found.tried >= _LEAST
