"""How far the payment of a third party's fee is: what finance pays or advances of it, what a party has advanced."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_
from funding.advances import refunded
from funding.fee_payments import PaymentKind, PaymentState, payments_of
from funding.fees import Fee
from funding.words import Advancer

ADVANCED, BACK = N_("当事人已垫付"), N_("已退还当事人")


class Progress(Struct, frozen=True):
    """`words` is a msgid."""

    words: str
    amount_fen: int | None = None


async def progress_of(session: AsyncSession, case_id: UUID, fees: Sequence[Fee]) -> dict[UUID, list[Progress]]:
    """By fee; nothing is asked of a case without any."""
    if not fees:
        return {}
    payments = {one.fee_id: one for one in await payments_of(session, case_id)}
    advanced = {fee.id for fee in fees if fee.form.advancer is Advancer.PARTY and fee.paid_on is not None}
    back = await refunded(session, case_id) if advanced else {}
    told: dict[UUID, list[Progress]] = {fee.id: [] for fee in fees}
    for fee in fees:
        if fee.id in advanced:
            told[fee.id].append(Progress(ADVANCED, fee.actual_fen))
        if payment := payments.get(fee.id):
            told[fee.id].append(Progress(PaymentKind(payment.kind).label, payment.amount_fen))
            told[fee.id].append(Progress(PaymentState(payment.state).label))
        if fee.id in back:
            told[fee.id].append(Progress(BACK, back[fee.id]))
    return told
