"""The partners domain wired for tests, over memory or over a database, with a receiver that says what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from kit import clock, ids
from kit.outbox import Outbox
from kit.sealing import Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping
from kit.stores.postgres import Database
from partners.adapters import memory
from partners.adapters import postgres as real
from partners.adapters.chance import SystemChance
from partners.model.application import Application, ApplicationId, OwnerId
from partners.model.key import Key
from partners.model.target import Reach
from partners.model.webhook import Answer, Endpoint, EventType, Message, MessageId
from partners.ports import (
    Applications,
    DeliveryLog,
    DeliveryQueue,
    Endpoints,
    KeyMirror,
    Keys,
    MirrorSource,
    Outgoing,
    Owners,
    Post,
    UsageBook,
)
from partners.service.applications import ApplicationKeeping
from partners.service.endpoints import EndpointKeeping
from partners.service.keys import Issued, KeyKeeping, KeyTerms
from partners.service.log import Logs
from partners.service.mirroring import Mirroring
from partners.service.noticing import Noticing
from partners.service.recording import Recording
from partners.service.sending import Sending

URL = "https://hooks.example.com/treum"
BOTH: tuple[EventType, ...] = ("signal.closed", "signal.published")


@dataclass
class Stores:
    """Every store of the domain; ``told`` returns the types of the events told of one subject."""

    applications: Applications
    owners: Owners
    keys: Keys
    source: MirrorSource
    book: UsageBook
    endpoints: Endpoints
    outgoing: Outgoing
    queue: DeliveryQueue
    log: DeliveryLog
    told: Callable[[str], list[str]]


def in_memory() -> Stores:
    """Return all stores over one world in memory."""
    world = memory.World()
    return Stores(
        memory.MemoryApplications(world),
        memory.MemoryOwners(world),
        memory.MemoryKeys(world),
        memory.MemoryMirrorSource(world),
        memory.MemoryUsageBook(world),
        memory.MemoryEndpoints(world),
        memory.MemoryOutgoing(world),
        memory.MemoryQueue(world),
        memory.MemoryLog(world),
        lambda subject: [one.type for one in world.told if one.subject == subject],
    )


def on_postgres(db: Database) -> Stores:
    """Return all stores over ``db``."""
    outbox = Outbox(db, None)

    def told(subject: str) -> list[str]:
        rows = db.all("SELECT payload FROM outbox WHERE key = %s ORDER BY seq", (subject,))
        return [bytes(row[0]).split(b'"type":"')[1].split(b'"')[0].decode() for row in rows]

    return Stores(
        real.PostgresApplications(db, outbox),
        real.PostgresOwners(db),
        real.PostgresKeys(db, outbox),
        real.PostgresMirrorSource(db),
        real.PostgresUsageBook(db),
        real.PostgresEndpoints(db, outbox),
        real.PostgresOutgoing(db),
        real.PostgresQueue(db),
        real.PostgresLog(db),
        told,
    )


@dataclass
class Receiver:
    """A courier that keeps what it was given and answers what ``answers`` says, the last one for ever."""

    answers: list[Answer] = field(default_factory=lambda: [Answer("answered", 204)])
    posts: list[Post] = field(default_factory=list)

    def send(self, post: Post) -> Answer:
        self.posts.append(post)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Desk:
    """The use cases over ``stores``; times come from ``kit.clock``."""

    def __init__(self, stores: Stores | None = None, mirror: KeyMirror | None = None) -> None:
        self.stores = stores or in_memory()
        self.memory_mirror = memory.MemoryKeyMirror()
        self.mirroring = Mirroring(self.stores.source, mirror or self.memory_mirror)
        self.mirroring.rebuild()
        self.vault = MemoryVault()
        self.sealer = Sealer(self.vault, MemoryWrapping())
        self.receiver = Receiver()
        self.mails: list[tuple[str, str, str]] = []
        chance, reach = SystemChance(), Reach()
        self.applications = ApplicationKeeping(self.stores.applications, self.mirroring, self.sealer)
        self.keys = KeyKeeping(self.stores.applications, self.stores.keys, self.mirroring, chance)
        self.endpoints = EndpointKeeping(
            self.stores.applications, self.stores.endpoints, self.sealer, chance, reach
        )
        self.sending = Sending(self.stores.queue, self.stores.endpoints, self.sealer, chance, reach)
        self.logs = Logs(self.stores.log, self.stores.endpoints)
        self.recording = Recording(self.stores.outgoing)
        self.noticing = Noticing(
            self.stores.endpoints, self.sealer, lambda *mail: self.mails.append(mail), "https://app.example"
        )

    def application(self, owner: OwnerId, name: str = "Desk") -> Application:
        """Register one of somebody on the plan enterprise."""
        return self.applications.register(owner, "enterprise", name, "ops@example.com")

    def issue(self, application: Application, name: str = "main", *networks: str) -> Issued:
        """Issue a key that may read signals."""
        terms = KeyTerms(name, ("signals:read",), networks, timedelta(days=90))
        return self.keys.issue(application.owner, application.id, terms)

    def endpoint(self, application: Application, url: str = URL) -> tuple[Endpoint, str]:
        """Register an endpoint that gets publications and ends of signals."""
        return self.endpoints.register(application.owner, application.id, url, BOTH)

    def deliver(self, limit: int = 100) -> int:
        """Send what is due, one after the other; return how many attempts that were."""
        claims = self.sending.claim(limit)
        for claimed in claims:
            prepared = self.sending.prepare(claimed)
            answer = prepared if isinstance(prepared, Answer) else self.receiver.send(prepared)
            self.sending.note(claimed, answer)
        return len(claims)


def somebody() -> OwnerId:
    """Return the id of an owner nobody else has."""
    return OwnerId(ids.uuid7())


def an_application(owner: OwnerId | None = None, name: str = "Desk") -> Application:
    """Return an application that is kept nowhere yet."""
    now = clock.now()
    return Application(
        ApplicationId(ids.uuid7()), owner or somebody(), name, None, True, False, None, 1, now, now
    )


def a_message(kind: str = "signal.published") -> Message:
    """Return a message of now."""
    return Message(MessageId("msg_" + ids.uuid7().replace("-", "")), kind, '{"data": {}}', clock.now())


def prefix_and_secret(issued: Issued) -> tuple[str, str]:
    """Return what the credential is made of."""
    _, prefix, secret = issued.credential.split("_", 2)
    return prefix, secret


def same(key: Key) -> tuple[object, ...]:
    """Return what a key's successor has of it."""
    return key.name, key.scopes, key.networks
