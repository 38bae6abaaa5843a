"""A mark of the same dispute that was a mistake is taken back: by a second person, from either case, and on file."""

from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import select

from cases.case_links import CaseLink
from funding.matter_marks import MatterMark, marks_of
from funding.refusals import AlreadySettled
from funding.same_matter import SettledApart
from funding.unlink_matter import LinkReckonedWith, NoSuchLink, OwnLink
from policies import gate
from tenants.subject import Subject
from tests.door import Door
from tests.dossiers.build import Built, table_case
from tests.funding.books import amiss
from tests.funding.build import approved, closed_case, ended_as, find, pay, propose, review
from tests.funding.test_ledger_costs import handed
from tests.world import World

WHY = "登记号输错一位"


@pytest.mark.obligation("38")
async def test_a_mistaken_mark_is_withdrawn_by_a_second_person_and_both_are_settled_by_themselves(world: World) -> None:
    before = await amiss(world)
    first, second = await closed_case(world), await closed_case(world)
    await approved(world, first)
    await find(world, second)
    link = await linked(world, second, first)
    (mark,) = await marks(world, "xgll.reviewer", first)
    assert mark.number == (await world.case(second.case_id)).registration_no, "its own county sees that case too"
    with pytest.raises(AlreadySettled):
        await propose(world, second)
    with pytest.raises(OwnLink):
        await world.do("xgll.reviewer", second.case_id, "unlink-same-matter", link_id=str(link), reason=WHY)
    await unlinked(world, await colleague(world), second, link)
    with pytest.raises(NoSuchLink):
        await unlinked(world, await colleague(world), second, link)
    await propose(world, second)
    again = await linked(world, second, first)
    with pytest.raises(SettledApart):
        await review(world, second)
    await unlinked(world, await colleague(world), first, again)
    await review(world, second)
    await pay(world, first)
    assert await amiss(world) == before, "what other tests did to the books stays theirs"
    async with world.owner() as session:
        kept = await session.get_one(CaseLink, link)
    assert (kept.withdrawn_by, kept.withdrawn_reason) == ((await colleague(world)).person_id, WHY)


@pytest.mark.obligation("38")
async def test_a_settlement_that_reckoned_with_the_mark_goes_back_first(world: World) -> None:
    before = await amiss(world)
    first, second = await closed_case(world), await closed_case(world)
    await ended_as(world, first, "failed")
    await approved(world, first)
    await pay(world, first)
    await find(world, second)
    link = await linked(world, second, first)
    await propose(world, second)
    for built in (first, second):
        with pytest.raises(LinkReckonedWith):
            await unlinked(world, await colleague(world), built, link)
    await review(world, second, verdict="return", reason="标记有误")
    await unlinked(world, await colleague(world), second, link)
    assert await amiss(world) == before, "what other tests did to the books stays theirs"


@pytest.mark.obligation("38")
async def test_the_other_county_sees_that_it_was_marked_and_nothing_of_the_other_case(world: World, door: Door) -> None:
    """Whoever may put it on file there may take it back there; why is told on that page alone."""
    first, second = await table_case(world), await closed_case(world)
    await handed(world, first, "xgll.director", "diqing.director")
    link = await linked(world, second, first)
    (there,) = await marks(world, "diqing.reviewer", first)
    assert (there.own, there.number, there.place, there.recorded_by) == (False, None, "香格里拉市", None)
    async with await door.browser("diqing.reviewer") as browser:
        page = (await browser.get(f"/cases/{first.case_id}")).text
        form = (await browser.get(f"/cases/{first.case_id}/acts/unlink-same-matter")).text
    assert "由另一案登记的标记" in page and str(link) in form
    assert str(second.case_id) not in page + form
    await world.do("diqing.reviewer", first.case_id, "unlink-same-matter", link_id=str(link), reason=WHY)
    (here,) = await marks(world, "xgll.reviewer", second)
    assert here.withdrawn_at is not None and here.withdrawn_reason is None and here.withdrawn_by is None
    (there,) = await marks(world, "diqing.reviewer", first)
    assert there.withdrawn_reason == WHY
    async with await door.browser("xgll.reviewer") as browser:
        page = (await browser.get(f"/cases/{second.case_id}")).text
    assert "标记已撤销" in page and WHY not in page


async def linked(world: World, one: Built, other: Built) -> UUID:
    number = (await world.case(other.case_id)).registration_no
    await world.do("xgll.reviewer", one.case_id, "link-same-matter", number=number)
    query = select(CaseLink.id).where(CaseLink.case_id == one.case_id, CaseLink.withdrawn_at.is_(None))
    async with world.owner() as session:
        return (await session.scalars(query.where(CaseLink.kind == "same_matter"))).one()


async def unlinked(world: World, subject: Subject, built: Built, link: UUID) -> None:
    await world.do_as(subject, built.case_id, "unlink-same-matter", link_id=str(link), reason=WHY)


async def colleague(world: World) -> Subject:
    """Another person in the reviewer's chair."""
    reviewer = await world.subject("xgll.reviewer")
    return structs.replace(reviewer, person_id=(await world.subject("diqing.reviewer")).person_id)


async def marks(world: World, login: str, built: Built) -> list[MatterMark]:
    async with world.as_(login) as (session, subject):
        case = await gate.opened().source.load(session, built.case_id, lock=False)
        assert case is not None
        return await marks_of(session, subject, case, await gate.permissions(session, subject, case))
