"""对账: the bank's answer is judged line by line, and taken in whole or not at all."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit, money
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_, translate
from foundation.sheet_file import read_table
from foundation.sheet_table import Line, Table
from foundation.store import instant
from funding import own_bank, payouts
from funding.payment_batches import BatchState, LineState, PaymentLine, lines_of, locked_batch
from funding.payment_form import BankForm, Unit
from funding.payouts import Fate, PaidOut, Payout
from funding.purposes import Ground
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Person
from tenants.subject import Subject

ANSWERED = (BatchState.SENT, BatchState.PAID, BatchState.PARTLY, BatchState.FAILED)
LONG_NUMBER = re.compile(r"\d{6,}")
WHOLE = re.compile(r"\d{1,15}", re.ASCII)
LONGEST = 100


class Result(Struct, frozen=True):
    """One line of the bank's answer, believed."""

    line: PaymentLine
    paid: bool
    voucher: str
    reason: str


class Columns(Struct, frozen=True):
    """Where the answer says what, counted from 0; None = it does not."""

    reference: int
    amount: int
    result: int
    voucher: int | None
    reason: int | None


async def reconcile(session: AsyncSession, subject: Subject, batch_id: UUID, content: bytes) -> list[PaymentLine]:
    """The lines that this answer settled. Raises Forbidden, NotFound, BatchStateWrong; InvalidInput with every fault.

    A line that was paid and is now said to have failed has come back: its entries are reversed.
    """
    gate.require_role(subject, Action.BATCH_RECONCILE, Relation.GOVERNS)
    batch = await locked_batch(session, subject, batch_id, *ANSWERED)
    lines = await lines_of(session, batch.id)
    form = msgspec.convert(batch.form, BankForm)
    results = judge(form, await asyncio.to_thread(read_table, content), lines)
    await _take_in(session, subject, results)
    batch.answered_at = instant(session)
    batch.state = _state(lines).value
    told = {"paid": sum(one.paid for one in results), "failed": sum(not one.paid for one in results)}
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.BATCH_RECONCILE, "payment_batch", str(batch.id), detail=told
    )
    await audit.append(session, entry, batch.tenant_id)
    return [one.line for one in results]


def judge(form: BankForm, table: Table, lines: Sequence[PaymentLine]) -> list[Result]:
    """Raises InvalidInput naming every line that can't be believed: unknown, twice, another amount, no result."""
    columns = _columns(form, table.titles)
    ours = {line.reference: line for line in lines}
    seen: set[str] = set()
    results: list[Result] = []
    faults: list[FieldError] = []
    for row in table.lines:
        found = _judge_row(form, columns, row, ours, seen)
        if isinstance(found, FieldError):
            faults.append(found)
        else:
            results.append(found)
    if faults:
        raise InvalidInput(*faults)
    return results


def _columns(form: BankForm, titles: Sequence[str]) -> Columns:
    known = {title: number for number, title in enumerate(titles)}
    needed = (form.answer_reference, form.answer_amount, form.answer_result)
    if missing := [title for title in needed if title not in known]:
        message = N_("回盘文件缺少“%(title)s”这一列")
        raise InvalidInput(*(FieldError("file", "column_missing", message, {"title": title}) for title in missing))
    reference, amount, result = (known[title] for title in needed)
    return Columns(reference, amount, result, known.get(form.answer_voucher or ""), known.get(form.answer_reason or ""))


def _judge_row(
    form: BankForm, columns: Columns, row: Line, ours: Mapping[str, PaymentLine], seen: set[str]
) -> Result | FieldError:
    def fault(rule: str, message: str) -> FieldError:
        return FieldError(f"file.{row.number}", rule, message, {"line": row.number})

    if row.odd:
        return fault("odd_cell", N_("第 %(line)s 行有读不出的单元格"))
    reference = row.cells[columns.reference]
    line = ours.get(reference)
    if line is None:
        return fault("unknown_line", N_("第 %(line)s 行不是本批次的款项"))
    if reference in seen:
        return fault("twice", N_("第 %(line)s 行与前面的行重复"))
    seen.add(reference)
    if _fen(row.cells[columns.amount], form.unit) != line.fen:
        return fault("amount_differs", N_("第 %(line)s 行的金额与本批次不符"))
    word = row.cells[columns.result]
    if word not in (*form.success, *form.failure):
        return fault("unknown_result", N_("第 %(line)s 行的处理结果不在约定用语之中"))
    paid = word in form.success
    if not _follows(line, paid):
        return fault("already_answered", N_("第 %(line)s 行此前已有结果"))
    voucher = "" if columns.voucher is None else row.cells[columns.voucher]
    reason = "" if columns.reason is None else row.cells[columns.reason]
    return Result(line, paid, (voucher or line.reference)[:60], (reason or word)[:LONGEST])


def _follows(line: PaymentLine, paid: bool) -> bool:
    """The first answer; or money that was paid comes back."""
    return line.state == LineState.WAITING or (line.state == LineState.PAID and not paid)


def _fen(typed: str, unit: Unit) -> int | None:
    if unit is Unit.YUAN:
        return money.fen(typed)
    plain = money.narrow(typed).replace(",", "").strip()
    return int(plain) if WHOLE.fullmatch(plain) else None


async def _take_in(session: AsyncSession, subject: Subject, results: Sequence[Result]) -> None:
    """What the subject does not see among its own payments may have gone to another holder with its case."""
    own = {
        (one.payout.ground, one.payout.ground_id): one.payout
        for one in await payouts.waiting(session, subject)
        if not one.gone
    }
    faults = []
    for result in results:
        due = own.get((Ground(result.line.ground), result.line.ground_id))
        if due is not None and result.line.state == LineState.WAITING:
            fault = await _record(session, subject, result, due)
        else:
            async with own_bank.recorded(session, result.line.id):
                fault = await _record(session, subject, result, await _due(session, result.line))
        faults += [fault] if fault else []
    if faults:
        raise InvalidInput(*faults)
    await session.flush()


async def _record(session: AsyncSession, subject: Subject, result: Result, due: Payout | None) -> FieldError | None:
    """Of one line; a fault where somebody paid it by hand, or took it back, in the meantime."""
    line, before = result.line, result.line.state
    if before == LineState.WAITING and (due is None or due.fen != line.fen):
        return FieldError(f"lines.{line.position}", payouts.NotDue.code, payouts.NotDue.message)
    line.state = (LineState.PAID if result.paid else LineState.FAILED).value
    line.answered_at = instant(session)
    line.voucher_no, line.reason = (result.voucher, None) if result.paid else (line.voucher_no, result.reason)
    await session.flush()
    if due is None:
        await payouts.bounced(session, subject, await _paid_before(session, line), await _said(session, result))
    elif result.paid:
        await payouts.paid(session, subject, due, result.voucher, by_batch=True)
    else:
        await payouts.failed(session, subject, due, await _said(session, result))
    return None


async def _due(session: AsyncSession, line: PaymentLine) -> Payout | None:
    """None for one that was paid, and comes back."""
    if line.state != LineState.WAITING:
        return None
    return await payouts.unpaid(session, Ground(line.ground), line.ground_id)


async def _paid_before(session: AsyncSession, line: PaymentLine) -> Payout:
    query = select(PaidOut).where(PaidOut.ground == line.ground, PaidOut.ground_id == line.ground_id)
    row = (await session.scalars(query.where(PaidOut.fate == Fate.PAID))).one_or_none()
    if row is None:
        raise payouts.NotDue
    return row.payout


async def _said(session: AsyncSession, result: Result) -> str:
    """The bank's words without a name and without a number: others than the cashier read them."""
    name = (await session.get_one(Person, result.line.person_id)).name
    return LONG_NUMBER.sub("…", result.reason.replace(name, translate(N_("收款人"))))


def _state(lines: Sequence[PaymentLine]) -> BatchState:
    states = {LineState(line.state) for line in lines}
    if LineState.WAITING in states:
        return BatchState.SENT
    if states == {LineState.PAID}:
        return BatchState.PAID
    return BatchState.PARTLY if LineState.PAID in states else BatchState.FAILED
