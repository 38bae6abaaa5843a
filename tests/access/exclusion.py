"""An exclusion as the record of it stands, whoever wrote it."""

from cases.relations import grant
from policies.relations import Relation
from tests.cases.build import Walk
from tests.world import World


async def exclude(world: World, walk: Walk, login: str) -> None:
    """The person has left the case."""
    case, person = await world.case(walk.case_id), (await world.subject(login)).person_id
    async with world.as_("xgll.director") as (session, _):
        await grant(session, case, Relation.EXCLUDED, person_id=person, source="test")
