"""授权: what was named, on one case, for the term, and nothing after it."""

from collections.abc import Awaitable

import pytest
from sqlalchemy import text

from access.delegations import Side, page
from access.revoking import DelegationOver
from cases.acts import available
from cases.models import Case
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.store import Store
from handover.offer import OfferPending
from tests.access import lending
from tests.access.exclusion import exclude
from tests.access.lending import allowed, kept, lend, listed, may, person, take_back, terms
from tests.cases.build import Walk, assessing
from tests.world import World

DIRECTOR, LAWYER, NOTARY = "xgll.director", "xgll.lawyer", "xgll.notary_a"


@pytest.fixture
async def walk(world: World) -> Walk:
    """A case that the workroom of 香格里拉市 holds."""
    return await assessing(world, persons=2)


async def fault(lent: Awaitable[object]) -> tuple[str, str]:
    """The field and the rule of the one error."""
    with pytest.raises(InvalidInput) as raised:
        await lent
    (one,) = raised.value.fields
    return one.field, one.rule


async def offered(world: World, walk: Walk) -> set[str]:
    """The acts that the director's page of the case offers."""
    async with world.as_(DIRECTOR) as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        return {one.act.name for one in await available(session, subject, world.catalogue, case)}


async def test_a_borrower_may_do_what_was_named_and_nothing_else(world: World, walk: Walk) -> None:
    assert await may(world, LAWYER, walk.case_id) == frozenset()
    await lend(walk, DIRECTOR, LAWYER)
    assert await may(world, LAWYER, walk.case_id) == allowed()
    with pytest.raises(Forbidden):
        await walk.do(LAWYER, "write-note", text="备注")


async def test_the_lent_act_can_be_done_by_the_borrower(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER, actions=["case:read", "case:note"])
    await walk.do(LAWYER, "write-note", text="已核对材料")


async def test_the_case_is_in_the_borrowers_list_exactly_within_the_term(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER, since=lending.day(world, 2), days=5)
    assert walk.case_id not in await listed(world, LAWYER)
    assert await may(world, LAWYER, walk.case_id) == frozenset()
    world.clock.advance(days=2)
    assert walk.case_id in await listed(world, LAWYER)
    world.clock.advance(days=3)
    assert await may(world, LAWYER, walk.case_id) == allowed()
    world.clock.advance(days=1)
    assert walk.case_id not in await listed(world, LAWYER)
    assert await may(world, LAWYER, walk.case_id) == frozenset()


async def test_a_revocation_holds_at_once_in_another_process(world: World, walk: Walk) -> None:
    row = await lend(walk, DIRECTOR, LAWYER)
    other = Store(world.store.engine.url.render_as_string(hide_password=False), world.clock, pool_size=1)
    try:
        assert await may(world, LAWYER, walk.case_id, other) == allowed()
        await take_back(world, DIRECTOR, row.id)
        assert await may(world, LAWYER, walk.case_id, other) == frozenset()
    finally:
        await other.close()


async def test_what_was_lent_on_goes_with_what_it_rests_on(world: World, walk: Walk) -> None:
    first = await lend(walk, DIRECTOR, LAWYER, onward=True)
    second = await lend(walk, LAWYER, NOTARY, actions=["case:read"], onward=True)
    third = await lend(walk, NOTARY, "xgll.mediator", actions=["case:read"])
    assert await may(world, "xgll.mediator", walk.case_id) == allowed(["case:read"])
    await take_back(world, DIRECTOR, first.id)
    for borrower in (LAWYER, NOTARY, "xgll.mediator"):
        assert await may(world, borrower, walk.case_id) == frozenset()
    assert [(await kept(world, one.id)).revoke_cause for one in (first, second, third)] == ["revoked", "above", "above"]


async def test_without_leave_to_lend_on_a_borrower_may_not_lend(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER)
    with pytest.raises(Forbidden):
        await lend(walk, LAWYER, NOTARY)


async def test_a_borrower_lends_on_no_more_than_was_lent_and_not_for_longer(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER, onward=True)
    assert await fault(lend(walk, LAWYER, NOTARY, actions=["case:read", "case:note"])) == ("actions", "beyond_own")
    assert await fault(lend(walk, LAWYER, NOTARY, days=11)) == ("until", "beyond_own")
    assert await may(world, NOTARY, walk.case_id) == frozenset()


async def test_nothing_is_lent_back_to_a_lender(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER, onward=True)
    await lend(walk, LAWYER, NOTARY, onward=True)
    assert await fault(lend(walk, NOTARY, LAWYER)) == ("to_person_id", "lender")
    assert await fault(lend(walk, NOTARY, DIRECTOR)) == ("to_person_id", "lender")


async def test_what_was_lent_ends_when_custody_leaves_the_lender(world: World, walk: Walk) -> None:
    row = await lend(walk, DIRECTOR, LAWYER)
    await walk.do(DIRECTOR, "offer-handover", to_office_id=await world.office("diqing.director"), reason="major")
    with pytest.raises(OfferPending):
        await lend(walk, DIRECTOR, NOTARY)
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert await may(world, LAWYER, walk.case_id) == frozenset()
    assert (await kept(world, row.id)).revoke_cause == "custody"


async def test_a_lower_tenant_borrows_as_a_whole_or_by_one_desk(world: World, walk: Walk) -> None:
    await walk.do(DIRECTOR, "delegate", to_office_id=await world.office("jiantang.mediator"), **terms(world))
    assert allowed() <= await may(world, "jiantang.mediator", walk.case_id)
    before = await may(world, "jiantang.clerk", walk.case_id)
    tenant = (await world.subject("jiantang.clerk")).tenant_id
    await walk.do(DIRECTOR, "delegate", to_tenant_id=tenant, **terms(world))
    assert await may(world, "jiantang.clerk", walk.case_id) == before | allowed()


async def test_parties_are_told_when_another_tenant_borrows(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER)
    async with world.owner() as session:
        papers = "select count(*) from papers where case_id = :id and kind = 'delegation_notice'"
        assert await session.scalar(text(papers), {"id": walk.case_id}) == 0
    await walk.do(DIRECTOR, "delegate", to_office_id=await world.office("jiantang.mediator"), **terms(world))
    async with world.owner() as session:
        assert await session.scalar(text(papers), {"id": walk.case_id}) == 1
        events = "select audience from events where case_id = :id and act = 'delegate' order by id"
        assert (await session.scalars(text(events), {"id": walk.case_id})).all() == ["internal", "parties"]


async def test_both_tenants_chains_tell_of_it(world: World, walk: Walk) -> None:
    await walk.do(DIRECTOR, "delegate", to_office_id=await world.office("jiantang.mediator"), **terms(world))
    chains = "select tenant_id from audit_log where object_id = :id and action = 'case:delegate'"
    async with world.owner() as session:
        told = set((await session.scalars(text(chains), {"id": str(walk.case_id)})).all())
    assert told == {(await world.subject(one)).tenant_id for one in (DIRECTOR, "jiantang.mediator")}


async def test_who_is_excluded_sees_nothing_whatever_was_lent(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER)
    await exclude(world, walk, LAWYER)
    assert await may(world, LAWYER, walk.case_id) == frozenset()
    assert walk.case_id not in await listed(world, LAWYER)


async def test_nothing_stays_that_someone_with_an_interest_borrowed_or_lent_on(world: World, walk: Walk) -> None:
    await lend(walk, DIRECTOR, LAWYER, onward=True)
    row = await lend(walk, LAWYER, NOTARY)
    await exclude(world, walk, LAWYER)
    assert await may(world, NOTARY, walk.case_id) == frozenset()
    assert (await kept(world, row.id)).revoke_cause == "removed"


async def test_what_was_lent_goes_with_the_borrowers_last_post(own_world: World) -> None:
    walk = await assessing(own_world, persons=1)
    row = await lend(walk, DIRECTOR, LAWYER)
    async with own_world.owner() as session:
        leaving = "update posts set until = scope_now() where person_id = :person and until is null"
        await session.execute(text(leaving), {"person": await person(own_world, LAWYER)})
    assert (await kept(own_world, row.id)).revoke_cause == "post"


async def test_only_lenders_take_back_and_only_once(world: World, walk: Walk) -> None:
    row = await lend(walk, DIRECTOR, LAWYER)
    with pytest.raises(Forbidden):
        await take_back(world, LAWYER, row.id)
    with pytest.raises(NotFound):
        await take_back(world, "deqin.director", row.id)
    await walk.do(DIRECTOR, "revoke-delegation", delegation_id=str(row.id), reason="不再需要")
    with pytest.raises(DelegationOver):
        await take_back(world, DIRECTOR, row.id)


async def test_the_page_of_the_case_offers_taking_back_only_when_something_is_lent(world: World, walk: Walk) -> None:
    assert "revoke-delegation" not in await offered(world, walk)
    await lend(walk, DIRECTOR, LAWYER)
    assert {"delegate", "revoke-delegation"} <= await offered(world, walk)


async def test_a_former_borrower_reads_no_case_number_in_what_it_had_lent_on(world: World, walk: Walk) -> None:
    """Though the case is one of the own house: the rules give the lawyer nothing of it any more."""
    first = await lend(walk, DIRECTOR, LAWYER, onward=True)
    await lend(walk, LAWYER, NOTARY, actions=["case:read"])
    numbers = []
    for ended in (False, True):
        if ended:
            await take_back(world, DIRECTOR, first.id)
        async with world.as_(LAWYER) as (session, subject):
            (row,) = [one for one in await page(session, subject, Side.LENT) if one.case_id == walk.case_id]
            numbers.append(row.number)
    assert numbers[0] is not None and numbers[1] is None
