"""What a function's process sees of the world: Lambda's variables, the template's, and nothing of ours."""

import os
from collections.abc import Mapping
from pathlib import Path

from local.aws import ACCOUNT, REGION
from local.model import FunctionSpec
from local.runtime.hooks import Hooks

_INHERITED = ("PATH", "HOME", "LANG")


def inherited() -> dict[str, str]:
    """Return what a process may know of ours."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def function_arn(name: str) -> str:
    """Return the ARN of function ``name``."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def environment(spec: FunctionSpec, hooks: Hooks, *, runtime_api: str, sockets: str) -> dict[str, str]:
    """Return the whole environment of one worker.

    ``runtime_api`` is ``host:port``; ``sockets`` is where ``@connections`` is served, so that SDKs and
    ``kit.aws`` find it as they would find any service with an endpoint of its own.
    """
    path = [str(spec.code_root), *(str(layer) for layer in spec.layers)]
    variables = inherited() | {
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": sockets,
        **({"AWS_ENDPOINT_URL": hooks.aws_endpoint} if hooks.aws_endpoint else {}),
        "PYTHONPATH": os.pathsep.join(path),
    }
    variables |= _lambda_variables(spec, runtime_api)
    variables |= spec.environment
    variables |= hooks.credentials(spec.name)
    return variables


def _lambda_variables(spec: FunctionSpec, runtime_api: str) -> Mapping[str, str]:
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": spec.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{spec.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency" if spec.provisioned else "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "LAMBDA_TASK_ROOT": str(spec.code_root),
        "LAMBDA_RUNTIME_DIR": str(Path(spec.code_root)),
        "TZ": ":UTC",
        "_HANDLER": spec.handler,
    }
