"""The house rules for templates hold for ours, and each is seen to fail on a template planted for it."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bootstrap import bus, package
from gates import machine_rules, template_rules, template_tree, topic_rules, warm_rules
from gates.tables import ROOT
from gates.template_tree import Tree
from local.model import LocalError


@pytest.fixture(scope="module")
def tree() -> Tree:
    return template_tree.read()


@pytest.mark.parametrize("rule", template_rules.RULES, ids=lambda rule: rule.__name__)
def test_our_templates_keep_the_rule(rule: Callable[[Tree], Iterator[str]], tree: Tree) -> None:
    assert list(rule(tree)) == []


def test_our_machines_keep_their_rules() -> None:
    assert machine_rules.problems() == []


def test_our_topic_files_say_what_the_templates_say(tree: Tree) -> None:
    assert topic_rules.problems(tree) == []


Planter = Callable[[str, str, str], Tree]


@pytest.fixture
def planted(tmp_path: Path) -> Planter:
    """Return what copies the templates, replaces ``old`` by ``new`` in one of them, and reads the copy."""

    def plant(file: str, old: str, new: str) -> Tree:
        for path in template_tree.template_files():
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
        shutil.copy(ROOT / "infra/api.yaml", tmp_path / "infra/api.yaml")
        shutil.copy(ROOT / "functions/Makefile", tmp_path / "functions/Makefile")
        shutil.copytree(ROOT / "statemachines", tmp_path / "statemachines")
        (tmp_path / "layers").symlink_to(ROOT / "layers")
        for package_folder in (ROOT / "functions").iterdir():
            target = tmp_path / "functions" / package_folder.name
            if package_folder.is_dir() and target.is_dir():
                for entry in package_folder.iterdir():
                    if not (target / entry.name).exists():
                        (target / entry.name).symlink_to(entry)
        text = (tmp_path / file).read_text()
        assert old in text, f"{file} no longer says {old!r}: plant something else"
        (tmp_path / file).write_text(text.replace(old, new, 1))
        return template_tree.read(tmp_path / "template.yaml")

    return plant


USERS, ROOT_TEMPLATE = "functions/users/templates/entry.yaml", "template.yaml"
UPKEEP = "functions/users/templates/upkeep.yaml"
MARKET = "functions/signals/templates/market.yaml"
PUBLICATION = "functions/signals/templates/publication.yaml"

DEFECTS: Sequence[tuple[Callable[[Tree], Iterator[str]], str, str, str, str]] = (
    (template_rules.handlers_import, UPKEEP, "users.tasks.handler", "users.tasks.handlr", "has no function"),
    (
        template_rules.kafka_sources_are_whole,
        MARKET,
        "            ProvisionedPollerConfig: {MinimumPollers: 1, MaximumPollers: 4}\n",
        "",
        "no provisioned mode",
    ),
    (
        template_rules.kafka_sources_are_whole,
        MARKET,
        '            DestinationConfig: {OnFailure: {Destination: !Sub "arn:${AWS::Partition}:s3:::${FailedRecords}"}}\n',
        "",
        "failure destination",
    ),
    (
        template_rules.kafka_sources_are_whole,
        MARKET,
        '{OnFailure: {Destination: !Sub "arn:${AWS::Partition}:s3:::${FailedRecords}"}}',
        "{OnFailure: {Destination: !Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:failed'}}",
        "must be S3 or a topic",
    ),
    (
        template_rules.kafka_sources_are_whole,
        MARKET,
        "            FunctionResponseTypes: [ReportBatchItemFailures]\n",
        "",
        "partial batch answers",
    ),
    (
        template_rules.kafka_sources_are_whole,
        MARKET,
        "            MaximumRetryAttempts: 10000\n",
        "",
        "retries without an end",
    ),
    (
        template_rules.kafka_sources_are_whole,
        "functions/realtime/templates/delivery.yaml",
        "            MaximumBatchingWindowInSeconds: 0\n",
        "            MaximumBatchingWindowInSeconds: 1\n",
        "window 0",
    ),
    (
        template_rules.consumers_may_read,
        MARKET,
        "kafka-cluster:ReadData",
        "kafka-cluster:AlterTopic",
        "lacks kafka-cluster:ReadData",
    ),
    (
        template_rules.logs_expire,
        USERS,
        '"/aws/lambda/treum-${Stage}-users-api", RetentionInDays: 30',
        '"/aws/lambda/treum-${Stage}-users-api"',
        "no retention",
    ),
    (
        template_rules.logs_expire,
        USERS,
        "      LoggingConfig: {LogGroup: !Ref UsersApiLog}\n",
        "",
        "its log group must be",
    ),
    (
        template_rules.connections_suffice,
        ROOT_TEMPLATE,
        "Number, Default: 640",
        "Number, Default: 100",
        "the share of DatabaseConnections",
    ),
    (
        template_rules.connections_suffice,
        USERS,
        "      ReservedConcurrentExecutions: 80\n",
        "",
        "without ReservedConcurrentExecutions",
    ),
    (
        template_rules.policies_name_resources,
        USERS,
        "              Action: ses:SendEmail",
        "              Action: ses:*",
        "is not one action",
    ),
    (
        template_rules.policies_name_resources,
        MARKET,
        "              Resource: !Ref KafkaClusterArn",
        '              Resource: "*"',
        "on every resource",
    ),
    (
        template_rules.functions_have_alarms,
        UPKEEP,
        "FunctionName: !Ref UsersRelay, AlarmTopic: !Ref AlarmTopic, Kind: relay",
        "FunctionName: !Ref UsersRelay, AlarmTopic: !Ref AlarmTopic, Kind: task",
        "users-relay-outbox-age",
    ),
    (
        template_rules.gateway_may_call,
        USERS,
        "      FunctionName: !Ref UsersApi.Alias",
        "      FunctionName: !Ref UsersApi",
        "without a permission",
    ),
    (
        template_rules.packages_have_a_target,
        "functions/Makefile",
        "build-Users%:",
        "build-User_%:",
        "no target",
    ),
    (
        template_rules.promises_stay_locked,
        ROOT_TEMPLATE,
        "DefaultRetention: {Mode: COMPLIANCE, Years: 7}",
        "DefaultRetention: {Mode: GOVERNANCE, Years: 7}",
        "need Object Lock in COMPLIANCE mode",
    ),
    (
        template_rules.promises_stay_locked,
        ROOT_TEMPLATE,
        "-commitments\n      ObjectLockEnabled: true\n",
        "-commitments\n",
        "need Object Lock in COMPLIANCE mode",
    ),
    (
        template_rules.promises_stay_locked,
        ROOT_TEMPLATE,
        "${AWS::AccountId}-commitments",
        "${AWS::AccountId}-documents",
        "no bucket keeps",
    ),
    (
        template_rules.promises_stay_locked,
        PUBLICATION,
        "Action: [s3:PutObject, s3:PutObjectRetention]",
        "Action: [s3:PutObject, s3:PutObjectRetention, s3:DeleteObjectVersion]",
        "s3:DeleteObjectVersion on promises",
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect[0].__name__}: {defect[4]}")
def test_a_planted_defect_is_seen(
    planted: Planter, defect: tuple[Callable[[Tree], Iterator[str]], str, str, str, str]
) -> None:
    rule, file, old, new, said = defect
    assert any(said in line for line in rule(planted(file, old, new)))


def test_a_way_of_payments_that_starts_cold_at_night_is_seen(planted: Planter, tree: Tree) -> None:
    assert list(warm_rules.problems(tree)) == []
    cold = planted(UPKEEP, "Capacity: 2, AtOtherHours: 2", "Capacity: 2, AtOtherHours: 1")
    assert list(warm_rules.problems(cold)) == [
        "users-relay: 1 environments are warm at every hour, 2 must be"
    ]


def test_a_template_too_long_to_read_is_seen(planted: Planter) -> None:
    long = planted(USERS, "Resources:\n", "Resources:\n" + "  # more\n" * template_rules.LONGEST)
    assert any("split it" in line for line in template_rules.templates_are_short(long))


def test_limits_of_stacks_and_apis_are_seen(tree: Tree) -> None:
    crowded = Tree(tree.root, tree.parameters, tree.resources, {Path("template.yaml"): 501})
    assert len(list(template_rules.resources_are_within_limits(crowded))) == 1
    (api,) = tree.of("AWS::ApiGateway::RestApi")
    paths: dict[str, dict[str, str]] = {f"/a/{n}": {} for n in range(299)}
    big = type(api)(api.logical_id, api.type, api.name, {"Body": {"paths": paths}}, api.template)
    wide = Tree(tree.root, tree.parameters, (big,), {})
    assert "301 resources" in next(template_rules.resources_are_within_limits(wide))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ROOT_TEMPLATE, "Location: infra/api.yaml", "Location: infra/apy.yaml"),
        (ROOT_TEMPLATE, "Location: functions/users/template.yaml", "Location: functions/user/template.yaml"),
        (PUBLICATION, "signal-publication.asl.yaml", "signal-publicatoin.asl.yaml"),
        (ROOT_TEMPLATE, "ContentUri: layers/deps-bus", "ContentUri: layers/deps-buss"),
    ],
)
def test_a_file_that_is_named_and_missing_is_seen(planted: Planter, file: str, old: str, new: str) -> None:
    with pytest.raises(LocalError):
        planted(file, old, new)


MACHINE = """
StartAt: First
States:
  First: {{Type: Task, Resource: r, Parameters: {{Payload: {{task: screen}}}}, Next: {target}}}
  Last: {{Type: Succeed}}
{more}
"""


@pytest.mark.parametrize(
    ("target", "more", "said"),
    [
        ("Lost", "", "goes to Lost"),
        ("Last", "  Island: {Type: Pass, Next: Last}", "Island is never reached"),
        ("Stuck", "  Stuck: {Type: Pass}", "Stuck neither ends nor goes on"),
        ("Last", "", "First does not retry Runtime.ExitError"),
        (
            "Each",
            "  Each: {Type: Map, End: true, ItemProcessor: {StartAt: A, States: {A: {Type: Pass, Next: B}}}}",
            "Each/A goes to B",
        ),
    ],
)
def test_a_machine_that_leads_nowhere_is_seen(tmp_path: Path, target: str, more: str, said: str) -> None:
    (tmp_path / "planted.asl.yaml").write_text(MACHINE.format(target=target, more=more))
    assert any(said in line for line in machine_rules.problems(tmp_path))


def test_a_machine_that_calls_an_unknown_task_is_seen(tmp_path: Path) -> None:
    good = (ROOT / "statemachines/signal-publication.asl.yaml").read_text()
    (tmp_path / "signal-publication.asl.yaml").write_text(good.replace("task: screen", "task: scren", 1))
    assert any("the task scren" in line for line in machine_rules.problems(tmp_path))


def test_a_topic_file_that_lies_about_the_templates_is_seen(tree: Tree) -> None:
    topics = bus.read(package.topics())
    silent = {name: topic for name, topic in topics.items() if name != "fanout"}
    assert any("no file in events/topics" in line for line in topic_rules.problems(tree, silent))
    lying = topics | {"user-events": topics["fanout"]}
    assert any("user-events.yaml lists" in line for line in topic_rules.problems(tree, lying))
