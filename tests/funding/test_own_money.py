"""To book its own money a tenant reaches one case it no longer holds: for a moment, in its own scope, and no other."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cases.models import Case, CaseRelation
from funding import own_bank
from tests.funding.build import closed_case
from tests.funding.test_payments import CASHIER, _gone, _read, _sent_and_gone
from tests.world import World

SCOPE = text("select scope_tenant(), scope_person()")


@pytest.mark.obligation("50")
async def test_the_window_opens_on_one_case_changes_no_scope_and_is_never_committed(own_world: World) -> None:
    world = own_world
    case, batch, _ = await _sent_and_gone(world, producer="unclear")
    beside = (await closed_case(world)).case_id
    await _gone(world, beside, "diqing", "yunnan")
    line = (await _read(world, batch)).lines[0].id
    async with world.as_(CASHIER) as (session, subject):
        scope = (await session.execute(SCOPE)).one()
        async with own_bank.recorded(session, line):
            assert (await session.execute(SCOPE)).one() == scope
            assert set(await session.scalars(select(Case.id).where(Case.id.in_([case, beside])))) == {case}
        with pytest.raises(ZeroDivisionError):
            async with own_bank.recorded(session, line):
                raise ZeroDivisionError
        assert await session.scalar(select(Case.id).where(Case.id == case)) is None
        assert scope == (subject.tenant_id, subject.person_id)
    async with world.owner() as owner:
        assert not (await owner.scalars(select(CaseRelation).where(CaseRelation.source == "own_money"))).all()
    with pytest.raises(DBAPIError, match="over before the commit"):
        async with world.as_(CASHIER) as (session, _):
            await session.execute(own_bank.MOVED, {"about": line})
