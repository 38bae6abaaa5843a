"""Row 16 of the reference case, on the real walk of twelve households: every act by the person whose act it is."""

from typing import Any

import pytest

from cases.models import Case
from cases.reading import papers_of
from dossiers.print_view import printed
from foundation.clock import local_date
from foundation.errors import InvalidInput
from funding.ledger import LedgerEntry
from funding.propose_settlement import PROPOSAL
from funding.recipients import recipient_options
from funding.refusals import AlreadySettled, OfficialsClaim
from funding.settlement import SettlementCharge
from policies import gate
from tests.cases.build import Walk
from tests.dossiers.build import Built
from tests.funding.build import approve, find, pay, propose, review, rows, seen, share
from tests.teams.build import (
    OPINION,
    agreement,
    ask_alone,
    draft_form,
    members,
    planned,
    sign,
    table,
    terms,
)
from tests.world import World


async def agreed(world: World) -> Walk:
    """Twelve registered, eleven went on: conferred, proposed, signed by all, sealed."""
    walk = await planned(world, persons=12)
    seats = await members(walk)
    views = [{"member_id": str(seats[role].id), "view": "同意按户修复"} for role in ("handler", "mediator", "lawyer")]
    held: dict[str, Any] = {"held_at": world.clock.now().isoformat(), "views": views, "conclusion": "按户修复"}
    await walk.do("xgll.handler", "confer", **held)
    await walk.do("xgll.handler", "issue-opinion", **OPINION)
    await walk.do("xgll.handler", "draft-agreement", **await draft_form(walk))
    for party in await table(walk):
        await ask_alone(walk, party)
        await sign(walk, party)
    await walk.do("xgll.mediator", "sign-agreement", capacity="mediator")
    await walk.do("xgll.chair", "seal-agreement", copies=14)
    return walk


@pytest.fixture
async def walked(world: World) -> Built:
    """The lawyer's trip approved, the notary's fee on file; performed, everyone visited, closed."""
    walk = await agreed(world)
    built = Built(walk.case_id, tuple(party.id for party in await walk.petitioners()), (await walk.company()).id)
    await travel(walk)
    today = str(local_date(world.clock.now()))
    fee: dict[str, Any] = {"fee": "notary", "institution": "香格里拉市公证处", "actual_fen": 60_000}
    await walk.do("xgll.handler", "record-fee", incurred_on=today, **fee)
    await walk.do("xgll.handler", "check-relief", none_found=True)
    done = [
        {"term": str(term.id), "on_date": today, "amount_fen": term.amount_fen, "receipt_no": f"R{term.ordinal}"}
        for term in await terms((await agreement(walk)).id, world)
    ]
    done = [{name: value for name, value in one.items() if value is not None} for one in done]
    await walk.do("xgll.handler", "record-performance", rows=done)
    for party in await walk.petitioners():
        if party.status == "settled":
            await walk.do("xgll.handler", "return-visit", party=str(party.id), performed=True, satisfied=True)
    await walk.do("xgll.director", "close-case", summary="协议全部履行")
    return built


async def travel(walk: Walk) -> None:
    starts = local_date(walk.world.clock.now())
    form: dict[str, Any] = {"serves": "A", "purpose": "到昆明调取设计资料", "standard_fen": 90_000}
    await walk.do("xgll.lawyer", "request-travel", starts_on=str(starts), ends_on=str(starts), **form)
    async with walk.world.as_("xgll.reviewer") as (session, subject):
        case = await walk.world.case(walk.case_id)
        trip = (await walk.world.catalogue.options["open_trips"](session, subject, case))[0]
    await walk.do("xgll.reviewer", "approve-travel", trip_id=trip.value, answer="approve")


async def test_the_reference_case_is_settled_as_its_sixteenth_row_says(world: World, walked: Built) -> None:
    await find(world, walked)
    with pytest.raises(OfficialsClaim) as refused:
        await propose(world, walked, await share(world, "xgll.traffic", 100))
    assert [(one.field, one.rule) for one in refused.value.fields] == [("shares.0.person_id", "recipient_official")]
    with pytest.raises(InvalidInput):
        await propose(world, walked, await share(world, "xgll.director", 100))
    await propose(world, walked)
    await review(world, walked)
    await approve(world, walked, "justice")
    await approve(world, walked, "petition")
    await pay(world, walked)
    with pytest.raises(AlreadySettled):
        await propose(world, walked)

    money = await seen(world, walked.case_id)
    assert money.settlement is not None
    assert (money.settlement.case_class, money.settlement.amount_fen) == ("mass", 2_000_000)
    assert [(cost.title, cost.payer.line, cost.payer.bearer) for cost in money.costs] == [
        ("公证费", "B1", "企业"),
        ("为办案（调查、调解、送达等）", "A3", "企业"),
    ]
    assert [signature.part for signature in money.settlement.signatures] == [
        "已提出结算", "已审核", "司法行政一方已批准", "信访一方已批准", "已支付",
    ]  # fmt: skip
    assert "Payer charged: Responsible subject" in await proposal_in_english(world, walked)
    charges = await rows(world, SettlementCharge, walked)
    assert [(charge.payer, charge.name) for charge in charges] == [("producer", "云岭路桥建设有限公司")]
    cash = sum(entry.credit_fen for entry in await rows(world, LedgerEntry, walked) if entry.account == "cash")
    assert cash == 2_000_000 + 90_000


async def proposal_in_english(world: World, built: Built) -> list[str]:
    """The charges of the printed proposal, as the reviewer reads them."""
    async with world.as_("xgll.reviewer") as (session, subject):
        case = await session.get_one(Case, built.case_id)
        permissions = await gate.permissions(session, subject, case)
        papers = await papers_of(session, built.case_id, permissions)
        proposal = next(paper for paper in papers if paper.kind == PROPOSAL.code)
        view = await printed(session, subject, case, proposal, permissions, "en")
    charges = next(line for line in view.lines if line.name == "charges")
    return [f"{line.title}: {line.text}" for row in charges.rows for line in row]


async def test_neither_the_official_nor_the_director_is_offered_as_a_recipient(world: World, walked: Built) -> None:
    async with world.as_("xgll.handler") as (session, subject):
        offered = {one.value for one in await recipient_options(session, subject, await world.case(walked.case_id))}
    people = {login: str((await world.subject(login)).person_id) for login in ("xgll.traffic", "xgll.director")}
    assert offered.isdisjoint(people.values())
    assert str((await world.subject("xgll.mediator")).person_id) in offered
