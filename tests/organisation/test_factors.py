"""A lost second factor: reset by the security administrator above and by nobody else, and what that ends."""

import pytest
from msgspec import structs
from sqlalchemy import func, select

from foundation.audit import AuditRow
from foundation.errors import Forbidden, NotFound
from organisation.factors import NoFactor, OwnFactor, reset_factor
from tenants import sessions
from tenants.accounts import Account, RecoveryCode, SecondFactor, SignIn
from tenants.pending import SecondStep
from tenants.sign_in import second_step, sign_in
from tests.second_step import code_of
from tests.world import PASSWORD, World

LOST = "diqing.supervisor"


async def password_shown(world: World, login: str) -> SecondStep:
    step = await sign_in(world.store, login, PASSWORD)
    assert isinstance(step, SecondStep)
    return step


async def reset(world: World, by: str, login: str) -> None:
    async with world.as_(by) as (session, subject):
        await reset_factor(session, subject, login)


async def left(world: World, login: str) -> list[int]:
    """Rows of factor, recovery codes and sessions."""
    account = select(Account.id).where(Account.login == login).scalar_subquery()
    async with world.owner() as session:
        counts = [
            await session.scalar(select(func.count()).select_from(model).where(model.account_id == account))
            for model in (SecondFactor, RecoveryCode, SignIn)
        ]
    return [count or 0 for count in counts]


async def test_after_a_reset_sessions_are_over_and_the_next_sign_in_enrols(own_world: World) -> None:
    step = await password_shown(own_world, LOST)
    token = (await second_step(own_world.store, step.pending, await code_of(own_world, LOST))).token
    await reset(own_world, "yunnan.security", LOST)
    assert await sessions.subject_of(own_world.store, token) is None
    assert await left(own_world, LOST) == [0, 0, 0]
    assert (await password_shown(own_world, LOST)).enrol


async def test_it_is_in_the_chain_of_the_persons_tenant_and_of_the_administrators(own_world: World) -> None:
    await reset(own_world, "yunnan.security", LOST)
    by, whose = await own_world.subject("yunnan.security"), await own_world.subject(LOST)
    query = select(AuditRow.tenant_id, AuditRow.actor).where(AuditRow.action == "account:reset_factor")
    async with own_world.owner() as session:
        found = {tuple(row) for row in await session.execute(query)}
    assert found == {(by.tenant_id, by.actor), (whose.tenant_id, by.actor)}


@pytest.mark.parametrize("by", ["yunnan.admin", "diqing.audit", "yunnan.supervisor", "xgll.director"])
async def test_nobody_but_the_security_administrator_resets(world: World, by: str) -> None:
    with pytest.raises(Forbidden):
        await reset(world, by, LOST)
    assert (await left(world, LOST))[0] == 1


async def test_one_of_another_prefecture_does_not_find_the_account(world: World) -> None:
    security = await world.subject("yunnan.security")
    elsewhere = structs.replace(security, tier="F", tenant_id=2)
    async with world.store.scoped(elsewhere.scope) as session:
        with pytest.raises(NotFound):
            await reset_factor(session, elsewhere, LOST)
        account = await session.scalar(select(Account.id).where(Account.login == LOST))
        assert account is None
    async with world.owner() as session:
        account = await session.scalar(select(Account.id).where(Account.login == LOST))
    async with world.store.scoped(elsewhere.scope) as session:
        assert await session.scalar(select(func.forget_second_factor(account))) is False
    assert (await left(world, LOST))[0] == 1


async def test_the_own_factor_and_one_that_is_not_there_are_refused_by_name(world: World) -> None:
    with pytest.raises(OwnFactor):
        await reset(world, "yunnan.security", "yunnan.security")
    with pytest.raises(NoFactor):
        await reset(world, "yunnan.security", "xgll.director")
    with pytest.raises(NotFound):
        await reset(world, "yunnan.security", "nobody.at.all")
    assert (await left(world, "yunnan.security"))[0] == 1
