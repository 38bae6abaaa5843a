"""What is refused inside Piccolo, kept by its own name: Piccolo itself passes on only its own exceptions."""

from contextvars import ContextVar
from typing import NoReturn

from starlette.exceptions import HTTPException

from foundation.errors import DomainError

refusals: ContextVar[list[DomainError] | None] = ContextVar("refusals", default=None)
"""The refusals of the request, filled below Piccolo and read above it; a new list for each request."""


def note(error: DomainError) -> None:
    """For the one who answers the request."""
    noted = refusals.get()
    if noted is not None:
        noted.append(error)


def refuse(error: DomainError) -> NoReturn:
    """From a validator of a table."""
    note(error)
    raise HTTPException(error.status, error.code)
