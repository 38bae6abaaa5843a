"""A fee that nobody had approved when its case went on: it arose here, so it stays a cost of these books (费随案走),
and their own reviewer decides on it, without sight of the case."""

from datetime import date
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
from funding.fee_payments import unapproved
from funding.fees import Fee
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

UNREVIEWED = text("select fee_id, fee, institution, amount_fen, incurred_on from gone_fees_unreviewed()")


class UnreviewedFee(Struct, frozen=True):
    """`fee`: code of words.Fee."""

    id: UUID
    fee: str
    institution: str
    amount_fen: int
    incurred_on: date


class OpinionForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[str, Meta(title=N_("审核意见"), min_length=2, max_length=500, extra={"widget": "textarea"})]


async def unreviewed_fees(session: AsyncSession, subject: Subject) -> list[UnreviewedFee]:
    """Borne by the reviewer's tenant, the oldest first. Raises Forbidden."""
    gate.require_role(subject, Action.FEE_REVIEW, Relation.GOVERNS)
    return [UnreviewedFee(*row) for row in await session.execute(UNREVIEWED)]


async def one_unreviewed(session: AsyncSession, subject: Subject, fee_id: UUID) -> UnreviewedFee:
    """Raises Forbidden, NotFound."""
    found = [one for one in await unreviewed_fees(session, subject) if one.id == fee_id]
    if not found:
        raise NotFound
    return found[0]


async def approve(session: AsyncSession, subject: Subject, fee_id: UUID, form: OpinionForm) -> UnreviewedFee:
    """The same act as the holder's own, told in the case too. Raises Forbidden, NotFound, DutiesNotSeparate and what
    the budget refuses."""
    found = await one_unreviewed(session, subject, fee_id)
    async with own_bank.recorded(session, fee_id):
        case = await session.get_one(Case, (await session.get_one(Fee, fee_id)).case_id)
        waiting = await unapproved(session, case)
        if fee_id not in waiting:
            raise NotFound
        told = pay_fee.FeeApprovalForm(fee_id=fee_id, reason=form.reason)
        done = await pay_fee.approve(session, subject, case, *waiting[fee_id], told)
        await timeline.record(session, subject, case, pay_fee.APPROVE, done)
        case.version += 1
        case.changed_at = instant(session)
    return found
