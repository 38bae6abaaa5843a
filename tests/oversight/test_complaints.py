"""投诉: to the tier above the holder, read by who decides and who complains, and no burden on the mediation."""

from typing import Any
from uuid import UUID

import pytest

from cases import timers
from cases.models import Case
from cases.petitioner import petitioner
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from oversight.complaints import Complaint, complaints_to, own_complaints, people_of_case
from tests.cases.build import Walk, accepted, registered
from tests.oversight.reach import FACTS, actions, inspected
from tests.oversight.test_orders import issue
from tests.world import World

WORDS = "承办人多次打电话催促签字"


async def complained(walk: Walk, **form: Any) -> Complaint:
    """By the first petitioner, on the own page."""
    party = (await walk.petitioners())[0].id
    plain: dict[str, Any] = {"kind": "pressure", "about": "process", "text": WORDS}
    await walk.world.do_as(petitioner(party), walk.case_id, "file-complaint", **(plain | form))
    async with walk.world.store.scoped(petitioner(party).scope) as session:
        return (await own_complaints(session, petitioner(party), walk.case_id))[0]


async def received(world: World, login: str, walk: Walk) -> list[str]:
    async with world.as_(login) as (session, subject):
        return [one.text for one in await complaints_to(session, subject, walk.case_id)]


async def director_of(walk: Walk) -> UUID:
    return (await walk.world.subject("xgll.director")).person_id


async def test_it_goes_to_the_tier_above_the_holder_and_nobody_else_reads_it(world: World) -> None:
    walk = await accepted(world, persons=2)
    await complained(walk)
    assert await received(world, "diqing.complaints", walk) == [WORDS]
    for other in ("yunnan.complaints", "xgll.complaints", "xgll.director", "xgll.lgo", "diqing.director"):
        assert await received(world, other, walk) == [], other
    async with world.as_("xgll.director") as (session, _):
        assert await session.get(Complaint, (await complained(walk)).id) is None


async def test_a_township_s_goes_to_its_county_and_the_province_s_own_to_its_leading_group(world: World) -> None:
    walk = await registered(world, persons=2)
    await complained(walk)
    assert await received(world, "xgll.complaints", walk) == [WORDS]
    high = await accepted(world, persons=2)
    for here, above in (("xgll.director", "diqing.director"), ("diqing.director", "yunnan.director")):
        await high.do(here, "offer-handover", to_office_id=await world.office(above), reason="major")
        await high.do(above, "accept-handover", no_conflict=True)
    await complained(high)
    assert await received(world, "yunnan.complaints", high) == [WORDS]


async def test_the_officer_sees_what_is_complained_of_until_it_is_answered(world: World) -> None:
    walk = await accepted(world, persons=2)
    before = await actions(world, "diqing.complaints", walk.case_id)
    complaint = await complained(walk)
    during = await actions(world, "diqing.complaints", walk.case_id)
    assert {"case:read", "case:read.notes", "case:read.final"} <= during
    await walk.do(
        "diqing.complaints", "answer-complaint", complaint_id=str(complaint.id), finding="upheld", answer="已责令改正"
    )
    world.clock.advance(seconds=1)
    assert await actions(world, "diqing.complaints", walk.case_id) == before
    party = petitioner(complaint.party_id)
    async with world.store.scoped(party.scope) as session:
        (answered,) = await own_complaints(session, party, walk.case_id)
    assert (answered.finding, answered.answer) == ("upheld", "已责令改正")


async def test_while_it_is_open_the_overseer_of_that_office_has_the_facts_too(world: World) -> None:
    walk = await accepted(world, persons=2)
    await complained(walk)
    assert "case:read.statement" in await actions(world, "diqing.supervisor", walk.case_id)
    assert not await actions(world, "yunnan.supervisor", walk.case_id) & FACTS


async def test_an_order_of_the_same_office_opens_no_notes_to_the_officer(world: World) -> None:
    """Nothing at all: an order is for who supervises, a complaint for who hears it (九(四), PIPL 6)."""
    walk = await accepted(world, persons=2)
    before = await actions(world, "diqing.complaints", walk.case_id)
    await issue(walk)
    await inspected(walk, "diqing.supervisor")
    during = await actions(world, "diqing.complaints", walk.case_id)
    assert during - before <= {"recusal:declare"}
    assert not during & {"case:read", "case:read.final", "party:reveal", "case:read.notes", "suspend:propose"}


async def test_another_petitioner_of_the_same_case_does_not_see_it(world: World) -> None:
    walk = await accepted(world, persons=3)
    await complained(walk)
    second = petitioner((await walk.petitioners())[1].id)
    async with world.store.scoped(second.scope) as session:
        assert list(await own_complaints(session, second, walk.case_id)) == []
        assert await session.get(Case, walk.case_id) is not None


async def test_the_person_complained_of_never_answers(world: World) -> None:
    """Also not in a post above: here the director of the holding workroom is the officer of the prefecture as well."""
    walk = await accepted(world, persons=2)
    complaint = await complained(walk, about="person", person_id=str(await director_of(walk)))
    officer = await world.subject("diqing.complaints")
    itself = type(officer)(
        **{name: getattr(officer, name) for name in officer.__struct_fields__} | {"person_id": await director_of(walk)}
    )
    with pytest.raises((Forbidden, Conflict)):
        await world.do_as(
            itself,
            walk.case_id,
            "answer-complaint",
            complaint_id=str(complaint.id),
            finding="upheld",
            answer="查无此事",
        )
    async with world.store.scoped(itself.scope) as session:
        assert list(await complaints_to(session, itself, walk.case_id)) == []


@pytest.mark.parametrize("login", ["xgll.complaints", "yunnan.complaints", "xgll.director"])
async def test_nobody_but_that_office_answers(world: World, login: str) -> None:
    walk = await accepted(world, persons=2)
    complaint = await complained(walk)
    with pytest.raises((Forbidden, Conflict, NotFound)):
        await walk.do(login, "answer-complaint", complaint_id=str(complaint.id), finding="upheld", answer="已处理")


async def test_it_is_answered_once(world: World) -> None:
    walk = await accepted(world, persons=2)
    form = {"complaint_id": str((await complained(walk)).id), "finding": "not_upheld", "answer": "经查不属实"}
    await walk.do("diqing.complaints", "answer-complaint", **form)
    with pytest.raises(Conflict):
        await walk.do("diqing.complaints", "answer-complaint", **form)


async def test_only_who_works_on_the_case_can_be_complained_of(world: World) -> None:
    walk = await accepted(world, persons=2)
    async with world.as_("xgll.director") as (session, _):
        people = {person for person, _ in await people_of_case(session, await session.get_one(Case, walk.case_id))}
    assert await director_of(walk) in people
    stranger = (await world.subject("deqin.director")).person_id
    for form in ({"about": "person", "person_id": str(stranger)}, {"person_id": str(await director_of(walk))}):
        with pytest.raises(InvalidInput) as refused:
            await complained(walk, **form)
        assert [error.field for error in refused.value.fields] == ["person_id"]


async def test_an_oral_one_is_read_back_and_its_words_stay_with_the_tier_above(world: World) -> None:
    walk = await accepted(world, persons=2)
    form = {
        "kind": "delay",
        "about": "process",
        "text": "一直没有开会",
        "party_id": str((await walk.petitioners())[0].id),
    }
    with pytest.raises(InvalidInput):
        await walk.do("xgll.intake", "record-complaint", **form)
    await walk.do("xgll.intake", "record-complaint", read_back=True, **form)
    assert await received(world, "diqing.complaints", walk) == ["一直没有开会"]
    assert await received(world, "xgll.intake", walk) == []


async def test_a_complaint_neither_changes_the_case_nor_holds_anything_up(world: World) -> None:
    walk = await accepted(world, persons=2)
    before = await state_of(walk)
    await complained(walk)
    assert await state_of(walk) == before
    await walk.do("xgll.director", "propose-entrustment", unit_clear=True, scope="墙体开裂一项")


async def state_of(walk: Walk) -> tuple[object, ...]:
    async with walk.world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        running = [(timer.kind, timer.due_at, timer.paused_at) for timer in await timers.running(session, case.id)]
    return case.version, case.state, case.due_at, running
