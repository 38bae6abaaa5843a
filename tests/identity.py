"""Fictitious identity numbers whose check digit is right (GB 11643)."""

from itertools import count

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SERIAL = count()


def identity_number() -> str:
    """One that no other test has used: born on 1 January of a year long ago."""
    years, within = divmod(next(SERIAL), 1000)
    return numbered(f"{1900 + years}0101", f"{within:03d}")


def numbered(born: str, order: str = "012", area: str = "533421") -> str:
    """Of somebody born on that day (`20140302`)."""
    body = f"{area}{born}{order}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
