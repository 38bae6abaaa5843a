"""Approved duty as a source of payouts: what waits, what hinders it, and what the books get once it is paid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import DomainError, Forbidden
from foundation.language import N_
from foundation.store import instant
from funding import budgets, ledger, payouts
from funding.duty_days import DayStatus, DutyPay, DutySheet, PayStatus, PersonDay
from funding.ledger import Account, Booking
from funding.payouts import Payout, Waiting
from funding.purposes import Ground, Purpose
from funding.refusals import RecipientOfficial
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class DutyNotSeparate(Forbidden):
    code = "duty_not_separate"
    message = N_("您是这批值班的“%(part)s”，依职责分离须由他人办理")


async def _waiting(session: AsyncSession, subject: Subject) -> Sequence[Waiting]:
    """Of the cashier's own tenant."""
    if not gate.may(subject, Action.SUBSIDY_PAY, Relation.GOVERNS):
        return ()
    found: list[Waiting] = []
    for pay, approver, official in await _approved(session, DutyPay.tenant_id == subject.tenant_id):
        parts = {approver: N_("审核人"), pay.person_id: N_("值班人员")}
        apart = DutyNotSeparate(part=parts[subject.person_id]) if subject.person_id in parts else None
        found.append(Waiting(_payout(pay), apart or _hindrance(official)))
    return found


async def _find(session: AsyncSession, pay_id: UUID) -> Waiting | None:
    found = await _approved(session, DutyPay.id == pay_id)
    return Waiting(_payout(found[0][0]), _hindrance(found[0][2])) if found else None


async def _book(session: AsyncSession, subject: Subject, payout: Payout, voucher: str) -> UUID:
    """Borne by finance, always (六(四)5)."""
    pay = await session.get_one(DutyPay, payout.ground_id, with_for_update=True)
    booking = Booking(
        debit=Account.DUTY,
        credit=Account.CASH,
        amount_fen=pay.fen,
        tenant_id=pay.budget_tenant_id,
        purpose=Purpose.DUTY,
        ground=Ground.DUTY,
        source=f"duty_pays:{pay.id}",
        person_id=pay.person_id,
        voucher_no=voucher,
    )
    (transaction,) = await ledger.post(session, subject, [booking])
    pay.status = PayStatus.PAID.value
    await budgets.spend(session, subject, ground=Ground.DUTY, ground_id=pay.id)
    return transaction


async def _unbook(session: AsyncSession, subject: Subject, payout: Payout) -> None:
    """The money came back to the line, and is held for the same pay again."""
    pay = await session.get_one(DutyPay, payout.ground_id, with_for_update=True)
    sheet = await session.get_one(DutySheet, pay.sheet_id)
    pay.status = PayStatus.APPROVED.value
    await budgets.give_back(session, subject, ground=Ground.DUTY, ground_id=pay.id, fen=pay.fen)
    try:
        await hold(session, subject, pay, sheet.month.year)
    except budgets.YearClosed:
        await hold(session, subject, pay, local_date(instant(session)).year)


async def hold(session: AsyncSession, subject: Subject, pay: DutyPay, year: int) -> None:
    """Of the line of that year, until it is paid. Raises what the budget refuses with."""
    await budgets.reserve(
        session,
        subject,
        tenant_id=pay.budget_tenant_id,
        year=year,
        purpose=Purpose.DUTY,
        fen=pay.fen,
        ground=Ground.DUTY,
        ground_id=pay.id,
    )


async def _wrongly(session: AsyncSession, payout: Payout) -> int:
    """The days of the status alone."""
    query = select(func.coalesce(func.sum(PersonDay.fen), 0)).where(
        PersonDay.pay_id == payout.ground_id,
        PersonDay.status == DayStatus.APPROVED,
        func.is_official(PersonDay.person_id, PersonDay.day),
    )
    return int(await session.scalar(query) or 0)


async def _approved(session: AsyncSession, which: ColumnElement[bool]) -> list[tuple[DutyPay, UUID, bool]]:
    """With who approved each, and whether its person was an official on any of its days, as the register says today."""
    official = exists(
        select(PersonDay.id).where(
            PersonDay.pay_id == DutyPay.id,
            PersonDay.status == DayStatus.APPROVED,
            func.is_official(PersonDay.person_id, PersonDay.day),
        )
    )
    query = select(DutyPay, DutySheet.approved_by, official).join(DutySheet, DutySheet.id == DutyPay.sheet_id)
    rows = await session.execute(query.where(which, DutyPay.status == PayStatus.APPROVED).order_by(DutyPay.id))
    return [(pay, approver, is_one) for pay, approver, is_one in rows]


def _hindrance(official: bool) -> DomainError | None:
    return RecipientOfficial() if official else None


def _payout(pay: DutyPay) -> Payout:
    return Payout(
        ground=Ground.DUTY,
        ground_id=pay.id,
        person_id=pay.person_id,
        fen=pay.fen,
        tenant_id=pay.budget_tenant_id,
    )


SOURCE = payouts.Source(ground=Ground.DUTY, waiting=_waiting, find=_find, book=_book, unbook=_unbook, wrongly=_wrongly)
