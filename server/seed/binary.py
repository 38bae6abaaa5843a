"""Values as PostgreSQL's binary COPY takes them, written down without a driver in between."""

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Integer, LargeBinary, SmallInteger, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from foundation.model import Instant

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
JSONB_VERSION = b"\1"
"""Before the text of a jsonb."""
VARCHAR = 1043
"""Its number among PostgreSQL's types."""
EPOCH, DAY_ONE = datetime(2000, 1, 1, tzinfo=UTC), date(2000, 1, 1)
MICROSECOND = timedelta(microseconds=1)
MOMENT, DAY, SHORT, INTEGER, LONG = (struct.Struct(code) for code in (">q", ">i", ">h", ">i", ">q"))
ARRAY_OF_VARCHAR = INTEGER.pack(1) + INTEGER.pack(0) + INTEGER.pack(VARCHAR)
"""One dimension, no nulls."""


def microseconds(moment: datetime) -> int:
    """As a timestamptz is stored."""
    return (moment - EPOCH) // MICROSECOND


def days(day: date) -> int:
    """As a date is stored."""
    return (day - DAY_ONE).days


def _uuid(value: UUID) -> bytes:
    return value.bytes


def _words(words: Sequence[str]) -> bytes:
    """One dimension of varchar, from 1 on, none of them null."""
    return (
        ARRAY_OF_VARCHAR + INTEGER.pack(len(words)) + INTEGER.pack(1) + b"".join(field(one.encode()) for one in words)
    )


ENCODERS: Mapping[type, Callable[[Any], bytes]] = {
    Uuid: _uuid,
    String: str.encode,
    Integer: INTEGER.pack,
    SmallInteger: SHORT.pack,
    BigInteger: LONG.pack,
    Boolean: lambda value: b"\1" if value else b"\0",
    Instant: lambda value: MOMENT.pack(microseconds(value)),
    Date: lambda value: DAY.pack(days(value)),
    LargeBinary: bytes,
    ARRAY: _words,
    JSONB: lambda value: JSONB_VERSION + msgspec.json.encode(value),
}
"""By the column's type. A type that no story writes is a KeyError."""


def field(value: bytes) -> bytes:
    """With its length."""
    return INTEGER.pack(len(value)) + value


def row(columns: int) -> bytes:
    """What begins a row."""
    return SHORT.pack(columns)
