"""What stands between functions and the emulator: authenticates, names the call, routes, keeps its effect."""

import asyncio
import secrets
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from local.aws import actions, faults, form, signature
from local.aws.actions import Action
from local.aws.calls import Call, CallLog
from local.aws.credentials import Keyring
from local.aws.journal import KEY_NONCE, Journal, whole_object
from local.aws.mailbox import Mailbox
from local.aws.upstream import UnreachableError, Upstream
from local.aws.wire import Handler, HttpRequest, HttpResponse

_OK = range(200, 300)
_PATIENCE_S = 15.0


@dataclass(frozen=True, slots=True)
class ObjectCreated:
    """An S3 object was written; ``etag`` without quotes, ``event`` such as ``ObjectCreated:Put``."""

    bucket: str
    key: str
    size: int
    etag: str
    event: str


class Proxy:
    """One instance answers every AWS request of the platform's functions."""

    def __init__(
        self,
        keyring: Keyring,
        calls: CallLog,
        mailbox: Mailbox,
        journal: Journal,
        now: Callable[[], datetime],
    ) -> None:
        self._keyring = keyring
        self._calls = calls
        self._mailbox = mailbox
        self._journal = journal
        self._now = now
        self._routes: dict[str, Handler] = {}
        self._listeners: list[Callable[[ObjectCreated], Awaitable[None]]] = []
        self._turns = [asyncio.Lock() for _ in range(16)]  # mutations of one resource are kept in their order
        self._background: set[asyncio.Task[None]] = set()
        self._came_up = asyncio.Event()
        self.upstream: Upstream | None = None

    def route(self, service: str, handler: Handler) -> None:
        """Send requests signed for ``service`` (``lambda``, ``execute-api``) to ``handler``."""
        self._routes[service] = handler

    def on_object_created(self, listener: Callable[[ObjectCreated], Awaitable[None]]) -> None:
        """Call ``listener`` after each object written; it runs beside the answer, not before it."""
        self._listeners.append(listener)

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if form.is_form(request):
            return await self._upload(request)
        try:
            signed = signature.read(request)
        except signature.BadSignatureError as error:
            return faults.error("", 403, error.code, str(error))
        owner = self._keyring.find(signed.access_key)
        if owner is None:
            message = "The security token included in the request is invalid"
            return faults.error(signed.service, 403, "InvalidClientTokenId", message)
        try:
            signature.verify(request, signed, owner.secret_key, self._now)
        except signature.BadSignatureError as error:
            return faults.error(signed.service, 403, error.code, str(error))
        action = actions.classify(request, signed.service, signed.region)
        self._calls.record(Call(owner.role, action.name, action.resource))
        return await self.perform(action, request)

    async def _upload(self, request: HttpRequest) -> HttpResponse:
        """Take an upload by a signed form: 204, as S3 answers when no other status is asked for."""
        try:
            sent = form.read(request)
            owner = self._keyring.find(sent.signed().access_key)
            if owner is None:
                return faults.error("s3", 403, "InvalidAccessKeyId", "The access key does not exist")
            sent.verify(owner.secret_key, self._now)
        except form.FormRefusedError as error:
            return faults.error("s3", error.status, error.code, str(error))
        except signature.BadSignatureError as error:
            return faults.error("s3", 403, error.code, str(error))
        put = sent.as_put(request.header("host"))
        action = actions.classify(put, "s3", sent.signed().region)
        self._calls.record(Call(owner.role, action.name, action.resource))
        answer = await self.perform(action, put)
        if answer.status not in _OK:
            return answer
        return HttpResponse(204, (("etag", answer.header("etag")),))

    async def perform(self, action: Action, request: HttpRequest) -> HttpResponse:
        """Carry out an authenticated request."""
        captured = self._mailbox.capture(action)
        if captured is not None:
            return captured
        handler = self._routes.get(action.service)
        if handler is not None:
            return await handler(request)
        try:
            return await self._emulate(action, request)
        except UnreachableError as error:
            message = f"The AWS emulator does not answer: {error}"
            return faults.error(action.service, 503, "ServiceUnavailable", message)

    async def _emulate(self, action: Action, request: HttpRequest) -> HttpResponse:
        upstream = await self._started()
        if not self._journal.keeps(action, request):
            return await upstream.send(request)
        if action.name == "kms:CreateKey" and not request.header(KEY_NONCE):
            request = replace(request, headers=(*request.headers, (KEY_NONCE, secrets.token_hex(16))))
        async with self._turns[zlib.crc32(action.resource.encode()) % len(self._turns)]:
            response = await upstream.send(request)
            if response.status in _OK:
                await self._keep(action, request, response)
        return response

    async def _started(self) -> Upstream:
        """Return the emulator's connections; one that is being started again is worth a short wait."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while self.upstream is None:
                    self._came_up.clear()
                    await self._came_up.wait()
        except TimeoutError as error:
            raise UnreachableError("it is not running") from error
        return self.upstream

    def connect(self, upstream: Upstream | None) -> None:
        """Send requests to ``upstream`` from now on; None while there is no emulator."""
        self.upstream = upstream
        self._came_up.set()

    async def _keep(self, action: Action, request: HttpRequest, response: HttpResponse) -> None:
        created = _created(action, request)
        copied = created in {"ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload"}
        if copied and self.upstream is not None:
            routing = tuple(pair for pair in request.headers if pair[0] in {"host", "authorization"})
            found = await self.upstream.send(HttpRequest("GET", request.path, routing))
            request = whole_object(request, found)
        if not _is_upload_step(request):
            self._journal.keep(action, request)
        if created:
            self._announce(action, request, response, created)

    def _announce(self, action: Action, request: HttpRequest, response: HttpResponse, event: str) -> None:
        bucket, _, key = action.resource.removeprefix("arn:aws:s3:::").partition("/")
        size = int(request.header("x-amz-decoded-content-length") or len(request.body))
        created = ObjectCreated(bucket, unquote(key), size, response.header("etag").strip('"'), event)
        for listener in self._listeners:
            task = asyncio.get_running_loop().create_task(_run(listener, created))
            self._background.add(task)
            task.add_done_callback(self._background.discard)


async def _run(listener: Callable[[ObjectCreated], Awaitable[None]], created: ObjectCreated) -> None:
    await listener(created)


def _created(action: Action, request: HttpRequest) -> str:
    """Return the S3 event that a success of ``request`` is, or an empty string."""
    if action.name != "s3:PutObject":
        return ""
    if request.method == "POST":
        return "ObjectCreated:CompleteMultipartUpload" if "uploadId=" in request.query else ""
    if "partNumber=" in request.query:
        return ""
    return "ObjectCreated:Copy" if request.header("x-amz-copy-source") else "ObjectCreated:Put"


def _is_upload_step(request: HttpRequest) -> bool:
    return "uploadId=" in request.query or request.query.startswith("uploads")
