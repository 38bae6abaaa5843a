"""Goals are shares of suitable cases (9, 52; N7): never of petitions, never a rank, from counters, year beside year."""

import inspect
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import IntegrityError

from cases.models import Case
from foundation.ids import new_id
from indicators import goals
from indicators.goal_models import Measure
from indicators.goals import goals_of
from indicators.recount import recount, repair
from migrations import counting_goals
from tests.cases.build import accepted
from tests.door import Door
from tests.dossiers.build import agreed_case
from tests.dossiers.following import payments
from tests.oversight.papers_down import asked, done
from tests.world import World

NAMES = ("settled", "performed", "in_time", "satisfied", "withdrawn")
HALVES = (("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31"))
DAYS = ("2018", "2019", "2020")


def phase(name: str, since: str, until: str) -> dict[str, Any]:
    return {"phase": name, "since": since, "until": until, "focus": "以包案化解为重点", "measures": "联动配合"}


async def marks(world: World) -> dict[str, int]:
    async with world.owner() as session:
        rows = await session.execute(text("select measure, sum(cases) from goal_counts group by 1"))
        return {name: int(number) for name, number in rows}


@pytest.mark.obligation("9", "N7")
async def test_marks_follow_what_becomes_of_a_suitable_case_and_the_recount_agrees(world: World) -> None:
    before = await marks(world)

    async def since() -> dict[str, int]:
        now = await marks(world)
        return {name: now.get(name, 0) - before.get(name, 0) for name in now if now[name] != before.get(name, 0)}

    built = await agreed_case(world)
    assert await since() == {}, "a case that was never accepted is no suitable case"
    async with world.owner() as session:
        await session.execute(update(Case).where(Case.id == built.case_id).values(accepted_at=world.clock.now()))
    assert await since() == {"in_time": 1}
    await world.do("xgll.handler", built.case_id, "record-performance", rows=payments(built))
    assert (await since()).get("performed") == 1
    satisfied: dict[str, Any] = {"party": str(built.petitioners[0]), "performed": True, "satisfied": True}
    await world.do("xgll.handler", built.case_id, "return-visit", **satisfied)
    assert await since() == {"in_time": 1, "performed": 1, "satisfied": 1}
    await world.do("xgll.handler", built.case_id, "return-visit", **{**satisfied, "satisfied": False})
    assert "satisfied" not in await since(), "the last word counts"
    walk = await accepted(world, persons=1)
    async with world.owner() as session:
        await session.execute(update(Case).where(Case.id == walk.case_id).values(outcome="withdrawn"))
    assert "withdrawn" not in await since(), "who leaves without a complaint is nobody's failure (N2)"
    async with world.owner() as session:
        visit = text(
            "insert into return_visits (id, case_id, party_id, refused, pressure, recorded_at, recorded_by)"
            " select :id, p.case_id, p.id, false, 'complained', :at, p.id from parties p"
            " where p.case_id = :case order by p.ordinal limit 1"
        )
        await session.execute(visit, {"id": new_id(world.clock.now()), "at": world.clock.now(), "case": walk.case_id})
    assert (await since())["withdrawn"] == 1
    async with world.owner() as session:
        assert await recount(session) == []
    async with world.owner() as session:
        await repair(session)
        assert await recount(session) == []


@pytest.mark.obligation("N7")
async def test_no_goal_can_be_set_on_number_level_or_destination_of_petitions(door: Door) -> None:
    assert {one.value for one in Measure} == set(NAMES)
    for forbidden in ("petitions", "level", "destination", "number", "overdue"):
        refused = await asked(
            door, "xgll.justice", "POST", "/goals", measure=forbidden, baseline_year=2025, year=2026, target=10
        )
        assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "measure"
        with pytest.raises(IntegrityError):
            async with door.world.owner() as session:
                await session.execute(
                    text(
                        "insert into goals"
                        " (id, tenant_id, measure, baseline_year, year, target, recorded_at, recorded_by)"
                        " select :id, min(id), :measure, 2025, 2026, 1, now(), :id from tenants"
                    ),
                    {"id": new_id(door.world.clock.now()), "measure": forbidden},
                )
    counted = inspect.getsource(goals) + inspect.getsource(counting_goals)
    assert not [word for word in ("first_visit", "person_count", "level", "petition_office") if word in counted]


@pytest.mark.obligation("9", "52", "N7")
async def test_goals_are_set_by_the_heads_and_read_above_in_the_order_of_the_tree(door: Door) -> None:
    form = {"measure": "settled", "baseline_year": 2025, "year": 2026, "target": 60}
    made = await done(door, "xgll.justice", "POST", "/goals", **form)
    assert [(one["measure"], one["target"]) for one in made["goals"]] == [("settled", 60)]
    again = await done(door, "xgll.petition", "POST", "/goals", **{**form, "target": 70})
    assert [one["target"] for one in again["goals"]] == [70], "one goal for one measure and year"
    assert (await asked(door, "xgll.director", "POST", "/goals", **form)).status_code == 403
    for field, value in (("year", 2020), ("baseline_year", 2026), ("target", 101)):
        answer = await asked(door, "xgll.justice", "POST", "/goals", **{**form, field: value})
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    above = await done(door, "diqing.supervisor", "GET", f"/goals?tenant_id={made['tenant_id']}")
    assert above["goals"] == again["goals"]
    own = await done(door, "diqing.supervisor", "GET", "/goals")
    keys = [one["tenant_id"] for one in own["below"]]
    assert keys == sorted(keys) and len(keys) == 3
    beside = await asked(door, "deqin.lgo", "GET", f"/goals?tenant_id={made['tenant_id']}")
    assert beside.status_code == 404
    async with await door.browser("xgll.justice") as browser:
        page = await browser.get("/goals")
        table = await browser.get("/goals.csv")
    assert page.status_code == 200 and "设定目标" in page.text and "70%" in page.text
    assert "达成调解协议的比例" in table.text


@pytest.mark.obligation("52")
async def test_phases_are_each_tenant_s_days_and_the_county_s_one_year_is_a_warning(door: Door) -> None:
    names = ("start", "consolidate", "transform")
    province = [phase(name, f"{year}-01-01", f"{year}-12-31") for name, year in zip(names, DAYS, strict=True)]
    made = await done(door, "yunnan.justice", "PUT", "/phases", phases=province)
    assert [one["share"] for one in made["phases"]] == [100, 100, 100] and made["warnings"] == []
    same = [phase(name, "2026-01-01", "2026-12-31") for name in names]
    county = await done(door, "xgll.justice", "PUT", "/phases", phases=same)
    assert len(county["warnings"]) == 2 and [one["now"] for one in county["phases"]] == [True] * 3
    parts = [("01-01", "04-30"), ("05-01", "08-31"), ("09-01", "12-31")]
    one_year = [phase(name, f"2026-{begin}", f"2026-{end}") for name, (begin, end) in zip(names, parts, strict=True)]
    county = await done(door, "xgll.petition", "PUT", "/phases", phases=one_year)
    assert len(county["warnings"]) == 1 and [one["now"] for one in county["phases"]] == [True, False, False]
    for wrong, field in (
        ([phase("start", "2026-05-01", "2026-04-01")], "phases.0.until"),
        ([phase("start", *HALVES[0]), phase("consolidate", "2026-06-30", "2026-12-31")], "phases.1.since"),
        ([phase("consolidate", *HALVES[0]), phase("start", *HALVES[1])], "phases.0.since"),
        ([phase("start", "2026-01-01", "2026-02-01"), phase("start", "2026-03-01", "2026-04-01")], "phases.1.phase"),
    ):  # fmt: skip
        answer = await asked(door, "xgll.justice", "PUT", "/phases", phases=wrong)
        assert field in {one["field"] for one in answer.json()["errors"]}, answer.text
    seen = await done(door, "diqing.lgo", "GET", f"/phases?tenant_id={county['tenant_id']}")
    assert seen == county
    assert (await asked(door, "deqin.lgo", "GET", f"/phases?tenant_id={county['tenant_id']}")).status_code == 404
    async with await door.browser("xgll.justice") as browser:
        page = (await browser.get("/plan")).text
    assert "各阶段都在同一年内" in page and str(date(2026, 4, 30).year) in page


@pytest.mark.obligation("53")
async def test_each_year_has_its_own_focus_and_the_caseload_of_the_years_stands_beside_it_as_a_hint(door: Door) -> None:
    """领导包案, 重大疑难, 制度机制: a tenant's own words, dated; the trend is of cases, never of a person."""
    names, focuses = ("start", "consolidate", "transform"), ("领导包案化解", "重大疑难案件", "制度机制建设")
    years = [
        {**phase(name, f"{year}-01-01", f"{year}-12-31"), "focus": focus}
        for name, year, focus in zip(names, (2025, 2026, 2027), focuses, strict=True)
    ]
    made = await done(door, "yunnan.petition", "PUT", "/phases", phases=years)
    assert [(one["focus"], one["now"]) for one in made["phases"]] == [
        (focuses[0], False), (focuses[1], True), (focuses[2], False)
    ]  # fmt: skip
    async with await door.browser("yunnan.petition") as browser:
        plan, goals_page = (await browser.get("/plan")).text, (await browser.get("/goals")).text
    assert all(focus in plan for focus in focuses)
    assert "按受理年份比较" in goals_page and "走势只供研判参考" in goals_page


async def test_progress_reads_counters_and_no_case(world: World) -> None:
    async with world.as_("diqing.supervisor") as (session, subject):
        said: list[str] = []
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", lambda c, k, statement, *rest: said.append(statement))
        await goals_of(session, subject)
    assert said and not [one for one in said if " from cases" in one.lower() or "join cases" in one.lower()]
