"""Digests: the standards' own examples, and stored digests that tell their algorithm."""

import hashlib
from collections.abc import Iterator

import pytest

from foundation import digests, suites
from foundation.suites import Suite

SM3_EXAMPLES = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}
"""GB/T 32905-2016, annex A: examples 1 and 2."""


@pytest.fixture
def national() -> Iterator[None]:
    suites.choose(Suite.NATIONAL)
    yield
    suites.choose(Suite.INTERNATIONAL)


@pytest.mark.parametrize(("data", "expected"), SM3_EXAMPLES.items())
def test_sm3_gives_the_digests_of_the_standard(data: bytes, expected: str) -> None:
    assert digests.SM3.of(data).hex() == expected


def test_the_international_digest_is_plain_sha256() -> None:
    assert digests.digest(b"abc") == hashlib.sha256(b"abc").digest()
    assert digests.written(digests.digest(b"abc")) == hashlib.sha256(b"abc").hexdigest()


def test_the_national_digest_names_itself(national: None) -> None:
    made = digests.digest(b"abc")
    assert digests.algorithm_of(made) is digests.SM3
    assert digests.written(made) == f"sm3:{SM3_EXAMPLES[b'abc']}"


def test_a_digest_of_either_algorithm_is_checked_under_either_setting(national: None) -> None:
    sm3 = digests.digest(b"a page")
    suites.choose(Suite.INTERNATIONAL)
    sha256 = digests.digest(b"a page")
    for setting in Suite:
        suites.choose(setting)
        assert digests.matches(sm3, b"a page")
        assert digests.matches(sha256, b"a page")
        assert not digests.matches(sm3, b"another page")
        assert not digests.matches(sha256, b"another page")


@pytest.mark.parametrize("broken", [b"", b"x" * 31, b"\x02" + b"x" * 31, b"\x01" + b"x" * 32, b"x" * 40])
def test_what_has_no_digests_form_is_none(broken: bytes) -> None:
    if len(broken) == digests.SIZE:
        assert digests.algorithm_of(broken) is digests.SHA256
        return
    with pytest.raises(ValueError, match="not a digest"):
        digests.algorithm_of(broken)
