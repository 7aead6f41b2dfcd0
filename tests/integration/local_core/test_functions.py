"""Functions run in processes of their own: pooled, bounded, killed in time, replaced, reloaded."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from integration.local_core.conftest import FIXTURE, Running, gather, wait_for
from local.model import Destination, Invocation
from local.runtime.functions import UnknownFunctionError
from local.runtime.limits import Limits

SHOP = "fx-local-shop-api"
ORDERS = "fx-local-shop-orders"


def event(**query: str) -> bytes:
    return json.dumps({"queryStringParameters": query}).encode()


def invoke(running: Running, function: str, payload: bytes) -> Invocation:
    outcome: Invocation = running.call(running.platform.functions.invoke(function, payload))
    return outcome


def body(outcome: Invocation) -> Any:
    assert outcome.error is None, outcome
    return json.loads(json.loads(outcome.payload)["body"])


def test_a_function_is_found_by_name_alias_and_arn(running: Running) -> None:
    arn = f"arn:aws:lambda:ap-south-1:000000000000:function:{SHOP}"
    pids = {
        body(invoke(running, name, event(do="pid"))) for name in (SHOP, f"{SHOP}:live", arn, f"{arn}:live")
    }
    assert len(pids) == 1


def test_a_function_that_no_template_declares_is_named(running: Running) -> None:
    with pytest.raises(UnknownFunctionError, match="no template declares a function gone"):
        invoke(running, "gone:live", b"{}")


def test_a_process_sees_lambdas_environment_and_nothing_of_its_parents(running: Running) -> None:
    os.environ["SECRET_OF_THE_PARENT"] = "x"
    try:
        running.call(_restart(running, SHOP))
        seen = body(invoke(running, SHOP, event(do="environment")))
    finally:
        del os.environ["SECRET_OF_THE_PARENT"]
    assert "SECRET_OF_THE_PARENT" not in seen
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == SHOP
    assert seen["_HANDLER"] == "shop.api.handler"
    assert seen["AWS_REGION"] == "ap-south-1"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128"
    assert seen["AWS_ACCESS_KEY_ID"] == f"key-{SHOP}"
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert seen["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"] == f"{running.platform.url}/live"
    assert seen["STAGE"] == "local"
    assert seen["SOCKET_URL"] == f"{running.platform.url}/live"
    assert str(running.folder / "layers" / "kit" / "python") in seen["PYTHONPATH"]


async def _restart(running: Running, function: str) -> None:
    running.platform.functions.pool(function).restart()


def test_an_exception_comes_back_as_lambda_reports_it(running: Running) -> None:
    outcome = invoke(running, SHOP, event(do="raise"))
    assert outcome.error == "Unhandled"
    assert json.loads(outcome.payload)["errorType"] == "ValueError"
    assert json.loads(outcome.payload)["errorMessage"] == "on purpose"


def test_the_declared_timeout_kills_the_process_and_the_next_call_gets_another(running: Running) -> None:
    before = body(invoke(running, SHOP, event(do="pid")))
    began = time.monotonic()
    outcome = invoke(running, SHOP, event(do="sleep", **{"for": "30"}))
    assert 1.9 < time.monotonic() - began < 6
    assert outcome.error == "Timeout"
    assert "Task timed out after 2.00 seconds" in json.loads(outcome.payload)["errorMessage"]
    wait_for(lambda: not Path(f"/proc/{before}").exists())
    assert body(invoke(running, SHOP, event(do="pid"))) != before


def test_a_crashed_process_is_reported_and_replaced(running: Running) -> None:
    outcome = invoke(running, SHOP, event(do="exit"))
    error = json.loads(outcome.payload)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert body(invoke(running, SHOP, event(do="pid"))) > 0


def test_killed_on_purpose_a_function_answers_the_next_call(running: Running) -> None:
    before = body(invoke(running, SHOP, event(do="pid")))
    assert running.call(_kill(running, SHOP)) >= 1
    assert body(invoke(running, SHOP, event(do="pid"))) != before


async def _kill(running: Running, function: str) -> int:
    return running.platform.functions.kill(function)


def test_calls_wait_at_the_reserved_concurrency_and_the_queue_is_bounded(running: Running) -> None:
    functions = running.platform.functions
    slow = event(do="sleep", **{"for": "0.6"})
    # reserved concurrency 2, queue 4: six slow calls are taken, of which two run at a time; more are refused
    calls = gather(*(functions.invoke(SHOP, slow) for _ in range(12)))
    outcomes: list[Invocation] = running.call(calls)
    done = [outcome for outcome in outcomes if outcome.error is None]
    throttled = [outcome for outcome in outcomes if outcome.error == "Throttled"]
    assert len(done) + len(throttled) == 12
    assert 4 <= len(done) <= 6
    assert len({body(outcome) for outcome in done}) <= 2
    assert "Rate Exceeded" in json.loads(throttled[0].payload)["errorMessage"]
    assert functions.pool(SHOP).cap == 2


def test_a_handler_that_cannot_be_imported_is_one_line_and_is_mended_by_saving(running: Running) -> None:
    module = running.folder / "functions" / "shop" / "background.py"
    good = module.read_text()
    pool = running.platform.functions.pool(ORDERS)
    module.write_text("import nothing_of_that_name\n" + good)
    wait_for(lambda: any("background.py" in line for line in running.platform.events))
    outcome = invoke(running, ORDERS, b"{}")
    assert json.loads(outcome.payload)["errorType"] == "Runtime.ImportModuleError"
    wait_for(lambda: "No module named 'nothing_of_that_name'" in pool.last_init_error)
    assert "\n" not in pool.last_init_error
    module.write_text(good)
    wait_for(lambda: invoke(running, ORDERS, b"{}").error is None)


def test_a_saved_file_of_a_domain_restarts_that_domain_only(running: Running) -> None:
    module = running.folder / "functions" / "shop" / "api.py"
    shop = body(invoke(running, SHOP, event(do="pid")))
    gate = running.platform.functions.pool("fx-local-gate")
    invoke(running, "fx-local-gate", b'{"methodArn": "x", "type": "REQUEST"}')
    gates = {worker.pid for worker in gate.workers}
    module.write_text(module.read_text() + "\n# saved\n")
    wait_for(lambda: body(invoke(running, SHOP, event(do="pid"))) != shop)
    assert {worker.pid for worker in gate.workers} == gates


def test_a_saved_file_of_a_layer_restarts_the_functions_that_carry_it(running: Running) -> None:
    layer = running.folder / "layers" / "kit" / "python" / "fixture_layer.py"
    before = body(invoke(running, SHOP, event(do="pid")))
    layer.write_text(layer.read_text() + "\n# saved\n")
    wait_for(lambda: body(invoke(running, SHOP, event(do="pid"))) != before)


def test_an_asynchronous_call_is_retried_twice_and_then_delivered_to_its_destination(
    running: Running,
) -> None:
    running.delivered.clear()
    calls = running.platform.functions.pool(ORDERS).meter
    before = calls.errors
    running.call(running.platform.functions.invoke_async(ORDERS, b'{"fail": true, "say": "retry me"}'))
    wait_for(lambda: running.delivered)
    destination, record = running.delivered[0]
    assert destination == Destination("sqs", "arn:aws:sqs:ap-south-1:000000000000:fx-local-dead")
    told = json.loads(record)
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 3
    assert told["requestPayload"] == {"fail": True, "say": "retry me"}
    assert told["responsePayload"]["errorType"] == "ValueError"
    assert calls.errors - before == 3


def test_an_asynchronous_call_that_succeeds_is_not_retried(running: Running) -> None:
    running.delivered.clear()
    running.call(running.platform.functions.invoke_async(ORDERS, b'{"say": "only once"}'))
    wait_for(lambda: "said only once" in running.log(ORDERS))
    wait_for(lambda: running.platform.functions.pending_async == 0)
    assert running.log(ORDERS).count("said only once") == 1
    assert running.delivered == []


def test_what_a_function_prints_is_in_its_log_and_in_the_tail_of_its_call(running: Running) -> None:
    invoke(running, ORDERS, b'{"say": "something"}')
    wait_for(lambda: "said something" in running.log(ORDERS))
    assert "told to fail" in invoke(running, ORDERS, b'{"fail": true}').log_tail


def test_status_counts_calls_errors_and_cold_starts(running: Running) -> None:
    invoke(running, "fx-local-shop-empty", b"{}")
    status = running.platform.status()
    one = status["functions"]["fx-local-shop-empty"]
    assert one["invocations"] >= 1
    assert one["cold_starts"] >= 1
    assert one["p50_ms"] > 0
    assert {"id": "Errors", "type": "AWS::CloudWatch::Alarm"} in status["inert"]
    assert status["services"] == "fixture"
    json.dumps(status)


_ORPHANS = """
import asyncio, sys
from pathlib import Path
from local.platform import Options, Platform

async def main():
    template = Path(sys.argv[1])
    platform = Platform(Options(template.parent, Path(sys.argv[2]), template, port=0, watch=False))
    await platform.start()
    await platform.functions.invoke("fx-local-shop-empty", b"{}")
    asyncio.ensure_future(platform.functions.invoke("fx-local-shop-api", sys.argv[3].encode()))
    while len(pids := [p for one in platform.status()["functions"].values() for p in one["pids"] if p]) < 2:
        await asyncio.sleep(0.01)
    print(*pids, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_platform_killed_at_once_leaves_no_process_behind(tmp_path: Path) -> None:
    busy = event(do="sleep", **{"for": "60"}).decode()
    command = [sys.executable, "-c", _ORPHANS, str(FIXTURE / "template.yaml"), str(tmp_path), busy]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as platform:
        assert platform.stdout is not None
        pids = [int(pid) for pid in platform.stdout.readline().split()]
        assert len(pids) == 2
        platform.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(_lives(pid) for pid in pids))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stopping_ends_every_process(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    shutil.copytree(FIXTURE, folder)
    one = Running(folder, Limits(), watch=False)
    one.start()
    pid = body(invoke(one, SHOP, event(do="pid")))
    one.stop()
    assert not _lives(pid)
