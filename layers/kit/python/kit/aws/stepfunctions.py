"""Step Functions: start an execution by the name of its saga, and answer a task token."""

import functools

from kit.aws.client import AwsClient
from kit.aws.errors import AwsError

_VERSION = "1.0"
_ENDED = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


@functools.cache
def _client() -> AwsClient:
    return AwsClient("stepfunctions")


def start(machine_arn: str, name: str, payload: str) -> bool:
    """Start ``name`` with the JSON ``payload``; False when an execution of that name already exists."""
    asked = {"stateMachineArn": machine_arn, "name": name, "input": payload}
    try:
        _client().json_call("AWSStepFunctions.StartExecution", _VERSION, asked)
    except AwsError as error:
        if error.aws_code == "ExecutionAlreadyExists":
            return False
        raise
    return True


def succeed(token: str, output: str) -> bool:
    """Resume the task that waits on ``token`` with the JSON ``output``; False when nothing waits any more.

    That is no error: the state decides, and whoever wants the work to go on starts it again.
    """
    return _answer("SendTaskSuccess", {"taskToken": token, "output": output})


def fail(token: str, error: str, cause: str) -> bool:
    """Fail the task that waits on ``token``; False when nothing waits any more, for the state decides."""
    return _answer("SendTaskFailure", {"taskToken": token, "error": error[:256], "cause": cause[:32768]})


def _answer(operation: str, asked: dict[str, object]) -> bool:
    try:
        _client().json_call(f"AWSStepFunctions.{operation}", _VERSION, asked)
    except AwsError as error:
        if error.aws_code not in _ENDED:
            raise
        return False
    return True
