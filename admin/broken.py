"""What the database, the driver or Piccolo refuse, as a named error that the administrator can read."""

import json
from collections.abc import Mapping
from typing import Any

import asyncpg

from admin.faults import in_one_line
from foundation import mishaps
from foundation.errors import DomainError, Forbidden, NotFound
from foundation.forms import REQUIRED
from foundation.language import N_, translate


class Failed(DomainError):
    code = "unexpected"
    status = 500
    message = N_("系统出错，已记录。请稍后再试；若仍出错，请联系系统管理员。")


class Unstorable(DomainError):
    code = "value_refused"
    status = 422
    message = N_("有内容超出可以保存的范围，或与其他内容冲突")


class FieldsBroken(DomainError):
    """Titles of fields, each with Piccolo's word for what is wrong there."""

    code = "invalid_input"
    status = 422
    message = N_("有内容未按要求填写：%(fields)s")

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__()
        self.faults = faults

    def text(self, language: str) -> str:
        reasons = [(title, translate(REASONS.get(kind, MALFORMED), language)) for title, kind in self.faults]
        return translate(self.message, language, fields=in_one_line(reasons, language))


class NotSupported(DomainError):
    code = "not_supported"
    status = 405
    message = N_("此地址不支持这种方法")


BY_STATUS: dict[int, type[DomainError]] = {403: Forbidden, 404: NotFound, 405: NotSupported}
REASONS, MALFORMED = {"missing": REQUIRED}, N_("形式不对")


def named(error: Exception) -> DomainError:
    """Of an exception that went through Piccolo."""
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return Forbidden()
    if isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError):
        return Unstorable()
    if isinstance(error, ValueError):  # Piccolo's answer to an order by a column that is not there, or to no JSON
        return Unstorable()
    mishaps.record(error)
    return Failed()


def explained(status: int, body: bytes, titles: Mapping[str, str]) -> DomainError:
    """Of a refusal in Piccolo's own words, which are English: field by field where it says so, by their titles."""
    if status in BY_STATUS:
        return BY_STATUS[status]()
    said = _read(body)
    faults = said.get("detail") if isinstance(said, dict) else None
    if status == 422 and isinstance(faults, list):
        fields = {str(fault["loc"][-1]): fault["type"] for fault in faults}
        return FieldsBroken([(titles.get(field, field), kind) for field, kind in fields.items()])
    if status >= 500:
        return Failed()
    return Unstorable()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
