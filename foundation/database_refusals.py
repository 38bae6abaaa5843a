"""What the database itself refuses, as a named error: lost races, busy rows, values no column can hold."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from foundation.errors import Conflict, DomainError
from foundation.language import N_
from foundation.lost import is_lost


class LostRace(Conflict):
    """Someone else wrote the same thing first."""

    code = "lost_race"
    message = N_("他人刚刚做了同样的操作，请刷新后再看")


class Busy(DomainError):
    """Whoever was cut off in a commit can't know its outcome: the same key again has one effect (`idempotency`)."""

    code = "busy"
    status = 503
    message = N_("系统正忙，请稍后再试")

    @property
    def retry_after(self) -> int:
        return AGAIN_SECONDS


class ValueRefused(DomainError):
    """A number beyond its column, a NUL character, an id that names nothing: a forged or broken input."""

    code = "value_refused"
    status = 422
    message = N_("有内容超出可以保存的范围，或指向不存在的对象")


AGAIN_SECONDS = 2
BUSY_STATES = frozenset({"40001", "40P01", "55P03", "53300"})
"""Serialisation failure, deadlock, lock not available, too many connections."""
UNIQUE_VIOLATION = "23505"
INPUT_CLASSES = ("22", "23")
"""Data exceptions and integrity violations: https://www.postgresql.org/docs/18/errcodes-appendix.html."""


def named_refusal(error: BaseException) -> DomainError | None:
    """The named error, or None for what is our own defect (a missing table, a wrong statement) or no refusal at all."""
    if is_lost(error) or isinstance(error, NoConnectionFree):
        return Busy()
    if not isinstance(error, DBAPIError):
        return None
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in BUSY_STATES:
        return Busy()
    if state == UNIQUE_VIOLATION:
        return LostRace()
    if state.startswith(INPUT_CLASSES) or "invalid input for query argument" in str(error.orig):
        return ValueRefused()  # the driver refuses before the server sees it, and then there is no state
    return None
