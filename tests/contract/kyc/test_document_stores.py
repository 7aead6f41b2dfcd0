"""Documents: one contract in memory and on S3 with KMS (moto), and an envelope that opens for one document only."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from builders.kyc import NOW, PNG, somebody
from kit.aws import credentials, kms, s3
from kit.errors import Retryable
from kit.ids import uuid7
from kit.sealing import SealBroken
from kyc.adapters import envelope
from kyc.adapters.documents_s3 import DocumentBucket
from kyc.adapters.memory.evidence import MemoryDocumentStore
from kyc.errors import DocumentNotFound
from kyc.model.application import ApplicationId
from kyc.model.document import LARGEST, Document, DocumentId
from kyc.ports.evidence import DocumentStore

REGION, BUCKET = "ap-south-1", "treum-test-kyc"


def document() -> Document:
    return Document(
        DocumentId(uuid7()), ApplicationId(uuid7()), somebody(), "photo", "image/png", NOW, state="kept"
    )


@pytest.fixture
def client(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return boto3's client of S3, beside ours."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", REGION)
    for one in (s3._client, kms._client):
        one.cache_clear()
    credentials.forget()
    made = boto3.client("s3", region_name=REGION)
    if BUCKET not in {one["Name"] for one in made.list_buckets()["Buckets"]}:
        made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield made
    for one in (s3._client, kms._client):
        one.cache_clear()
    credentials.forget()


@pytest.fixture
def bucket(client: Any) -> DocumentBucket:
    assert client is not None
    key = boto3.client("kms", region_name=REGION).create_key()["KeyMetadata"]["KeyId"]
    return DocumentBucket(BUCKET, key)


@pytest.fixture(params=["memory", pytest.param("s3", marks=pytest.mark.stores)])
def store(request: pytest.FixtureRequest) -> DocumentStore:
    if request.param == "memory":
        return MemoryDocumentStore()
    made: DocumentBucket = request.getfixturevalue("bucket")
    return made


def test_a_document_is_kept_opened_and_deleted(store: DocumentStore) -> None:
    one = document()
    assert store.arrived(one) is None
    with pytest.raises(DocumentNotFound):
        store.open(one)
    store.keep(one, PNG)
    store.keep(one, PNG)
    assert store.open(one) == PNG
    store.clear(one)
    store.delete(one)
    store.delete(one)
    with pytest.raises(DocumentNotFound):
        store.open(one)


def test_a_form_ends(store: DocumentStore) -> None:
    form = store.form(document(), 600)
    assert form.fields["key"].startswith("incoming/")
    assert form.expires_at.tzinfo is not None


@pytest.mark.stores
def test_what_came_is_read_and_cleared(bucket: DocumentBucket, client: Any) -> None:
    one = document()
    key = bucket.form(one, 600).fields["key"]
    client.put_object(Bucket=BUCKET, Key=key, Body=PNG)
    assert bucket.arrived(one) == PNG
    client.put_object(Bucket=BUCKET, Key=key, Body=b"x" * (LARGEST + 1))
    assert bucket.arrived(one) == b"", "larger than any form allows: not even read"
    bucket.clear(one)
    assert bucket.arrived(one) is None


@pytest.mark.stores
def test_what_lies_in_the_bucket_is_unreadable_and_nobody_elses(bucket: DocumentBucket, client: Any) -> None:
    one, other = document(), document()
    bucket.keep(one, PNG)
    (found,) = client.list_objects_v2(Bucket=BUCKET, Prefix=f"kept/kyc/{one.application}")["Contents"]
    lies = client.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read()
    assert b"a picture" not in lies
    client.put_object(Bucket=BUCKET, Key=f"kept/kyc/{other.application}/{other.id}", Body=lies)
    with pytest.raises((SealBroken, Retryable)):
        bucket.open(other)
    with pytest.raises((SealBroken, Retryable)):
        bucket.open(replace(one, person=somebody()))
    assert bucket.open(one) == PNG


@pytest.mark.stores
@pytest.mark.usefixtures("client")
def test_a_bucket_that_refuses_is_an_outage() -> None:
    away = DocumentBucket("treum-test-absent", "no-key")
    with pytest.raises(Retryable):
        away.keep(document(), PNG)
    with pytest.raises(Retryable):
        away.delete(document())


# ---- the envelope ----

CONTEXT = {"treum:purpose": "kyc-document", "treum:document": "1"}
KEY = os.urandom(32)


def sealed() -> bytes:
    return envelope.seal(PNG, CONTEXT, lambda _: (KEY, b"wrapped"))


def test_an_envelope_opens_under_its_context_alone() -> None:
    assert envelope.unseal(sealed(), CONTEXT, lambda *_: KEY) == PNG
    for wrong in ({}, CONTEXT | {"treum:document": "2"}, CONTEXT | {"more": ""}):
        with pytest.raises(SealBroken):
            envelope.unseal(sealed(), wrong, lambda *_: KEY)


def test_a_changed_envelope_does_not_open() -> None:
    whole = sealed()
    for place in (0, 4, 5, 7, 14, 30, len(whole) - 1):
        broken = bytearray(whole)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            envelope.unseal(
                bytes(broken), CONTEXT, lambda wrapped, _: KEY if wrapped == b"wrapped" else os.urandom(32)
            )
    for cut in (b"", whole[:5], whole[:20], whole[:-1]):
        with pytest.raises(SealBroken):
            envelope.unseal(cut, CONTEXT, lambda *_: KEY)


def test_two_envelopes_of_one_document_differ() -> None:
    assert sealed() != sealed()
