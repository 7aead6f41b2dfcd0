"""The policy evaluator: allow, deny, wildcards, negations."""

from typing import Any

import pytest

from local.aws.policy import conditional, refusal

ARN = "arn:aws:s3:::proofs/root/1"


def _allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::proofs/*"} | more


@pytest.mark.parametrize(
    "statements",
    [
        [_allow()],
        [_allow(Action=["s3:Get*", "S3:putobject"])],
        [_allow(Action="*", Resource="*")],
        [_allow(Resource=["arn:aws:s3:::other/*", "arn:aws:s3:::proofs/????/1"])],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"}],
    ],
)
def test_an_allowing_statement_allows(statements: list[dict[str, Any]]) -> None:
    assert refusal([{"Statement": statements}], "s3:PutObject", ARN) is None


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [_allow(Action="s3:GetObject")],
        [_allow(Resource="arn:aws:s3:::proof/*")],
        [_allow(), {"Sid": "No", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
        [{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::proofs/*"}],
    ],
)
def test_everything_else_is_refused_with_a_reason(statements: list[dict[str, Any]]) -> None:
    assert refusal([{"PolicyDocument": {"Statement": statements}}], "s3:PutObject", ARN)


def test_a_resource_that_the_request_does_not_name_is_judged_by_its_action() -> None:
    assert refusal([{"Statement": _allow()}], "s3:PutObject", "*") is None
    assert refusal([{"Statement": _allow()}], "s3:DeleteObject", "*")


def test_what_a_request_does_not_name_is_denied_by_everything_alone() -> None:
    """A text message goes to a telephone, which no ARN names; topics may be denied beside it."""
    text = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
    for denied, refused in (("arn:aws:sns:*:*:*", False), ("*", True)):
        deny = {"Effect": "Deny", "Action": "sns:Publish", "Resource": denied}
        assert bool(refusal([{"Statement": [text, deny]}], "sns:Publish", "*")) == refused


def test_a_condition_is_not_evaluated_and_said_so() -> None:
    policy = [{"Statement": _allow(Condition={"Bool": {"aws:SecureTransport": "true"}})}]
    assert refusal(policy, "s3:PutObject", ARN) is None
    assert conditional(policy, "s3:PutObject", ARN)
