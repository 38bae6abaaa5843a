"""Paying: by the cashier, after both approvals and the return visit, never while a complaint about pressure is open."""

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers import reads as dossiers
from dossiers.closing import PressureComplaint
from foundation.errors import Conflict
from foundation.language import N_
from foundation.store import instant
from funding import decisions, ledger
from funding.ledger import Account, Booking
from funding.positions import Position
from funding.purposes import Ground, Purpose
from funding.recipients import refuse_officials
from funding.separation import keep_apart, keep_director_apart
from funding.settlement import (
    Settlement,
    SettlementCharge,
    SettlementShare,
    advance,
    charges_of,
    live_in,
    parts_of,
    recipients_of,
    shares_of,
)
from funding.travel import payable_trips
from funding.travel_requests import Trip, TripStatus
from policies.actions import Action
from tenants.subject import Subject


class PaymentForm(Struct, frozen=True, kw_only=True):
    voucher_no: Annotated[str, Meta(title=N_("付款凭证号"), min_length=1, max_length=60)]
    received_no: (
        Annotated[
            str,
            Meta(title=N_("付款人到账凭证号"), description=N_("未到账不填，记为应收"), min_length=1, max_length=60),
        ]
        | None
    ) = None


PAYMENT = PaperKind("settlement_payment", N_("补助支付记录"), Group.MONEY, form=PaymentForm)


class VisitFirst(Conflict):
    code = "visit_first"
    message = N_("回访之后方可支付补助")


async def pay_settlement(session: AsyncSession, subject: Subject, case: Case, form: PaymentForm) -> Done:
    """The subsidy to each recipient, the approved trips, and what each payer owes or has paid."""
    settlement = await live_in(session, case, Position.APPROVED)
    keep_apart(subject, await parts_of(session, settlement))
    await keep_director_apart(session, subject, case)
    await _check_moment(session, case)
    await refuse_officials(session, case, await recipients_of(session, settlement))
    trips = await payable_trips(session, case)
    await ledger.post(session, subject, _subsidy(case, settlement, await shares_of(session, settlement.id), form))
    await ledger.post(session, subject, _charged(case, settlement, await charges_of(session, settlement.id), form))
    await ledger.post(session, subject, await _travelled(session, case, settlement, trips, form))
    for trip in trips:
        trip.status = TripStatus.PAID.value
    settlement.paid_by, settlement.paid_at = subject.person_id, instant(session)
    settlement.voucher_no = form.voucher_no
    await issue(session, subject, case, PAYMENT, form)
    advance(case, settlement, Position.PAID)
    return Done(data={"amount_fen": settlement.amount_fen, "trips": len(trips), "received": bool(form.received_no)})


async def _check_moment(session: AsyncSession, case: Case) -> None:
    if await dossiers.payout_frozen(session, case.id):
        raise PressureComplaint
    if not await dossiers.visited(session, case):
        raise VisitFirst


def _subsidy(case: Case, settlement: Settlement, shares: list[SettlementShare], form: PaymentForm) -> Iterator[Booking]:
    for share in shares:
        yield Booking(
            case=case,
            debit=Account.SUBSIDY,
            credit=Account.CASH,
            amount_fen=share.amount_fen,
            tenant_id=settlement.tenant_id,
            purpose=Purpose.SUBSIDY,
            ground=Ground.SETTLEMENT,
            source=f"settlement_shares:{share.id}",
            person_id=share.person_id,
            voucher_no=form.voucher_no,
        )


def _charged(
    case: Case, settlement: Settlement, charges: list[SettlementCharge], form: PaymentForm
) -> Iterator[Booking]:
    """Owed by the payer from now on; received at once when the receipt is named."""
    for charge in charges:
        owed = Booking(
            case=case,
            debit=Account.RECEIVABLE,
            credit=Account.SUBSIDY,
            amount_fen=charge.amount_fen,
            tenant_id=charge.budget_tenant_id or settlement.tenant_id,
            payer=charge.payer,
            payer_name=charge.name,
            purpose=Purpose.SUBSIDY,
            ground=Ground.SETTLEMENT,
            source=f"settlement_charges:{charge.id}",
        )
        yield from _owed_and_received(owed, form)


async def _travelled(
    session: AsyncSession, case: Case, settlement: Settlement, trips: list[Trip], form: PaymentForm
) -> list[Booking]:
    """As the table answered when the settlement was proposed."""
    answers = await decisions.latest(session, case.id)
    bookings: list[Booking] = []
    for trip in trips:
        answer = answers[trip.id]
        tenant = answer.budget_tenant_id or settlement.tenant_id
        source = f"travel_requests:{trip.id}"
        paid = Booking(
            case=case,
            debit=Account.TRAVEL,
            credit=Account.CASH,
            amount_fen=trip.standard_fen,
            tenant_id=tenant,
            payer=answer.payer,
            purpose=Purpose.TRAVEL,
            ground=Ground.TRIP,
            source=source,
            person_id=trip.person_id,
            voucher_no=form.voucher_no,
        )
        owed = Booking(
            case=case,
            debit=Account.RECEIVABLE,
            credit=Account.TRAVEL,
            amount_fen=trip.standard_fen,
            tenant_id=tenant,
            payer=answer.payer,
            purpose=Purpose.TRAVEL,
            ground=Ground.TRIP,
            source=source,
        )
        bookings += [paid, *_owed_and_received(owed, form)]
    return bookings


def _owed_and_received(owed: Booking, form: PaymentForm) -> Iterator[Booking]:
    yield owed
    if form.received_no is not None:
        yield Booking(
            case=owed.case,
            debit=Account.CASH,
            credit=Account.RECEIVABLE,
            amount_fen=owed.amount_fen,
            tenant_id=owed.tenant_id,
            payer=owed.payer,
            payer_name=owed.payer_name,
            purpose=owed.purpose,
            ground=owed.ground,
            source=owed.source,
            voucher_no=form.received_no,
        )


ACTS = (Act("pay-settlement", N_("支付补助"), Action.SUBSIDY_PAY, PaymentForm, pay_settlement, step=8),)
PAPERS = (PAYMENT,)
