"""What the database itself refuses, as a named error: lost races, busy rows, values no column can hold."""

from sqlalchemy.exc import DBAPIError

from foundation.errors import Conflict, DomainError
from foundation.language import N_


class LostRace(Conflict):
    """Someone else wrote the same thing first."""

    code = "lost_race"
    message = N_("他人刚刚做了同样的操作，请刷新后再看")


class Busy(DomainError):
    code = "busy"
    status = 503
    message = N_("系统正忙，请稍后再试")


class ValueRefused(DomainError):
    """A number beyond its column, a NUL character, an id that names nothing: a forged or broken input."""

    code = "value_refused"
    status = 422
    message = N_("有内容超出可以保存的范围，或指向不存在的对象")


BUSY_STATES = frozenset({"40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03"})
"""Serialisation failure, deadlock, lock not available, too many connections; the server stops, has crashed, starts."""
CONNECTION_CLASS = "08"
"""The connection was lost: nothing was done, and the next attempt gets a new one."""
UNIQUE_VIOLATION = "23505"
INPUT_CLASSES = ("22", "23")
"""Data exceptions and integrity violations: https://www.postgresql.org/docs/18/errcodes-appendix.html."""


def named_refusal(error: DBAPIError) -> DomainError | None:
    """The named error, or None for what is our own defect (a missing table, a wrong statement)."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in BUSY_STATES or state.startswith(CONNECTION_CLASS):
        return Busy()
    if state == UNIQUE_VIOLATION:
        return LostRace()
    if state.startswith(INPUT_CLASSES) or "invalid input for query argument" in str(error.orig):
        return ValueRefused()  # the driver refuses before the server sees it, and then there is no state
    return None
