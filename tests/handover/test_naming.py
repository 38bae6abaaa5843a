"""指定办理: the nearest common superior says who holds a case that two offices dispute; one outcome, one holder."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text

from cases.acts import perform
from foundation.audit import AuditRow
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from handover.dispute_reading import dispute_before, disputes_before
from handover.models import HolderDispute
from handover.naming import NotNearest
from handover.offer import OfferPending
from handover.target_errors import AlreadyDisputed
from handover.targets import open_dispute
from oversight.notice_kinds import NoticeKind
from oversight.orders import orders_of
from tests.cases.build import Walk, assessing, entrusted
from tests.handover.racing import raced
from tests.oversight.reach import actions
from tests.oversight.telling import deliver, notices_of, page_of
from tests.world import World

PROOF = "香格里拉市工作室情况说明〔2026〕1号"


async def returned(world: World, sender: str = "xgll.director", receiver: str = "deqin.director") -> Walk:
    """Offered sideways and given back: the first disagreement."""
    walk = await assessing(world, persons=2)
    await walk.do(sender, "offer-handover", to_office_id=await world.office(receiver), reason="jurisdiction")
    await walk.do(receiver, "return-handover", reason="not_ours", proof="德钦县工作室函〔2026〕2号")
    return walk


async def disputed(world: World) -> Walk:
    walk = await returned(world)
    await walk.do("xgll.director", "claim-dispute", proof=PROOF)
    return walk


async def named(walk: Walk, office: str, by: str = "diqing.lgo") -> None:
    form: dict[str, Any] = {"office_id": await walk.world.office(office), "reason": "纠纷发生在德钦县境内"}
    await walk.do(by, "name-holder", **form)


async def told(world: World, login: str, walk: Walk) -> list[str]:
    """What this person has been told of the case's dispute by now."""
    await deliver(world)
    async with world.owner() as session:
        query = select(HolderDispute.id).where(HolderDispute.case_id == walk.case_id)
        dispute = await session.scalar(query)
    return [one.kind for one in await notices_of(world, login) if one.cause.startswith(f"holder_disputes:{dispute}")]


async def holder(walk: Walk) -> int:
    return (await walk.world.case(walk.case_id)).holder_office_id


async def test_a_claim_waits_for_who_is_offering_the_case_and_then_finds_it_offered(world: World) -> None:
    """Else a dispute would stand about a case that is gone, and bar every offer of whoever has it."""
    walk = await returned(world)
    there = await world.office("weixi.director")
    first, second = await raced(
        world,
        walk.case_id,
        [
            lambda: walk.do("xgll.director", "offer-handover", to_office_id=there, reason="near"),
            lambda: walk.do("xgll.director", "claim-dispute", proof=PROOF),
        ],
    )
    assert not isinstance(first, BaseException) and isinstance(second, OfferPending)


async def test_the_superior_reads_both_claims_and_no_person(world: World) -> None:
    walk = await disputed(world)
    async with world.as_("diqing.lgo") as (session, subject):
        shown = await dispute_before(session, subject, walk.case_id)
        assert walk.case_id in {one.case_id for one in await disputes_before(session, subject)}
    assert (shown.holder_proof, shown.other_reason) == (PROOF, "not_ours")
    assert (shown.decide_by - local_date(world.clock.now())).days == 7
    assert not await actions(world, "diqing.lgo", walk.case_id) - {"handover:name_holder"}


async def test_who_is_to_decide_and_who_is_to_answer_hear_of_a_dispute_with_the_page_to_open(world: World) -> None:
    walk = await disputed(world)
    await deliver(world)
    address = f"/disputes/{walk.case_id}"
    for login in ("diqing.lgo", "deqin.director"):
        shown = [one for one in (await page_of(world, login, size=100)).notices if one.address == address]
        assert NoticeKind.DISPUTE_CLAIMED in {one.kind for one in shown}, login
    assert address not in {one.address for one in (await page_of(world, "yunnan.lgo", size=100)).notices}


async def test_naming_the_other_moves_all_that_acceptance_moves(world: World) -> None:
    walk = await entrusted(world, persons=2)
    await walk.do("diqing.supervisor", "issue-order", ground="shuffling", requirements="明确承办单位",
                  deadline="2026-04-10", contact="州工作室综合科")  # fmt: skip
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("deqin.director"), reason="near")
    await walk.do("deqin.director", "return-handover", reason="local", proof="德钦县工作室函〔2026〕2号")
    await walk.do("xgll.director", "claim-dispute", proof=PROOF)
    await named(walk, "deqin.director")
    world.clock.advance(seconds=1)
    assert await holder(walk) == await world.office("deqin.director")
    assert "case:accept" in await actions(world, "deqin.director", walk.case_id)
    former = await actions(world, "xgll.director", walk.case_id)
    assert "case:status" in former
    assert "case:read.statement" not in former
    async with world.owner() as session:
        order = (await orders_of(session, walk.case_id))[0]
        assert await open_dispute(session, walk.case_id) is None
    assert order.county_id == (await world.subject("deqin.director")).tenant_id


async def test_the_other_office_hears_that_the_holder_keeps_the_case(world: World) -> None:
    walk = await disputed(world)
    assert NoticeKind.DISPUTE_KEPT not in await told(world, "deqin.director", walk)
    await named(walk, "xgll.director")
    assert NoticeKind.DISPUTE_KEPT in await told(world, "deqin.director", walk)
    assert NoticeKind.DISPUTE_KEPT not in await told(world, "weixi.director", walk)


async def test_naming_the_holder_ends_the_dispute_and_nothing_else(world: World) -> None:
    walk = await disputed(world)
    before = await actions(world, "xgll.director", walk.case_id)
    await named(walk, "xgll.director")
    world.clock.advance(seconds=1)
    assert await holder(walk) == await world.office("xgll.director")
    assert await actions(world, "xgll.director", walk.case_id) == before
    async with world.owner() as session:
        assert await open_dispute(session, walk.case_id) is None


async def test_without_a_claim_the_superior_may_name_after_one_return(world: World) -> None:
    walk = await returned(world)
    await named(walk, "deqin.director")
    assert await holder(walk) == await world.office("deqin.director")


async def test_only_after_a_return(world: World) -> None:
    walk = await assessing(world, persons=2)
    with pytest.raises(Conflict):
        await named(walk, "deqin.director")
    with pytest.raises(Conflict):
        await walk.do("xgll.director", "claim-dispute", proof=PROOF)


async def test_not_a_third_office(world: World) -> None:
    walk = await disputed(world)
    with pytest.raises(InvalidInput) as refused:
        await named(walk, "weixi.director")
    assert [error.field for error in refused.value.fields] == ["office_id"]


@pytest.mark.parametrize(
    ("login", "error"),
    [
        ("yunnan.lgo", NotNearest),
        ("xgll.lgo", Forbidden),
        ("diqing.supervisor", Forbidden),
        ("diqing.director", NotFound),
    ],
)
async def test_nobody_but_the_nearest_common_superior(world: World, login: str, error: type[DomainError]) -> None:
    walk = await disputed(world)
    with pytest.raises(error):
        await named(walk, "deqin.director", by=login)
    assert await holder(walk) == await world.office("xgll.director")


async def test_between_a_county_and_its_prefecture_the_province_decides(world: World) -> None:
    walk = await returned(world, receiver="diqing.director")
    await walk.do("xgll.director", "claim-dispute", proof=PROOF)
    with pytest.raises(NotNearest):
        await named(walk, "xgll.director", by="diqing.lgo")
    await named(walk, "diqing.director", by="yunnan.lgo")
    assert await holder(walk) == await world.office("diqing.director")


async def test_never_a_tenant_whose_own_organ_is_the_unit(world: World) -> None:
    walk = await disputed(world)
    deqin = (await world.subject("deqin.director")).tenant_id
    async with world.owner() as session:
        await session.execute(CONFLICT, {"case": walk.case_id, "tenant": deqin, "now": world.clock.now()})
    with pytest.raises(Conflict):
        await named(walk, "deqin.director")
    assert await holder(walk) == await world.office("xgll.director")


async def test_while_a_superior_is_to_decide_the_case_is_offered_to_nobody(world: World) -> None:
    walk = await disputed(world)
    with pytest.raises(AlreadyDisputed):
        await walk.do(
            "xgll.director", "offer-handover", to_office_id=await world.office("weixi.director"), reason="near"
        )
    with pytest.raises(Conflict):
        await walk.do("xgll.director", "claim-dispute", proof=PROOF)


async def test_overdue_is_shown_and_bars_nothing(world: World) -> None:
    walk = await disputed(world)
    world.clock.advance(days=30)
    await named(walk, "deqin.director")
    assert await holder(walk) == await world.office("deqin.director")


async def test_both_tenants_and_the_superior_have_it_in_their_chains(world: World) -> None:
    walk = await disputed(world)
    await named(walk, "deqin.director")
    tenants = {(await world.subject(login)).tenant_id for login in ("xgll.director", "deqin.director", "diqing.lgo")}
    async with world.owner() as session:
        query = select(AuditRow.tenant_id).where(
            AuditRow.object_id == str(walk.case_id), AuditRow.action == "handover:name_holder"
        )
        assert set(await session.scalars(query)) == tenants


async def test_a_version_that_was_not_the_last_is_refused(world: World) -> None:
    walk = await disputed(world)
    subject = await world.subject("diqing.lgo")
    form = {"office_id": await world.office("deqin.director"), "reason": "纠纷发生地"}
    for version, code in ((1, "version_stale"), (None, "version_required")):
        with pytest.raises(DomainError) as refused:
            async with world.store.scoped(subject.scope) as session:
                await perform(session, subject, world.catalogue, walk.case_id, "name-holder",
                              parse(world.catalogue["name-holder"].form, form, strict=True), version)  # fmt: skip
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("who", "act"), [("weixi.director", "accept-handover"), ("xgll.director", "withdraw-handover")]
)
async def test_naming_races_an_answer_to_another_offer_with_one_outcome(world: World, who: str, act: str) -> None:
    walk = await returned(world)
    people = [str(party.id) for party in await walk.petitioners()]
    await walk.do(
        "xgll.director",
        "answer-transfer",
        office_id=await world.office("weixi.director"),
        party_ids=people,
        accepted=True,
    )
    await walk.do("xgll.director", "offer-handover", to_office_id=await world.office("weixi.director"), reason="near")
    form: dict[str, Any] = {"no_conflict": True} if act == "accept-handover" else {}
    outcomes = await asyncio.gather(named(walk, "deqin.director"), walk.do(who, act, **form), return_exceptions=True)
    lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(outcome, DomainError) for outcome in lost), lost
    assert len(lost) <= 1
    assert lost or act == "withdraw-handover"
    case = await world.case(walk.case_id)
    assert case.offer_id is None
    assert await holders(walk) == 1


async def holders(walk: Walk) -> int:
    """Offices whose director may assess the case now."""
    found = [await actions(walk.world, login, walk.case_id) for login in DIRECTORS]
    return sum("case:assess" in one for one in found)


DIRECTORS = ("xgll.director", "deqin.director", "weixi.director")
CONFLICT = text("""
    insert into case_units (id, case_id, role, name, kind, conflicts_tenant_id, found_by, recorded_at, recorded_by)
    values (gen_random_uuid(), :case, 'visited', '某单位', 'department', :tenant, '接谈登记', :now, gen_random_uuid())
""")
