"""Fees of third parties: on file at once, borne by whom the table says, never through us."""

from typing import Any

import pytest

from foundation.errors import InvalidInput
from foundation.files import FileStore
from funding.decisions import PayerDecision
from funding.fee_progress import ADVANCED, BACK
from funding.fees import Fee
from funding.ledger import LedgerEntry
from funding.reads import CostView
from tests.dossiers.build import Built
from tests.funding.build import agreed, find, proof, rows, seen
from tests.world import World


async def record(world: World, built: Built, **form: Any) -> CostView:
    """A notary's fee of 600 yuan; what the page shows of it."""
    stated: dict[str, Any] = {
        "fee": "notary",
        "institution": "香格里拉市公证处",
        "actual_fen": 60_000,
        "incurred_on": "2026-03-01",
    }
    await world.do("xgll.handler", built.case_id, "record-fee", **stated | form)
    return (await seen(world, built.case_id)).costs[-1]


async def test_a_fee_is_on_file_before_anybody_is_found_at_fault(world: World) -> None:
    built = await agreed(world)
    shown = await record(world, built)
    assert shown.payer.payer is None
    assert shown.payer.missing == ("责任（过错）方",)
    assert shown.payer.trace[-1].render("en") == "B10 · Fact missing: Party at fault"


async def test_the_company_at_fault_pays_the_notary_and_nothing_comes_to_our_ledger(world: World) -> None:
    built = await agreed(world)
    await find(world, built)
    shown = (await record(world, built)).payer
    assert (shown.payer, shown.bearer, shown.line, shown.to_third_party) == ("责任（过错）方", "企业", "B1", True)
    assert await rows(world, LedgerEntry, built) == []


async def test_an_advance_is_decided_again_as_soon_as_fault_is_found(world: World) -> None:
    built = await agreed(world)
    advanced = (await record(world, built, fee="appraisal", advancer="unit")).payer
    assert (advanced.payer, advanced.refundable) == ("同意垫付的单位", True)
    await find(world, built)
    final = (await seen(world, built.case_id)).costs[0].payer
    assert (final.payer, final.line, final.refundable) == ("责任（过错）方", "B1", False)
    assert [row.about for row in await rows(world, PayerDecision, built)].count("fee") == 2


async def test_a_person_in_hardship_never_advances(world: World) -> None:
    built = await agreed(world)
    shown = await record(world, built, advancer="party", advancer_poor=True, advance_approved=True)
    assert (shown.payer.payer, shown.payer.refundable) == ("同级财政", True)


async def test_a_poor_person_at_fault_leaves_the_fee_to_finance_on_dated_evidence_only(world: World) -> None:
    built = await agreed(world)
    poor = {"fault": "person", "fault_party": str(built.petitioners[0]), "poor_category": "registered"}
    await find(world, built, **poor)
    assert (await record(world, built)).payer.missing == ("困难群体认定的有效日期",)
    await find(world, built, **poor, poor_from="2016-01-01")
    shown = (await seen(world, built.case_id)).costs[0].payer
    assert (shown.payer, shown.line) == ("同级财政", "B3")


async def test_what_the_law_makes_free_costs_nobody_anything(world: World) -> None:
    built = await agreed(world)
    shown = await record(world, built, fee="court", free_by="judicial_confirmation")
    assert (shown.payer.payer, shown.payer.line) == ("无人付款", "C6")


async def test_what_a_judgment_allocates_comes_before_the_plan(world: World) -> None:
    built = await agreed(world)
    shown = await record(world, built, fee="court", allocated_fen=30_000)
    assert (shown.payer.line, shown.payer.minimum_fen, shown.payer.maximum_fen) == ("C5", 30_000, 30_000)


async def test_a_fee_that_was_paid_has_its_receipt(world: World, files: FileStore) -> None:
    built = await agreed(world)
    with pytest.raises(InvalidInput) as refusal:
        await record(world, built, paid_on="2026-03-01")
    assert refusal.value.fields[0].field == "proof"
    await record(world, built, paid_on="2026-03-01", proof=await proof(world, files, built, "xgll.handler"))
    assert [fee.proof_id is None for fee in await rows(world, Fee, built)] == [False]


@pytest.mark.obligation("45")
async def test_what_a_party_advanced_comes_back_from_whoever_is_at_fault_and_the_page_says_how_much(
    world: World, files: FileStore
) -> None:
    built = await agreed(world)
    paper = await proof(world, files, built, "xgll.handler")
    await record(world, built, fee="appraisal", advancer="party", paid_on="2026-03-01", proof=paper)
    (fee,) = await rows(world, Fee, built)
    back = {"fee_id": str(fee.id), "refunded_on": "2026-03-02", "proof": paper}
    with pytest.raises(InvalidInput) as refusal:  # nobody is at fault yet
        await world.do("xgll.handler", built.case_id, "record-refund", amount_fen=1, **back)
    assert refusal.value.fields[0].field == "fee_id"
    await find(world, built)
    await world.do("xgll.handler", built.case_id, "record-refund", amount_fen=20_000, **back)
    with pytest.raises(InvalidInput) as refusal:
        await world.do("xgll.handler", built.case_id, "record-refund", amount_fen=40_001, **back)
    assert refusal.value.fields[0].field == "amount_fen"
    (shown,) = (await seen(world, built.case_id)).costs
    assert [(one.words, one.amount_fen) for one in shown.progress] == [(ADVANCED, 60_000), (BACK, 20_000)]
    assert await rows(world, LedgerEntry, built) == []


@pytest.mark.parametrize("field", ["incurred_on", "paid_on"])
async def test_no_fee_lies_in_the_future(world: World, field: str) -> None:
    built = await agreed(world)
    with pytest.raises(InvalidInput) as refusal:
        await record(world, built, **{field: "2027-01-01"})
    assert refusal.value.fields[0].field == field


async def test_a_fee_moves_the_preview_only_as_long_as_nothing_else_stands(world: World) -> None:
    built = await agreed(world)
    await record(world, built)
    assert (await world.case(built.case_id)).funding_position == "costs"
    await find(world, built)
    await record(world, built)
    assert (await world.case(built.case_id)).funding_position == "found"
