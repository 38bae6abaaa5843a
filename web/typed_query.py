"""What an address asks by: numbers and ids, refused by name when they are something else."""

import re
from uuid import UUID

from foundation import money
from foundation.errors import invalid
from foundation.language import N_
from web.page import AnyRequest

WHOLE = re.compile(r"-?\d+", re.ASCII)
LONGEST = 11
"""Signs of a number in an address: Python refuses to read one of thousands of digits."""


def number(request: AnyRequest, name: str, *, least: int = 1, most: int = 2_147_483_647) -> int | None:
    """None when it is not asked. Raises InvalidInput."""
    typed = money.narrow(request.query_params.get(name) or "").strip()
    if not typed:
        return None
    if not WHOLE.fullmatch(typed):
        raise invalid(name, "malformed", N_("请填写数字"))
    if len(typed) > LONGEST or not least <= int(typed) <= most:
        raise invalid(name, "out_of_range", N_("请填写 %(least)s 至 %(most)s 之间的数字"), least=least, most=most)
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
