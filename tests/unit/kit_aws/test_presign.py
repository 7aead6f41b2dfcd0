"""A presigned address equals botocore's, parameter by parameter."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import botocore.credentials
import pytest
from botocore.awsrequest import AWSRequest

from kit.aws import presign, sigv4

NOW = dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC)
PLAIN = sigv4.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SESSION = sigv4.Credentials("ASIAEXAMPLE", "other/secret+key", "FwoGZXIvYXdzE//token==")


def botocores(path: str, query: sigv4.Pairs, who: sigv4.Credentials) -> dict[str, list[str]]:
    url = f"https://s3.ap-south-1.amazonaws.com{path}"
    request = AWSRequest("GET", f"{url}?{sigv4.query_string(query)}" if query else url)
    pair = botocore.credentials.Credentials(who.access_key, who.secret_key, who.token or None)
    signer: Any = botocore.auth.S3SigV4QueryAuth(pair, "s3", "ap-south-1", expires=300)
    request.context["timestamp"] = NOW.strftime(botocore.auth.SIGV4_TIMESTAMP)
    # add_auth() reads the wall clock; its own steps are run here at NOW instead
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return parse_qs(urlsplit(str(request.url)).query)


@pytest.mark.parametrize("who", [PLAIN, SESSION], ids=["plain", "session"])
@pytest.mark.parametrize(
    "query",
    [(), (("response-content-disposition", 'attachment; filename="a b.pdf"'),)],
    ids=["bare", "named"],
)
@pytest.mark.parametrize("path", ["/bucket/backtests/x.html", "/bucket/a%20b/%E2%82%B9.pdf"])
def test_a_link_is_signed_as_botocore_signs_it(path: str, query: sigv4.Pairs, who: sigv4.Credentials) -> None:
    ours = presign.signed_query(
        "s3.ap-south-1.amazonaws.com", path, query, who, region="ap-south-1", now=NOW, expires_s=300
    )
    assert parse_qs(ours) == botocores(path, query, who)


@pytest.mark.parametrize("seconds", [0, -1, presign.LONGEST_S + 1])
def test_a_link_lives_neither_for_ever_nor_not_at_all(seconds: int) -> None:
    with pytest.raises(ValueError, match="lives"):
        presign.signed_query("h", "/b/k", (), PLAIN, region="r", now=NOW, expires_s=seconds)
