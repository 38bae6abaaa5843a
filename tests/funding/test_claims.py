"""Claims: inside the scores and the standard forms, from an open year, reviewed and appealed by different persons."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec import Struct
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from cases.steps import MOVES
from foundation.errors import FieldError, InvalidInput
from foundation.forms import fields_of, is_money, metas_of, parse, row_type
from funding.appeal_settlement import NotAppealable
from funding.appeals import AppealOpen
from funding.budget_lines import BudgetLine
from funding.claims_board import Board, board
from funding.positions import Position
from funding.proposal_form import ProposalForm
from funding.separation import DutiesNotSeparate
from funding.settlement import Settlement
from server.catalogue import catalogue
from tests.dossiers.build import Built
from tests.funding.books import amiss
from tests.funding.build import SCORES, approve, ended_as, find, pay, propose, review, rows, seen, settlement, share
from tests.world import World
from web.forms.bound import fill

MOST = {"quantity": 20, "quality": 20, "difficulty": 20, "effect": 20, "procedure": 12}


def broken(error: InvalidInput) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in error.fields]


async def refused(world: World, built: Built, **form: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        await propose(world, built, **form)
    return broken(error.value)


async def seen_board(world: World, login: str) -> Board:
    async with world.as_(login) as (session, subject):
        return await board(session, subject)


async def queues(world: World, built: Built, login: str) -> dict[str, str | None]:
    """In which queues the case waits for that person, and what holds it there."""
    found = await seen_board(world, login)
    return {line.queue.value: one.why for line in found.queues for one in line.claims if one.case_id == built.case_id}


async def answer(world: World, built: Built, login: str, outcome: str) -> None:
    await world.do(login, built.case_id, "answer-appeal", outcome=outcome, reason="复核意见见附页")


async def appeal(world: World, built: Built, ground: str, login: str = "xgll.mediator") -> None:
    await world.do(login, built.case_id, "appeal-settlement", ground=ground, reason="逐户走访的记录都在卷")


@pytest.mark.obligation("39")
async def test_standard_forms_bound_the_procedure_and_the_scores_bound_the_amount(world: World, closed: Built) -> None:
    await find(world, closed)
    assert await refused(world, closed, procedure=13) == [("procedure", "forms_lacking")]
    assert await refused(world, closed, asked_fen=500_001) == [("asked_fen", "over_ceiling")]
    assert await refused(world, closed, asked_fen=400_001) == [("asked_fen", "over_scores")]
    assert await refused(world, closed, asked_fen=299_999) == [("asked_fen", "under_floor")]
    await propose(world, closed, asked_fen=350_000, **MOST)
    money = (await seen(world, closed.case_id)).settlement
    assert money is not None and money.amount_fen == 350_000
    trace = "\n".join(line.render("zh") for line in money.payer.trace)
    assert "规范文书 5 项，已有 3 项，程序规范最高 12 分" in trace and "按申报取 3,500 元" in trace


def test_amounts_are_read_as_people_type_them_and_refused_by_name() -> None:
    """Full-width digits on the page; whole fen through the API; nothing negative anywhere."""
    typed = {name: str(points) for name, points in SCORES.items()} | {
        "reason": "逐户走访", "shares": [{"person_id": "01890000-0000-7000-8000-000000000000", "percent": "１００"}],
    }  # fmt: skip
    filled = fill(ProposalForm, typed | {"asked_fen": "￥３，５００．５０元", "quantity": "１０", "year": "２０２６"})
    assert isinstance(filled, ProposalForm)
    assert (filled.asked_fen, filled.quantity, filled.shares[0].percent, filled.year) == (350_050, 10, 100, 2026)
    for amount, rule in (("-5", "too_small"), ("－５", "too_small"), ("3.501", "not_money"), ("三千", "not_money")):
        with pytest.raises(InvalidInput) as error:
            fill(ProposalForm, typed | {"asked_fen": amount})
        assert broken(error.value) == [("asked_fen", rule)]
    sent = msgspec.to_builtins(filled)
    wrong: tuple[tuple[object, str], ...] = ((-1, "0.01"), (0.5, ""), ("350000", ""))
    for fen, told in wrong:
        with pytest.raises(InvalidInput) as error:
            parse(ProposalForm, sent | {"asked_fen": fen}, strict=True)
        (field,) = error.value.fields
        assert isinstance(field, FieldError) and field.field == "asked_fen" and told in field.text("zh")


def test_no_form_takes_a_negative_amount() -> None:
    unbounded = [
        f"{act.name}: {name}"
        for act in catalogue().acts.values()
        for name, kind in amounts_of(act.form)
        if not any(meta.ge is not None and meta.ge >= 0 for meta in metas_of(kind))
    ]
    assert unbounded == []


def amounts_of(form: type[Struct]) -> Iterator[tuple[str, object]]:
    """Every amount of a form and of its rows."""
    for field in fields_of(form):
        if is_money(field.type):
            yield field.name, field.type
        if (row := row_type(field.type)) is not None:
            yield from amounts_of(row)


async def test_a_closed_year_bears_nothing_any_more(world: World, closed: Built) -> None:
    await find(world, closed)
    books = (await world.subject("xgll.payer")).tenant_id
    line = (BudgetLine.tenant_id == books, BudgetLine.year == 2024, BudgetLine.purpose == "subsidy")
    async with world.owner() as session:
        opened = await session.scalar(select(BudgetLine.closed_at).where(*line))
        await session.execute(update(BudgetLine).where(*line).values(closed_at=world.clock.now()))
    assert await refused(world, closed, year=2024) == [("year", "year_closed")]
    assert await refused(world, closed, year=2019) == [("year", "year_closed")]
    assert await refused(world, closed, year=2027) == [("year", "in_future")]
    async with world.owner() as session:
        await session.execute(update(BudgetLine).where(*line).values(closed_at=opened))
    await propose(world, closed, year=2025)
    assert (await settlement(world, closed)).year == 2025


@pytest.mark.obligation("39")
async def test_scores_changed_by_the_reviewer_are_appealed_and_restored_by_a_head_who_signed_nothing(
    world: World, closed: Built
) -> None:
    await find(world, closed)
    await propose(world, closed)
    assert "review" in await queues(world, closed, "xgll.reviewer")
    with pytest.raises(InvalidInput) as error:
        await review(world, closed, verdict="adjust", reason="偏高", quantity=0)
    assert ("quality", "required") in broken(error.value)
    lower = dict.fromkeys(SCORES, 5)
    await review(world, closed, verdict="adjust", reason="工作量不大", **lower)
    assert (await settlement(world, closed)).amount_fen == 350_000
    shown = (await seen(world, closed.case_id, "xgll.petition")).settlement
    assert shown is not None and shown.claimed_fen == 400_000
    assert {(one.points, one.claimed) for one in shown.grounds} == {(5, 10)} and len(shown.grounds) == 5
    assert [one.at for one in shown.signatures] == sorted(one.at for one in shown.signatures)
    await approve(world, closed, "justice")
    await appeal(world, closed, "score")
    assert await queues(world, closed, "xgll.petition") == {"appeal": None}
    assert (await queues(world, closed, "xgll.handler"))["appealed"] == AppealOpen.message
    with pytest.raises(AppealOpen):
        await approve(world, closed, "petition")
    with pytest.raises(DutiesNotSeparate):
        await answer(world, closed, "xgll.justice", "upheld")
    await answer(world, closed, "xgll.petition", "restored")
    stood = sorted(((one.status, one.amount_fen) for one in await rows(world, Settlement, closed)), key=str)
    assert stood == [("replaced", 350_000), ("replaced", 400_000), ("reviewed", 400_000)]
    await appeal(world, closed, "score", "xgll.handler")  # what was restored is already as the team proposed it
    with pytest.raises(InvalidInput) as error:
        await answer(world, closed, "xgll.petition", "restored")
    assert broken(error.value) == [("outcome", "nothing_to_restore")]
    await answer(world, closed, "xgll.petition", "upheld")
    await approve(world, closed, "justice")
    case = await approve(world, closed, "petition")
    assert case.funding_position == Position.APPROVED
    await pay(world, closed)
    with pytest.raises(NotAppealable):
        await appeal(world, closed, "score")


async def test_a_return_may_be_appealed_once_and_nothing_is_proposed_meanwhile(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    await review(world, closed)
    await approve(world, closed, "justice")
    await approve(world, closed, "petition", verdict="return", reason="材料不全")
    assert "returned" in await queues(world, closed, "xgll.handler")
    await appeal(world, closed, "returned")
    with pytest.raises(AppealOpen):
        await propose(world, closed)
    with pytest.raises(DutiesNotSeparate):
        await answer(world, closed, "xgll.petition", "upheld")
    await answer(world, closed, "xgll.justice", "upheld")
    with pytest.raises(NotAppealable):
        await appeal(world, closed, "returned")
    assert (await propose(world, closed)).funding_position == Position.PROPOSED


async def test_the_database_too_wants_five_different_persons(world: World, closed: Built) -> None:
    await find(world, closed)
    await propose(world, closed)
    await review(world, closed)
    with pytest.raises(IntegrityError, match="separate"):
        async with world.owner() as session:
            await session.execute(text("update settlements set justice_by = reviewed_by where status = 'reviewed'"))


@pytest.mark.obligation("38", "44")
async def test_what_was_paid_by_discretion_counts_once_the_case_is_agreed(world: World, closed: Built) -> None:
    """A14, then A20: the difference up to the ceiling, never a second full settlement; the counters follow."""
    before = await amiss(world)
    await find(world, closed)
    await ended_as(world, closed, "failed")
    await propose(world, closed)
    await review(world, closed)
    for side in ("justice", "petition"):
        await approve(world, closed, side)
    await pay(world, closed)
    await ended_as(world, closed, "agreed")
    await propose(world, closed, **MOST)
    money = (await seen(world, closed.case_id)).settlement
    assert money is not None
    assert (money.payer.minimum_fen, money.payer.maximum_fen) == (50_000, 250_000)
    assert 250_000 + money.amount_fen <= 500_000 and "A20" in money.payer.default_used
    assert await amiss(world) == before


async def test_earlier_members_are_recipients_by_recorded_share_and_see_their_own(world: World, closed: Built) -> None:
    await find(world, closed)
    lawyer = (await world.subject("xgll.lawyer")).person_id
    async with world.owner() as session:
        left = "update case_relations set until = since + interval '1 second' where case_id = :case and person_id = :it"
        await session.execute(text(left), {"case": closed.case_id, "it": lawyer})
    people = [await share(world, "xgll.lawyer", 40), await share(world, "xgll.mediator", 60)]
    await propose(world, closed, *people)
    own = [one for one in (await seen_board(world, "xgll.lawyer")).own if one.case_id == closed.case_id]
    assert [(one.percent, one.amount_fen, one.number) for one in own] == [(40, 160_000, None)]


@pytest.mark.obligation("38")
def test_no_step_waits_for_a_payment() -> None:
    """Of the moves that are not about money, no guard asks a table of money."""
    guards = catalogue().guards
    money = ("settlement", "payout", "ledger", "bill", "fees", "travel", "budget", "recover", "promise", "undertaking")
    about_money = {move.act for move in MOVES if catalogue()[move.act].action.startswith(("subsidy:", "fee:", "bill:"))}
    for move in MOVES:
        if move.act in about_money or catalogue()[move.act].action.startswith(("travel:", "payer:", "batch:")):
            continue
        asked = " ".join(fact.sql for name in move.guards for fact in getattr(guards[name], "facts", ()))
        assert not [word for word in money if word in asked], move.act
