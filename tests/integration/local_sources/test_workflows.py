"""Workflows in the emulator reach functions through the signed endpoint: retry, catch, task tokens."""

import asyncio
import json
from pathlib import Path
from typing import Any

from builders.aws_endpoint import away, client, endpoint, eventually
from local.aws.lambdas import invoke_api
from local.aws.provision import machine_roles, provision
from local.model import Invocation, Resource

FUNCTION = "arn:aws:states:::lambda:invoke"

DEFINITION = {
    "StartAt": "Screen",
    "States": {
        "Screen": {
            "Type": "Task",
            "Resource": FUNCTION,
            "Parameters": {
                "FunctionName": "treum-local-tasks",
                "Payload": {"task": "screen", "input.$": "$"},
            },
            "ResultSelector": {"screened.$": "$.Payload"},
            "Retry": [{"ErrorEquals": ["Retryable"], "IntervalSeconds": 1, "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["Rejected"], "Next": "Rejected"}],
            "Next": "Approve",
        },
        "Approve": {
            "Type": "Task",
            "Resource": f"{FUNCTION}.waitForTaskToken",
            "Parameters": {
                "FunctionName": "treum-local-tasks",
                "Payload": {"task": "ask", "token.$": "$$.Task.Token"},
            },
            "TimeoutSeconds": 50,
            "End": True,
        },
        "Rejected": {"Type": "Pass", "Result": {"state": "rejected"}, "End": True},
    },
}
ROLE = "arn:aws:iam::000000000000:role/treum-local-publication"
MACHINE = Resource(
    "Flow",
    "AWS::StepFunctions::StateMachine",
    {"PhysicalName": "flow", "DefinitionString": json.dumps(DEFINITION), "RoleArn": ROLE},
)
ARN = "arn:aws:states:ap-south-1:000000000000:stateMachine:flow"


class Tasks:
    """A function of workflow tasks: fails once as Retryable, rejects what is told to, keeps task tokens."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.tokens: list[str] = []

    async def invoke(self, function: str, payload: bytes) -> Invocation:
        assert function == "treum-local-tasks"
        event: dict[str, Any] = json.loads(payload)
        self.seen.append(event["task"])
        if event["task"] == "ask":
            self.tokens.append(event["token"])
            return Invocation(b"null")
        if event["input"].get("bad"):
            return Invocation(b'{"errorType": "Rejected", "errorMessage": "no"}', "Unhandled")
        if self.seen.count("screen") == 1:
            return Invocation(b'{"errorType": "Retryable", "errorMessage": "again"}', "Unhandled")
        return Invocation(b'{"ok": true}')

    async def invoke_async(self, function: str, payload: bytes) -> None:
        await self.invoke(function, payload)


def test_a_workflow_retries_catches_and_waits_for_its_token(tmp_path: Path) -> None:
    async def scenario() -> None:
        tasks = Tasks()
        async with endpoint(tmp_path) as aws:
            aws.proxy.route("lambda", invoke_api(tasks))
            for role in machine_roles([MACHINE]):
                aws.keyring.issue(role)
            assert await provision(aws.internal, [MACHINE]) == []
            states = client(aws, "stepfunctions")

            async def ended(name: str) -> dict[str, Any]:
                arn = ARN.replace("stateMachine", "execution") + f":{name}"
                while True:
                    found: dict[str, Any] = await away(states.describe_execution, executionArn=arn)
                    if found["status"] != "RUNNING":
                        return found
                    await asyncio.sleep(0.1)

            await away(states.start_execution, stateMachineArn=ARN, name="good", input="{}")
            async with asyncio.timeout(60):
                await eventually(lambda: bool(tasks.tokens), 50)
                output = json.dumps({"approved": True})
                await away(states.send_task_success, taskToken=tasks.tokens[0], output=output)
                good = await ended("good")
                await away(states.start_execution, stateMachineArn=ARN, name="bad", input='{"bad": 1}')
                bad = await ended("bad")
            assert (good["status"], json.loads(good["output"])) == ("SUCCEEDED", {"approved": True})
            assert (bad["status"], json.loads(bad["output"])) == ("SUCCEEDED", {"state": "rejected"})
            assert tasks.seen == ["screen", "screen", "ask", "screen"]
            invoked = [call for call in aws.calls.distinct() if call.action == "lambda:InvokeFunction"]
            assert [call.resource for call in invoked] == [
                "arn:aws:lambda:ap-south-1:000000000000:function:treum-local-tasks"
            ]

    asyncio.run(scenario())
