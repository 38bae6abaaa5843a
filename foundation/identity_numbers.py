"""Checking a resident identity number (GB 11643): checksum and a real date. The area is never a reason to refuse."""

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
EIGHTEEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
YOUNGEST = 14
"""Years: numbers of other systems hold days too, but none so long past."""
PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]
)
"""First two digits; 81, 82, 83: residence permits of people from Hong Kong, Macao and Taiwan."""


def is_identity_number(text: str) -> bool:
    """18 characters whose checksum and date are right; area codes of any year pass (domain.md 8)."""
    if len(text) != 18 or not text[:17].isascii() or not text[:17].isdigit():
        return False
    return text[17] == check_character(text[:17]) and birth_date(text) is not None


def knows_area(text: str) -> bool:
    """Whether the number begins with a province that exists: worth a warning, since areas change and papers stay."""
    return text[:2].isdecimal() and int(text[:2]) in PROVINCES


def check_character(first_17: str) -> str:
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]


def names_a_person(number: str, today: date) -> bool:
    """Whether a number of something else holds somebody's: a case is found by its number, and nobody by the number of
    a person (N1); those are kept sealed (N4)."""
    found = (one.upper() for one in EIGHTEEN.findall(number))
    born = [birth_date(one) for one in found if is_identity_number(one)]
    return any(day is not None and today.year - day.year >= YOUNGEST for day in born)


def masked(text: str) -> str:
    """6+4: 533422********0023."""
    return text[:6] + "*" * max(len(text) - 10, 4) + text[-4:] if len(text) >= 10 else "*" * len(text)


def birth_date(text: str) -> date | None:
    """None when the digits are no day of the calendar."""
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
