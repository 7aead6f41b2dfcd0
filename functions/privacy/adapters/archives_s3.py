"""Parts and archives in the bucket of exports, which encrypts under a KMS key of its own."""

from datetime import datetime

from kit.aws import presign, s3
from kit.aws.errors import AwsError
from kit.errors import Retryable
from kit.privacy.contributing import part_key
from privacy.adapters.archive import archive_key, packed
from privacy.model.export import Export, Part


class S3Archives:
    """See :class:`privacy.ports.Archives`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def pack(self, one: Export, parts: tuple[Part, ...], now: datetime) -> tuple[str, int]:
        """Read each page, pack all, put the archive: again it is another archive of the same pages."""
        made = packed(one, parts, now, self._read)
        try:
            s3.put(self._bucket, archive_key(one.id), made.content, content_type="application/zip")
        except AwsError as error:
            raise _away(error) from error
        return made.sha256, len(made.content)

    def link(self, one: Export, seconds: int) -> str:
        """Sign an address."""
        named = ("response-content-disposition", f'attachment; filename="export-{one.id}.zip"')
        return presign.link(self._bucket, archive_key(one.id), expires_s=seconds, query=[named])

    def delete(self, one: Export, parts: tuple[Part, ...]) -> None:
        """Delete one by one."""
        keys = [part_key(one.id, part.domain, page) for part in parts for page in range(1, part.pages + 1)]
        try:
            for key in (*keys, archive_key(one.id)):
                s3.delete(self._bucket, key)
        except AwsError as error:
            raise _away(error) from error

    def _read(self, key: str) -> bytes:
        try:
            return s3.get(self._bucket, key)
        except AwsError as error:
            raise _away(error) from error


def _away(error: AwsError) -> Retryable:
    return Retryable(f"the bucket of exports refused: {error.aws_code}")
