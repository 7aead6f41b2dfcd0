"""Errors in the form that AWS clients of each protocol read."""

import json
from xml.sax.saxutils import escape

from local.aws.wire import HttpResponse

_XML_WRAPPED = {"sns", "sts", "iam", "monitoring", "cloudformation"}


def error(service: str, status: int, code: str, message: str) -> HttpResponse:
    """Return ``code`` and ``message`` as ``service`` would send them."""
    if service == "s3" or service in _XML_WRAPPED:
        inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        text = f"<Error>{inner}</Error>"
        if service in _XML_WRAPPED:
            text = f"<ErrorResponse>{text}<RequestId>local</RequestId></ErrorResponse>"
        return HttpResponse(status, (("content-type", "text/xml"),), text.encode())
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    headers = (("content-type", "application/json"), ("x-amzn-errortype", code))
    return HttpResponse(status, headers, body)
