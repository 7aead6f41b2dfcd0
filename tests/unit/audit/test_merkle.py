"""The tree against the vectors of Certificate Transparency, and against RFC 9162's own definitions."""

import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import treum_audit
from audit.model import merkle
from audit.model.merkle import Node

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
# the reference vectors of certificate-transparency's merkle tests: roots of the first n leaves
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
INCLUSION = {
    (0, 8): CONSISTENCY[1, 8],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}


class Tree:
    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.nodes: dict[Node, bytes] = {}
        for size, leaf in enumerate(leaves):
            self.nodes |= merkle.grown(size, merkle.leaf_hash(leaf), self.read)

    def read(self, wanted: Sequence[Node]) -> Mapping[Node, bytes]:
        return {one: self.nodes[one] for one in wanted}


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def some(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert merkle.root(size, Tree(LEAVES[:size]).read).hex() == ROOTS[size]
    assert merkle.root(size, Tree(LEAVES).read).hex() == ROOTS[size]


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference(sizes: tuple[int, int], proof: list[str]) -> None:
    made = merkle.consistency_proof(*sizes, Tree(LEAVES).read)
    assert [one.hex() for one in made] == proof


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_the_reference(place: tuple[int, int], proof: list[str]) -> None:
    made = merkle.inclusion_proof(*place, Tree(LEAVES).read)
    assert [one.hex() for one in made] == proof


@given(st.integers(1, 130), st.data())
def test_every_leaf_is_proved_to_the_root_and_at_no_other_place(size: int, data: st.DataObject) -> None:
    leaves = some(size)
    tree, root = Tree(leaves), mth(leaves)
    place = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(place, size, tree.read)
    leaf = merkle.leaf_hash(leaves[place])
    for check in (merkle.root_of_inclusion, treum_audit.root_of_inclusion):
        assert check(leaf, place, size, proof) == root
        other = data.draw(st.integers(-1, size + 1).filter(lambda one: one != place))
        assert check(leaf, other, size, proof) != root
        assert check(leaf, place, size, [*proof, leaf]) != root
        assert check(merkle.leaf_hash(b"forged"), place, size, proof) != root
        if proof:
            assert check(leaf, place, size, proof[:-1]) != root


@given(st.integers(1, 130), st.data())
def test_a_tree_is_proved_to_begin_a_later_one_and_no_other(size: int, data: st.DataObject) -> None:
    tree = Tree(some(size))
    old = data.draw(st.integers(1, size))
    first, second = (old, mth(some(old))), (size, mth(some(size)))
    proof = merkle.consistency_proof(old, size, tree.read)
    forged = b"\x00" * 32
    for check in (merkle.is_consistent, treum_audit.is_consistent):
        assert check(first, second, proof)
        assert not check((old, forged), second, proof)
        assert not check(first, (size, forged), proof)
        assert not check(first, second, [*proof, forged])
        assert not check((0, merkle.EMPTY_ROOT), second, proof)
        assert not check((size + 1, forged), second, proof)
        for place in range(len(proof)):
            changed = [*proof[:place], forged, *proof[place + 1 :]]
            assert not check(first, second, changed)
            assert not check(first, second, proof[:place])


@given(st.integers(0, 130))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert merkle.root(size, Tree(some(size)).read) == mth(some(size))


def test_a_tree_keeps_less_than_two_nodes_a_leaf() -> None:
    assert len(Tree(some(1000)).nodes) < 2000
    assert merkle.consistency_proof(0, 5, Tree(some(5)).read) == []
