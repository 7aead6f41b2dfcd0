"""Mail by SES version 2 and SMS by SNS. What is sent is never logged here: it may hold a code."""

import functools
import json

from kit import settings
from kit.aws.client import AwsClient
from kit.aws.sigv4 import quote

_DEFAULT_SENDER = "no-reply@treum.example"


@functools.cache
def _ses() -> AwsClient:
    return AwsClient("ses")


@functools.cache
def _sns() -> AwsClient:
    return AwsClient("sns")


def send_email(to: str, subject: str, text: str) -> None:
    """Send a plain-text mail from ``MAIL_SENDER``. Raises ``Retryable`` or ``AwsError``."""
    asked = {
        "FromEmailAddress": settings.optional("MAIL_SENDER", _DEFAULT_SENDER),
        "Destination": {"ToAddresses": [to]},
        "Content": {
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
            }
        },
    }
    headers = (("Content-Type", "application/json"),)
    _ses().request("POST", "/v2/email/outbound-emails", headers=headers, body=json.dumps(asked).encode())


def send_sms(to: str, text: str) -> None:
    """Send an SMS to ``to`` (E.164, such as +919812345678). Raises ``Retryable`` or ``AwsError``."""
    form = (("Action", "Publish"), ("Version", "2010-03-31"), ("PhoneNumber", to), ("Message", text))
    body = "&".join(f"{quote(name)}={quote(value)}" for name, value in form)
    headers = (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),)
    _sns().request("POST", "/", headers=headers, body=body.encode())
