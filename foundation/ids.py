"""Identifiers of cases and all that belongs to them: UUIDv7, ordered by the injected clock."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id(instant: datetime) -> UUID:
    """A UUIDv7 of the given instant."""
    seconds = int(instant.timestamp())
    return uuid7(seconds, instant.microsecond * 1000)
