"""The process that runs moto, with the changes without which its Step Functions would not fit a laptop.

Started by :mod:`local.aws.process` as ``python -m local.aws.emulator``; reads one JSON line of settings on
standard input (``endpoint``, ``seed``, ``region``), prints ``{"port": N}`` and ends when standard input does.
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import uuid
from typing import Any

from local.aws.credentials import Keyring
from local.aws.journal import KEY_NONCE


def main() -> None:
    """Serve moto on a free loopback port until standard input closes."""
    settings = json.loads(sys.stdin.readline())
    seed = bytes.fromhex(settings["seed"])
    server = _server(settings["endpoint"], Keyring(seed), settings["region"], seed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.server_address[1]}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # the parent's death closes it, so the emulator never outlives the platform
    # Threads of workflows that wait would keep it alive for as long as they wait.
    os._exit(0)


def _server(endpoint: str, keyring: Keyring, region: str, seed: bytes) -> Any:
    from moto.core.config import default_user_config  # noqa: PLC0415 - half a second, this process only

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    _call_back_through(endpoint, keyring, region)
    _understand_jsonata()
    _keep_kms_keys(seed)
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 - only after the changes above
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import make_server  # noqa: PLC0415 - with moto

    class QuietHandler(MotoRequestHandler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_request(self, *_: object) -> None:
            """Say nothing: the proxy before it records the calls."""

    app = DomainDispatcherApplication(create_backend_app)
    return make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)


def _call_back_through(endpoint: str, keyring: Keyring, region: str) -> None:
    """Let workflows call every service through the proxy, with the key of their own role."""
    import boto3  # noqa: PLC0415 - this process only
    from botocore.config import Config  # noqa: PLC0415 - this process only
    from moto.stepfunctions.parser.asl.utils import boto_client  # noqa: PLC0415 - this process only

    lock = threading.Lock()
    clients: dict[tuple[str, str], Any] = {}

    def boto_client_for(region: str = region, service: str = "", state_credentials: Any = None) -> Any:
        role_arn = str(getattr(state_credentials, "role_arn", "") or "states")
        role = role_arn.rpartition("/")[2]
        with lock:  # a boto3 client costs 100 ms; one per service and role is enough, and is thread-safe
            if (service, role) not in clients:
                credentials = keyring.issue(role)
                clients[service, role] = boto3.Session(
                    credentials.access_key, credentials.secret_key, region_name=region
                ).client(
                    service,
                    endpoint_url=endpoint,
                    config=Config(
                        parameter_validation=False,
                        retries={"max_attempts": 0, "total_max_attempts": 1},
                        connect_timeout=5,
                        read_timeout=900,
                        max_pool_connections=100,
                    ),
                )
            return clients[service, role]

    boto_client.boto_client_for = boto_client_for


def _understand_jsonata() -> None:
    import jsonata  # noqa: PLC0415 - this process only
    from moto.stepfunctions.parser.asl.jsonata import jsonata as bridge  # noqa: PLC0415 - this process only

    def evaluate(expression: str) -> Any:
        return jsonata.Jsonata(expression).evaluate(None)

    bridge._eval_jsonata = evaluate  # noqa: SLF001 - a stub in moto, the place it offers


def _keep_kms_keys(seed: bytes) -> None:
    """Derive a key's id and material from ``seed`` and the proxy's nonce, so that replay makes the same."""
    from moto.kms import models  # noqa: PLC0415 - this process only

    def derived(purpose: str, size: int) -> bytes:
        nonce = _nonce()
        if not nonce:
            return secrets.token_bytes(size)
        return hmac.new(seed, f"kms/{purpose}/{nonce}".encode(), hashlib.sha512).digest()[:size]

    def key_id(multi_region: bool = False) -> str:  # noqa: FBT001, FBT002 - moto's signature
        if _nonce().startswith("id="):
            return _nonce().removeprefix("id=")
        raw = derived("id", 16)
        return f"mrk-{raw.hex()}" if multi_region else str(uuid.UUID(bytes=raw, version=4))

    vars(models).update(generate_key_id=key_id, generate_master_key=lambda: derived("material", 32))


def _nonce() -> str:
    from flask import has_request_context, request  # noqa: PLC0415 - this process only

    return request.headers.get(KEY_NONCE, "") if has_request_context() else ""


if __name__ == "__main__":
    main()
