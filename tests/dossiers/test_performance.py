"""Performance term by term: receipts for money, a way to follow for a default, never more than is owed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cases import timers
from cases.history import Timer
from cases.models import Case
from cases.papers import Paper
from dossiers.performance import PerformanceRow
from dossiers.referral_rules import AgreementNotEffective
from foundation.errors import InvalidInput
from tests.dossiers.build import OWED, Built, rows
from tests.dossiers.following import payments, perform_all
from tests.world import World


def part(built: Built, **more: Any) -> dict[str, Any]:
    return {"term": str(built.money[0]), "on_date": "2026-03-02", "amount_fen": OWED, "receipt_no": "R1"} | more


async def record(world: World, built: Built, *lines: dict[str, Any]) -> Case:
    return await world.do("xgll.handler", built.case_id, "record-performance", rows=list(lines))


async def refused_field(world: World, built: Built, *lines: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as refused:
        await record(world, built, *lines)
    (error,) = refused.value.fields
    return error.field, error.rule


async def test_payments_and_acts_are_recorded_term_by_term(world: World, agreed: Built) -> None:
    await perform_all(world, agreed)
    stored = {row.term_id: row.amount_fen for row in await rows(world, PerformanceRow, agreed)}
    assert stored == {agreed.money[0]: OWED, agreed.money[1]: OWED, agreed.deed: None}


async def test_a_payment_needs_its_receipt(world: World, agreed: Built) -> None:
    line = part(agreed)
    del line["receipt_no"]
    assert await refused_field(world, agreed, line) == ("rows.0.receipt_no", "required")


async def test_nothing_was_performed_before_the_agreement(world: World, agreed: Built) -> None:
    line = part(agreed, on_date="2026-03-01")
    assert await refused_field(world, agreed, line) == ("rows.0.on_date", "before_agreement")


async def test_instalments_add_up_but_never_above_what_is_owed(world: World, agreed: Built) -> None:
    await record(world, agreed, part(agreed, amount_fen=OWED - 1))
    assert await refused_field(world, agreed, part(agreed, amount_fen=2)) == ("rows.0.amount_fen", "too_much")
    await record(world, agreed, part(agreed, amount_fen=1))
    assert sum(row.amount_fen or 0 for row in await rows(world, PerformanceRow, agreed)) == OWED


async def test_two_lines_of_one_form_add_up_too(world: World, agreed: Built) -> None:
    assert await refused_field(world, agreed, part(agreed), part(agreed, amount_fen=1)) == (
        "rows.1.amount_fen",
        "too_much",
    )


async def test_an_act_has_no_amount(world: World, agreed: Built) -> None:
    line = part(agreed, term=str(agreed.deed))
    assert await refused_field(world, agreed, line) == ("rows.0.amount_fen", "not_money")


async def test_a_term_is_not_in_default_on_its_last_day(world: World, agreed: Built) -> None:
    world.clock.advance(days=18)
    line = {"term": str(agreed.money[0]), "on_date": "2026-03-20", "defaulted": True, "path": "litigation"}
    assert await refused_field(world, agreed, line) == ("rows.0.on_date", "not_due")


async def test_a_default_names_the_way_the_creditor_chose(world: World, agreed: Built) -> None:
    world.clock.advance(days=19)
    line = {"term": str(agreed.money[0]), "on_date": "2026-03-21", "defaulted": True}
    assert await refused_field(world, agreed, line) == ("rows.0.path", "required")


async def test_a_default_brings_the_creditor_the_notice_of_remedies(world: World, agreed: Built) -> None:
    world.clock.advance(days=19)
    line = {"term": str(agreed.money[0]), "on_date": "2026-03-21", "defaulted": True, "path": "litigation"}
    await record(world, agreed, line)
    notices = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "remedy_notice"]
    assert [paper.party_id for paper in notices] == [agreed.petitioners[0]]


async def test_nothing_is_performed_in_the_future(world: World, agreed: Built) -> None:
    assert await refused_field(world, agreed, part(agreed, on_date="2026-03-03")) == ("rows.0.on_date", "in_future")


async def test_a_days_timer_ends_when_all_that_was_due_is_performed(world: World, agreed: Built) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, agreed.case_id)
        due = datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
        await timers.start(session, case, "performance", due=due)
    *most, last = payments(agreed)
    assert (await record(world, agreed, *most)).due_at == due
    assert (await record(world, agreed, last)).due_at is None
    kinds = {timer.kind: timer.done_at for timer in await rows(world, Timer, agreed)}
    assert kinds["performance"] is not None


async def test_there_is_no_performance_without_an_agreement(world: World, at_table: Built) -> None:
    await world.do(
        "xgll.handler",
        at_table.case_id,
        "terminate",
        ground="failed",
        channels=[{"way": "civil_suit", "organ": "香格里拉市人民法院"}],
    )
    with pytest.raises(AgreementNotEffective):
        await record(world, at_table, {"term": str(at_table.company), "on_date": "2026-03-02"})
