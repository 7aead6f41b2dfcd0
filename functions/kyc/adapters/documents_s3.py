"""Documents in a private bucket: what comes in lies under ``incoming/`` for days, what is kept is encrypted.

Keys name ids only. ``kept/<class>/`` is the class of retention; the bucket's own rules are the backstop.
"""

from datetime import timedelta
from functools import partial
from typing import Final

from kit import clock
from kit.aws import kms, presign, s3
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kyc.adapters import envelope
from kyc.errors import DocumentNotFound
from kyc.model.document import LARGEST, Document
from kyc.ports.evidence import UploadForm

_ABSENT: Final = 404


class DocumentBucket:
    """See :class:`kyc.ports.evidence.DocumentStore`; data keys are those of the KMS key ``key_id``."""

    def __init__(self, bucket: str, key_id: str) -> None:
        self._bucket = bucket
        self._key_id = key_id

    def form(self, document: Document, seconds: int) -> UploadForm:
        """Sign a form."""
        made = presign.post(
            self._bucket,
            _incoming(document),
            content_type=document.content_type,
            largest=LARGEST,
            expires_s=seconds,
        )
        return UploadForm(made.url, made.fields, clock.now() + timedelta(seconds=seconds))

    def arrived(self, document: Document) -> bytes | None:
        """Get it; what is larger than the form allows is not even read."""
        try:
            if s3.size(self._bucket, _incoming(document)) > LARGEST:
                return b""
            return s3.get(self._bucket, _incoming(document))
        except AwsError as error:
            if error.http_status == _ABSENT:
                return None
            raise _away(error) from error

    def keep(self, document: Document, content: bytes) -> None:
        """Encrypt and put: again is under another key, and the same content."""
        try:
            sealed = envelope.seal(content, _context(document), partial(kms.generate_data_key, self._key_id))
            s3.put(self._bucket, _kept(document), sealed, content_type="application/octet-stream")
        except AwsError as error:
            raise _away(error) from error

    def clear(self, document: Document) -> None:
        """Delete the open copy."""
        self._delete(_incoming(document))

    def open(self, document: Document) -> bytes:
        """Get and decrypt."""
        try:
            sealed = s3.get(self._bucket, _kept(document))
            return envelope.unseal(sealed, _context(document), partial(kms.decrypt, self._key_id))
        except AwsError as error:
            if error.http_status == _ABSENT:
                raise DocumentNotFound from error
            raise _away(error) from error

    def delete(self, document: Document) -> None:
        """Delete both copies."""
        self._delete(_incoming(document))
        self._delete(_kept(document))

    def _delete(self, key: str) -> None:
        try:
            s3.delete(self._bucket, key)
        except AwsError as error:
            raise _away(error) from error


def _incoming(document: Document) -> str:
    return f"incoming/{document.application}/{document.id}"


def _kept(document: Document) -> str:
    return f"kept/kyc/{document.application}/{document.id}"


def _context(document: Document) -> dict[str, str]:
    return {
        "treum:purpose": "kyc-document",
        "treum:person": document.person,
        "treum:application": document.application,
        "treum:document": document.id,
        "treum:retention": "kyc",
    }


def _away(error: AwsError) -> Retryable:
    """A refusal is ours to mend (a policy, a key): whatever waits goes on after it."""
    return Retryable(f"the documents cannot be reached: {error.aws_code}")
