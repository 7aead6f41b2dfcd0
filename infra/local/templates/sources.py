"""What triggers functions besides HTTP: Kafka and SQS mappings, schedules, bucket notifications."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from local.model import KafkaSource, LocalError, S3Source, ScheduleSource, Source, SqsSource
from local.templates.functions import destination, function_of
from local.templates.unit import Declared


def sources_of(one: Declared) -> Iterator[Source]:
    """Yield the sources that resource ``one`` declares. Raises :class:`LocalError` naming the property."""
    if one.type == "AWS::Lambda::EventSourceMapping":
        if one.properties.get("Enabled", True) in {True, "true", "True"}:
            yield _kafka(one) if "Topics" in one.properties else _sqs(one)
    elif one.type == "AWS::Scheduler::Schedule":
        yield from _scheduler(one)
    elif one.type == "AWS::Events::Rule":
        yield from _rule(one)
    elif one.type == "AWS::S3::Bucket":
        yield from _bucket(one)


def _kafka(one: Declared) -> KafkaSource:
    p = one.properties
    topics = p["Topics"]
    if len(topics) != 1:
        raise one.refuse("Topics", "a mapping has exactly one topic")
    position = p.get("StartingPosition")
    if position not in {"LATEST", "TRIM_HORIZON"}:
        raise one.refuse("StartingPosition", f"{position} is not LATEST or TRIM_HORIZON")
    failure = p.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    try:
        on_failure = destination(str(failure)) if failure else None
    except LocalError as error:
        raise one.refuse("DestinationConfig", str(error)) from error
    config = p.get("AmazonManagedKafkaEventSourceConfig") or p.get("SelfManagedKafkaEventSourceConfig") or {}
    return KafkaSource(
        logical_id=one.logical_id,
        function=function_of(str(p["FunctionName"])),
        topic=str(topics[0]),
        group=str(config.get("ConsumerGroupId", one.logical_id.replace("/", "-"))),
        batch_size=int(p.get("BatchSize", 100)),
        window_s=float(p.get("MaximumBatchingWindowInSeconds", 0.5)),
        starting_position=position,
        report_item_failures="ReportBatchItemFailures" in p.get("FunctionResponseTypes", []),
        bisect_on_error=bool(p.get("BisectBatchOnFunctionError", False)),
        max_retries=int(p.get("MaximumRetryAttempts", -1)),
        max_record_age_s=int(p.get("MaximumRecordAgeInSeconds", -1)),
        filters=tuple(_filters(one)),
        on_failure=on_failure,
        provisioned="ProvisionedPollerConfig" in p,
    )


def _filters(one: Declared) -> Iterator[Mapping[str, Any]]:
    for entry in one.properties.get("FilterCriteria", {}).get("Filters", []):
        try:
            pattern = msgspec.json.decode(entry["Pattern"], type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise one.refuse("FilterCriteria", f"{entry['Pattern']!r} is not a JSON object") from error
        yield pattern


def _sqs(one: Declared) -> SqsSource:
    p = one.properties
    arn = str(p.get("EventSourceArn", ""))
    if ":sqs:" not in arn:
        raise one.refuse("EventSourceArn", f"{arn or 'none'}: only Kafka and SQS mappings run here")
    return SqsSource(
        logical_id=one.logical_id,
        function=function_of(str(p["FunctionName"])),
        queue=arn.rpartition(":")[2],
        batch_size=int(p.get("BatchSize", 10)),
        report_item_failures="ReportBatchItemFailures" in p.get("FunctionResponseTypes", []),
    )


def _scheduler(one: Declared) -> Iterator[ScheduleSource]:
    if one.properties.get("State", "ENABLED") == "ENABLED":
        target = one.properties.get("Target", {})
        source = _schedule(one, one.properties["ScheduleExpression"], target, one.logical_id)
        yield replace(source, at_once=source.expression.startswith("rate("))


def _rule(one: Declared) -> Iterator[ScheduleSource]:
    if "ScheduleExpression" not in one.properties:
        raise one.refuse("EventPattern", "only rules with a ScheduleExpression run here")
    if one.properties.get("State", "ENABLED") != "ENABLED":
        return
    for target in one.properties.get("Targets", []):
        logical_id = f"{one.logical_id}/{target.get('Id', '')}"
        yield _schedule(one, one.properties["ScheduleExpression"], target, logical_id)


def _schedule(one: Declared, expression: str, target: Mapping[str, Any], logical_id: str) -> ScheduleSource:
    arn = str(target.get("Arn", ""))
    if ":lambda:" not in arn:
        raise one.refuse("Target", f"{arn or 'none'}: a schedule can only start a function here")
    if not expression.startswith(("rate(", "cron(")):
        raise one.refuse("ScheduleExpression", f"{expression} is not rate(...) or cron(...)")
    return ScheduleSource(logical_id, function_of(arn), expression, target.get("Input"))


def _bucket(one: Declared) -> Iterator[S3Source]:
    settings = one.properties.get("NotificationConfiguration", {})
    for other in set(settings) - {"LambdaConfigurations"}:
        raise one.refuse("NotificationConfiguration", f"{other} is not supported here")
    for entry in settings.get("LambdaConfigurations", []):
        rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules", [])
        parts = {str(rule["Name"]).lower(): str(rule["Value"]) for rule in rules}
        yield S3Source(
            logical_id=f"{one.logical_id}/{entry['Event']}",
            function=function_of(str(entry["Function"])),
            bucket=one.name,
            events=(str(entry["Event"]),),
            prefix=parts.get("prefix", ""),
            suffix=parts.get("suffix", ""),
        )
