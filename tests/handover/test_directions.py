"""The six directions: up and down one tier at a time, aside, across to trades, help for a term, and who decides."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from cases.models import Case
from cases.reckoning import LastDay
from cases.units import CaseUnit
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from handover.answer import CoordinatedForYou
from handover.assistance_end import assistances_of
from handover.assistance_leave import NotAssisting
from handover.dispute_reading import dispute_before, disputes_before
from handover.models import CommitteeSponsor, HandoverOffer, HolderDispute
from handover.settings import HandoverSetting
from handover.targets import offices_from, target_options
from oversight.notice_kinds import NoticeKind
from policies import gate
from policies.actions import Action
from server.recurring import mark_overdue
from tenants.models import Office, Tenant
from tenants.tiers import OfficeKind, Tier
from tests.cases.build import Walk, assessing, registered
from tests.handover.test_naming import PROOF, disputed, holder, named, returned, told
from tests.oversight.reach import actions
from tests.teams.build import papers
from tests.world import World

OFFERED = {"reason": "major"}


async def offer(walk: Walk, sender: str, receiver: str, **form: Any) -> None:
    to = await walk.world.office(receiver)
    await walk.do(sender, "offer-handover", to_office_id=to, **(OFFERED | form))


async def targets(walk: Walk, login: str) -> set[int]:
    async with walk.world.as_(login) as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        return {int(one.value) for one in await target_options(session, subject, case)}


@pytest.mark.obligation("62")
async def test_up_goes_to_the_tier_above_and_passes_over_only_one_that_gave_it_back(world: World) -> None:
    walk = await assessing(world, persons=1)
    province, prefecture = await world.office("yunnan.director"), await world.office("diqing.director")
    assert prefecture in (shown := await targets(walk, "xgll.director")) and province not in shown
    with pytest.raises(InvalidInput) as refused:
        await offer(walk, "xgll.director", "yunnan.director")
    assert [(one.field, one.rule) for one in refused.value.fields] == [("to_office_id", "tier_skipped")]
    await offer(walk, "xgll.director", "diqing.director")
    await walk.do("diqing.director", "return-handover", reason="local", proof="州工作室函〔2026〕1号")
    assert province in (shown := await targets(walk, "xgll.director")) and prefecture not in shown
    await offer(walk, "xgll.director", "yunnan.director")


@pytest.mark.obligation("62")
async def test_down_and_aside_stay_in_the_own_tree_and_reach_committees_never_windows(world: World) -> None:
    walk = await assessing(world, persons=1)
    shown = await targets(walk, "xgll.director")
    at = {login: await world.office(login) for login in OTHERS}
    at["gongshan.director"] = (await world.subject("gongshan.director", "wr_director")).office_id or 0
    assert {login for login, office in at.items() if office in shown} == {
        "jiantang.chair", "deqin.director", "gongshan.director", "diqing.director",
    }  # fmt: skip
    for login in ("shengping.head", "jiantang.clerk", "xgll.lgo", "diqing.conference"):
        with pytest.raises(InvalidInput) as refused:
            await offer(walk, "xgll.director", login)
        assert [one.rule for one in refused.value.fields] == ["not_a_choice"]


OTHERS = ("jiantang.chair", "jiantang.clerk", "shengping.head", "deqin.director", "gongshan.director",
          "diqing.director", "yunnan.director", "xgll.lgo", "diqing.conference")  # fmt: skip


@pytest.mark.obligation("62")
async def test_no_court_police_or_department_is_ever_a_target_only_workrooms_and_committees(world: World) -> None:
    """What an organ outside does with a dispute is a referral on the party's own application (tests/dossiers)."""
    async with world.owner() as session:
        for login in ("yunnan.director", "diqing.director", "xgll.director", "jiantang.chair"):
            tenant = await session.get_one(Tenant, (await world.subject(login)).tenant_id)
            reachable = select(Office.kind, Tenant.tier).join(Tenant, Tenant.id == Office.tenant_id)
            rows = await session.execute(reachable.where(offices_from(tenant)).distinct())
            found = {(kind, tier) for kind, tier in rows}
            assert {kind for kind, _ in found} <= {OfficeKind.WORKROOM, OfficeKind.COMMITTEE}
            assert (OfficeKind.WORKROOM.value, Tier.TOWNSHIP.value) not in found


@pytest.mark.obligation("62")
async def test_across_to_a_committee_of_a_trade_elsewhere_but_to_none_that_the_unit_concerned_set_up(
    own_world: World,
) -> None:
    walk = await assessing(own_world, persons=1)
    deqin = (await own_world.subject("deqin.director")).tenant_id
    assert deqin is not None
    async with own_world.owner() as session:
        session.add(_committee(90001, deqin))
        await session.flush()
        session.add(CommitteeSponsor(tenant_id=deqin, office_id=90001, name=" 云岭路桥　建设有限公司"))  # as typed
    assert 90001 not in await targets(walk, "xgll.director")
    with pytest.raises(InvalidInput) as refused:
        await walk.do("xgll.director", "offer-handover", to_office_id=90001, reason="professional")
    assert [(one.field, one.rule) for one in refused.value.fields] == [("to_office_id", "target_sponsored")]
    async with own_world.owner() as session:
        await session.delete((await session.scalars(select(CommitteeSponsor))).one())
    await walk.do("xgll.director", "offer-handover", to_office_id=90001, reason="professional")
    async with own_world.owner() as session:
        offers = select(HandoverOffer).where(HandoverOffer.case_id == walk.case_id, HandoverOffer.state == "open")
        assert (await session.scalars(offers)).one().direction == "cross"


def _committee(office_id: int, tenant_id: int) -> Office:
    name = "德钦县道路交通事故纠纷人民调解委员会"
    kind = {"kind": OfficeKind.COMMITTEE.value, "committee_kind": "professional"}
    return Office(id=office_id, tenant_id=tenant_id, name=name, valid_from=date(2020, 1, 1), **kind)


async def lend(walk: Walk, **form: Any) -> None:
    until = f"{walk.world.clock.now() + timedelta(days=10):%Y-%m-%d}"
    plain = {"role": "assist_member", "purpose": "现场勘查", "until": until, "actions": ["session:record"]}
    await walk.do("xgll.director", "lend-assistance", **(plain | form))


async def assistance(walk: Walk) -> str:
    async with walk.world.as_("xgll.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        options = await walk.world.catalogue.options["standing_assistances"](session, subject, case)
        return options[0].value


@pytest.mark.obligation("62")
async def test_an_office_beside_assists_with_what_is_named_until_it_is_taken_back(world: World) -> None:
    walk = await assessing(world, persons=1)
    deqin = await world.office("deqin.director")
    for what, rule in ((["case:read.notes"], "not_lendable"), (["case:close"], "not_lendable"), ([], "required")):
        with pytest.raises(InvalidInput) as refused:
            await lend(walk, office_id=deqin, actions=what)
        assert [(one.field, one.rule) for one in refused.value.fields] == [("actions", rule)]
    await lend(walk, office_id=deqin, actions=["evidence:add", "case:read.statement"])
    lent = {"case:status", "case:read", "case:read.statement", "evidence:add", "recusal:declare"}
    assert await actions(world, "deqin.director", walk.case_id) == lent
    assert await holder(walk) == await world.office("xgll.director")
    async with world.as_("deqin.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        told = await gate.explain(session, subject, Action.CASE_READ_STATEMENT, case)
        assert told.allowed and told.until is not None
    await walk.do("xgll.director", "end-assistance", assistance_id=await assistance(walk), reason="勘查已完成")
    world.clock.advance(seconds=1)
    assert await actions(world, "deqin.director", walk.case_id) == frozenset()


@pytest.mark.obligation("62")
async def test_who_assists_gives_it_back_for_itself_and_an_office_by_its_head_and_the_holder_reads_why(
    world: World,
) -> None:
    walk = await assessing(world, persons=1)
    mediator = str((await world.subject("diqing.mediator")).person_id)
    await lend(walk, office_id=await world.office("deqin.director"))
    await lend(walk, person_id=mediator)
    await lend(walk, office_id=await world.office("diqing.director"), role="panel_expert", actions=[])
    about = {"reason": "力量不足"}
    for login, refusal in (
        ("deqin.intake", NotAssisting),
        ("weixi.director", NotFound),
        ("xgll.director", NotAssisting),
    ):
        with pytest.raises(refusal):
            await walk.do(login, "leave-assistance", assistance_id=await assistance(walk), **about)
    for login in ("deqin.director", "diqing.mediator", "diqing.expert_a"):
        async with world.as_(login) as (session, subject):
            case = await session.get_one(Case, walk.case_id)
            (mine,) = await world.catalogue.options["own_assistances"](session, subject, case)
        await walk.do(login, "leave-assistance", assistance_id=mine.value, **about)
    world.clock.advance(seconds=1)
    for login in ("deqin.director", "deqin.intake", "diqing.mediator", "diqing.expert_a"):
        assert await actions(world, login, walk.case_id) == frozenset()
    assert "panel:opine" in await actions(world, "diqing.expert_b", walk.case_id), "the others of the panel stay"
    async with world.as_("xgll.director") as (session, _):
        ended = [(one.end_cause, one.end_reason) for one in await assistances_of(session, walk.case_id)]
    assert ended == [("given_back", "力量不足"), ("given_back", "力量不足"), (None, None)]


async def test_of_taking_back_and_giving_back_at_the_same_moment_one_ends_the_assistance(world: World) -> None:
    walk = await assessing(world, persons=1)
    await lend(walk, office_id=await world.office("deqin.director"))
    form = {"assistance_id": await assistance(walk), "reason": "勘查已完成"}
    outcomes = await asyncio.gather(
        walk.do("xgll.director", "end-assistance", **form),
        walk.do("deqin.director", "leave-assistance", **form),
        return_exceptions=True,
    )
    (lost,) = [one for one in outcomes if one is not None]
    assert isinstance(lost, DomainError)
    world.clock.advance(seconds=1)
    assert await actions(world, "deqin.director", walk.case_id) == frozenset()


async def test_assistance_begins_on_its_day_lapses_by_the_clock_and_a_panel_is_its_experts_alone(world: World) -> None:
    walk = await assessing(world, persons=1)
    prefecture, begins = await world.office("diqing.director"), world.clock.now() + timedelta(days=2)
    await lend(walk, office_id=prefecture, role="panel_expert", actions=[], since=f"{begins:%Y-%m-%d}")
    expert = "diqing.expert_a"
    before = await actions(world, expert, walk.case_id)
    world.clock.advance(days=2)
    assert await actions(world, expert, walk.case_id) - before >= {"panel:opine", "case:read.statement"}
    assert "panel:opine" not in await actions(world, "diqing.director", walk.case_id)
    world.clock.advance(days=9)
    assert await actions(world, expert, walk.case_id) == before


async def test_assistance_ends_with_custody_unless_the_receiver_keeps_it(world: World) -> None:
    walk = await assessing(world, persons=1)
    deqin, expert = await world.office("deqin.director"), await world.subject("diqing.expert_b")
    await lend(walk, office_id=deqin)
    kept = await assistance(walk)
    await lend(walk, person_id=str(expert.person_id))
    await offer(walk, "xgll.director", "diqing.director")
    await walk.do("diqing.director", "accept-handover", no_conflict=True, keep_assistances=[kept])
    world.clock.advance(seconds=1)
    assert "session:record" in await actions(world, "deqin.director", walk.case_id)
    assert "session:record" not in await actions(world, "diqing.expert_b", walk.case_id)
    told = await papers(walk, "delegation_notice")
    assert len(told) == 3, "the parties are told again, by whom their data is lent now"


async def test_who_accepts_without_a_right_to_lend_keeps_no_assistance(world: World) -> None:
    walk = await assessing(world, persons=1)
    await lend(walk, office_id=await world.office("deqin.director"))
    kept = await assistance(walk)
    await offer(walk, "xgll.director", "jiantang.chair", reason="near")
    with pytest.raises(InvalidInput) as refused:
        await walk.do("jiantang.chair", "accept-handover", no_conflict=True, keep_assistances=[kept])
    assert [(one.field, one.rule) for one in refused.value.fields] == [("keep_assistances", "not_allowed")]
    assert await holder(walk) == await world.office("xgll.director")


async def test_the_other_office_says_its_stand_and_sees_no_more_and_only_till_it_is_decided(world: World) -> None:
    walk = await disputed(world)
    may = {"handover:preview", "handover:return", "recusal:declare"}
    assert await actions(world, "deqin.director", walk.case_id) == may
    stand = {"stance": "ours", "reason": "linked", "proof": "德钦县工作室函〔2026〕5号"}
    await walk.do("deqin.director", "state-claim", **stand)
    async with world.as_("deqin.director") as (session, subject):
        assert [one.case_id for one in await disputes_before(session, subject)].count(walk.case_id) == 1
    async with world.as_("diqing.lgo") as (session, subject):
        shown = await dispute_before(session, subject, walk.case_id)
    assert (shown.holder_stance, shown.holder_proof) == ("theirs", PROOF)
    assert (shown.other_stance, shown.other_claim, shown.other_claim_proof) == tuple(stand.values())
    with pytest.raises(DomainError):
        await walk.do("weixi.director", "state-claim", **stand)
    await named(walk, "xgll.director")
    world.clock.advance(seconds=1)
    assert await actions(world, "deqin.director", walk.case_id) == frozenset()
    for table in (HandoverOffer, HolderDispute):
        rows = select(func.count()).where(table.case_id == walk.case_id)
        async with world.as_("deqin.director") as (session, _):
            assert await session.scalar(rows) == 0, "the second lock too: what stood in it is no more of its business"
        async with world.as_("xgll.director") as (session, _):
            assert await session.scalar(rows)


async def coordinate(walk: Walk, office: str, by: str = "diqing.conference", **form: Any) -> None:
    today = f"{walk.world.clock.now():%Y-%m-%d}"
    plain = {"office_id": await walk.world.office(office), "minutes_no": "迪联〔2026〕3号", "held_on": today}
    said = {"conclusion": "纠纷发生在德钦县境内"}
    await walk.do(by, "coordinate-dispute", **(plain | said | form))


@pytest.mark.obligation("62")
async def test_what_the_superior_does_not_decide_in_time_the_joint_conference_coordinates_for_good(
    world: World,
) -> None:
    walk = await disputed(world)
    with pytest.raises(Forbidden):
        await coordinate(walk, "deqin.director")
    world.clock.advance(days=10)
    assert "jurisdiction:coordinate" in await actions(world, "diqing.conference", walk.case_id)
    await coordinate(walk, "deqin.director")
    assert await holder(walk) == await world.office("xgll.director"), "it moves no case"
    with pytest.raises(DomainError):
        await named(walk, "xgll.director")
    await offer(walk, "xgll.director", "deqin.director", reason="jurisdiction")
    with pytest.raises(CoordinatedForYou):
        await walk.do("deqin.director", "return-handover", reason="not_ours", proof="德钦县工作室函〔2026〕6号")
    await walk.do("deqin.director", "return-handover", reason="conflict", proof="德钦县工作室函〔2026〕7号")
    with pytest.raises(InvalidInput) as again:
        await offer(walk, "xgll.director", "deqin.director", reason="jurisdiction")
    assert [one.rule for one in again.value.fields] == ["returned_before"], "that word of the conference is used up"


async def test_the_conference_hears_once_on_the_day_from_which_it_may_coordinate(world: World) -> None:
    walk = await disputed(world)
    async with world.owner() as session:
        query = select(HolderDispute.decide_by).where(HolderDispute.case_id == walk.case_id)
        last = (await session.scalars(query)).one()
    world.clock.instant = LastDay(last).moment - timedelta(minutes=1)
    await mark_overdue(world.store)
    assert NoticeKind.DISPUTE_ESCALATED not in await told(world, "diqing.conference", walk)
    world.clock.advance(minutes=2)
    for _ in range(2):
        await mark_overdue(world.store)
    for login in ("diqing.conference", "diqing.lgo"):
        assert (await told(world, login, walk)).count(NoticeKind.DISPUTE_ESCALATED) == 1, login
    await coordinate(walk, "xgll.director")
    assert NoticeKind.DISPUTE_KEPT in await told(world, "deqin.director", walk)


async def test_a_superior_that_is_concerned_itself_decides_nothing_and_the_next_one_above_does(world: World) -> None:
    walk = await returned(world)
    async with world.owner() as session:
        concerned = await world.subject("diqing.lgo")
        unit = {"role": "visited", "name": "迪庆藏族自治州某局", "kind": "department", "found_by": "接谈登记"}
        now = world.clock.now()
        whose = {"conflicts_tenant_id": concerned.tenant_id, "recorded_by": concerned.person_id}
        session.add(CaseUnit(id=uuid4(), case_id=walk.case_id, recorded_at=now, **unit, **whose))
    with pytest.raises(DomainError):
        await named(walk, "xgll.director")
    await named(walk, "xgll.director", by="yunnan.lgo")
    async with world.owner() as session:
        query = select(HolderDispute).where(HolderDispute.case_id == walk.case_id)
        dispute = (await session.scalars(query)).one()
    above = (await world.subject("yunnan.lgo")).tenant_id
    assert (dispute.decider_tenant_id, dispute.conference_tenant_id) == (above, above)


async def test_of_a_naming_and_a_coordination_at_the_same_moment_one_stands(world: World) -> None:
    walk = await disputed(world)
    world.clock.advance(days=10)
    outcomes = await asyncio.gather(
        named(walk, "deqin.director"), coordinate(walk, "xgll.director"), return_exceptions=True
    )
    lost = [one for one in outcomes if isinstance(one, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], DomainError)
    async with world.owner() as session:
        query = select(HolderDispute).where(HolderDispute.case_id == walk.case_id)
        dispute = (await session.scalars(query)).one()
    assert await holder(walk) == dispute.named_office_id
    assert (dispute.minutes_no is None) == (dispute.named_office_id == await world.office("deqin.director"))


async def test_a_dispute_ends_with_its_case_and_with_it_all_that_it_opened(world: World) -> None:
    walk = await disputed(world)
    async with world.owner() as session:
        now = {"now": world.clock.now().isoformat(), "case": walk.case_id}
        await session.execute(text("select set_config('app.now', :now, true)"), now)
        await session.execute(text("update cases set state = 'closed' where id = :case"), now)
    world.clock.advance(days=10)
    for login in ("deqin.director", "diqing.conference"):
        assert not await actions(world, login, walk.case_id) & {"handover:return", "jurisdiction:coordinate"}


async def test_a_disputed_case_that_a_conflict_sends_up_is_disputed_no_more_once_it_is_taken(world: World) -> None:
    """Else nobody could name a holder, and whoever took it could never hand it on."""
    walk = await disputed(world)
    unit = {"role": "visited", "name": "香格里拉市某局", "kind": "department", "found_by": "接谈登记"}
    await walk.do("xgll.director", "record-unit", own_organ=True, **unit)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    world.clock.advance(seconds=1)
    assert not await actions(world, "deqin.director", walk.case_id)
    async with world.as_("diqing.lgo") as (session, subject):
        assert walk.case_id not in {one.case_id for one in await disputes_before(session, subject)}
    await offer(walk, "diqing.director", "weixi.director", reason="near")


async def test_without_a_common_superior_the_provinces_conference_coordinates_at_once(world: World) -> None:
    walk = await assessing(world, persons=1)
    await offer(walk, "xgll.director", "diqing.director")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    await offer(walk, "diqing.director", "yunnan.director")
    await walk.do("yunnan.director", "return-handover", reason="local", proof="省工作室函〔2026〕1号")
    await walk.do("diqing.director", "claim-dispute", proof=PROOF)
    with pytest.raises(DomainError):
        await named(walk, "yunnan.director", by="yunnan.lgo")
    decided = {"minutes_no": "云联〔2026〕1号", "conclusion": "就地办理"}
    await coordinate(walk, "diqing.director", "yunnan.conference", **decided)
    async with world.owner() as session:
        query = select(HolderDispute).where(HolderDispute.case_id == walk.case_id)
        dispute = (await session.scalars(query)).one()
    assert (dispute.decider_tenant_id, dispute.minutes_no) == (None, "云联〔2026〕1号")
    assert dispute.named_office_id == dispute.holder_office_id


async def test_a_dispute_waits_as_many_working_days_as_the_superior_has_set(own_world: World) -> None:
    walk = await returned(own_world)
    async with own_world.owner() as session:
        tenant = (await own_world.subject("diqing.lgo")).tenant_id
        today = own_world.clock.now().date()
        session.add(HandoverSetting(tenant_id=tenant, naming_days=1, valid_from=today, reason="州调办〔2026〕1号"))
    await walk.do("xgll.director", "claim-dispute", proof=PROOF)
    async with own_world.as_("diqing.lgo") as (session, subject):
        shown = await dispute_before(session, subject, walk.case_id)
    assert (shown.decide_by - today).days == 1


async def test_a_case_at_its_window_goes_up_or_to_its_committee_by_the_same_rules(world: World) -> None:
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    shown = await targets(walk, "jiantang.head")
    assert {await world.office("xgll.director"), await world.office("jiantang.chair")} <= shown
    assert not {await world.office("diqing.director"), await world.office("deqin.director")} & shown
    with pytest.raises(Conflict):
        await walk.do("jiantang.head", "claim-dispute", proof=PROOF)
