"""What an address asks by: numbers and ids, refused by name when they are something else."""

from uuid import UUID

from foundation.errors import invalid
from foundation.language import N_
from web.page import AnyRequest

LONGEST = 9
"""Digits of a number in an address."""


def number(request: AnyRequest, name: str, *, least: int = 1, most: int = 2_147_483_647) -> int | None:
    """None when it is not asked. Raises InvalidInput."""
    typed = request.query_params.get(name) or ""
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > LONGEST or not least <= int(typed) <= most:
        raise invalid(name, "malformed", N_("请填写数字"))
    return int(typed)


def identifier(request: AnyRequest, name: str) -> UUID | None:
    """None when it is not asked. Raises InvalidInput."""
    typed = request.query_params.get(name) or ""
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError:
        raise invalid(name, "not_an_id", N_("编号格式不对")) from None
