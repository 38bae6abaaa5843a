"""Names, telephones and numbers of people and units: what cannot be so is an error at its field (domain.md 8)."""

from collections.abc import Iterator
from datetime import date

from foundation.errors import FieldError
from foundation.identity_numbers import birth_date, is_identity_number
from foundation.language import N_
from foundation.names import unseen
from foundation.telephones import is_telephone
from foundation.unit_codes import is_unit_code


def name_errors(field: str, name: str | None) -> Iterator[FieldError]:
    """Any script, rare character and emoji may stand in a name; what nobody sees may not."""
    if name is not None and (found := unseen(name)) is not None:
        yield FieldError(field, "unseen_character", N_("名称中有看不见的控制字符 %(code)s，请删去"), {"code": found})


def telephone_errors(field: str, number: str | None) -> Iterator[FieldError]:
    if number and not is_telephone(number):
        yield FieldError(field, "no_telephone", N_("电话号码不对；座机请加区号，不知道可不填"))


def id_number_errors(field: str, number: str | None, today: date) -> Iterator[FieldError]:
    """GB 11643: check character and a real date that has come; the area never counts."""
    if not number:
        return
    if not is_identity_number(number.upper()):
        yield FieldError(field, "malformed", N_("号码校验不符；没有证件可不填"))
    elif (born := birth_date(number)) is not None and born > today:
        yield FieldError(field, "in_future", N_("号码中的出生日期晚于今天；没有证件可不填"))


def unit_code_errors(field: str, code: str | None) -> Iterator[FieldError]:
    if code and not is_unit_code(code):
        yield FieldError(field, "malformed", N_("统一社会信用代码校验不符；不知道可不填"))
