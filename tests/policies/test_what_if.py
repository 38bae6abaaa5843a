"""What a draft would open and close, and whom it would touch: exact where posts are counted, an estimate elsewhere."""

from msgspec import structs

from policies.difference import cell_difference
from policies.rules import parse
from policies.touched import Count
from policies.what_if import WhatIf, what_if
from tests.cases.build import registered
from tests.policies.drafting import AUDIT, DIRECTOR, FIRST, NEW, PROGRAM, ROWS, drafted, wider
from tests.world import World


async def asked(world: World, login: str = FIRST, *rows: object, remove: tuple[str, ...] = ()) -> WhatIf:
    draft = await drafted(world, FIRST, *rows, remove=remove)  # type: ignore[arg-type]  # rows of rules
    async with world.as_(login) as (session, _):
        return await what_if(session, draft.base_content, draft.content)


async def test_opened_and_closed_cells_stand_by_role_with_their_sentence(own_world: World) -> None:
    found = await asked(own_world, FIRST, NEW, wider("1", "case:note"), remove=("51",))
    assert (found.opened, found.closed, found.moved, found.worded) == (2, 6, 0, ())
    assert [one.role for one in found.roles] == ["contact_person", "duty_member", "archivist"]
    (effect,) = found.roles[2].opened
    assert (effect.line.rule, effect.line.relation, effect.line.tiers, effect.line.actions) == (
        "64", "holds", ("C",), ("case:note",),
    )  # fmt: skip
    assert (effect.line.zh, effect.line.en) == (NEW.zh, NEW.en)
    assert found.roles[1].closed[0].line.actions == ("duty:checkin", "duty:swap")
    assert found.roles[1].closed[0].cases is None, "no case is concerned"


async def test_people_are_counted_by_posts_in_force_once_each(own_world: World) -> None:
    found = await asked(own_world, FIRST, NEW)
    (archivists,) = found.roles
    assert archivists.opened[0].people == Count(1) and found.people == 1, "xgll.archivist alone"
    both = await asked(own_world, FIRST, NEW, structs.replace(NEW, no="65", actions=["appointment:set"]))
    assert both.people == 1, "a person whose rights change twice is one person"


async def test_cases_come_from_the_counters_of_the_tenants_that_have_the_role(own_world: World) -> None:
    walk = await registered(own_world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    above = structs.replace(NEW, roles=["supervisor_f"], tiers=["F"], relations=["oversees"], actions=["case:find"])
    own = structs.replace(NEW, no="65", roles=["sfs_head"], tiers=["T"], relations=["holds"], actions=["case:find"])
    found = await asked(own_world, FIRST, above, own)
    cases = {one.role: one.opened[0].cases for one in found.roles}
    assert cases == {"sfs_head": Count(1, estimate=True), "supervisor_f": Count(1, estimate=True)}
    assert found.cases == Count(1, estimate=True)


async def test_relations_by_record_are_counted_from_the_records_in_force(own_world: World) -> None:
    await registered(own_world, persons=1)
    await registered(own_world, persons=1)
    registrars = structs.replace(
        NEW, roles=["window_clerk"], tiers=["T"], relations=["registrar"], actions=["fee:record"]
    )
    team = structs.replace(NEW, no="65", roles=["lawyer"], tiers=["C"], relations=["team"], actions=["fee:record"])
    found = await asked(own_world, FIRST, registrars, team)
    effects = {one.role: one.opened[0] for one in found.roles}
    assert effects["window_clerk"].cases == Count(2, estimate=True)
    assert effects["lawyer"].cases == Count(0, estimate=True) and effects["lawyer"].people == Count(0, estimate=True)


async def test_a_change_of_wording_touches_nobody(own_world: World) -> None:
    found = await asked(own_world, FIRST, structs.replace(ROWS["1"], zh="另一句话"))
    assert (found.opened, found.closed, found.people, found.worded, found.roles) == (0, 0, 0, ("1",), ())


async def test_the_audit_administrator_sees_the_same_and_others_see_no_count(own_world: World) -> None:
    draft = await drafted(own_world)
    people = {}
    for login in (FIRST, AUDIT, DIRECTOR):
        async with own_world.as_(login) as (session, _):
            people[login] = (await what_if(session, draft.base_content, draft.content)).people
    assert people == {FIRST: 1, AUDIT: 1, DIRECTOR: 0}


def test_a_cell_that_another_rule_takes_over_is_neither_opened_nor_closed() -> None:
    moved = PROGRAM.replace("\n1,contact_person", "\n1x,contact_person")
    assert cell_difference(parse(PROGRAM), parse(moved)).counts == (0, 0, 2)
