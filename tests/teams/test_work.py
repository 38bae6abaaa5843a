"""办理: plan, sittings, investigation, appraisal, extension."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases import timers
from cases.consent import ExtensionConsentMissing
from cases.models import Case
from cases.parties import Party
from foundation.errors import Forbidden, InvalidInput
from teams.appraisal import NoAppraisalRunning
from teams.models import Plan
from tests.cases.build import Walk
from tests.teams.build import broken, confirmed, formed, members, papers, table, timer
from tests.world import World

PLAN = {"dispute": "裂缝的成因", "measures": "鉴定后协商"}


async def test_every_version_of_the_plan_stays(world: World) -> None:
    walk = await confirmed(world)
    for _ in range(2):
        await walk.do("xgll.handler", "write-plan", **PLAN)
    async with world.owner() as session:
        versions = await session.scalars(
            select(Plan.version).where(Plan.case_id == walk.case_id).order_by(Plan.version)
        )
        assert list(versions) == [1, 2]
    assert len(await papers(walk, "plan")) == 2


async def test_only_the_leader_writes_the_plan(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(Forbidden):
        await walk.do("xgll.lawyer", "write-plan", **PLAN)


async def sitting(walk: Walk, **changes: Any) -> dict[str, Any]:
    seated = await members(walk)
    form: dict[str, Any] = {
        "held_at": walk.world.clock.now().isoformat(),
        "place": "香格里拉市人民调解工作室",
        "member_ids": [str(seated["mediator"].id), str(seated["handler"].id)],
        "party_ids": await table(walk),
        "interpreter": "翻译员甲",
        "rights_told": True,
        "petitioner_view": "要求修复",
        "respondent_view": "同意鉴定",
        "course": "双方各自陈述，同意委托鉴定",
        "result": "goes_on",
    }
    return form | changes


async def test_a_sitting_is_recorded_as_item_seven_of_the_dossier(world: World) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.mediator", "record-session", **await sitting(walk))
    (paper,) = await papers(walk, "session")
    assert world.catalogue["record-session"].step == 4
    assert paper.content["party_ids"] == await table(walk)


async def test_nobody_mediates_without_a_mediator_whom_the_parties_accepted(world: World) -> None:
    walk = await confirmed(world)
    handler = str((await members(walk))["handler"].id)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "record-session", **await sitting(walk, member_ids=[handler]))
    assert broken(error) == {("member_ids", "no_mediator")}


async def test_police_officials_employers_and_relatives_come_only_with_consent(world: World) -> None:
    walk = await confirmed(world)
    guests = [{"name": "某民警", "kind": "official"}, {"name": "某亲属", "kind": "relative", "consented": True}]
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.mediator", "record-session", **await sitting(walk, guests=guests))
    assert broken(error) == {("guests.0.consented", "not_consented")}


async def test_a_party_of_another_language_has_an_interpreter_and_rights_are_told_first(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(InvalidInput) as error:
        form = await sitting(walk, rights_told=False)
        del form["interpreter"]
        await walk.do("xgll.mediator", "record-session", **form)
    assert broken(error) == {("interpreter", "required"), ("rights_told", "required")}


async def test_a_sitting_of_tomorrow_can_not_be_recorded_today(world: World) -> None:
    walk = await confirmed(world)
    tomorrow = (world.clock.now() + timedelta(days=1)).isoformat()
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.mediator", "record-session", **await sitting(walk, held_at=tomorrow))
    assert broken(error) == {("held_at", "in_future")}


async def test_an_inquiry_is_read_back_to_the_person_asked(world: World) -> None:
    walk = await confirmed(world)
    form: dict[str, Any] = {
        "mode": "inquiry",
        "held_at": world.clock.now().isoformat(),
        "place": "工地",
        "findings": "裂缝七处",
    }
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "record-investigation", **form, asked="某工人")
    assert broken(error) == {("read_back", "required")}
    await walk.do("xgll.handler", "record-investigation", **form, asked="某工人", read_back=True)


async def test_an_analysis_names_its_statutes(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.lawyer", "write-analysis", facts="裂缝", statutes=[], fit="fits", reasons="因果关系成立")
    assert broken(error) == {("statutes", "too_short")}


async def commission(walk: Walk) -> None:
    *people, company = await table(walk)
    form = {"party_id": people[0], "advanced_by": company, "body": "云南某司法鉴定所", "matter": "裂缝成因"}
    await walk.do("xgll.handler", "commission-appraisal", **form)


async def receive(walk: Walk, appraisal_id: str) -> None:
    form: dict[str, Any] = {
        "appraisal_id": appraisal_id,
        "report_no": "云鉴2026-1",
        "opinion": "爆破所致",
        "fee_fen": 300_000,
    }
    await walk.do("xgll.handler", "receive-appraisal", **form)


async def running(walk: Walk) -> list[str]:
    async with walk.world.as_("xgll.handler") as (session, subject):
        case = await walk.world.case(walk.case_id)
        options = await walk.world.catalogue.options["running_appraisals"](session, subject, case)
    return [option.value for option in options]


async def test_an_appraisal_stops_the_mediation_clock_and_no_other(world: World) -> None:
    walk = await confirmed(world)
    async with world.owner() as session:
        await timers.start(session, await session.get_one(Case, walk.case_id), "handling")
    due = (await timer(walk, "mediation")).due_at
    handling = (await timer(walk, "handling")).due_at
    await commission(walk)
    assert (await timer(walk, "mediation")).paused_at is not None
    assert (await timer(walk, "handling")).paused_at is None
    world.clock.advance(days=9)
    await receive(walk, (await running(walk))[0])
    assert (await timer(walk, "mediation")).due_at == due + timedelta(days=9)
    assert (await timer(walk, "handling")).due_at == handling


async def test_the_clock_goes_on_with_the_last_of_several_appraisals(world: World) -> None:
    walk = await confirmed(world)
    await commission(walk)
    await commission(walk)
    first, second = await running(walk)
    await receive(walk, first)
    assert (await timer(walk, "mediation")).paused_at is not None
    await receive(walk, second)
    assert (await timer(walk, "mediation")).paused_at is None


async def test_without_a_running_appraisal_there_is_nothing_to_receive(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(NoAppraisalRunning):
        await receive(walk, str(walk.case_id))


async def test_only_a_party_commissions_and_only_a_party_advances_the_fee(world: World) -> None:
    walk = await confirmed(world)
    declined: Party = (await walk.petitioners())[-1]
    form = {"party_id": str(declined.id), "advanced_by": str(declined.id), "body": "鉴定所", "matter": "裂缝"}
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.handler", "commission-appraisal", **form)
    assert broken(error) == {("party_id", "not_a_choice")}


EXTENSION: dict[str, Any] = {"days": 15, "reason": "等待鉴定意见"}


async def agree_to_extend(walk: Walk) -> None:
    await walk.do("xgll.director", "record-consent", party_ids=await table(walk), kind="extension", given=True)


async def test_an_extension_is_the_parties_own_decision(world: World) -> None:
    walk = await confirmed(world)
    with pytest.raises(ExtensionConsentMissing):
        await walk.do("xgll.handler", "extend-mediation", **EXTENSION)
    due = (await timer(walk, "mediation")).due_at
    await agree_to_extend(walk)
    await walk.do("xgll.handler", "extend-mediation", **EXTENSION)
    assert (await timer(walk, "mediation")).due_at == due + timedelta(days=15)


async def test_consent_to_one_extension_does_not_carry_a_second(world: World) -> None:
    walk = await confirmed(world)
    await agree_to_extend(walk)
    await walk.do("xgll.handler", "extend-mediation", **EXTENSION)
    with pytest.raises(ExtensionConsentMissing):
        await walk.do("xgll.handler", "extend-mediation", **EXTENSION)
    await agree_to_extend(walk)
    await walk.do("xgll.handler", "extend-mediation", **EXTENSION)


async def test_a_proposed_official_can_not_sit_before_acceptance(world: World) -> None:
    walk = await formed(world)
    async with world.as_("xgll.director") as (session, subject):
        case = await world.case(walk.case_id)
        seated = await world.catalogue.options["team_seated"](session, subject, case)
    waiting = {str(member.id) for member in (await members(walk)).values() if member.needs_acceptance}
    assert len(waiting) == 2 and waiting.isdisjoint(option.value for option in seated)
