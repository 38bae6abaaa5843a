"""What a page may show of team, plan and agreement: drafts for the team, the sealed text for whoever reads finals."""

from foundation.language import current_language
from policies import gate
from policies.gate import Permissions
from teams.reads import agreement_of, plans_of, team_of
from tests.cases.build import Walk
from tests.teams.build import OWED, drafted, members, planned, sealed, table
from tests.world import World


async def permissions(walk: Walk, login: str) -> Permissions:
    async with walk.world.as_(login) as (session, subject):
        return await gate.permissions(session, subject, await walk.world.case(walk.case_id))


async def test_the_team_is_shown_with_those_who_were_replaced(world: World) -> None:
    walk = await planned(world)
    lawyer = (await members(walk))["lawyer"]
    await walk.do("xgll.director", "replace-member", member_id=str(lawyer.id), reason="left")
    async with world.as_("xgll.handler") as (session, _):
        team = await team_of(session, walk.case_id)
    assert team is not None and team.confirmed_at is not None
    shown = {(one.role, one.status, one.replaced_for) for one in team.members}
    assert ("lawyer", "replaced", "left") in shown and ("mediator", "accepted", None) in shown


async def test_the_plan_is_listed_for_readers_of_opinions_only(world: World) -> None:
    walk = await planned(world)
    async with world.as_("xgll.handler") as (session, _):
        assert [
            one.version for one in await plans_of(session, walk.case_id, await permissions(walk, "xgll.handler"))
        ] == [1]
        assert await plans_of(session, walk.case_id, await permissions(walk, "xgll.traffic")) == ()


async def test_a_draft_is_shown_to_the_team_and_not_to_overseers(world: World) -> None:
    walk = await drafted(world)
    for login, seen in (("xgll.handler", "draft"), ("diqing.supervisor", None), ("xgll.chair", None)):
        async with world.as_(login) as (session, _):
            shown = await agreement_of(session, walk.case_id, await permissions(walk, login))
        assert (shown and shown.status) == seen, login


async def test_the_sealed_agreement_names_parties_by_number_and_never_by_name(world: World) -> None:
    walk = await sealed(world, persons=3)
    async with world.as_("diqing.supervisor") as (session, _):
        shown = await agreement_of(session, walk.case_id, await permissions(walk, "diqing.supervisor"))
    assert shown is not None and shown.status == "effective"
    assert [(one.to, one.by, one.amount_fen) for one in shown.terms] == [
        ("信访人1", "对方1", OWED),
        ("信访人2", "对方1", OWED),
        ("信访人1", "对方1", None),
    ]
    assert {one.who for one in shown.signatures} == {"信访人1", "信访人2", "对方1", ""}
    assert len(await table(walk)) == 1, "only the company is left active: the petitioners' dispute is settled"


async def test_an_english_reader_finds_sides_and_parts_in_english(world: World) -> None:
    walk = await sealed(world, persons=2)
    token = current_language.set("en")
    try:
        async with world.as_("xgll.handler") as (session, subject):
            shown = await agreement_of(session, walk.case_id, await permissions(walk, "xgll.handler"))
            case = await world.case(walk.case_id)
            labels = [one.label for one in await world.catalogue.options["team_members"](session, subject, case)]
    finally:
        current_language.reset(token)
    assert shown is not None
    assert "信访人" not in str(shown.terms) and "对方" not in str(shown.signatures)
    assert labels and "调解员" not in str(labels)
