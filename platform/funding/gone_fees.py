"""An approved fee whose case has another holder by now: incurred, so it stays with the books that bear it (费随案走),
whose own cashier pays it, without sight of the case."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.models import Case
from foundation.errors import NotFound
from foundation.language import N_
from foundation.store import instant
from funding import own_bank, pay_fee
from funding.fee_payments import FeePayment, PaymentState
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

GONE = text("select payment_id, kind, fee, institution, amount_fen, approved_at from gone_fees()")


class GoneFee(Struct, frozen=True):
    """`kind`: code of PaymentKind; `fee`: code of words.Fee."""

    id: UUID
    kind: str
    fee: str
    institution: str
    amount_fen: int
    approved_at: datetime


class VoucherForm(Struct, frozen=True, kw_only=True):
    voucher_no: Annotated[str, Meta(title=N_("付款凭证号"), min_length=1, max_length=60)]


async def gone_fees(session: AsyncSession, subject: Subject) -> list[GoneFee]:
    """In the books of the cashier's tenant, the oldest first. Raises Forbidden."""
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    return [GoneFee(*row) for row in await session.execute(GONE)]


async def one_gone_fee(session: AsyncSession, subject: Subject, payment_id: UUID) -> GoneFee:
    """Raises Forbidden, NotFound."""
    found = [one for one in await gone_fees(session, subject) if one.id == payment_id]
    if not found:
        raise NotFound
    return found[0]


async def pay(session: AsyncSession, subject: Subject, payment_id: UUID, form: VoucherForm) -> GoneFee:
    """The same act as the holder's own, told in the case too. Raises Forbidden, NotFound, DutiesNotSeparate."""
    found = await one_gone_fee(session, subject, payment_id)
    async with own_bank.recorded(session, payment_id):
        payment = await session.get_one(FeePayment, payment_id, with_for_update=True)
        if payment.state != PaymentState.APPROVED:
            raise NotFound
        case = await session.get_one(Case, payment.case_id)
        told = pay_fee.FeePaymentForm(payment_id=payment_id, voucher_no=form.voucher_no)
        done = await pay_fee.pay(session, subject, case, payment, told)
        await timeline.record(session, subject, case, pay_fee.PAY, done)
        case.version += 1
        case.changed_at = instant(session)
    return found
