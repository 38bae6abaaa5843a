"""Errors of the database as named errors."""

import pytest
from asyncpg import exceptions
from sqlalchemy.exc import DBAPIError

from foundation.database_refusals import Busy, LostRace, ValueRefused, named_refusal


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (exceptions.ConnectionDoesNotExistError, Busy),
        (exceptions.CrashShutdownError, Busy),
        (exceptions.CannotConnectNowError, Busy),
        (exceptions.DeadlockDetectedError, Busy),
        (exceptions.UniqueViolationError, LostRace),
        (exceptions.NumericValueOutOfRangeError, ValueRefused),
        (exceptions.UndefinedTableError, None),
    ],
)
def test_what_may_be_tried_again_is_told_from_what_is_wrong(broken: type[Exception], named: type | None) -> None:
    refusal = named_refusal(DBAPIError("select", None, broken("text")))
    assert (type(refusal) if refusal else None) is named
