"""The same request twice has one effect."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from foundation import idempotency
from foundation.cipher import Keyring, Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.idempotency import Answer, IdempotencyKey, IdempotencyKeyMalformed, IdempotencyKeyReused, hash_of
from foundation.outbox import OutboxRow, publish
from foundation.store import Scope, Store

ANSWER = Answer(201, {"ETag": '"1"'}, '{"name": "李某"}')
ROUTE = "POST /api/v1/cases"


@pytest.fixture(autouse=True)
def keyring() -> None:
    Sealed.use(Keyring({1: bytes(32)}, 1))


async def act(store: Store, person: UUID, key: str, request: bytes = b"{}", route: str = ROUTE) -> Answer:
    """What a door does; the effect is one outbox row."""
    async with store.scoped(Scope(1, person)) as session:
        stored = await idempotency.begin(session, person, key, route, hash_of(request))
        if stored is not None:
            return stored
        await publish(session, "test.effect", key=key)
        await idempotency.keep(session, person, key, ANSWER)
        return ANSWER


async def effects(endpoints: Endpoints, key: str) -> int:
    engine = create_async_engine(endpoints.relay)
    async with engine.connect() as connection:
        rows = await connection.execute(select(OutboxRow.id).where(OutboxRow.payload["key"].astext == key))
        found = len(rows.all())
    await engine.dispose()
    return found


async def test_a_repetition_gets_the_stored_answer_and_does_nothing(store: Store, endpoints: Endpoints) -> None:
    person, key = uuid4(), str(uuid4())
    assert await act(store, person, key) == ANSWER
    assert await act(store, person, key) == ANSWER
    assert await effects(endpoints, key) == 1


async def test_ten_at_the_same_time_have_one_effect(store: Store, endpoints: Endpoints) -> None:
    person, key = uuid4(), str(uuid4())
    answers = await asyncio.gather(*(act(store, person, key) for _ in range(10)))
    assert answers == [ANSWER] * 10
    assert await effects(endpoints, key) == 1


@pytest.mark.parametrize(("request_body", "route"), [(b'{"a":1}', ROUTE), (b"{}", "POST /api/v1/other")])
async def test_the_key_of_another_request_is_refused(store: Store, request_body: bytes, route: str) -> None:
    person, key = uuid4(), str(uuid4())
    await act(store, person, key)
    with pytest.raises(IdempotencyKeyReused):
        await act(store, person, key, request_body, route)


async def test_a_request_that_failed_may_be_repeated(store: Store, endpoints: Endpoints) -> None:
    person, key = uuid4(), str(uuid4())
    with pytest.raises(RuntimeError, match="broken"):
        async with store.scoped(Scope(1, person)) as session:
            assert await idempotency.begin(session, person, key, ROUTE, hash_of(b"{}")) is None
            raise RuntimeError("broken")
    assert await act(store, person, key) == ANSWER
    assert await effects(endpoints, key) == 1


async def test_two_people_may_use_the_same_key(store: Store, endpoints: Endpoints) -> None:
    key = str(uuid4())
    await act(store, uuid4(), key)
    await act(store, uuid4(), key)
    assert await effects(endpoints, key) == 2


async def test_nobody_reads_the_stored_answer_of_another(store: Store) -> None:
    key = str(uuid4())
    await act(store, uuid4(), key)
    async with store.scoped(Scope(1, uuid4())) as session:
        assert (await session.scalars(select(IdempotencyKey))).all() == []


@pytest.mark.parametrize("key", ["", "with space", "中文", "x" * 129, "line\nbreak"])
async def test_a_malformed_key_is_refused_by_name(store: Store, key: str) -> None:
    with pytest.raises(IdempotencyKeyMalformed):
        await act(store, uuid4(), key)


async def test_the_stored_answer_is_encrypted(store: Store, endpoints: Endpoints) -> None:
    person, key = uuid4(), str(uuid4())
    await act(store, person, key)
    async with store.scoped(Scope(1, person)) as session:
        stored = await session.scalar(text("select body from idempotency_keys where key = :key"), {"key": key})
    assert "李某".encode() not in stored


async def test_old_keys_are_forgotten_by_the_relay_alone(
    store: Store, endpoints: Endpoints, clock: FrozenClock
) -> None:
    person, key = uuid4(), str(uuid4())
    await act(store, person, key)
    clock.advance(days=1)
    await act(store, person, key + "b")
    engine = create_async_engine(endpoints.relay)
    async with engine.begin() as connection:
        assert await idempotency.forget(connection, clock.now()) >= 1
    await engine.dispose()
    async with store.scoped(Scope(1, person)) as session:
        assert (await session.scalars(select(IdempotencyKey.key))).all() == [key + "b"]


def test_neighbouring_parts_of_a_request_do_not_run_into_each_other() -> None:
    assert hash_of(b"ab", b"c") != hash_of(b"a", b"bc")


async def test_a_long_answer_is_kept_packed_and_comes_back_as_it_was(store: Store, endpoints: Endpoints) -> None:
    person, key = uuid4(), str(uuid4())
    long = Answer(200, {}, '{"names": [' + ", ".join(['"李某"'] * 500) + "]}")
    async with store.scoped(Scope(1, person)) as session:
        assert await idempotency.begin(session, person, key, ROUTE, hash_of(b"{}")) is None
        await idempotency.keep(session, person, key, long)
    assert await act(store, person, key) == long
    owner = create_async_engine(endpoints.owner)
    async with owner.connect() as connection:
        size = select(func.octet_length(IdempotencyKey.__table__.c.body)).where(IdempotencyKey.key == key)
        assert (await connection.scalar(size) or 0) < len(long.body) / 10
    await owner.dispose()
