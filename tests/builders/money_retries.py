"""One order under one key, asked for again and again by many hands at once: one page, one answer."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, repeat
from threading import Event
from typing import Any, Final

from builders.customers import Customer, sign_up
from fixtures.platform import RunningPlatform

KEYS_A_PERSON: Final = 20
_HANDS: Final = 8
_CREATED, _SIGNED_OUT, _LIMITED = 201, 401, 429
_TOLD: Final = ("id", "address", "price")
_UNDECIDED: Final = {0, 409, 500, 502, 503, 504}
"""Nothing heard, a twin at work, or somebody was killed: each is asked again by whoever wants to know."""


@dataclass(slots=True)
class Order:
    """``answers`` are the status of every try and what it was told; status 0 where nothing was heard."""

    person: Customer
    key: str
    body: Mapping[str, Any]
    answers: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def told(self) -> list[Any]:
        """What those were told who were told of a page."""
        pages = [document for status, document in self.answers if status == _CREATED]
        return [{name: page[name] for name in _TOLD} for page in pages]

    def try_once(self) -> None:
        """Ask; a try that met the hourly limit is none, for the limit is proved elsewhere."""
        status = _LIMITED
        while status in {_LIMITED, _SIGNED_OUT}:
            answer = self.person.ask("POST", "/checkouts", self.body, **{"Idempotency-Key": self.key})
            status = answer.status_code if answer is not None else 0
            if status == _LIMITED:
                self.person.lift(self.person.id)
        self.answers.append((status, answer.json() if answer is not None and answer.content else None))


def orders(running: RunningPlatform, keys: int, chance: random.Random) -> list[Order]:
    """Return so many orders of people who signed up for it."""
    people = [sign_up(running) for _ in range(-(-keys // KEYS_A_PERSON))]
    return [
        Order(people[number // KEYS_A_PERSON], f"key-{number}", {"top_up": chance.randrange(10_000, 499_901)})
        for number in range(keys)
    ]


def retried(
    running: RunningPlatform, keys: int, tries: int, seed: int, meanwhile: Callable[[Event], None]
) -> list[Order]:
    """Try every key ``tries`` times in a shuffled order; ``meanwhile`` goes on until its event is set."""
    print(f"seed {seed}")  # noqa: T201 - it replays a failure
    chance = random.Random(seed)  # noqa: S311 - replays, hides nothing
    made = orders(running, keys, chance)
    over, todo = Event(), list(chain.from_iterable(repeat(made, tries)))
    chance.shuffle(todo)
    with ThreadPoolExecutor(_HANDS + 1) as hands:
        breaking = hands.submit(meanwhile, over)
        try:
            for done in [hands.submit(each.try_once) for each in todo]:
                done.result()
        finally:
            over.set()
        breaking.result()
    for each in made:
        last = each.person.insist("POST", "/checkouts", each.body, **{"Idempotency-Key": each.key})
        each.answers.append((last.status_code, last.json()))
    return made


def contradictions(made: Sequence[Order], pages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is not one page and one answer a key; ``pages`` are all that stand at the gateway."""
    standing = Counter(page["metadata"].get("treum_id") for page in pages)
    for order in made:
        told = order.told
        if not told or any(one != told[0] for one in told):
            yield f"{order.key} was told {told[:2]}"
            continue
        strange = {status for status, _ in order.answers} - _UNDECIDED - {_CREATED}
        if strange:
            yield f"{order.key} was answered {sorted(strange)}"
        if standing[told[0]["id"]] != 1:
            yield f"{order.key} has {standing[told[0]['id']]} pages"
    ids = [order.told[0]["id"] for order in made if order.told]
    if len(set(ids)) != len(ids):
        yield "two keys share a page"
