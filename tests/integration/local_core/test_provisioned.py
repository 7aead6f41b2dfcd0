"""Provisioned environments start with the platform, know it, and are replaced when they die."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.local_core.conftest import FIXTURE, QUICK, Running, wait_for

SHOP = "fx-local-shop-api"
_WARM = """
  ShopWarm:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: lambda
      ScalableDimension: lambda:function:ProvisionedConcurrency
      ResourceId: function:fx-local-shop-api:live
      MinCapacity: 0
      MaxCapacity: 0
      ScheduledActions:
        - {ScheduledActionName: open, Schedule: cron(0 9 * * ? *), ScalableTargetAction: {MinCapacity: 2, MaxCapacity: 2}}
        - {ScheduledActionName: close, Schedule: cron(0 16 * * ? *), ScalableTargetAction: {MinCapacity: 0, MaxCapacity: 0}}
"""


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Running]:
    """The fixture application, with two environments of one function provisioned."""
    folder = tmp_path / "app"
    shutil.copytree(FIXTURE, folder)
    template = folder / "template.yaml"
    template.write_text(template.read_text().replace("\nResources:\n", f"\nResources:{_WARM}", 1))
    running = Running(folder, QUICK, watch=False)
    running.start()
    yield running
    running.stop()


def test_what_a_schedule_keeps_warm_waits_for_work_before_the_first_call(warm: Running) -> None:
    status = warm.platform.functions.status()
    assert {name: one["workers"] for name, one in status.items() if one["workers"]} == {SHOP: 2}

    query = {"queryStringParameters": {"do": "environment"}}
    outcome = warm.call(warm.platform.functions.invoke(SHOP, json.dumps(query).encode()))

    seen = json.loads(json.loads(outcome.payload)["body"])
    assert seen["AWS_LAMBDA_INITIALIZATION_TYPE"] == "provisioned-concurrency"
    assert warm.platform.functions.status()[SHOP]["cold_starts"] == 2


def test_a_provisioned_environment_that_dies_is_replaced_and_its_death_is_told(warm: Running) -> None:
    before = set(warm.platform.functions.status()[SHOP]["pids"])
    warm.platform.functions.kill(SHOP)

    wait_for(lambda: len(set(warm.platform.functions.status()[SHOP]["pids"]) - before - {0}) == 2)

    assert "killed on purpose" in warm.platform.functions.status()[SHOP]["deaths"]
