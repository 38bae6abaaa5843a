"""Passwords: Argon2id, reckoned in a thread, and the rule a new one must keep."""

import asyncio
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from foundation.errors import invalid
from foundation.language import N_

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Parameters of the OWASP cheat sheet for Argon2id: 19 MiB, two passes."""

NOBODY = HASHER.hash("nobody's password: an unknown login costs as long as a known one")
LONG_ENOUGH = 12
LEAST = 8
MOST = 128
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
MIXED = 3
COMMON = frozenset(
    (  # fmt: skip
        "123456789012",
        "password1234",
        "passw0rd1234",
        "qwertyuiop12",
        "qwerty123456",
        "1qaz2wsx3edc",
        "admin1234567",
        "woaini520131",
        "111111111111",
        "000000000000",
        "aaaaaaaaaaaa",
        "abcdefghijkl",
        "iloveyou1234",
        "yunnan123456",
        "tiaojie12345",
        "p@ssw0rd",
        "passw0rd!",
        "admin@123",
        "admin123!",
        "qwer1234!",
        "abcd1234!",
        "abc@1234",
        "1qaz@wsx",
        "1qaz!qaz",
        "aa123456",
        "aa123456!",
        "a1234567",
    )
)


async def digest(password: str) -> str:
    """The hash to store."""
    return await asyncio.to_thread(HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to the stored hash; None costs the same time and never matches."""
    return await asyncio.to_thread(_verify, stored, password)


def is_outdated(stored: str) -> bool:
    """Made with other parameters than today's: to be renewed at the next sign-in."""
    return HASHER.check_needs_rehash(stored)


def check_rule(password: str, login: str, field: str) -> None:
    """Raises InvalidInput at `field`: twelve characters, or eight of three classes; not the login, not a common one."""
    if len(password) > MOST:
        raise invalid(field, "too_long", N_("最多 %(n)s 个字"), n=MOST)
    if len(password) < LONG_ENOUGH and (len(password) < LEAST or _classes(password) < MIXED):
        raise invalid(field, "too_weak", N_("至少 12 个字符；或至少 8 个字符，且含大写、小写、数字、符号中的三类"))
    if login.lower() in password.lower():
        raise invalid(field, "holds_login", N_("密码不能含有登录名"))
    if password.lower() in COMMON or len(set(password)) <= MIXED:
        raise invalid(field, "too_common", N_("这个密码太常见，请换一个"))


def _classes(password: str) -> int:
    """How many of: lower case, upper case, digits, anything else."""
    named = sum(any(sign in group for sign in password) for group in CLASSES)
    return named + any(all(sign not in group for group in CLASSES) for sign in password)


def _verify(stored: str | None, password: str) -> bool:
    try:
        return HASHER.verify(stored or NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
