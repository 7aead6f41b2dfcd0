"""A token that was verified before is not trusted a moment longer than its key, its times and its standing."""

import pytest

from authorizer.adapters.memory import MemoryKeys
from authorizer.errors import TokenRefused
from authorizer.model import Rules
from authorizer.service.verification import Verifier
from builders.tokens import AUDIENCE, ISSUER, KID, NOW, OURS, STRANGER, token

RULES = Rules(issuers=frozenset({ISSUER}), audience=AUDIENCE)


def test_a_token_is_remembered_when_it_comes_again() -> None:
    verifier = Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), RULES)
    honest = token()
    first = verifier.verify(honest, NOW)
    assert verifier._seen == {}
    verifier.verify(honest, NOW)
    assert [seen[0] for seen in verifier._seen.values()] == [honest]
    assert verifier.verify(honest, NOW) == first


def test_a_forged_token_is_never_remembered() -> None:
    verifier = Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), RULES)
    for _ in range(3):
        with pytest.raises(TokenRefused):
            verifier.verify(token(key=STRANGER), NOW)
    assert verifier._seen == {}
    assert verifier._met == set()


def test_another_token_with_the_end_of_a_seen_one_is_refused() -> None:
    verifier = Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), RULES)
    honest = token()
    for _ in range(3):
        verifier.verify(honest, NOW)
    head, _, signature = honest.rpartition(".")
    forged = token({"roles": ["admin"]}).rpartition(".")[0] + "." + signature
    assert head not in forged
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(forged, NOW)
    assert refused.value.reason == "signature"


def test_a_seen_token_still_expires() -> None:
    verifier = Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), RULES)
    honest = token()
    for _ in range(3):
        verifier.verify(honest, NOW)
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(honest, NOW + 896)
    assert refused.value.reason == "expired"


@pytest.mark.parametrize("after", [{}, {(ISSUER, KID): STRANGER.public_key()}])
def test_a_seen_token_falls_with_its_key(after: dict[tuple[str, str], object]) -> None:
    keys = MemoryKeys({(ISSUER, KID): OURS.public_key()})
    verifier = Verifier(keys, RULES)
    honest = token()
    for _ in range(3):
        verifier.verify(honest, NOW)
    keys._keys = after  # type: ignore[assignment]  # what a rotation leaves
    with pytest.raises(TokenRefused):
        verifier.verify(honest, NOW)


def test_what_is_remembered_is_bounded() -> None:
    verifier = Verifier(MemoryKeys({(ISSUER, KID): OURS.public_key()}), RULES)
    for number in range(600):
        twice = token({"jti": number})
        verifier.verify(twice, NOW)
        verifier.verify(twice, NOW)
        if number < 40:
            verifier.verify(token(header={"extra": number}), NOW)
    assert 0 < len(verifier._seen) <= 256
    assert 0 < len(verifier._met) <= 256
    assert len(verifier._kid_of) <= 16
