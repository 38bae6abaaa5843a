"""Merkle trees as RFC 6962 (2.1) makes them: leaves and nodes are hashed after different bytes."""

from collections.abc import Sequence

from foundation.digests import Digest

LEAF, NODE = b"\x00", b"\x01"


def root(leaves: Sequence[bytes], digest: Digest) -> bytes:
    """The root over the leaves in their order; the digest of nothing when there are none."""
    if not leaves:
        return digest.of(b"")
    if len(leaves) == 1:
        return digest.of(LEAF + leaves[0])
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return digest.of(NODE + root(leaves[:left], digest) + root(leaves[left:], digest))
