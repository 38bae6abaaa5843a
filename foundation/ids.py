"""Identifiers of cases and all that belongs to them: UUIDv7, ordered by the injected clock."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id(instant: datetime) -> UUID:
    """A UUIDv7 of the given instant."""
    return uuid7(nanoseconds=int(instant.timestamp()) * 10**9 + instant.microsecond * 1000)
