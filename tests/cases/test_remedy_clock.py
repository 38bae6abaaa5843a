"""The remedy clock runs from the day a person knew, is in every notice, and no mediation stops it (N2, N11)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cases import timers
from cases.assessment import RefusalNotTold
from cases.history import Timer
from cases.models import Case
from cases.papers import Paper
from cases.timers import TERMS, TermCannotPause
from foundation.clock import local_date
from foundation.errors import InvalidInput
from tests.cases.build import Walk, assessed, assessing
from tests.people import CLAIMS, registration
from tests.world import World

KNOWN = ("2026-01-15", "2026-01-10", "2026-02-01")
"""Since when the petitioners knew of each of the three claims."""


async def registered(world: World, **changed: Any) -> Walk:
    claims = [claim | {"known_on": day} for claim, day in zip(CLAIMS, KNOWN, strict=True)]
    form = await registration(world, persons=2) | {"claims": claims} | changed
    done = await world.register("jiantang.clerk", **form)
    return Walk(world, done.case.id, done.receipts)


async def remedies(world: World, case_id: object) -> dict[str, date]:
    """Kind of term -> its last day."""
    async with world.owner() as session:
        found = await session.scalars(select(Timer).where(Timer.case_id == case_id))
        return {timer.kind: local_date(timer.due_at) for timer in found if TERMS[timer.kind].remedy}


async def test_each_term_runs_from_the_earliest_day_that_a_claim_of_its_kind_names(world: World) -> None:
    walk = await registered(world)
    assert await remedies(world, walk.case_id) == {
        "civil_limitation": date(2029, 3, 2),  # anew from the request to the committee (民法典 195)
        "reconsideration": date(2026, 4, 2),
        "administrative_suit": date(2026, 8, 3),  # six months end on a Saturday
    }


async def test_unpaid_wages_go_to_labour_arbitration(world: World) -> None:
    wages = {"text": "拖欠三个月工资", "nature": "contract", "known_on": "2026-01-31"}
    walk = await registered(world, dispute_type=10, claims=[wages])
    assert await remedies(world, walk.case_id) == {"labour_arbitration": date(2027, 2, 1)}, "a Sunday"


async def test_what_nobody_knows_is_not_guessed_and_no_day_lies_ahead(world: World) -> None:
    walk = await registered(world, claims=list(CLAIMS))
    assert await remedies(world, walk.case_id) == {}
    with pytest.raises(InvalidInput) as refused:
        await registered(world, claims=[CLAIMS[0] | {"known_on": "2099-01-01"}])
    assert [(error.field, error.rule) for error in refused.value.fields] == [("claims.0.known_on", "in_future")]


async def test_no_remedy_can_be_paused_and_none_is_the_workrooms_due_date(world: World) -> None:
    walk = await registered(world)
    assert (await world.case(walk.case_id)).due_at is None
    async with world.as_("jiantang.head") as (session, _):
        case = await session.get_one(Case, walk.case_id)
        with pytest.raises(TermCannotPause):
            await timers.pause(session, case, "reconsideration")


@pytest.mark.obligation("N2", "N11", "N3b")
async def test_what_both_sides_get_names_the_helpers_and_no_last_day_of_the_petitioners(world: World) -> None:
    walk = await registered(world)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    async with world.owner() as session:
        query = select(Paper).where(Paper.case_id == walk.case_id, Paper.kind == "transfer_notice")
        notice = (await session.scalars(query)).one()
    assert {"remedy_clock", "undated_remedies"}.isdisjoint(notice.content)
    assert any("12348" in helper for helper in notice.content["free_helpers"])
    assert "不影响" in notice.content["mediation"]


async def test_the_way_named_in_a_split_runs_in_its_own_case_and_stands_in_its_notice(world: World) -> None:
    walk = await assessed(world, persons=2)
    sibling = (await walk.claims())[2].split_case_id
    assert await remedies(world, sibling) == {"reconsideration": date(2026, 4, 20)}
    async with world.owner() as session:
        notice = (
            await session.scalars(select(Paper).where(Paper.case_id == sibling, Paper.kind == "remedy_notice"))
        ).one()
    assert [row["last_day"] for row in notice.content["remedy_clock"]] == ["2026-04-20"]


async def test_nothing_is_accepted_before_a_refused_claim_has_its_written_notice(world: World) -> None:
    walk = await assessing(world, persons=2)
    first, second, third = (str(claim.id) for claim in await walk.claims())
    for claim in (first, second):
        await walk.do("xgll.director", "assess-claim", claim_id=claim, decision="suitable", land_matter="damage")
    ground: dict[str, Any] = {"ground": "administrative", "legal_basis": "2025年意见第二条", "way": "reconsideration"}
    ground |= {"land_matter": "compensation_standard", "last_day_unknown": True}
    await walk.do("xgll.director", "assess-claim", claim_id=third, decision="refused", **ground)
    people = [str(party.id) for party in await walk.petitioners()]
    for kind in ("mediation", "disclosure"):
        await walk.do("xgll.director", "record-consent", party_ids=people, kind=kind, given=True)
    company = str((await walk.company()).id)
    await walk.do("xgll.director", "record-consent", party_ids=[company], kind="mediation", given=True)
    with pytest.raises(RefusalNotTold):
        await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    await walk.do(
        "xgll.director", "split-claim", claim_id=third, party_ids=people, organ="迪庆州人民政府", advice="可复议"
    )
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "assess-claim", claim_id=third, decision="refused", **ground)
    await walk.do("xgll.director", "accept-case", arrangement="三十日内办结")
    assert (await world.case(walk.case_id)).state == "accepted"
