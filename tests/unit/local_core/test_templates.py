"""Templates are read into a sorted stack, and what cannot be read is named in one line."""

import shutil
from pathlib import Path

import pytest

from local.model import (
    Destination,
    KafkaSource,
    LocalError,
    MockReply,
    S3Source,
    ScheduleSource,
    SqsSource,
    Stack,
)
from local.templates import read_stack

FIXTURE = Path(__file__).parents[2] / "integration" / "local_core" / "fixture_app"


@pytest.fixture(scope="module")
def stack() -> Stack:
    return read_stack(FIXTURE / "template.yaml", {}, gateway="http://127.0.0.1:9999")


def test_functions_carry_what_nested_templates_declare(stack: Stack) -> None:
    shop = stack.functions["fx-local-shop-api"]
    assert shop.logical_id == "Shop/Api"
    assert shop.handler == "shop.api.handler"
    assert shop.code_root == FIXTURE / "functions"
    assert shop.timeout_s == 2
    assert shop.reserved_concurrency == 2
    assert shop.role_policies[0]["Statement"][0]["Resource"] == "arn:aws:s3:::fx-local-files/*"


def test_own_layers_are_on_the_path_and_layers_of_wheels_are_not(stack: Stack) -> None:
    assert stack.functions["fx-local-shop-api"].layers == (FIXTURE / "layers" / "kit" / "python",)


def test_addresses_of_the_apis_become_the_local_gateway(stack: Stack) -> None:
    assert stack.functions["fx-local-shop-api"].environment["SOCKET_URL"] == "http://127.0.0.1:9999/live"
    assert stack.outputs["SocketUrl"] == "ws://127.0.0.1:9999/live"


def test_every_kind_of_source_is_found(stack: Stack) -> None:
    kinds = {type(source) for source in stack.sources}
    assert kinds == {KafkaSource, SqsSource, ScheduleSource, S3Source}
    kafka = next(source for source in stack.sources if isinstance(source, KafkaSource))
    assert (kafka.topic, kafka.group, kafka.batch_size, kafka.window_s) == ("orders", "shop-orders", 50, 0.0)
    assert kafka.report_item_failures
    assert kafka.bisect_on_error
    assert kafka.provisioned
    assert kafka.on_failure == Destination("kafka", "dead")
    assert kafka.filters == ({"value": {"type": ["order.placed"]}},)


def test_asynchronous_settings_reach_the_function(stack: Stack) -> None:
    orders = stack.functions["fx-local-shop-orders"]
    assert orders.on_failure == Destination("sqs", "arn:aws:sqs:ap-south-1:000000000000:fx-local-dead")
    assert orders.max_async_retries == 2


def test_rest_routes_name_functions_authorizers_and_mocks(stack: Stack) -> None:
    routes = {(route.method, route.path): route for route in stack.rest}
    items = routes["GET", "/api/v1/items/{id}"]
    assert items.function == "fx-local-shop-api"
    assert items.authorizer is not None
    assert items.authorizer.identity_sources == ("header:Authorization",)
    assert routes["OPTIONS", "/api/v1/echo"].mock == MockReply(
        204, {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET,POST"}
    )
    assert routes["ANY", "/api/v1/echo"].authorizer is None


def test_the_socket_api_names_its_routes_and_authorizer(stack: Stack) -> None:
    assert stack.socket is not None
    assert set(stack.socket.routes) == {"$connect", "$disconnect", "$default", "say"}
    assert stack.socket.authorizer is not None
    assert stack.socket.authorizer.identity_sources == ("query:ticket",)
    assert stack.socket.stage == "live"


def test_resources_are_created_or_listed_never_dropped(stack: Stack) -> None:
    created = {resource.logical_id for resource in stack.resources}
    assert created == {"Shop/Dead", "Shop/Work", "Shop/Files", "Shop/Flow"}
    assert any(resource.type == "AWS::CloudWatch::Alarm" for resource in stack.inert)


def test_a_machine_gets_its_definition_with_substitutions_made(stack: Stack) -> None:
    flow = next(resource for resource in stack.resources if resource.logical_id == "Shop/Flow")
    assert "function:fx-local-shop-orders" in flow.properties["DefinitionString"]
    assert "${" not in flow.properties["DefinitionString"]


def test_conditions_decide_which_resources_exist() -> None:
    prod = read_stack(FIXTURE / "template.yaml", {"Stage": "prod"})
    assert "OnlyInProd" in {resource.logical_id for resource in prod.resources}


ROOT, SHOP, API = "template.yaml", "functions/shop/template.yaml", "infra/api.yaml"
REFUSED = {
    "missing nested template": (
        ROOT,
        "functions/shop/template.yaml",
        "functions/gone/template.yaml",
        "there is no file",
    ),
    "missing include": (ROOT, "infra/api.yaml", "infra/gone.yaml", "infra/gone.yaml cannot be read"),
    "missing code folder": (ROOT, "CodeUri: functions", "CodeUri: nowhere", "there is no folder"),
    "missing handler module": (
        SHOP,
        "shop.api.empty",
        "shop.gone.empty",
        "Empty Handler: there is no file shop/gone.py",
    ),
    "handler without a function": (SHOP, "shop.api.empty", "nonsense", "'nonsense' is not module.function"),
    "other runtime": (SHOP, "python3.13", "nodejs22.x", "nodejs22.x does not run here"),
    "unknown resource type": (
        SHOP,
        "AWS::SQS::Queue",
        "AWS::DynamoDB::Table",
        "AWS::DynamoDB::Table is neither run nor",
    ),
    "import of another stack": (
        ROOT,
        '!Sub "fx-${Stage}-chat"',
        "!ImportValue other",
        "Fn::ImportValue is not supported",
    ),
    "unknown reference": (
        SHOP,
        "!GetAtt Dead.Arn",
        "!GetAtt Gone.Arn",
        "Gone is neither a parameter nor a resource",
    ),
    "unknown attribute": (SHOP, "!GetAtt Dead.Arn", "!GetAtt Dead.Colour", "has no such attribute"),
    "unknown output": (API, "Shop.Outputs.ApiArn", "Shop.Outputs.Gone", "has no output Gone"),
    "unknown nested parameter": (
        ROOT,
        "ClusterArn: !Ref ClusterArn",
        "Colour: !Ref ClusterArn",
        "no such parameter: Colour",
    ),
    "parameter outside its values": (ROOT, "Default: local,", "Default: moon,", "'moon' is not one of"),
    "route of an unknown function": (
        API,
        "fx-${Stage}-shop-empty",
        "fx-gone",
        "GET /api/v1/empty invokes fx-gone, which no template declares",
    ),
    "security scheme undeclared": (
        API,
        "[{token: []}]",
        "[{tocken: []}]",
        "security scheme tocken is not declared",
    ),
    "integration of another type": (
        API,
        "type: aws_proxy",
        "type: http_proxy",
        "integration type http_proxy does not run here",
    ),
    "starting position nobody knows": (SHOP, "TRIM_HORIZON", "YESTERDAY", "StartingPosition"),
    "failure destination elsewhere": (
        SHOP,
        "kafka://dead",
        "arn:aws:firehose:ap-south-1:1:x:y",
        "a failure destination must be",
    ),
    "filter that is no JSON": (
        SHOP,
        '\'{"value": {"type": ["order.placed"]}}\'',
        "'{nonsense'",
        "FilterCriteria",
    ),
    "schedule nobody knows": (SHOP, "rate(1 minute)", "sometimes", "is not rate(...) or cron(...)"),
    "substitution left open": (
        SHOP,
        "DefinitionSubstitutions: {OrdersArn",
        "DefinitionSubstitutions: {Other",
        "${OrdersArn} has no value",
    ),
    "broken YAML": (SHOP, "Resources:", "Resources: [", "template.yaml line"),
    "layer of nobody": (
        ROOT,
        "KitLayerArn: !Ref KitLayer",
        "KitLayerArn: arn:aws:lambda:x:1:layer:gone:1",
        "no template declares arn:aws:lambda:x:1:layer:gone:1",
    ),
    "SAM's own complaint": (SHOP, "Type: ScheduleV2", "Type: Sometimes", "template.yaml"),
}


@pytest.mark.parametrize(("file", "old", "new", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_in_one_line(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    app = tmp_path / "app"
    shutil.copytree(FIXTURE, app, ignore=shutil.ignore_patterns("__pycache__"))
    text = (app / file).read_text()
    assert old in text
    (app / file).write_text(text.replace(old, new))
    with pytest.raises(LocalError) as refused:
        read_stack(app / "template.yaml", {})
    message = str(refused.value)
    assert said in message
    assert "\n" not in message


def test_a_parameter_that_no_template_declares_is_refused() -> None:
    with pytest.raises(LocalError, match="no such parameter: Colour"):
        read_stack(FIXTURE / "template.yaml", {"Colour": "red"})
