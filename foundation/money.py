"""Yuan as people type them, fen as we keep them: exact, never a float."""

import re
import unicodedata
from decimal import Decimal

from foundation.errors import FieldError
from foundation.language import N_

NOT_MONEY = N_("请填金额（元），最多两位小数，如 1234.50")
YUAN = re.compile(r"-?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,2})?", re.ASCII)
"""A comma parts thousands and nothing else: `1,5` meant one and a half, or one more line."""
AROUND = re.compile(r"^(-?)¥?|元$|\s")
"""Signs of currency, and blanks."""


def fen(typed: str) -> int | None:
    """`1,234.5` or `￥１，２３４．５元` -> 123450; None when it is no amount."""
    plain = AROUND.sub(r"\1", narrow(typed).strip().replace("−", "-"))
    return int(Decimal(plain.replace(",", "")) * 100) if YUAN.fullmatch(plain) else None


def yuan(amount: int) -> str:
    """123450 -> `1,234.50`."""
    return f"{Decimal(amount) / 100:,.2f}"


def narrow(typed: str) -> str:
    """Full-width digits and signs, as a Chinese keyboard gives them, in their usual width."""
    return unicodedata.normalize("NFKC", typed)


def refusal(path: str) -> FieldError:
    return FieldError(path, "not_money", NOT_MONEY)
