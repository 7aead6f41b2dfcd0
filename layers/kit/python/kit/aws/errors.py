"""What a call to AWS can end in, besides an answer: ``kit.errors.Retryable`` or :class:`AwsError`."""

from kit.errors import TreumError


class AwsError(TreumError):
    """AWS answered and refused: trying the same call again will not help.

    ``status`` is the HTTP status, ``aws_code`` the service's own error name (``AccessDeniedException``).
    """

    code = "AWS_REFUSED"
    title = "A cloud service refused a request of ours"

    def __init__(self, service: str, http_status: int, aws_code: str, message: str) -> None:
        super().__init__(f"{service} answered {http_status} {aws_code}: {message}")
        self.service = service
        self.http_status = http_status
        self.aws_code = aws_code
