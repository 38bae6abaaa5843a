"""会商 before the opinion of a major case; the opinion is a proposal, put to both sides alike."""

from typing import Any
from uuid import UUID

import pytest

from cases.models import Case
from cases.relations import grant
from foundation.errors import Forbidden, InvalidInput
from policies.relations import Relation
from teams.conference import ConferenceMissing
from teams.opinion import LABEL
from teams.plan import PlanMissing
from tests.cases.build import Walk
from tests.teams.build import OPINION, broken, confirmed, members, papers, planned, table
from tests.world import World


async def conference(walk: Walk, *roles: str, **changes: Any) -> dict[str, Any]:
    seated = await members(walk)
    views = [{"member_id": str(seated[role].id), "view": "同意按户修复"} for role in roles]
    form = {"held_at": walk.world.clock.now().isoformat(), "views": views, "conclusion": "按户修复，限期支付"}
    return form | changes


async def test_an_opinion_needs_a_plan(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(PlanMissing):
        await walk.do("xgll.handler", "issue-opinion", **OPINION)


async def test_an_opinion_names_its_legal_basis(world: World) -> None:
    walk = await planned(world)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "issue-opinion", facts="裂缝", proposal="修复")
    assert broken(error) == {("legal_basis", "required")}


async def test_an_ordinary_case_needs_no_conference(world: World) -> None:
    walk = await planned(world)
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    assert (await world.case(walk.case_id)).state == "proposed"


async def test_a_major_case_is_conferred_on_first_even_when_some_have_left(world: World) -> None:
    walk = await planned(world, persons=12)
    assert len([one for one in await walk.petitioners() if one.status == "active"]) == 11
    assert (await world.case(walk.case_id)).case_class == "mass"
    with pytest.raises(ConferenceMissing):
        await walk.do("xgll.handler", "issue-opinion", **OPINION)
    await walk.do("xgll.handler", "confer", **await conference(walk, "handler", "mediator", "lawyer"))
    await walk.do("xgll.handler", "issue-opinion", **OPINION)


async def test_a_conference_of_one_person_is_none(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "confer", **await conference(walk, "handler", "team_leader"))
    assert broken(error) == {("views", "too_few")}


async def test_each_view_stands_in_the_minutes_under_its_name(world: World) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.handler", "confer", **await conference(walk, "handler", "lawyer"))
    (minutes,) = await papers(walk, "minutes")
    lawyer = (await world.subject("xgll.lawyer")).name
    assert minutes.content["views"][1] == {"member_id": f"{lawyer}（律师）", "view": "同意按户修复"}


async def test_everyone_at_the_table_gets_the_same_words_labelled_as_a_proposal(world: World) -> None:
    walk = await planned(world, persons=3)
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    (opinion,) = await papers(walk, "opinion")
    copies = await papers(walk, "opinion_copy")
    assert opinion.content["label"] == LABEL and "不是信访处理意见书" in LABEL
    assert {str(copy.party_id) for copy in copies} == set(await table(walk))
    words = ("label", *OPINION)
    assert all(copy.content[word] == opinion.content[word] for copy in copies for word in words)


async def test_the_opinion_shows_the_remedies_and_the_free_helpers(world: World) -> None:
    walk = await planned(world)
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    (opinion,) = await papers(walk, "opinion")
    assert any("12348" in helper for helper in opinion.content["free_helpers"])


async def test_no_opinion_asks_for_a_promise_not_to_petition(world: World) -> None:
    walk = await planned(world)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "issue-opinion", **(OPINION | {"proposal": "支付后息诉罢访"}))
    assert broken(error) == {("proposal", "renunciation")}


async def test_a_lent_expert_gives_an_opinion_and_nobody_else_speaks_as_the_panel(world: World) -> None:
    walk = await planned(world)
    expert = await world.subject("diqing.expert_a")
    await lend(walk, str(expert.person_id))
    await called(walk, str(expert.person_id))
    form = {"question": "裂缝与爆破有无因果关系", "opinion": "有因果关系"}
    await walk.do("diqing.expert_a", "panel-opinion", **form)
    assert len(await papers(walk, "panel_opinion")) == 1
    with pytest.raises(Forbidden):
        await walk.do("xgll.lawyer", "panel-opinion", **form)


async def called(walk: Walk, person_id: str) -> None:
    """Accepted by everyone at the table, then called to a panel."""
    parties = await table(walk)
    await walk.do("xgll.handler", "accept-expert", person_id=person_id, party_ids=parties, accepted=True)
    await walk.do("xgll.handler", "convene-panel", question="裂缝成因", material="鉴定意见", experts=[person_id])


async def lend(walk: Walk, person_id: str) -> None:
    """As the assistance of handover/ writes it."""
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await grant(session, case, Relation.ASSISTS, person_id=UUID(person_id), role="panel_expert", source="test")
