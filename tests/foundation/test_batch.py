"""Rows of many tables in one round trip: what is read is what was written, and all of it or nothing."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from foundation.batch import write
from foundation.cipher import Keyring, Sealed
from foundation.endpoints import Endpoints
from foundation.idempotency import IdempotencyKey
from foundation.outbox import OutboxRow, message
from foundation.store import Scope, Store

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
WORDS = "和“春生”\\x00 ' \" : %s"
"""Everything that a text of SQL or JSON could stumble over."""


@pytest.fixture(autouse=True)
def keyring() -> None:
    Sealed.use(Keyring({1: bytes(32)}, 1))


def key_row(person: UUID, key: str) -> IdempotencyKey:
    answered = {"status": 201, "headers": {"Location": WORDS}, "body": WORDS}
    return IdempotencyKey(
        person_id=person, key=key, route="POST /", request_hash=b"\x00\\'\xff", created_at=NOW, **answered
    )


async def payloads(endpoints: Endpoints, topic: str) -> list[tuple[dict[str, str], int]]:
    engine = create_async_engine(endpoints.relay)
    async with engine.connect() as connection:
        query = select(OutboxRow.payload, OutboxRow.attempts).where(OutboxRow.topic == topic)
        found = [(payload, attempts) for payload, attempts in await connection.execute(query)]
    await engine.dispose()
    return found


async def test_rows_of_two_tables_are_read_as_they_were_given(store: Store, endpoints: Endpoints) -> None:
    person, topic = uuid4(), f"test.{uuid4()}"
    messages = [message(NOW, topic, said=WORDS), message(NOW, topic, said="second")]
    async with store.scoped(Scope(1, person)) as session:
        await write(session, [messages[0], key_row(person, "mine"), messages[1]])
    async with store.scoped(Scope(1, person)) as session:
        kept = await session.get_one(IdempotencyKey, (person, "mine"))
        assert (kept.request_hash, kept.body, kept.headers) == (b"\x00\\'\xff", WORDS, {"Location": WORDS})
        assert (kept.status, kept.created_at) == (201, NOW)
    found = sorted(await payloads(endpoints, topic), key=lambda row: row[0]["said"])
    assert found == [({"said": "second"}, 0), ({"said": WORDS}, 0)]


async def test_rows_go_with_the_transaction_or_not_at_all(store: Store, endpoints: Endpoints) -> None:
    topic = f"test.{uuid4()}"
    with pytest.raises(KeyError):
        async with store.scoped(Scope(1, uuid4())) as session:
            await write(session, [message(NOW, topic)])
            raise KeyError
    assert await payloads(endpoints, topic) == []


async def test_a_naive_instant_is_refused(store: Store) -> None:
    async with store.scoped(Scope(1, uuid4())) as session:
        with pytest.raises(ValueError, match="naive"):
            await write(session, [message(NOW.replace(tzinfo=None), "test.naive")])
