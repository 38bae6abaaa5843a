"""领导包案: a leader takes part beside the case for a term; the class follows one of the province, the payer never."""

from typing import Any

import pytest

from cases.models import Case
from foundation.errors import Forbidden, InvalidInput, NotFound
from oversight.leader_charges import ChargeStanding, NoCharge
from policies import gate
from server.watching import watch_offices
from tests.cases.build import Walk, consented, registered
from tests.door import Door
from tests.oversight.told import told
from tests.teams.build import OPINION, confirmed, entrusted
from tests.test_never import OUTCOME
from tests.world import World

BASIS = "州委包案化解工作清单〔2026〕3号"
PROGRESS = {"case:status", "leader:charge", "handover:name_holder"}
"""What the county's leading group may with a case of a township: nothing of it is about a person."""


async def charge(walk: Walk, login: str, leader: str, **form: Any) -> None:
    person = (await walk.world.subject(leader)).person_id
    await walk.do(login, "charge-leader", **{"person_id": str(person), "basis": BASIS, "until": "2026-05-31"} | form)


async def rights(world: World, login: str, walk: Walk) -> frozenset[str]:
    async with world.as_(login) as (session, subject):
        case = await session.get(Case, walk.case_id)
        found = (await gate.permissions(session, subject, case)).actions if case else frozenset()
        return found - gate.OPENS_NOTHING


@pytest.mark.obligation("12", "35", "N9")
async def test_a_leader_is_in_charge_for_a_term_reads_records_and_decides_nothing(door: Door, world: World) -> None:
    walk = await confirmed(world)
    assert not await rights(world, "xgll.leader", walk)
    with pytest.raises(InvalidInput):
        await charge(walk, "xgll.lgo", "diqing.leader")  # of another tier
    with pytest.raises(Forbidden):
        await charge(walk, "xgll.director", "xgll.leader")  # the holder names nobody
    await charge(walk, "xgll.lgo", "xgll.leader")
    with pytest.raises(ChargeStanding):
        await charge(walk, "xgll.lgo", "xgll.leader")
    during = await rights(world, "xgll.leader", walk)
    assert {"case:read", "case:read.statement", "visit:record"} <= during
    assert not during & {action.value for action in OUTCOME} and "case:note" not in during
    meeting = {"kind": "visit", "on_date": "2026-03-02", "text": "到现场听取诉求，已请鉴定机构复勘"}
    await walk.do("xgll.leader", "record-meeting", **meeting)
    with pytest.raises(InvalidInput):
        await walk.do("xgll.leader", "record-meeting", **(meeting | {"on_date": "2026-03-01"}))
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "report-progress", text="已安排专人稳控")
    await walk.do("xgll.director", "report-progress", text="已会商两次")
    with pytest.raises(Forbidden):
        await walk.do("xgll.leader", "issue-opinion", **OPINION)
    async with await door.browser("xgll.leader") as browser:
        page = (await browser.get(f"/cases/{walk.case_id}")).text
    assert "下访" in page and "已会商两次" in page and BASIS in page
    async with await door.program("diqing.supervisor") as client:
        seen = (await client.get(f"/api/v1/cases/{walk.case_id}/leaders")).json()
    assert [work["text"] for one in seen for work in one["work"]] == [None, None]  # words are statements
    world.clock.advance(days=100)
    assert not await rights(world, "xgll.leader", walk)
    await watch_offices(world.store)
    await watch_offices(world.store)
    assert len(await told(world, "leader_overdue", walk.case_id)) == 1
    await walk.do("xgll.lgo", "prolong-charge", until="2026-07-31", reason="鉴定未出")
    assert await rights(world, "xgll.leader", walk)
    await walk.do("xgll.lgo", "end-charge", reason="replaced")
    world.clock.advance(seconds=1)
    assert not await rights(world, "xgll.leader", walk)
    with pytest.raises(NoCharge):
        await walk.do("xgll.lgo", "end-charge", reason="replaced")


@pytest.mark.obligation("42", "N9")
async def test_the_class_follows_a_leader_of_the_province_by_two_persons_and_falls_back_with_the_charge(
    world: World,
) -> None:
    walk = await entrusted(world)
    await charge(walk, "diqing.supervisor", "diqing.leader")
    assert not await told(world, "class_proposed", walk.case_id)
    with pytest.raises(InvalidInput):
        await charge(walk, "yunnan.supervisor", "yunnan.leader", basis="省级批示")  # no number
    await charge(walk, "yunnan.supervisor", "yunnan.leader", basis="云批〔2026〕7号")
    assert (await world.case(walk.case_id)).case_class == "general"
    await decide(walk, "confirm")
    case = await world.case(walk.case_id)
    assert (case.case_class, case.county_id is None) == ("provincial", False)
    await walk.do("yunnan.supervisor", "end-charge", reason="cancelled")
    assert (await world.case(walk.case_id)).case_class == "provincial"
    await decide(walk, "confirm")
    assert (await world.case(walk.case_id)).case_class == "general"
    assert len(await told(world, "class_proposed", walk.case_id)) == 2
    await charge(walk, "yunnan.supervisor", "yunnan.leader", basis="云批〔2026〕9号")
    await walk.do("yunnan.supervisor", "end-charge", reason="settled")  # takes nothing back
    await decide(walk, "confirm")
    assert (await world.case(walk.case_id)).case_class == "provincial"


@pytest.mark.obligation("42")
async def test_a_standing_charge_counts_at_acceptance_and_what_it_proposed_lapses_with_it(world: World) -> None:
    walk = await consented(world, persons=2)
    await charge(walk, "yunnan.supervisor", "yunnan.leader", basis="云批〔2026〕7号")
    await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    assert (await world.case(walk.case_id)).case_class == "provincial"
    await walk.do("yunnan.supervisor", "end-charge", reason="cancelled")
    await decide(walk, "confirm")
    assert (await world.case(walk.case_id)).case_class == "general"
    await charge(walk, "yunnan.supervisor", "yunnan.leader", basis="云批〔2026〕9号")
    await walk.do("yunnan.supervisor", "end-charge", reason="cancelled")
    async with world.as_("xgll.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        assert await world.catalogue.options["class_change"](session, subject, case) == []
    assert (await world.case(walk.case_id)).case_class == "general"


async def decide(walk: Walk, verdict: str) -> None:
    world = walk.world
    async with world.as_("xgll.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        (option,) = await world.catalogue.options["class_change"](session, subject, case)
    assert "10,000–30,000" in option.label
    await walk.do("xgll.director", "decide-class", change=option.value, verdict=verdict)


@pytest.mark.obligation("35", "60")
async def test_the_list_says_who_leads_what_until_when_and_what_is_overdue(door: Door, world: World) -> None:
    walk = await confirmed(world)
    await charge(walk, "xgll.lgo", "xgll.leader", until="2026-03-10")
    number = (await world.case(walk.case_id)).case_no
    world.clock.advance(days=10)
    leader = (await world.subject("xgll.leader")).name
    async with await door.browser("xgll.lgo") as browser:
        page, table = (await browser.get("/leaders")).text, (await browser.get("/leaders.csv")).text
        cleared = (await browser.get("/responsibilities.csv")).text
    for text in (page, table, cleared):
        assert str(number) in text and leader in text and "和春生" not in text
    assert "逾期" in page and "逾期" in table
    async with await door.program("diqing.supervisor") as client:
        rows = (await client.get("/api/v1/leaders")).json()["rows"]
        counts = (await client.get("/api/v1/leaders/participation")).json()
    assert [one["overdue"] for one in rows if one["case_id"] == str(walk.case_id)] == [True]
    assert {"香格里拉市"} <= {one["tenant"] for one in counts} and "leader" not in counts[0]
    async with await door.program("deqin.lgo") as client:
        assert str(walk.case_id) not in (await client.get("/api/v1/leaders")).text
    async with await door.program("xgll.cashier") as client:
        assert (await client.get("/api/v1/leaders")).status_code == 403


@pytest.mark.obligation("35")
async def test_the_list_of_leaders_goes_on_page_by_page_each_charge_once(own_world: World, own_door: Door) -> None:
    walks = [await registered(own_world, persons=1) for _ in range(3)]
    for day, walk in enumerate(walks, start=10):
        await charge(walk, "xgll.lgo", "xgll.leader", until=f"2026-03-{day}")
    await walks[0].do("xgll.lgo", "end-charge", reason="cancelled")
    seen: list[str] = []
    async with await own_door.program("xgll.lgo") as client:
        asked: dict[str, str] = {"size": "1"}
        while True:
            found = (await client.get("/api/v1/leaders", params=asked)).json()
            seen += [one["case_id"] for one in found["rows"]]
            if found["after"] is None:
                break
            asked["after"] = found["after"]
        unknown = await client.get("/api/v1/leaders", params={"after": seen[0]})
    assert seen == [str(walks[number].case_id) for number in (1, 2, 0)]  # what has ended comes last
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "after")
    async with await own_door.program("deqin.lgo") as client:
        beyond = await client.get("/api/v1/leaders", params={"after": asked["after"]})
    assert beyond.status_code == 422  # a charge out of sight is no place in the list
    async with await own_door.browser("xgll.lgo") as browser:
        table, book = await browser.get("/leaders.csv"), await browser.get("/leaders.xlsx")
    assert table.text.count("已结束") == 1 and book.content[:2] == b"PK"


@pytest.mark.obligation("35", "60")
async def test_a_leader_of_the_county_takes_a_case_its_township_holds_whose_office_sees_its_progress_alone(
    door: Door, world: World
) -> None:
    walk = await registered(world, persons=2)
    assert await rights(world, "xgll.lgo", walk) == PROGRESS
    with pytest.raises(NotFound):
        await charge(walk, "deqin.lgo", "xgll.leader")
    with pytest.raises(InvalidInput):
        await charge(walk, "xgll.lgo", "diqing.leader")  # no county names a leader of the prefecture
    async with await door.browser("xgll.lgo") as browser:
        page = (await browser.get(f"/cases/{walk.case_id}")).text
    assert "指定领导包案" in page and not [one for one in await walk.petitioners() if one.name in page]
    await charge(walk, "xgll.lgo", "xgll.leader")
    assert {"case:read", "visit:record"} <= await rights(world, "xgll.leader", walk)
    assert await rights(world, "xgll.lgo", walk) == PROGRESS
    await walk.do("jiantang.head", "report-progress", text="已联系村委会")
    number = (await world.case(walk.case_id)).registration_no
    async with await door.browser("xgll.lgo") as browser:
        for table in ("/leaders.csv", "/responsibilities.csv"):  # whole, however many cases other tests have put there
            assert str(number) in (await browser.get(table)).text
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    assert "visit:record" in await rights(world, "xgll.leader", walk)  # the charge goes along


async def test_an_office_of_another_branch_puts_nobody_in_charge(world: World) -> None:
    walk = await entrusted(world)
    with pytest.raises(NotFound):
        await charge(walk, "deqin.lgo", "xgll.leader")
