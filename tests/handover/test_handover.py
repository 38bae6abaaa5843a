"""A case changes hands: least disclosure before, exactly one holder at all times, and who sees what afterwards."""

import asyncio

import pytest

from cases.acts import CaseFrozen
from cases.models import Case
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from handover.parties_word import PartiesMustAccept
from handover.reading import inbox, preview
from handover.target_errors import ReturnedBefore
from handover.targets import target_options
from policies import gate
from tests.cases.build import Walk, assessing, entrusted, registered
from tests.world import World


async def offered(world: World) -> Walk:
    walk = await registered(world, persons=12)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    return walk


async def actions(world: World, login: str, walk: Walk) -> frozenset[str]:
    async with world.as_(login) as (session, subject):
        case = await session.get(Case, walk.case_id)
        if case is None:
            return frozenset()
        return (await gate.permissions(session, subject, case)).actions


async def test_the_receiver_sees_the_preview_and_nothing_else(world: World) -> None:
    walk = await offered(world)
    async with world.as_("xgll.director") as (session, subject):
        shown = [one for one in await inbox(session, subject) if one.case_id == walk.case_id]
    assert [(one.person_count, one.visited_unit, one.reason) for one in shown] == [
        (12, "云岭路桥建设有限公司", "company")
    ]
    assert await actions(world, "xgll.director", walk) <= {
        "handover:preview",
        "handover:accept",
        "handover:return",
        "recusal:declare",
    }


async def test_siblings_and_others_at_that_level_see_nothing(world: World) -> None:
    walk = await offered(world)
    for stranger in ("deqin.director", "weixi.director", "shengping.head"):
        assert await actions(world, stranger, walk) == frozenset()
        async with world.as_(stranger) as (session, subject):
            with pytest.raises(NotFound):
                await preview(session, subject, walk.case_id)


async def test_while_offered_edits_are_frozen_and_notes_are_not(world: World) -> None:
    walk = await offered(world)
    with pytest.raises(CaseFrozen):
        await walk.do("jiantang.head", "record-unit", role="visited", name="某公司", kind="enterprise", found_by="陈述")
    await walk.do("jiantang.head", "write-note", text="已电话告知对方")


async def test_accepting_without_the_check_for_conflicts_is_refused_at_the_field(world: World) -> None:
    walk = await offered(world)
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.director", "accept-handover")
    assert refused.value.fields[0].field == "no_conflict"


async def test_after_acceptance_the_receiver_holds_and_the_sender_sees_only_the_status(world: World) -> None:
    walk = await offered(world)
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    case = await world.case(walk.case_id)
    xgll = await world.subject("xgll.director")
    assert (case.holder_office_id, case.county_id, case.township_id) == (xgll.office_id, xgll.tenant_id, None)
    assert case.offer_id is None
    township = await actions(world, "jiantang.head", walk)
    assert "case:status" in township
    assert "case:read.identity" not in township
    assert "case:read.statement" not in township
    assert await actions(world, "jiantang.clerk", walk) <= {
        "case:status",
        "result:read",
        "case:read.own_costs",
        "case:read.final",
        "case:read.timeline",
    }


async def test_a_withdrawn_offer_leaves_the_receiver_with_nothing(world: World) -> None:
    walk = await offered(world)
    await walk.do("jiantang.head", "withdraw-handover")
    world.clock.advance(seconds=1)
    assert await actions(world, "xgll.director", walk) == frozenset()
    await walk.do("jiantang.head", "record-unit", role="visited", name="某公司", kind="enterprise", found_by="陈述")


async def test_a_return_names_its_reason_takes_the_preview_away_and_can_not_be_repeated(world: World) -> None:
    walk = await entrusted(world, persons=2)
    prefecture = await world.office("diqing.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=prefecture, reason="major")
    await walk.do("diqing.director", "return-handover", reason="local", proof="州工作室会商纪要〔2026〕3号")
    world.clock.advance(seconds=1)
    case = await world.case(walk.case_id)
    assert case.holder_office_id == await world.office("xgll.director")
    with pytest.raises(NotFound):
        async with world.as_("diqing.director") as (session, subject):
            await preview(session, subject, walk.case_id)
    with pytest.raises(ReturnedBefore):
        await walk.do("xgll.director", "offer-handover", to_office_id=prefecture, reason="major")


async def test_down_to_a_township_goes_to_its_committee_never_to_its_window(world: World) -> None:
    walk = await assessing(world, persons=1)
    with pytest.raises(InvalidInput):
        await walk.do(
            "xgll.director", "offer-handover", to_office_id=await world.office("jiantang.clerk"), reason="near"
        )
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("jiantang.chair"), reason="near")
    assert (await world.case(walk.case_id)).offer_id is not None


async def test_sideways_needs_the_parties_recorded_acceptance_of_the_new_committee(world: World) -> None:
    walk = await assessing(world, persons=2)
    deqin = await world.office("deqin.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=deqin, reason="jurisdiction")
    with pytest.raises(PartiesMustAccept):
        await walk.do("deqin.director", "accept-handover", no_conflict=True)
    await walk.do("xgll.director", "withdraw-handover")
    people = [str(party.id) for party in await walk.petitioners()]
    await walk.do("xgll.director", "answer-transfer", office_id=deqin, party_ids=people, accepted=True)
    await walk.do("xgll.director", "offer-handover", to_office_id=deqin, reason="jurisdiction")
    await walk.do("deqin.director", "accept-handover", no_conflict=True)
    assert (await world.case(walk.case_id)).holder_office_id == deqin


async def test_two_accepts_at_once_have_one_outcome(world: World) -> None:
    walk = await offered(world)
    outcomes = await asyncio.gather(
        *(walk.do("xgll.director", "accept-handover", no_conflict=True) for _ in range(2)), return_exceptions=True
    )
    assert sorted(isinstance(outcome, BaseException) for outcome in outcomes) == [False, True]
    assert (await world.case(walk.case_id)).holder_office_id == await world.office("xgll.director")


async def test_an_accept_racing_a_withdrawal_has_one_outcome(world: World) -> None:
    walk = await offered(world)
    outcomes = await asyncio.gather(
        walk.do("xgll.director", "accept-handover", no_conflict=True),
        walk.do("jiantang.head", "withdraw-handover"),
        return_exceptions=True,
    )
    lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], Conflict | NotFound | Forbidden) or lost[0].status == 412  # type: ignore[attr-defined]  # a DomainError
    assert (await world.case(walk.case_id)).offer_id is None


@pytest.mark.failure(8)
async def test_a_conflicted_tenant_loses_its_sight_when_the_case_has_gone_up(world: World) -> None:
    walk = await registered(world, persons=2)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do(
        "jiantang.head",
        "record-unit",
        role="visited",
        name="建塘镇人民政府",
        kind="department",
        found_by="接谈登记",
        own_organ=True,
    )
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    world.clock.advance(seconds=1)
    assert await actions(world, "jiantang.head", walk) == frozenset()


async def test_a_party_may_leave_while_the_case_is_being_offered(world: World) -> None:
    walk = await entrusted(world, persons=3)
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    leaving = (await walk.petitioners())[0]
    await walk.do("xgll.director", "withdraw-consent", party_id=str(leaving.id))
    assert (await walk.petitioners())[0].status == "withdrawn"
    assert (await world.case(walk.case_id)).offer_id is not None


async def test_who_gave_the_case_back_is_not_offered_it_again(world: World) -> None:
    walk = await offered(world)
    county = await world.office("xgll.director")
    await walk.do("xgll.director", "return-handover", reason="local", proof="会商纪要")
    async with world.as_("jiantang.head") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        targets = {int(one.value) for one in await target_options(session, subject, case)}
    assert county not in targets and await world.office("diqing.director") in targets
