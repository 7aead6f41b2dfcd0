"""House rules for templates: each is a function from the resolved tree to one line a violation.

cfn-lint looks at one template at a time and not inside SAM events; these look at the whole.
"""

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from gates.template_tree import FUNCTION, Tree, as_list, short

STACK_RESOURCES = 500
REST_RESOURCES = 300
LONGEST = 190
LONGEST_ROOT = 300
CONNECTION_SHARE = 0.8
SIGNAL_PATH = frozenset({"trading-signals", "fanout"})
KINDS_OF_FAILURE_STORE = re.compile(r"^(arn:aws:s3:::[a-z0-9.-]+|kafka://[a-z-]+)$")
# AWS knows no narrower resource for these
_UNAVOIDABLE = frozenset({"sns:Publish"})
_UNLOCKING = frozenset(
    {
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutLifecycleConfiguration",
    }
)


def handlers_import(tree: Tree) -> Iterator[str]:
    """Every Handler names a function that exists in a module that can be imported."""
    for one in tree.of(FUNCTION):
        module, _, name = str(one.properties["Handler"]).rpartition(".")
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError as error:
            yield f"{one.logical_id}: Handler {module}.{name} cannot be imported: {error}"
        else:
            if not callable(found):
                yield f"{one.logical_id}: {module} has no function {name}"


def kafka_sources_are_whole(tree: Tree) -> Iterator[str]:
    """Every Kafka source: provisioned, partial answers, a bounded end and somewhere to put what failed."""
    for function, source, one in tree.sources():
        where = f"{one.logical_id} ({function})"
        failure = source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
        if not KINDS_OF_FAILURE_STORE.match(str(failure)):
            yield f"{where}: the failure destination must be S3 or a topic, it is {failure or 'missing'}"
        if "ProvisionedPollerConfig" not in source:
            yield f"{where}: no provisioned mode: partial answers, bisection and retry limits need it"
        if "ReportBatchItemFailures" not in source.get("FunctionResponseTypes", []):
            yield f"{where}: partial batch answers are not switched on"
        if int(source.get("MaximumRetryAttempts", -1)) < 0:
            yield f"{where}: retries without an end hold up the partition for ever"
        if set(source["Topics"]) & SIGNAL_PATH and source.get("MaximumBatchingWindowInSeconds") != 0:
            yield f"{where}: the signal path waits for no batch: window 0"


def consumers_may_read(tree: Tree) -> Iterator[str]:
    """The role of a consumer may read its topic and write its failure destination."""
    functions = {one.name: one for one in tree.of(FUNCTION)}
    for _, source, one in tree.sources():
        name = str(source["FunctionName"]).partition(":function:")[2].partition(":")[0]
        allowed = _allowed(tree, functions[name or str(source["FunctionName"]).partition(":")[0]])
        for topic in source["Topics"]:
            if not any(
                resource.endswith(f"/{topic}") for resource in allowed.get("kafka-cluster:ReadData", ())
            ):
                yield f"{one.logical_id}: its role lacks kafka-cluster:ReadData on {topic}"
        if not allowed.get("s3:PutObject"):
            yield f"{one.logical_id}: its role may not write the failure destination"


def resources_are_within_limits(tree: Tree) -> Iterator[str]:
    """CloudFormation takes 500 resources a stack, API Gateway 300 resources an API."""
    for template, count in tree.per_stack.items():
        if count > STACK_RESOURCES:
            yield f"{template}: {count} resources, a stack holds {STACK_RESOURCES}"
    for api in tree.of("AWS::ApiGateway::RestApi"):
        nodes = {
            "/".join(parts[:depth])
            for parts in (path.split("/") for path in api.properties.get("Body", {}).get("paths", {}))
            for depth in range(1, len(parts) + 1)
        }
        if len(nodes) > REST_RESOURCES:
            yield f"{api.logical_id}: {len(nodes)} resources, an API holds {REST_RESOURCES}"


def logs_expire(tree: Tree) -> Iterator[str]:
    """Every function writes to a log group of its own that has a retention."""
    groups = {one.name: one for one in tree.of("AWS::Logs::LogGroup")}
    for one in tree.of(FUNCTION):
        named = str(one.properties.get("LoggingConfig", {}).get("LogGroup", ""))
        group = groups.get(named)
        if group is None or named != f"/aws/lambda/{one.name}":
            yield f"{one.logical_id}: its log group must be /aws/lambda/{one.name}, not {named or 'none'}"
        elif not group.properties.get("RetentionInDays"):
            yield f"{group.logical_id}: no retention"


def connections_suffice(tree: Tree) -> Iterator[str]:
    """Functions that open the database are capped, and all caps together leave it room."""
    total = 0
    for one in tree.of(FUNCTION):
        if "DATABASE_SECRET" in one.properties.get("Environment", {}).get("Variables", {}):
            cap = one.properties.get("ReservedConcurrentExecutions")
            if cap is None:
                yield f"{one.logical_id}: opens the database without ReservedConcurrentExecutions"
            total += int(cap or 0)
    limit = CONNECTION_SHARE * float(tree.parameters.get("DatabaseConnections", 0))
    if total > limit:
        yield f"reserved concurrency of {total} is more than {limit:.0f}, the share of DatabaseConnections"


def policies_name_resources(tree: Tree) -> Iterator[str]:
    """No inline policy allows an action on everything, nor every action of a service."""
    for one in tree.of("AWS::IAM::Role"):
        for policy in one.properties.get("Policies", []):
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                yield from (f"{one.logical_id}: {problem}" for problem in _wide(statement))


def functions_have_alarms(tree: Tree) -> Iterator[str]:
    """Every function has the alarms of infra/alarms.yaml, of the kind that its work asks for."""
    alarms = {one.name for one in tree.of("AWS::CloudWatch::Alarm")}
    consumers = {function for function, _, _ in tree.sources()}
    for one in tree.of(FUNCTION):
        wanted = ["errors", "throttles"]
        wanted += ["lag", "dead-letters"] if short(one.name) in consumers else []
        wanted += ["outbox-age"] if one.name.endswith("-relay") else []
        for kind in wanted:
            if f"{one.name}-{kind}" not in alarms:
                yield f"{one.logical_id}: no alarm {one.name}-{kind}"


def gateway_may_call(tree: Tree) -> Iterator[str]:
    """Every function that an API invokes permits exactly the alias the API names."""
    permitted = {
        str(one.properties["FunctionName"]).partition(":function:")[2] or str(one.properties["FunctionName"])
        for one in tree.of("AWS::Lambda::Permission")
        if one.properties.get("Principal") == "apigateway.amazonaws.com"
    }
    called: set[str] = set()
    for kind in (
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Authorizer",
    ):
        for api in tree.of(kind):
            called |= set(re.findall(r":function:([\w-]+:\w+)/invocations", str(api.properties)))
    yield from (f"API Gateway calls {name} without a permission" for name in sorted(called - permitted))


def packages_have_a_target(tree: Tree) -> Iterator[str]:
    """The makefile builder finds each function's package by the first word of its logical id, all unique."""
    makefile = (tree.root / "functions" / "Makefile").read_text()
    prefixes = re.findall(r"^build-(\w+)%:", makefile, re.MULTILINE)
    seen: dict[str, str] = {}
    for one in tree.of(FUNCTION):
        own = one.logical_id.rpartition("/")[2]
        if not any(own.startswith(prefix) and own != prefix for prefix in prefixes):
            yield f"{one.logical_id}: functions/Makefile has no target for it"
        if own in seen:
            yield f"{one.logical_id}: {seen[own]} has the same id, so one make target would build both"
        seen[own] = one.logical_id


def promises_stay_locked(tree: Tree) -> Iterator[str]:
    """The bucket of promises has a COMPLIANCE lock, which not even its owner can lift, and nobody may try."""
    locked = [one for one in tree.of("AWS::S3::Bucket") if one.name.endswith("-commitments")]
    if not locked:
        yield "no bucket keeps the commitments"
    for one in locked:
        rule = one.properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention", {})
        if not one.properties.get("ObjectLockEnabled") or rule.get("Mode") != "COMPLIANCE":
            yield f"{one.logical_id}: promises need Object Lock in COMPLIANCE mode by default"
    for function in tree.of(FUNCTION):
        for action, resources in _allowed(tree, function).items():
            if action in _UNLOCKING and any("-commitments" in one for one in resources):
                yield f"{function.logical_id}: {action} on promises, which nobody may change or delete"


def templates_are_short(tree: Tree) -> Iterator[str]:
    """A template is read in two minutes: a domain that outgrows it becomes parts, the root nests domains."""
    for path in sorted(tree.per_stack):
        template = tree.root / path
        lines, most = len(template.read_text().splitlines()), LONGEST
        if template == tree.root / "template.yaml":
            most = LONGEST_ROOT
        if lines > most:
            name = template.relative_to(tree.root)
            yield f"{name} has {lines} lines, at most {most}: split it into templates/"


RULES: tuple[Callable[[Tree], Iterator[str]], ...] = (
    handlers_import,
    kafka_sources_are_whole,
    consumers_may_read,
    resources_are_within_limits,
    logs_expire,
    connections_suffice,
    policies_name_resources,
    functions_have_alarms,
    gateway_may_call,
    packages_have_a_target,
    promises_stay_locked,
    templates_are_short,
)


def _allowed(tree: Tree, function: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for statement in tree.statements(function):
        if statement["Effect"] == "Allow":
            for action in as_list(statement["Action"]):
                found.setdefault(action, []).extend(str(one) for one in as_list(statement["Resource"]))
    return found


def _wide(statement: dict[str, Any]) -> Iterator[str]:
    if statement["Effect"] != "Allow":
        return
    actions = as_list(statement.get("Action", "*"))
    for action in actions:
        if action.endswith("*"):
            yield f"the action {action} is not one action"
    if "*" in as_list(statement.get("Resource", "*")) and not set(actions) <= _UNAVOIDABLE:
        yield f"{', '.join(actions)} on every resource"
