"""move_custody: the only way a case changes hands in the database."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from policies.relations import Relation
from tenants.tiers import OfficeKind
from tests.policies.database import asking, inhabited
from tests.policies.rows import count, lonely
from tests.policies.test_row_security import BY_ID, CASE, STRANGER, record, relate, staff
from tests.policies.trees import office

TAKER = office(BY_ID[300], OfficeKind.WORKROOM)
MOVE = text("""
    select version from move_custody(:case, :office, :version, 'handover_offers:' || cast(:offer as uuid), '{}')
""")
OFFER = UUID(int=77)
COLUMNS = text(
    "select holder_office_id, province_id, prefecture_id, county_id, township_id, offer_id, version from cases"
)


@pytest.fixture
async def offered(session: AsyncSession) -> AsyncIterator[AsyncSession]:
    """A county's case that it offers to its sister county."""
    async with inhabited(session, lonely(CASE)):
        await session.execute(text("update cases set offer_id = :offer"), {"offer": OFFER})
        await relate(session, record(Relation.OFFERED, tenant_id=300), record(Relation.REGISTRAR, person=UUID(int=1)))
        yield session


async def move(session: AsyncSession, office_id: int = TAKER, version: int = 1) -> int:
    values = {"case": CASE.id, "office": office_id, "version": version, "offer": OFFER}
    return int((await session.scalars(MOVE, values)).one())


async def state(session: AsyncSession) -> list[object]:
    return list((await session.execute(COLUMNS)).one())


async def test_the_receiver_of_an_open_offer_takes_office_and_custody_at_once(offered: AsyncSession) -> None:
    async with asking(offered, staff(300)):
        assert await move(offered) == 2
        assert await count(offered, "cases") == 1
    assert await state(offered) == [TAKER, 1, 3, 300, None, None, 2]
    in_force = await offered.scalars(text("select relation from case_relations where until > scope_now()"))
    assert in_force.all() == ["sent"]
    async with asking(offered, staff(301, person=STRANGER)):
        assert (await count(offered, "cases"), await count(offered, "notes")) == (1, 0)


@pytest.mark.parametrize(
    ("tenant_id", "office_id", "version", "code"),
    [
        (300, TAKER, 2, "TJ412"),
        (301, TAKER, 1, "TJ403"),
        (3, TAKER, 1, "TJ403"),
        (31, office(BY_ID[31], OfficeKind.WORKROOM), 1, "TJ403"),
        (300, office(BY_ID[301], OfficeKind.WORKROOM), 1, "TJ403"),
    ],
    ids=["stale", "the sender", "the prefecture", "a stranger", "into another's office"],
)
async def test_nobody_else_moves_it(
    offered: AsyncSession, tenant_id: int, office_id: int, version: int, code: str
) -> None:
    before = await state(offered)
    with pytest.raises(DBAPIError) as refusal:
        async with offered.begin_nested(), asking(offered, staff(tenant_id)):
            await move(offered, office_id, version)
    assert getattr(refusal.value.orig, "sqlstate", None) == code
    assert await state(offered) == before


async def test_an_administrator_with_the_receivers_scope_does_not_move_it(offered: AsyncSession) -> None:
    with pytest.raises(DBAPIError, match="no open offer"):
        async with offered.begin_nested(), asking(offered, staff(300, "sysadmin")):
            await move(offered)


async def test_without_a_pending_offer_nothing_moves(offered: AsyncSession) -> None:
    await offered.execute(text("update cases set offer_id = null"))
    with pytest.raises(DBAPIError, match="no open offer"):
        async with offered.begin_nested(), asking(offered, staff(300)):
            await move(offered)
