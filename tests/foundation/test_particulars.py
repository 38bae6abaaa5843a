"""Identity numbers, unit codes, telephones and names as people write them (domain.md 8)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.identity_numbers import birth_date, check_character, is_identity_number, knows_area
from foundation.names import unseen
from foundation.telephones import is_telephone
from foundation.unit_codes import is_unit_code


def numbered(area: str, born: str, order: str = "012") -> str:
    first = f"{area}{born}{order}"
    return first + check_character(first)


DAYS = st.dates(date(1900, 1, 1), date(2026, 3, 2))


@given(area=st.integers(110000, 839999), born=DAYS, order=st.integers(0, 999))
def test_every_right_number_passes_and_gives_the_day_of_birth(area: int, born: date, order: int) -> None:
    number = numbered(str(area), f"{born:%Y%m%d}", f"{order:03d}")
    assert is_identity_number(number)
    assert birth_date(number) == born


@given(born=DAYS, place=st.integers(0, 16), by=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, place: int, by: int) -> None:
    number = numbered("533401", f"{born:%Y%m%d}")
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert not is_identity_number(wrong)


@pytest.mark.parametrize("area", ["530102", "530112", "530427", "533001", "533103"])
def test_people_born_before_their_area_had_its_code_have_right_numbers(area: str) -> None:
    """The library's own table of areas refuses them (domain.md 8)."""
    assert is_identity_number(numbered(area, "19600203"))
    assert knows_area(area)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_from_hong_kong_macao_and_taiwan_are_identity_numbers(area: str) -> None:
    number = numbered(area, "19850607")
    assert is_identity_number(number)
    assert knows_area(number)


def test_an_area_that_is_none_is_no_wrong_number() -> None:
    number = numbered("990101", "19850607")
    assert is_identity_number(number)
    assert not knows_area(number)


@pytest.mark.parametrize("typed", ["", "X", "²²0102198506070011", "五三", "AB"])
def test_what_is_no_number_at_all_is_of_no_area(typed: str) -> None:
    assert not knows_area(typed)
    assert not is_identity_number(typed)


@pytest.mark.parametrize("born", ["19850230", "20230229", "19851301", "00000101"])
def test_a_day_that_never_was_makes_no_number(born: str) -> None:
    assert not is_identity_number(numbered("533401", born))


@pytest.mark.parametrize("text", ["", "53340119850607012", "5334011985060701٢٣", "53340119850607012x9"])
def test_what_is_not_eighteen_digits_is_no_number(text: str) -> None:
    assert not is_identity_number(text)


def test_a_unit_code_is_right_in_its_check_character_only() -> None:
    assert is_unit_code("91110000600037341L")
    assert is_unit_code("91110000600037341l")
    assert not is_unit_code("91110000600037341K")
    assert not is_unit_code("9111000060003734")


@pytest.mark.parametrize(
    "number",
    ["13808870001", "138 0887 0001", "+86 13808870001", "０８７１６３１６６６６６", "0887-8222222",
     "0871-63166666", "0887-8222222转801", "0887-8222222-801", "400-800-8820", "+1 212 555 2368"],
)  # fmt: skip
def test_mobiles_landlines_extensions_and_numbers_abroad_are_telephones(number: str) -> None:
    assert is_telephone(number)


@pytest.mark.parametrize("number", ["12345678901", "110", "12348", "95598", "8222222", "电话", "", "1380887000"])
def test_short_codes_and_numbers_that_cannot_be_are_no_telephones_of_a_person(number: str) -> None:
    assert not is_telephone(number)


@pytest.mark.parametrize(
    "name", ["和丽华", "𥔲嘉镇村民小组", "阿不都热合曼·买买提", "扎西😀", "བཀྲ་ཤིས", "غۇلام", "\ue000明", "👨‍👩‍👧之家"]
)
def test_any_script_rare_character_and_emoji_may_stand_in_a_name(name: str) -> None:
    assert unseen(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("张\u202e三", "U+202E"),
        ("李\u200b四", "U+200B"),
        ("王\u2066五", "U+2066"),
        ("赵\x00六", "U+0000"),
        ("\ufeff钱七", "U+FEFF"),
    ],
)
def test_what_nobody_sees_has_no_place_in_a_name_and_is_named(name: str, code: str) -> None:
    assert unseen(name) == code
