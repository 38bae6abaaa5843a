"""Asking for a pause or an extension, and telling what happened elsewhere: through the API, as the people would."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from cases import term_settings
from foundation import cookies
from foundation.clock import local_date
from foundation.store import Scope
from tests.cases import build as desk
from tests.door import Door
from tests.teams import build
from tests.walk.walker import Walker

HANDLER, DIRECTOR = "xgll.handler", "xgll.director"


async def walker(door: Door) -> Walker:
    """A case with a team, at the county's workroom."""
    made = Walker(door)
    made.case = str((await build.confirmed(door.world)).case_id)
    return made


async def term(walk: Walker, kind: str, login: str = HANDLER) -> dict[str, Any]:
    found = [one for one in await walk.read(login, "timers") if one["kind"] == kind and not one["done"]]
    assert len(found) == 1, kind
    one: dict[str, Any] = found[0]
    return one


async def later(walk: Walker, days: int) -> Walker:
    """The same case; who was signed in is so no longer."""
    walk.world.clock.advance(days=days)
    again = Walker(walk.door)
    again.case = walk.case
    return again


def last_day(one: dict[str, Any]) -> str:
    return str(one["due_at"][:10])


async def told(walk: Walker, step: str, on_date: str, login: str = DIRECTOR) -> None:
    await walk.do(login, "record-elsewhere", step=step, on_date=on_date)


@pytest.mark.obligation("N2")
async def test_no_statutory_clock_stops_because_somebody_asks(door: Door) -> None:
    walk = await walker(door)
    await told(walk, "knew_of_act", "2026-02-20")
    await told(walk, "disposed", "2026-02-27")
    before = await walk.read(HANDLER, "timers")
    for kind in ("reconsideration", "administrative_suit", "written_notice", "transfer_objection"):
        for login in (HANDLER, DIRECTOR, "xgll.deputy", "xgll.mediator"):
            await walk.refused(login, "pause-term", "term_cannot_pause", term=kind, ground="等待鉴定")
    await walk.refused(HANDLER, "pause-term", "term_has_own_act", term="mediation", ground="等待鉴定")
    await walk.refused(HANDLER, "pause-term", "term_not_running", term="confirmation", ground="等待鉴定")
    assert await walk.read(HANDLER, "timers") == before


async def test_the_re_examination_stops_for_its_hearing_and_goes_on_after_it(door: Door) -> None:
    """信访工作条例 36: the time of the hearing is not counted."""
    walk = await walker(door)
    await told(walk, "reexamination_asked", "2026-03-01")
    assert last_day(await term(walk, "reexamination_decision")) == "2026-03-31"
    await walk.do(HANDLER, "pause-term", term="reexamination_decision", ground="举行听证")
    paused = await term(walk, "reexamination_decision")
    assert (paused["paused"], paused["days_left"]) == (True, 29)
    walk = await later(walk, days=6)
    assert (await term(walk, "reexamination_decision"))["days_left"] == 29, "a clock that stands shows what is left"
    await walk.do(HANDLER, "resume-term", term="reexamination_decision")
    after = await term(walk, "reexamination_decision")
    assert (last_day(after), after["paused_days"], after["days_left"]) == ("2026-04-06", 6, 29)


async def test_the_sixty_days_are_extended_by_the_head_of_the_unit_and_by_thirty_at_most(door: Door) -> None:
    """条例 34; domain.md 13.1-2: neither the workroom nor an overseer does it."""
    walk = await walker(door)
    accepted: dict[str, Any] = {"organ": "香格里拉市自然资源局", "number": "受〔2026〕8号", "accepted_on": "2026-03-01"}
    async with walk.world.owner() as session:
        await session.execute(text("update cases set state = 'assessing', step = 2 where id = :id"), {"id": walk.case})
    await walk.do(DIRECTOR, "record-petition-acceptance", **accepted)
    decided: dict[str, Any] = {
        "term": "handling",
        "days": 20,
        "decided_on": "2026-03-02",
        "number": "延〔2026〕1号",
        "told": True,
    }
    for who in ("workroom", "overseer", "parties", "nobody"):
        problem = await walk.refused(HANDLER, "extend-term", "term_cannot_extend", **decided, by=who)
        assert "负责人" in problem["detail"]
    await walk.refused(HANDLER, "extend-term", "invalid_input", **decided | {"told": False}, by="unit_head")
    late = decided | {"decided_on": "2026-03-03"}
    await walk.refused(HANDLER, "extend-term", "invalid_input", **late, by="unit_head")
    assert last_day(await term(walk, "handling")) == "2026-04-30"
    await walk.do(HANDLER, "extend-term", **decided, by="unit_head")
    assert last_day(await term(walk, "handling")) == "2026-05-20"
    await walk.refused(HANDLER, "extend-term", "extension_too_long", **decided | {"days": 11}, by="unit_head")
    await walk.do(HANDLER, "extend-term", **decided | {"days": 10}, by="unit_head")
    assert last_day(await term(walk, "handling")) == "2026-05-30"


@pytest.mark.parametrize(("kind", "by"), [("mediation", "overseer"), ("reconsideration", "unit_head")])
async def test_nobody_else_extends_anything(door: Door, kind: str, by: str) -> None:
    walk = await walker(door)
    await told(walk, "knew_of_act", "2026-02-20")
    decided: dict[str, Any] = {"term": kind, "days": 5, "decided_on": "2026-03-02", "number": "延1号", "told": True}
    await walk.refused(HANDLER, "extend-term", "term_cannot_extend", **decided, by=by)


@pytest.mark.obligation("N2")
async def test_the_petition_side_runs_its_own_course_beside_the_mediation(door: Door) -> None:
    walk = await walker(door)
    await told(walk, "disposed", "2026-02-13")
    objection = await term(walk, "transfer_objection")
    assert (last_day(objection), objection["counted"]) == ("2026-02-27", "工作日"), "over the Spring Festival"
    assert last_day(await term(walk, "written_notice")) == "2026-02-28"
    await told(walk, "notified", "2026-02-26")
    await told(walk, "replied", "2026-02-27")
    assert last_day(await term(walk, "review_request")) == "2026-03-29"
    await told(walk, "review_asked", "2026-03-02")
    assert last_day(await term(walk, "review_decision")) == "2026-04-01"
    await told(walk, "reviewed", "2026-03-02")
    assert last_day(await term(walk, "reexamination_request")) == "2026-04-01"
    open_kinds = {one["kind"] for one in await walk.read(HANDLER, "timers") if not one["done"]}
    assert {"mediation", "reexamination_request"} <= open_kinds
    assert {"petition_disposition", "written_notice", "transfer_objection", "review_request"}.isdisjoint(open_kinds)


async def test_a_limitation_claimed_in_time_begins_anew_and_one_that_is_over_does_not(door: Door) -> None:
    """劳动争议调解仲裁法 27(2), 民法典 195."""
    walk = await walker(door)
    await told(walk, "knew_of_labour_wrong", "2025-06-02")
    assert last_day(await term(walk, "labour_arbitration")) == "2026-06-02"
    await walk.refused(DIRECTOR, "record-elsewhere", "term_runs", step="knew_of_labour_wrong", on_date="2025-06-03")
    await told(walk, "labour_claimed", "2026-01-12")
    assert last_day(await term(walk, "labour_arbitration")) == "2027-01-12"
    await told(walk, "knew_of_civil_wrong", "2022-12-30")
    assert "不使其重新计算" in (await term(walk, "civil_limitation"))["mediation"], "it was over before the request"
    await walk.refused(DIRECTOR, "record-elsewhere", "term_is_over", step="civil_claimed", on_date="2026-02-01")
    await walk.refused(DIRECTOR, "record-elsewhere", "invalid_input", step="civil_sued", on_date="2026-03-03")
    await told(walk, "arbitration_applied", "2026-03-01")
    assert [one["done"] for one in await walk.read(HANDLER, "timers") if one["kind"] == "labour_arbitration"] == [
        True,
        True,
    ]


async def test_a_civil_limitation_that_ran_when_mediation_was_asked_for_began_anew_on_that_day(door: Door) -> None:
    """民法典 195; also where the day of knowledge is told later."""
    walk = await walker(door)
    await told(walk, "knew_of_civil_wrong", "2024-05-06")
    found = await term(walk, "civil_limitation")
    assert (last_day(found), found["provisional"]) == ("2029-03-02", True)
    assert "请求之日起诉讼时效中断" in found["mediation"]


@pytest.mark.obligation("34")
async def test_due_soon_is_the_tenants_own_lead_and_the_nearest_tenant_decides(door: Door) -> None:
    walk = await walker(door)
    assert not (await term(walk, "mediation"))["due_soon"], "thirty days are left"
    county = (await walk.world.subject(HANDLER)).tenant_id
    async with walk.world.owner() as session:
        province = await session.scalar(text("select province_id from tenants where id = :id"), {"id": county})
        add = text(
            "insert into term_settings (tenant_id, kind, lead_days, valid_from, reason)"
            " values (:p, 'mediation', 1, '2026-01-01', ''), (:c, 'mediation', 30, '2026-01-01', ''),"
            " (:c, 'mediation', 2, '2026-03-03', '')"
        )
        await session.execute(add, {"p": province, "c": county})
    try:
        assert (await term(walk, "mediation"))["due_soon"]
        async with walk.world.owner() as session:
            assert (await term_settings.settings_of(session, province))["mediation"].lead_days == 1
    finally:
        async with walk.world.owner() as session:
            await session.execute(text("delete from term_settings"))


async def test_due_soon_is_marked_on_desk_list_and_case_page_with_the_days_left(door: Door) -> None:
    """A term that runs out ends nothing by itself: who holds the case is told before, and what to do."""
    walk = await walker(door)
    door.world.clock.advance(days=24)
    async with door.client(cookies={cookies.SESSION: await door.sign_in(HANDLER)}) as handler:
        pages = {
            "desk": (await handler.get("/desk")).text,
            "list": (await handler.get("/cases", params={"mine": "true", "sort": "due"})).text,
            "case": (await handler.get(f"/cases/{walk.case}")).text,
        }
    for name, page in pages.items():
        assert "快到期" in page, name
        assert "还有 6 日（自然日）" in page, name
    assert "终止调解并当日告知救济途径" in pages["case"]


@pytest.mark.obligation("34")
async def test_the_length_of_what_no_law_fixes_is_a_tenants_setting_and_nothing_else_is(door: Door) -> None:
    county = (await door.world.subject(HANDLER)).tenant_id
    person = (await door.world.subject("xgll.admin")).person_id
    insert = text(
        "insert into term_settings (tenant_id, kind, length, valid_from, reason)"
        " values (:t, :kind, 3, '2026-01-01', '本市规定')"
    )
    with pytest.raises(Exception, match="ck_term_settings_length"):
        async with door.world.store.scoped(Scope(county, person)) as session:
            await session.execute(insert, {"t": county, "kind": "confirmation"})
    async with door.world.owner() as session:
        await session.execute(insert, {"t": county, "kind": "strike_off"})
        assert (await term_settings.settings_of(session, county))["strike_off"].length == 3
        assert (await term_settings.settings_of(session, None))["strike_off"].length == 30
        await session.rollback()


@pytest.mark.obligation("34")
async def test_an_order_without_a_day_is_struck_off_within_the_issuers_own_days(door: Door) -> None:
    """限时销号: the plan names no number."""
    walk = await walker(door)
    order = {"ground": "overdue", "requirements": "限期办结", "contact": "督查科"}
    await walk.do("diqing.supervisor", "issue-order", **order)
    issuer = (await door.world.subject("diqing.supervisor")).tenant_id
    setting = text(
        "insert into term_settings (tenant_id, kind, length, valid_from, reason)"
        " values (:t, 'strike_off', 10, '2026-01-01', '州规定')"
    )
    async with door.world.owner() as session:
        await session.execute(setting, {"t": issuer})
    await walk.do("diqing.supervisor", "issue-order", **order)
    async with door.world.owner() as session:
        await session.execute(text("delete from term_settings"))
        ask = text("select deadline from supervision_orders where case_id = :case order by recorded_at")
        deadlines = list(await session.scalars(ask, {"case": walk.case}))
    assert [local_date(moment) for moment in deadlines] == [date(2026, 4, 1), date(2026, 3, 12)]


async def test_each_office_sees_how_long_it_and_the_others_held_the_case(door: Door) -> None:
    """The holder's share: a township's window for four days, then the county's workroom."""
    made = await desk.registered(door.world, persons=1)
    walk = Walker(door)
    walk.case = str(made.case_id)
    door.world.clock.advance(days=4)
    await made.do("jiantang.head", "approve-registration", answer="approve")
    await made.do("jiantang.head", "offer-handover", to_office_id=await door.world.office(DIRECTOR), reason="company")
    await made.do(DIRECTOR, "accept-handover", no_conflict=True)
    door.world.clock.advance(days=3)
    window, workroom = await door.world.office("jiantang.clerk"), await door.world.office(DIRECTOR)
    shares = (await term(walk, "petition_disposition", DIRECTOR))["shares"]
    assert [(one["office_id"], one["days"]) for one in shares] == [(window, 3), (workroom, 4)]
    assert sum(one["days"] for one in shares) == (date(2026, 3, 9) - date(2026, 3, 2)).days
