"""Telephone numbers as people write them: mobiles, landlines with area code, 400, abroad, with or without extension."""

import re

import phonenumbers

HERE = "CN"
EXTENSION = re.compile(r"\s*(?:转|轉|-)\s*(\d{1,6})$")
LONG_ENOUGH = 10
"""Digits before an extension: area code and number. Fewer, and the last group belongs to the number itself."""


def is_telephone(text: str) -> bool:
    """A number that can exist; short codes (110, 12345) and landlines without their area code are none."""
    try:
        number = phonenumbers.parse(_plain(text), HERE)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def is_mobile(text: str) -> bool:
    """A number that text messages reach."""
    try:
        number = phonenumbers.parse(text, HERE)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def _plain(text: str) -> str:
    """The extension after 转 or a last hyphen in the form that the library reads."""
    found = EXTENSION.search(text)
    if found is None:
        return text
    before = text[: found.start()]
    return f"{before};ext={found[1]}" if sum(map(str.isdigit, before)) >= LONG_ENOUGH else text
