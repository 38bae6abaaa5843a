"""What pages read is cut to the field groups that the gate gave."""

from cases.models import Case
from dossiers.reads import evidence_of, performances_of, referrals_of, relief_of, visits_of, volume_of
from policies import gate
from policies.gate import Permissions
from tests.dossiers.build import Built
from tests.dossiers.following import perform_all, visit
from tests.world import World

TESTIMONY = {"kind": "testimony", "title": "邻居证言", "obtained_on": "2026-03-02"}


async def counts(world: World, case: Case, login: str, permissions: Permissions | None = None) -> list[int]:
    """Evidence, referrals, performances, visits and relief that the person is given."""
    async with world.as_(login) as (session, subject):
        may = permissions or await gate.permissions(session, subject, case)
        return [
            len(await evidence_of(session, case.id, may)),
            len(await referrals_of(session, case, may)),
            len(await performances_of(session, case, may)),
            len(await visits_of(session, case.id, may)),
            len(await relief_of(session, case, may)),
        ]


async def filled(world: World, agreed: Built) -> Case:
    await world.do("xgll.handler", agreed.case_id, "add-evidence", **TESTIMONY)
    await perform_all(world, agreed)
    return await visit(world, agreed, 0)


async def test_the_handler_reads_all_of_it(world: World, agreed: Built) -> None:
    assert await counts(world, await filled(world, agreed), "xgll.handler") == [1, 0, 3, 1, 0]


async def test_an_overseer_reads_no_evidence_no_visit_and_no_payment(world: World, agreed: Built) -> None:
    assert await counts(world, await filled(world, agreed), "diqing.supervisor") == [0, 0, 0, 0, 0]


async def test_without_a_field_group_nothing_is_read_whatever_the_database_shows(world: World, agreed: Built) -> None:
    nothing = Permissions(frozenset(), frozenset())
    assert await counts(world, await filled(world, agreed), "xgll.handler", nothing) == [0, 0, 0, 0, 0]


async def test_there_is_no_volume_before_the_first_check(world: World, agreed: Built) -> None:
    case = await filled(world, agreed)
    async with world.as_("xgll.handler") as (session, subject):
        assert await volume_of(session, case.id, await gate.permissions(session, subject, case)) is None
