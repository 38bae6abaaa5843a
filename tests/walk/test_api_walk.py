"""The reference case through the API, every row with what must be seen: one dispute, four tiers, window to archive."""

from uuid import UUID

from cases.models import Case
from cases.term_history import differences
from foundation.audit_chain import verify
from tests.door import Door
from tests.walk import conclusion, mediation, reception
from tests.walk.walker import Walker


async def test_the_reference_case_through_the_api(door: Door) -> None:
    walk = Walker(door)
    for row in (*reception.ROWS, *mediation.ROWS, *conclusion.ROWS):
        await row(walk)
    await walk.close()
    async with door.world.owner() as session:
        verdict = await verify(session)
        case = await session.get_one(Case, UUID(walk.case))
        told = await differences(session, case)
    assert told == [], "every term is told again from the events of the case"
    assert verdict.links > 50
    assert verdict.breaks == []
