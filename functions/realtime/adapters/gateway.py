"""Frames to one connection, by signed calls of the management API (``@connections``)."""

from collections.abc import Iterable

from kit.aws.client import AwsClient
from kit.aws.errors import AwsError
from kit.aws.sigv4 import quote
from realtime.model import ConnectionId

_GONE = 410


class GatewayOutbound:
    """See :class:`realtime.ports.Outbound`."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    def post(self, connection: ConnectionId, frames: Iterable[bytes]) -> bool:
        """Send frames in order; False when the connection is gone."""
        return all(self._call("POST", connection, frame) for frame in frames)

    def close(self, connection: ConnectionId) -> None:
        """End the connection; one that is gone is no error."""
        self._call("DELETE", connection, b"")

    def _call(self, method: str, connection: ConnectionId, body: bytes) -> bool:
        try:
            self._client.request(method, f"/@connections/{quote(connection)}", body=body)
        except AwsError as error:
            if error.http_status == _GONE:
                return False
            raise
        return True
