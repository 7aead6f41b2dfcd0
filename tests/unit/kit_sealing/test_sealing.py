"""Sealed personal data: opens for its subject and field alone, and for nobody once the key is destroyed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.sealing import Erased, SealBroken, Sealer
from kit.stores.memory_vault import MemoryVault, MemoryWrapping


def sealer(vault: MemoryVault | None = None, *, keep_s: float = 60.0) -> Sealer:
    return Sealer(vault or MemoryVault(), MemoryWrapping(), keep_s=keep_s)


@given(st.text(), st.text(min_size=1), st.text())
def test_what_is_sealed_opens(subject: str, field: str, text: str) -> None:
    one = sealer()
    sealed = one.seal(subject, field, text)
    assert one.open(subject, field, sealed) == text
    assert sealed.startswith("s1.")


def test_another_subject_or_field_does_not_open_it() -> None:
    one = sealer()
    sealed = one.seal("asha", "network", "203.0.113.7")
    one.seal("ravi", "network", "198.51.100.1")
    for subject, field in (("ravi", "network"), ("asha", "email"), ("ash", "anetwork")):
        with pytest.raises(SealBroken):
            one.open(subject, field, sealed)


def test_any_changed_byte_is_found() -> None:
    one = sealer()
    raw = bytearray(urlsafe_b64decode(one.seal("asha", "network", "203.0.113.7")[3:] + "=="))
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            one.open("asha", "network", "s1." + urlsafe_b64encode(changed).rstrip(b"=").decode())


@pytest.mark.parametrize(
    "text", ["", "s1.", "s1.AAAA", "s2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "plain", "s1.é"]
)
def test_what_was_never_sealed_is_refused(text: str) -> None:
    one = sealer()
    one.seal("asha", "network", "x")
    with pytest.raises(SealBroken):
        one.open("asha", "network", text)


def test_a_subject_without_a_key_has_sealed_nothing() -> None:
    sealed = sealer().seal("asha", "network", "x")
    with pytest.raises(SealBroken, match="never had a key"):
        sealer().open("asha", "network", sealed)


def test_the_same_text_is_never_sealed_alike() -> None:
    one = sealer()
    assert one.seal("asha", "network", "x") != one.seal("asha", "network", "x")


def test_a_destroyed_key_opens_nothing_and_seals_nothing() -> None:
    vault = MemoryVault()
    one = sealer(vault, keep_s=0)
    sealed = one.seal("asha", "network", "203.0.113.7")
    assert vault.destroy("asha")
    assert not vault.destroy("asha")
    with pytest.raises(Erased):
        one.open("asha", "network", sealed)
    with pytest.raises(Erased):
        one.seal("asha", "network", "again")


def test_an_erasure_reaches_a_container_that_forgets_or_whose_time_is_over() -> None:
    vault = MemoryVault()
    one, late = sealer(vault), sealer(vault, keep_s=0)
    sealed = one.seal("asha", "network", "203.0.113.7")
    assert late.open("asha", "network", sealed) == "203.0.113.7"
    vault.destroy("asha")
    assert one.open("asha", "network", sealed) == "203.0.113.7"  # for a minute at most
    with pytest.raises(Erased):
        late.open("asha", "network", sealed)
    one.forget("asha")
    with pytest.raises(Erased):
        one.open("asha", "network", sealed)


def test_of_two_first_keys_one_stands() -> None:
    vault = MemoryVault()

    class Racing(MemoryVault):
        def wrapped(self, subject: str) -> bytes | None:
            found = vault.wrapped(subject)
            if found is None:  # somebody else makes the first key right now
                sealer(vault).seal(subject, "network", "first")
                return None
            return found

        def keep(self, subject: str, wrapped: bytes, at: object) -> bytes:
            return vault.keep(subject, wrapped, at)  # type: ignore[arg-type]  # memory looks at no time

    sealed = sealer(Racing()).seal("asha", "network", "second")
    assert sealer(vault).open("asha", "network", sealed) == "second"


def test_a_container_keeps_a_thousand_keys_at_most() -> None:
    one = sealer()
    for number in range(1_005):
        one.seal(str(number), "network", "x")
    assert len(one._kept) == 1_000
