"""Paying by hand: by the cashier, after both approvals and the return visit, never while a complaint about pressure
is open. All that still waits in the case is paid with one voucher; batches pay the same things (`payouts`)."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.language import N_
from funding import payouts, share_payouts, trip_payouts
from funding.separation import keep_apart, keep_director_apart
from funding.settlement import live_in, parts_of
from policies.actions import Action
from tenants.subject import Subject


class PaymentForm(Struct, frozen=True, kw_only=True):
    voucher_no: Annotated[str, Meta(title=N_("付款凭证号"), min_length=1, max_length=60)]


PAYMENT = PaperKind("settlement_payment", N_("补助支付记录"), Group.MONEY, form=PaymentForm)


async def pay_settlement(session: AsyncSession, subject: Subject, case: Case, form: PaymentForm) -> Done:
    """Every share that is not paid yet, and the trips: all of them, or nothing when one is hindered."""
    settlement = await live_in(session, case, *share_payouts.PAYABLE)
    keep_apart(subject, await parts_of(session, settlement))
    await keep_director_apart(session, subject, case)
    shares = await share_payouts.waiting_in(session, settlement)
    trips = await trip_payouts.waiting_in(session, case)
    for one in (*shares, *trips):
        if one.hindrance is not None:
            raise one.hindrance
    for one in (*trips, *shares):
        await payouts.paid(session, subject, one.payout, form.voucher_no)
    await issue(session, subject, case, PAYMENT, form)
    return Done(data={"amount_fen": sum(one.payout.fen for one in shares), "trips": len(trips)})


ACTS = (Act("pay-settlement", N_("支付补助"), Action.SUBSIDY_PAY, PaymentForm, pay_settlement, step=8),)
PAPERS = (PAYMENT,)
