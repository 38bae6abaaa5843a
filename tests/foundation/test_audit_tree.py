"""The Merkle tree gives the answers that are known of RFC 6962's."""

import pytest

from foundation.audit_tree import root
from foundation.digests import SHA256

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_a_tree_of_known_leaves_has_the_known_root(size: int) -> None:
    assert root(LEAVES[:size], SHA256).hex() == ROOTS[size]


def test_a_node_does_not_pass_for_a_leaf() -> None:
    children = SHA256.of(b"\x00" + LEAVES[0]) + SHA256.of(b"\x00" + LEAVES[1])
    assert root([children], SHA256) != root(LEAVES[:2], SHA256)
