"""The connection to the database: made here, and whether an error says that it was lost or never came about."""

from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError

GONE = (
    asyncpg.PostgresConnectionError,  # SQLSTATE class 08
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,  # an answer that was cut off finds the driver in a state that it does not know
    ConnectionError,
)
CLOSED = "connection is closed"
"""So the driver's own error ends, for whatever is asked of a connection that it knows to be lost."""


async def connect(*places: Any, **options: Any) -> asyncpg.Connection:
    """asyncpg's own, except that a server which is not reached is the driver's error and not the operating system's.

    A socket that is not there would otherwise look like any missing file.
    """
    try:
        return await asyncpg.connect(*places, **options)
    except OSError as error:
        raise asyncpg.ClientCannotConnectError(type(error).__name__) from error


def is_lost(error: BaseException) -> bool:
    """As the driver says it, as SQLAlchemy says it after the driver, or as several at once."""
    if isinstance(error, BaseExceptionGroup):
        return any(is_lost(one) for one in error.exceptions)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or any(is_lost(one) for one in _driver_errors(error))
    return isinstance(error, GONE) or (isinstance(error, asyncpg.InterfaceError) and str(error).endswith(CLOSED))


def _driver_errors(error: DBAPIError) -> list[BaseException]:
    """SQLAlchemy's dialect raises an error of its own from the driver's; our hot reads give the driver's itself."""
    found = (error.orig, error.orig and error.orig.__cause__)
    return [one for one in found if one is not None]
