"""Batches: a bank's form as data, the file on record as a look, an answer taken in whole or not at all, retries."""

import asyncio
import csv
from io import BytesIO, StringIO
from itertools import pairwise
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from cases.models import Case
from cases.steps import STEP_OF, State
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import instant
from funding import payouts, recoveries, recovery_job
from funding.duty_days import DutyPay
from funding.payment_accounts import RevealForm, looks_at_own, own_account, reveal_account
from funding.payment_answers import reconcile
from funding.payment_batches import BatchStateWrong, InAnotherBatch, PaymentLine
from funding.payment_file import AlreadyAnswered, FileForm, FileKind, send_batch
from funding.payment_form import BankForm, ColumnRow, Encoding, Field, Unit, set_form
from funding.payment_making import BatchForm, drop_batch, make_batch
from funding.payment_reading import OneBatch, due_list, one_batch
from funding.payouts import PaidOut
from funding.proof import prove
from funding.settlement import Settlement, SettlementShare
from policies.matrix_sheet import SheetFile
from tenants.models import OfficialStatus
from tests.funding.build import approved, closed_case, pay, rows, settlement
from tests.funding.conftest import Officials
from tests.funding.duty import approve, at, has_account, worked
from tests.world import World

A, B = "xgll.duty_a", "xgll.duty_b"
CASHIER = "xgll.cashier"
TITLES = ("业务参考号", "金额（元）", "处理结果", "失败原因", "银行流水号")
NUMBER = "6222021234567890123"
FULL_WIDTH = "６２２２０２１２３４５６７８９０１２３"
"""The same, as an input method types it."""


async def _two_due(world: World) -> None:
    """A is due 400 yuan, B 200; both can be paid to."""
    await worked(world, (A, "2026-03-03", "whole"), (A, "2026-03-04", "whole"), (B, "2026-03-05", "whole"))
    at(world, "2026-04-01")
    await approve(world, "2026-03-01")
    await has_account(
        world, A, "６２２２０２１２３４５６７８９０１２３"
    )  # full-width digits, as an input method types them
    await has_account(world, B)


async def _make(world: World, *names: str) -> UUID:
    async with world.as_(CASHIER) as (session, subject):
        chosen = list(names) or [one.name for one in await due_list(session, subject)]
        return (await make_batch(session, subject, BatchForm(payouts=chosen))).id


async def _send(world: World, batch: UUID, kind: FileKind = FileKind.CSV) -> SheetFile:
    async with world.as_(CASHIER) as (session, subject):
        return await send_batch(session, subject, batch, FileForm(kind=kind))


async def _read(world: World, batch: UUID) -> OneBatch:
    async with world.as_(CASHIER) as (session, subject):
        return await one_batch(session, subject, batch)


def _answer(*rows: tuple[str, str, str, str, str]) -> bytes:
    written = StringIO()
    csv.writer(written).writerows([TITLES, *rows])
    return written.getvalue().encode("gb18030")


async def _reconcile(world: World, batch: UUID, *rows: tuple[str, str, str, str, str]) -> None:
    async with world.as_(CASHIER) as (session, subject):
        await reconcile(session, subject, batch, _answer(*rows))


async def _refused(world: World, batch: UUID, *rows: tuple[str, str, str, str, str]) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        await _reconcile(world, batch, *rows)
    return {one.rule for one in refused.value.fields}


@pytest.mark.obligation("50")
async def test_a_batch_goes_to_the_bank_comes_back_line_by_line_and_what_failed_is_paid_by_another(
    own_world: World,
) -> None:
    await _two_due(own_world)
    batch = await _make(own_world)
    file = await _send(own_world, batch)
    lines = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))
    by_fen = {line["金额（元）"]: line for line in lines}
    assert by_fen.keys() == {"400.00", "200.00"} and by_fen["400.00"]["收款账号"] == NUMBER
    paid, failed = by_fen["400.00"]["业务参考号"], by_fen["200.00"]["业务参考号"]
    sheet = openpyxl.load_workbook(BytesIO((await _send(own_world, batch, FileKind.XLSX)).content)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert NUMBER in cells[1] and all(isinstance(cell, str | None) for row in cells for cell in row)
    name = by_fen["200.00"]["收款人户名"]
    await _reconcile(
        own_world, batch, (paid, "400.00", "成功", "", "B-1"), (failed, "200", "失败", f"户名{name}不符6222021234", "")
    )
    found = await _read(own_world, batch)
    assert (found.batch.state, found.batch.paid_fen) == ("partly", 40_000)
    assert {(one.state, one.voucher_no) for one in found.lines} == {("paid", "B-1"), ("failed", None)}
    async with own_world.as_(CASHIER) as (session, subject):
        (again,) = await due_list(session, subject)
    assert (again.fen, again.last_failure) == (20_000, "户名收款人不符…")  # neither a name nor a number goes on
    retry = await _make(own_world, again.name)
    await _send(own_world, retry)
    reference = (await _read(own_world, retry)).lines[0].reference
    await _reconcile(own_world, retry, (reference, "200.00", "交易成功", "", ""))
    assert (await _read(own_world, retry)).batch.state == "paid"
    await _reconcile(own_world, batch, (paid, "400.00", "退汇", "账户已销", ""))  # money that came back
    assert (await _read(own_world, batch)).batch.state == "failed"
    async with own_world.as_(CASHIER) as (session, subject):
        assert [one.fen for one in await payouts.due(session, subject)] == [40_000]
    async with own_world.owner() as session:
        books = text("select sum(debit_fen) - sum(credit_fen) from ledger_entries where account = 'duty'")
        assert await session.scalar(books) == 20_000
        assert await session.scalar(text("select sum(spent_fen) from budget_lines where purpose = 'duty'")) == 20_000


@pytest.mark.obligation("50")
async def test_an_answer_with_a_line_that_cant_be_believed_is_refused_by_name_and_nothing_is_half_done(
    own_world: World,
) -> None:
    await _two_due(own_world)
    batch = await _make(own_world)
    good = (await _read(own_world, batch)).lines[0]
    row = (good.reference, f"{good.fen / 100:.2f}", "成功", "", "")
    with pytest.raises(BatchStateWrong):
        await _reconcile(own_world, batch, row)  # nothing has gone to the bank
    await _send(own_world, batch)
    assert await _refused(own_world, batch, row, ("P2026-99999-0001-001", "1.00", "成功", "", "")) == {"unknown_line"}
    assert await _refused(own_world, batch, row, row) == {"twice"}
    assert await _refused(own_world, batch, (*row[:1], "-1", *row[2:])) == {"amount_differs"}
    assert await _refused(own_world, batch, (*row[:2], "处理中", *row[3:])) == {"unknown_result"}
    async with own_world.as_(CASHIER) as (session, subject):
        for content in (b"", b"PK\x03\x04not a workbook", "甲,乙\n1,2\n".encode()):
            with pytest.raises(InvalidInput):
                await reconcile(session, subject, batch, content)
    async with own_world.owner() as session:
        assert await session.scalar(select(func.count()).select_from(PaidOut)) == 0
        assert set(await session.scalars(select(PaymentLine.state))) == {"waiting"}
    await _reconcile(own_world, batch, row)
    assert (await _read(own_world, batch)).batch.state == "sent"  # the other line is not answered yet
    assert await _refused(own_world, batch, row) == {"already_answered"}
    with pytest.raises(AlreadyAnswered):
        await _send(own_world, batch)  # what the bank has paid would go to it once more
    with pytest.raises(Forbidden):
        async with own_world.as_("xgll.reviewer") as (session, subject):
            await reconcile(session, subject, batch, _answer(row))


@pytest.mark.obligation("50")
async def test_nothing_is_in_two_live_batches_and_what_may_not_be_paid_any_more_stops_the_file(
    own_world: World,
) -> None:
    await _two_due(own_world)
    async with own_world.as_(CASHIER) as (session, subject):
        names = [one.name for one in await due_list(session, subject)]
    made = await asyncio.gather(*(_make(own_world, *names) for _ in range(3)), return_exceptions=True)
    batch, *others = sorted(made, key=lambda one: isinstance(one, BaseException))
    assert isinstance(batch, UUID) and all(isinstance(one, InAnotherBatch | InvalidInput) for one in others)
    with pytest.raises(InvalidInput):
        await _make(own_world, *names)
    async with own_world.as_(CASHIER) as (session, subject):
        with pytest.raises(payouts.InBatch):
            await payouts.paid(session, subject, (await payouts.due(session, subject))[0], "手工付款")
        await drop_batch(session, subject, batch)
    batch = await _make(own_world, *names)
    async with own_world.owner() as session:
        pay = (await session.scalars(select(DutyPay).order_by(DutyPay.fen))).first()
        assert pay is not None
        now = instant(session)
        row = {"id": new_id(now), "person_id": pay.person_id, "kind": "civil_servant", "evidence": "任命"}
        session.add(OfficialStatus(**row, since=now.date().replace(month=3, day=1), until=None))
    with pytest.raises(InvalidInput) as refused:
        await _send(own_world, batch)
    assert {one.rule for one in refused.value.fields} == {"recipient_official"}
    async with own_world.owner() as session:
        assert await session.scalar(text("select count(*) from account_reveals")) == 0


@pytest.mark.obligation("50")
async def test_an_account_is_sealed_and_masked_and_each_look_at_it_is_told_to_its_owner(own_world: World) -> None:
    account = await has_account(own_world, A)
    async with own_world.owner() as session:
        assert NUMBER not in str(await session.scalar(text("select number::text from payee_accounts")))
    with pytest.raises(InvalidInput):
        await has_account(own_world, A, "12-34")
    async with own_world.as_(A) as (session, subject):
        own = await own_account(session, subject)
    assert own is not None and own.masked == "***************0123" and own.by_self
    async with own_world.as_("xgll.reviewer") as (session, subject):
        with pytest.raises(Forbidden):
            await reveal_account(session, subject, account, RevealForm(reason="核对户名"))
    async with own_world.as_("deqin.director") as (session, subject):
        assert await session.scalar(text("select count(*) from payee_accounts")) == 0  # the second lock
    async with own_world.as_(CASHIER) as (session, subject):
        with pytest.raises(NotFound):
            await reveal_account(session, subject, UUID(int=1), RevealForm(reason="核对户名"))
        assert await reveal_account(session, subject, account, RevealForm(reason="银行退回，核对户名")) == NUMBER
    async with own_world.as_(A) as (session, subject):
        (look,) = await looks_at_own(session, subject)
    assert (look.reason, look.for_batch) == ("银行退回，核对户名", False)
    async with own_world.owner() as session:
        said = await session.scalar(text("select string_agg(detail::text, '') from audit_log"))
    assert NUMBER not in str(said) and "核对" not in str(said)


@pytest.mark.obligation("50")
async def test_the_banks_form_is_data_of_the_tenant_and_a_batch_keeps_its_own(own_world: World) -> None:
    await _two_due(own_world)
    columns = [
        ColumnRow(field=field, title=title)
        for field, title in (
            (Field.REFERENCE, "凭证号"),
            (Field.NAME, "户名"),
            (Field.ACCOUNT, "账号"),
            (Field.AMOUNT, "分"),
        )
    ]
    stated: dict[str, Any] = {"answer_reference": "凭证号", "answer_amount": "分", "answer_result": "状态"}
    form = BankForm(
        columns=columns, encoding=Encoding.GB18030, unit=Unit.FEN, success=["0000"], failure=["9999"], **stated
    )
    async with own_world.as_(CASHIER) as (session, subject):
        with pytest.raises(InvalidInput):
            await set_form(session, subject, BankForm(columns=columns[:1] * 4, success=["a"], failure=["a"], **stated))
        await set_form(session, subject, form)
    batch = await _make(own_world)
    first, *lines = (await _send(own_world, batch)).content.decode("gb18030").splitlines()
    assert first == "凭证号,户名,账号,分" and {line.rsplit(",", 1)[1] for line in lines} == {"40000", "20000"}
    content = "凭证号,分,状态\n" + "".join(f"{line.split(',')[0]},{line.rsplit(',', 1)[1]},9999\n" for line in lines)
    async with own_world.as_(CASHIER) as (session, subject):
        await reconcile(session, subject, batch, content.encode())
    assert (await _read(own_world, batch)).batch.state == "failed"
    with pytest.raises(Conflict):
        async with own_world.as_(CASHIER) as (session, subject):
            await drop_batch(session, subject, batch)


@pytest.mark.obligation("41", "50")
async def test_shares_of_a_settlement_go_by_batch_and_not_by_hand_beside_it(world: World) -> None:
    built = await closed_case(world)
    await approved(world, built)
    await has_account(world, "xgll.handler")
    await has_account(world, "xgll.mediator")
    shares = {f"settlement:{one.id}": one for one in await rows(world, SettlementShare, built)}
    async with world.as_(CASHIER) as (session, subject):
        case = await session.get_one(Case, built.case_id)
        mine = [one for one in await due_list(session, subject) if one.name in shares]
        assert {(one.case_id, one.case_number, one.gone) for one in mine} == {(case.id, case.case_no, False)}
    batch = await _make(world, *shares)
    with pytest.raises(payouts.InBatch):
        await pay(world, built)
    await _send(world, batch)
    lines = (await _read(world, batch)).lines
    assert {line.source for line in lines} == {f"settlement_shares:{one.id}" for one in shares.values()}
    await _reconcile(world, batch, *((one.reference, f"{one.fen / 100:.2f}", "成功", "", "") for one in lines))
    assert (await settlement(world, built)).status == "paid"
    assert (await _read(world, batch)).batch.state == "paid"


async def _gone(world: World, case_id: UUID, *receivers: str) -> None:
    """Opened again and handed on from hand to hand; the city's sight of what it has sent is over too."""
    async with world.owner() as session:
        case = await session.get_one(Case, case_id)
        case.state, case.step, case.closed_at = State.GUIDED, STEP_OF[State.GUIDED], None
    for sender, receiver in pairwise(("xgll", *receivers)):
        office = await world.office(f"{receiver}.director")
        await world.do(f"{sender}.director", case_id, "offer-handover", to_office_id=office, reason="major")
        await world.do(f"{receiver}.director", case_id, "accept-handover", no_conflict=True)
    async with world.owner() as session:
        ended = text("update case_relations set until = :now where case_id = :case and relation = 'sent'")
        await session.execute(ended, {"now": instant(session), "case": case_id})
    world.clock.advance(seconds=1)


async def _sent_and_gone(world: World, **finding: str) -> tuple[UUID, UUID, list[tuple[str, str, str, str, str]]]:
    """Case, batch, and the bank's two good lines, of shares whose case has gone up to the province."""
    built = await closed_case(world)
    await approved(world, built, **finding)
    for login in ("xgll.handler", "xgll.mediator"):
        await has_account(world, login)
    batch = await _make(world, *(f"settlement:{one.id}" for one in await rows(world, SettlementShare, built)))
    await _send(world, batch)
    lines = (await _read(world, batch)).lines
    await _gone(world, built.case_id, "diqing", "yunnan")
    return built.case_id, batch, [(one.reference, f"{one.fen / 100:.2f}", "成功", "", "") for one in lines]


async def _proved(world: World) -> None:
    async with world.owner() as session:
        assert (await prove(session)).wrong == []


@pytest.mark.obligation("50")
@pytest.mark.parametrize("finding", [{"producer": "unclear"}, {}], ids=["finance pays", "a company pays"])
async def test_what_the_bank_did_is_recorded_whoever_holds_the_case_by_then_and_gives_no_sight_of_it(
    own_world: World, finding: dict[str, str]
) -> None:
    world = own_world
    case, batch, (first, second) = await _sent_and_gone(world, **finding)
    await _reconcile(world, batch, first, (*second[:2], "失败", "账户异常", ""))
    assert (await _read(world, batch)).batch.state == "partly"
    await _proved(world)
    await _reconcile(world, batch, (*first[:2], "退汇", "账户已销", ""))  # what was paid comes back
    assert (await _read(world, batch)).batch.state == "failed"
    await _proved(world)
    async with world.owner() as session:
        assert (await session.get_one(Case, case)).funding_position == "paying"
        assert await session.scalar(text("select sum(spent_fen) from budget_lines where purpose = 'subsidy'")) == 0
    async with world.as_(CASHIER) as (session, subject):
        with pytest.raises(InvalidInput):
            await reconcile(session, subject, batch, _answer(first))  # answered before: refused, nothing is left open
        assert await session.get(Case, case) is None
        assert (await session.scalars(select(Settlement).where(Settlement.case_id == case))).all() == []
    line = (await _read(world, batch)).lines[0].id
    for login, about in ((CASHIER, case), ("diqing.reviewer", line)):
        with pytest.raises(DBAPIError, match="no money of the caller"):
            async with world.as_(login) as (session, _):
                await session.execute(text("select own_money_moved(:about)"), {"about": about})


@pytest.mark.obligation("41", "50")
async def test_what_an_official_pays_back_is_entered_whoever_holds_the_case_by_then(own_world: World) -> None:
    world = own_world
    case, batch, lines = await _sent_and_gone(world, producer="unclear")
    await _reconcile(world, batch, *lines)
    await Officials(world).make("xgll.mediator")
    person = (await world.subject("xgll.mediator")).person_id
    await recovery_job.on_official(
        world.store, Message(id=person, topic="official.changed", payload={"person": str(person)})
    )
    async with world.as_(CASHIER) as (session, subject):
        (owed,) = await recoveries.recoveries(session, subject, 9)
        assert await session.get(Case, case) is None
        await recoveries.repaid(session, subject, owed.id, recoveries.RepaidForm(receipt_no="收2026-007"))
        assert await session.get(Case, case) is None
    await _proved(world)
    async with world.owner() as session:
        back = text("select sum(fen) from budget_movements where kind = 'returned'")
        assert await session.scalar(back) == owed.amount_fen
