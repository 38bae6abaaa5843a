"""The two ciphers: the standards' own examples, and ciphertexts that tell how they were made."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from foundation import suites
from foundation.ciphers import Sm4Gcm
from foundation.keyring import FIELDS, FILES, Keyring, KeyUnknown, header_of, key_of
from foundation.keys import RootKeys
from foundation.suites import Suite

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
ROOT, OTHER = bytes(range(32)), bytes(range(32, 64))
PURPOSE = "parties.name"


@pytest.fixture(params=list(Suite))
def suite(request: pytest.FixtureRequest) -> Suite:
    """Each in turn is the setting."""
    suites.choose(request.param)
    request.addfinalizer(lambda: suites.choose(Suite.INTERNATIONAL))
    return Suite(request.param)


def test_sm4_gives_the_block_of_the_standard() -> None:
    """GB/T 32907-2016, annex A.1."""
    encryptor = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()  # noqa: S305  # the standard's own single block
    assert encryptor.update(KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_in_gcm_gives_the_ciphertext_and_tag_of_its_rfc() -> None:
    """RFC 8998, appendix A.1."""
    plain = bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA"))
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    sealed = Sm4Gcm(KEY).encrypt(nonce, plain, associated)
    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert Sm4Gcm(KEY).decrypt(nonce, sealed, associated) == plain


def test_a_ciphertext_opens_for_its_own_column_alone(suite: Suite) -> None:
    ring = Keyring({1: ROOT}, 1)
    sealed = ring.seal("和丽江".encode(), PURPOSE)
    assert ring.open(sealed, PURPOSE).decode() == "和丽江"
    with pytest.raises(InvalidTag):
        ring.open(sealed, "parties.contact")


@pytest.mark.parametrize("place", [3, 14, 15, -1])
def test_a_changed_byte_is_found(suite: Suite, place: int) -> None:
    sealed = bytearray(Keyring({1: ROOT}, 1).seal(b"a name", PURPOSE))
    sealed[place] ^= 1
    with pytest.raises(InvalidTag):
        Keyring({1: ROOT}, 1).open(bytes(sealed), PURPOSE)


def test_equal_texts_have_different_ciphertexts(suite: Suite) -> None:
    ring = Keyring({1: ROOT}, 1)
    assert len({ring.seal(b"a name", PURPOSE) for _ in range(50)}) == 50


def test_a_ciphertext_opens_under_either_setting_and_after_the_key_was_followed_by_another(suite: Suite) -> None:
    sealed = Keyring({1: ROOT}, 1).seal(b"a name", PURPOSE)
    assert (sealed[:3], key_of(sealed)) == (header_of(suite, 1), 1)
    for setting in Suite:
        suites.choose(setting)
        later = Keyring({1: ROOT, 2: OTHER}, 2)
        assert later.open(sealed, PURPOSE) == b"a name"
        assert later.seal(b"a name", PURPOSE)[:3] == header_of(setting, 2)


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x09\x00\x01" + bytes(40), b"\x01\x00\x07" + bytes(40)])
def test_what_names_no_key_or_format_of_ours_is_refused_by_name(broken: bytes) -> None:
    with pytest.raises(KeyUnknown):
        Keyring({1: ROOT}, 1).open(broken, PURPOSE)


def test_purposes_and_suites_share_no_key() -> None:
    sealed = Keyring({1: ROOT}, 1, FIELDS).seal(b"a name", PURPOSE)
    with pytest.raises(InvalidTag):
        Keyring({1: ROOT}, 1, FILES).open(sealed, PURPOSE)


def test_a_ring_that_follows_takes_a_new_key_at_once() -> None:
    known = RootKeys({1: ROOT}, 1)
    ring = Keyring.following(lambda: known, FIELDS)
    before = ring.seal(b"a name", PURPOSE)
    known = RootKeys({1: ROOT, 2: OTHER}, 2)
    after = ring.seal(b"a name", PURPOSE)
    assert (key_of(before), key_of(after)) == (1, 2)
    assert ring.open(before, PURPOSE) == ring.open(after, PURPOSE) == b"a name"
    assert key_of(ring.held().seal(b"", PURPOSE)) == 2
