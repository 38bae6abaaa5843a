"""What every petitioner may rely on: registered each time (N10), linked to nothing (N1), told of the remedies (N11)."""

import pytest
from sqlalchemy import select, text

from cases.papers import Paper
from cases.parties import Party
from tests.cases.build import accepted, assessing, registered
from tests.people import registration
from tests.statements import recorded
from tests.world import World


async def test_the_same_matter_is_registered_again_and_neither_case_knows_of_the_other(world: World) -> None:
    first, again = await registered(world, persons=1), await registered(world, persons=1)
    cases = [await world.case(walk.case_id) for walk in (first, again)]
    assert cases[0].registration_no != cases[1].registration_no
    assert [case.parent_case_id for case in cases] == [None, None]
    async with world.owner() as session:
        query = text("select name, contact from parties where case_id = any(:cases) and side = 'petitioner'")
        sealed = (await session.execute(query, {"cases": [case.id for case in cases]})).all()
    assert len(sealed) == 2
    assert sealed[0].name != sealed[1].name, "equal names would link two cases"
    assert sealed[0].contact != sealed[1].contact


async def test_a_visit_to_the_next_office_up_is_registered_there_like_any_other(world: World) -> None:
    for desk in ("xgll.intake", "diqing.intake", "yunnan.intake"):
        done = await world.register(desk, **await registration(world, persons=12))
        assert (done.case.state, len(done.receipts)) == ("registered", 12)


async def test_every_notice_to_a_petitioner_shows_the_remedies_and_the_free_helpers(world: World) -> None:
    walk = await accepted(world, persons=3)
    await walk.do("xgll.director", "withdraw-consent", party_id=str((await walk.petitioners())[0].id))
    async with world.owner() as session:
        people = select(Party.id).where(Party.case_id == walk.case_id, Party.side == "petitioner")
        to_them = Paper.party_id.in_(people) | (Paper.kind == "transfer_notice")
        notices = list(await session.scalars(select(Paper).where(Paper.case_id == walk.case_id, to_them)))
    assert {notice.kind for notice in notices} == {"transfer_notice", "remedy_notice", "split_notice"}
    for notice in notices:
        own = {"remedy_clock", "undated_remedies"} if notice.party_id else set()  # both sides' papers hold no last day
        assert own | {"mediation", "free_helpers"} <= notice.content.keys(), notice.kind
        assert any("12348" in helper for helper in notice.content["free_helpers"])


@pytest.mark.obligation("1")
async def test_a_thousand_answers_at_once_cost_as_many_statements_as_two(world: World) -> None:
    """A whole village says yes to mediation and to telling the other side."""
    sent: dict[int, list[int]] = {}
    for persons in (2, 12):
        walk = await assessing(world, persons=persons)
        ids = [str(one.id) for one in await walk.petitioners()]
        sent[persons] = []
        for kind in ("mediation", "disclosure"):
            with recorded(world.store) as statements:
                await walk.do("xgll.director", "record-consent", party_ids=ids, kind=kind, given=True)
            sent[persons].append(len(statements))
    assert sent[2] == sent[12]
