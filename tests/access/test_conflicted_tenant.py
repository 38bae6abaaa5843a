"""A tenant whose own organ is the unit loses the case at once and hands it up; nobody can send it back."""

from typing import Any

import pytest
from sqlalchemy import select

from access.requests_errors import AskerRemoved
from access.sight import who_can_see
from cases.history import Event
from cases.models import Case, CaseRelation
from cases.petitioner import petitioner
from cases.relations import in_force
from cases.units import CaseUnit, HolderConflicted
from foundation.errors import DomainError, InvalidInput, NotFound
from handover.models import HandoverOffer
from handover.offer import OfferForced
from handover.reading import preview, transfer_of
from handover.target_errors import TargetConflicted
from handover.targets import target_options
from policies import gate
from server.recurring import take_back_offers
from tenants.models import Tenant
from tests.access.asking import ask_for, number_of
from tests.access.asking import decide as decide_access
from tests.access.lending import lend, listed
from tests.access.recusals import FACT, actions, declare, events, removed
from tests.cases.build import Walk, assessing, open_offer, registered
from tests.people import registration
from tests.teams.build import confirmed
from tests.world import World

OWN_ORGAN: dict[str, Any] = {
    "role": "visited", "name": "某某人民政府", "kind": "department", "found_by": "接谈登记", "own_organ": True,
}  # fmt: skip
PASSED_ON = {"reason": "conflict", "proof": "州人民政府会议纪要〔2026〕3号"}


async def conflicted(world: World) -> Walk:
    """At the county, whose own government is the unit."""
    walk = await assessing(world, persons=2)
    await walk.do("xgll.director", "record-unit", **OWN_ORGAN)
    return walk


async def test_the_finding_itself_offers_the_case_up_and_ends_the_tenants_sight(world: World) -> None:
    walk = await conflicted(world)
    tenant = (await world.subject("xgll.director")).tenant_id
    assert set(await removed(walk)) == {("complained_of", one, None) for one in await county_and_below(world)}
    assert ("complained_of", tenant, None) in await removed(walk)
    offer = await open_offer(walk)
    assert (offer.forced, offer.direction, offer.reason) == (True, "up", "conflict")
    assert (await world.case(walk.case_id)).offer_id == offer.id
    for login in ("xgll.director", "xgll.lgo", "xgll.archivist", "xgll.payer", "xgll.chair"):
        assert await actions(world, login, walk) == frozenset(), login
    assert "handover:accept" in await actions(world, "diqing.director", walk)


async def test_event_and_notice_tell_the_parties_and_both_chains_the_audit(world: World) -> None:
    walk = await conflicted(world)
    (told,) = (one for one in await events(walk, "offer-handover") if one.data["reason"] == "conflict")
    assert told.audience == "parties"
    async with world.owner() as session:
        query = select(Event).where(Event.case_id == walk.case_id, Event.act == "record-unit")
        assert (await session.scalars(query)).one().data == {"role": "visited", "conflict": True}


async def test_the_petitioner_is_told_since_when_from_where_and_to_where(world: World) -> None:
    walk = await conflicted(world)
    subject = petitioner((await walk.petitioners())[0].id)
    async with world.store.scoped(subject.scope) as session:
        found = await transfer_of(session, walk.case_id)
    assert found is not None
    offer = await open_offer(walk)
    assert found.since == offer.recorded_at
    assert (found.sender, found.receiver) != ("", "")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    async with world.store.scoped(subject.scope) as session:
        assert await transfer_of(session, walk.case_id) is None


async def test_nothing_of_it_goes_to_what_is_subordinate_to_the_unit(world: World) -> None:
    """A township below the county whose government is the unit gets neither the case nor a look (refusals 1 and 6)."""
    walk = await conflicted(world)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    with pytest.raises(InvalidInput):
        await walk.do(
            "diqing.director", "offer-handover", to_office_id=await world.office("jiantang.chair"), reason="near"
        )
    with pytest.raises(InvalidInput) as raised:
        await lend(walk, "diqing.director", "jiantang.chair")
    assert [one.rule for one in raised.value.fields] == ["conflicted"]
    asked = await ask_for(world, await number_of(walk), "jiantang.mediator")
    with pytest.raises(AskerRemoved):
        await decide_access(walk, asked.id, "yunnan.supervisor")
    elsewhere = await world.office("deqin.director")
    await walk.do("diqing.director", "offer-handover", to_office_id=elsewhere, reason="jurisdiction")


async def county_and_below(world: World) -> set[int]:
    county = (await world.subject("xgll.director")).tenant_id
    async with world.owner() as session:
        return set(await session.scalars(select(Tenant.id).where(Tenant.county_id == county)))


async def test_the_form_offers_no_tenant_that_is_conflicted_or_subordinate_to_one(world: World) -> None:
    """The refusal stays for who posts it all the same (rules.md, refusal 6)."""
    walk = await conflicted(world)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    async with world.as_("diqing.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        offered = {int(one.value) for one in await target_options(session, subject, case)}
    assert await world.office("deqin.director") in offered and await world.office("yunnan.director") in offered
    assert await world.office("xgll.director") not in offered


async def test_a_township_below_it_that_handed_the_case_up_loses_its_sight_at_every_lock(world: World) -> None:
    """A subordinate body of the unit is complained of with it (rules.md): not even the status stays."""
    walk = await conflicted(world)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    subject = await world.subject("jiantang.head")
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        sent = [row for row in await in_force(session, walk.case_id) if row.relation == "sent"]
        assert subject.tenant_id in {row.tenant_id for row in sent}, "the record of the handover stands"
        assert (await gate.permissions(session, subject, case)).actions == frozenset()
        seers = {seer.person_id for seer in (await who_can_see(session, case)).seers}
        assert subject.person_id not in seers
    for login in ("jiantang.head", "jiantang.clerk"):
        assert await actions(world, login, walk) == frozenset(), login
        assert walk.case_id not in await listed(world, login), login


async def test_a_member_from_another_tenant_keeps_the_sight_until_the_receiver_accepts(world: World) -> None:
    walk = await confirmed(world)
    expert = str((await world.subject("diqing.expert_b")).person_id)
    await walk.do("xgll.director", "lend-assistance", person_id=expert, role="assist_member", purpose="法律分析",
                  actions=["case:read.statement"], until=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip
    await walk.do("xgll.director", "record-unit", **OWN_ORGAN)
    assert "case:read" in await actions(world, "diqing.expert_b", walk)
    assert await actions(world, "xgll.handler", walk) == frozenset()


async def test_it_can_not_be_withdrawn_returned_or_left_to_lapse(own_world: World) -> None:
    walk = await conflicted(own_world)
    with pytest.raises(NotFound):
        await walk.do("xgll.director", "withdraw-handover")
    for reason in ("local", "not_ours", "incomplete"):
        with pytest.raises(OfferForced):
            await walk.do("diqing.director", "return-handover", reason=reason, proof="会商纪要")
    own_world.clock.advance(days=40)
    assert await take_back_offers(own_world.store, own_world.catalogue) == 0
    assert (await open_offer(walk)).forced
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert (await own_world.case(walk.case_id)).holder_office_id == await own_world.office("diqing.director")


async def test_who_may_still_see_the_sender_can_not_withdraw_it_either(world: World) -> None:
    """Where only the people had to leave, the office is still there."""
    walk = await assessing(world, persons=1)
    await declare(walk, "xgll.director")
    await declare(walk, "xgll.deputy", post="wr_deputy")
    with pytest.raises(DomainError):
        await walk.do("xgll.intake", "withdraw-handover")
    assert (await open_offer(walk)).forced


async def test_a_receiver_with_the_same_conflict_passes_it_on_and_never_back(world: World) -> None:
    walk = await conflicted(world)
    await walk.do("diqing.director", "return-handover", **PASSED_ON)
    offer = await open_offer(walk)
    assert offer.to_office_id == await world.office("yunnan.director")
    assert (offer.forced, offer.from_office_id) == (True, await world.office("xgll.director"))
    assert await actions(world, "diqing.director", walk) == frozenset()
    with pytest.raises(NotFound):
        async with world.as_("diqing.director") as (session, subject):
            await preview(session, subject, walk.case_id)
    with pytest.raises(OfferForced):
        await walk.do("yunnan.director", "return-handover", **PASSED_ON)
    await walk.do("yunnan.director", "accept-handover", no_conflict=True)
    assert (await world.case(walk.case_id)).holder_office_id == await world.office("yunnan.director")


async def test_a_receiver_whose_only_answerer_must_leave_passes_it_on_too(world: World) -> None:
    walk = await conflicted(world)
    await declare(walk, "diqing.director")
    assert (await open_offer(walk)).to_office_id == await world.office("yunnan.director")
    assert await actions(world, "diqing.director", walk) == frozenset()
    assert "handover:accept" in await actions(world, "yunnan.director", walk)


async def test_it_never_goes_down_or_aside_to_a_conflicted_tenant(world: World) -> None:
    walk = await conflicted(world)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    county = await world.office("xgll.director")
    with pytest.raises(TargetConflicted):
        await walk.do("diqing.director", "offer-handover", to_office_id=county, reason="near")
    assert (await world.case(walk.case_id)).offer_id is None


async def test_a_tenant_above_with_a_conflict_is_no_target_and_nobody_of_it_assists(world: World) -> None:
    walk = await assessing(world, persons=1)
    prefecture = await world.subject("diqing.director")
    async with world.owner() as session:
        unit = {"role": "competent", "name": "迪庆州某局", "kind": "department", "found_by": "会商纪要"}
        row = {"case_id": walk.case_id, "recorded_at": world.clock.now(), "recorded_by": prefecture.person_id}
        session.add(CaseUnit(id=walk.case_id, conflicts_tenant_id=prefecture.tenant_id, **unit, **row))
    with pytest.raises(TargetConflicted):
        await walk.do("xgll.director", "offer-handover", to_office_id=prefecture.office_id, reason="major")
    expert = str((await world.subject("diqing.expert_b")).person_id)
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "lend-assistance", person_id=expert, role="assist_member", purpose="法律分析",
                      actions=["case:read.statement"], until=f"{world.clock.now():%Y-%m-%d}")  # fmt: skip
    await walk.do("xgll.director", "record-unit", **OWN_ORGAN)
    assert (await open_offer(walk)).to_office_id == await world.office("yunnan.director")


async def test_the_competent_organ_found_later_sends_it_up_as_well(world: World) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.director", "record-unit", **(OWN_ORGAN | {"role": "competent"}))
    assert (await open_offer(walk)).forced
    assert await actions(world, "xgll.handler", walk) == frozenset()


async def test_at_the_province_there_is_no_tier_above_so_nobody_mediates_it_there(world: World) -> None:
    form = await registration(world, persons=1)
    done = await world.register("yunnan.intake", **(form | {"claims": form["claims"][:2]}))
    walk = Walk(world, done.case.id, done.receipts)
    await walk.do("yunnan.director", "approve-registration", answer="approve")
    await walk.do("yunnan.director", "record-unit", **OWN_ORGAN)
    assert (await world.case(walk.case_id)).offer_id is None
    assert "case:read" in await actions(world, "yunnan.director", walk)
    for claim in await walk.claims():
        await walk.do(
            "yunnan.director", "assess-claim", claim_id=str(claim.id), decision="suitable", land_matter="damage"
        )
    person, company = (await walk.petitioners())[0], await walk.company()
    for kind in ("mediation", "disclosure"):
        await walk.do("yunnan.director", "record-consent", party_ids=[str(person.id)], kind=kind, given=True)
    await walk.do("yunnan.director", "record-consent", party_ids=[str(company.id)], kind="mediation", given=True)
    with pytest.raises(HolderConflicted):
        await walk.do("yunnan.director", "accept-case", arrangement="组成专调小组")


async def test_a_finding_that_fails_leaves_nothing(world: World) -> None:
    walk = await registered(world, persons=1)
    with pytest.raises(InvalidInput):
        await walk.do("jiantang.head", "record-unit", **(OWN_ORGAN | {"name": ""}))
    assert await removed(walk) == []
    async with world.owner() as session:
        offers = select(HandoverOffer.id).where(HandoverOffer.case_id == walk.case_id)
        assert (await session.scalars(offers)).all() == []


async def test_the_sender_sees_no_record_of_the_case_around_the_gate(world: World) -> None:
    """The second lock: neither the case nor the rows that say who stands to it."""
    walk = await conflicted(world)
    async with world.as_("xgll.director") as (session, subject):
        rows = list(await session.scalars(select(CaseRelation).where(CaseRelation.case_id == walk.case_id)))
        assert await session.get(Case, walk.case_id) is None
    assert rows
    assert all(subject.tenant_id == row.tenant_id or subject.person_id == row.person_id for row in rows)


async def test_a_declaration_by_who_is_conflicted_with_the_tenant_is_a_404(world: World) -> None:
    walk = await conflicted(world)
    with pytest.raises(NotFound):
        await walk.do("xgll.intake", "declare-conflict", **FACT)
