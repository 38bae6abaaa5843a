"""A batch is made from what is due, and can be dropped while the bank has not answered any of it."""

from collections.abc import Iterable, Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cases.numbers import next_number
from foundation import audit
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding import payouts
from funding.payment_accounts import account_ids
from funding.payment_batches import (
    BatchState,
    InAnotherBatch,
    LineState,
    PaymentBatch,
    PaymentLine,
    lines_of,
    locked_batch,
)
from funding.payment_form import form_of
from funding.payouts import Payout, Waiting
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

MOST = 500


class OwnPayment(Conflict):
    code = "own_payment"
    message = N_("付给本人的款项由另一名出纳办理")


class BatchForm(Struct, frozen=True, kw_only=True):
    """A payout is named by its ground and id, as the list of what is due names it."""

    payouts: Annotated[
        list[str],
        Meta(title=N_("列入本批的款项"), min_length=1, max_length=MOST, extra={"options": "payouts_due"}),
    ]


def name_of(payout: Payout) -> str:
    return f"{payout.ground.value}:{payout.ground_id}"


async def waiting_outside(session: AsyncSession, subject: Subject) -> list[Waiting]:
    """All that the subject may pay and no live batch holds; raises Forbidden."""
    require_cashier(subject)
    live = select(PaymentLine.ground, PaymentLine.ground_id).where(PaymentLine.state == LineState.WAITING)
    held = {(ground, ground_id) for ground, ground_id in await session.execute(live)}
    found = await payouts.waiting(session, subject)
    return [one for one in found if (one.payout.ground.value, one.payout.ground_id) not in held]


async def make_batch(session: AsyncSession, subject: Subject, form: BatchForm) -> PaymentBatch:
    """Raises Forbidden; InvalidInput at each payout that is not due, is held, is the own or has no account;
    InAnotherBatch when another cashier was faster."""
    if subject.tenant_id is None or subject.office_id is None:
        raise Forbidden
    outside = {name_of(one.payout): one for one in await waiting_outside(session, subject)}
    if faults := list(_faults(subject, form, outside)):
        raise InvalidInput(*faults)
    chosen = [outside[name].payout for name in form.payouts]
    accounts = await _accounts(session, chosen)
    batch = await _draft(session, subject)
    try:
        async with session.begin_nested():
            session.add_all(_lines(batch, chosen, accounts))
    except IntegrityError as taken:
        raise InAnotherBatch from taken
    await note(session, subject, batch, lines=len(chosen), fen=sum(one.fen for one in chosen))
    return batch


async def drop_batch(session: AsyncSession, subject: Subject, batch_id: UUID) -> PaymentBatch:
    """Only before it went to the bank; what it held is due again. Raises Forbidden, NotFound, BatchStateWrong."""
    require_cashier(subject)
    batch = await locked_batch(session, subject, batch_id, BatchState.DRAFT)
    for line in await lines_of(session, batch.id):
        line.state = LineState.DROPPED.value
    batch.state = BatchState.DROPPED.value
    await note(session, subject, batch, dropped=True)
    return batch


def require_cashier(subject: Subject) -> None:
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)


async def note(session: AsyncSession, subject: Subject, batch: PaymentBatch, **detail: object) -> None:
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.SUBSIDY_PAY, "payment_batch", str(batch.id), detail=detail
    )
    await audit.append(session, entry, batch.tenant_id)


def _faults(subject: Subject, form: BatchForm, outside: Mapping[str, Waiting]) -> Iterable[FieldError]:
    for index, name in enumerate(form.payouts):
        field, found = f"payouts.{index}", outside.get(name)
        if found is None:
            yield FieldError(field, payouts.NotDue.code, payouts.NotDue.message)
        elif name in form.payouts[:index]:
            yield FieldError(field, "twice", N_("同一笔只列一次"))
        elif found.hindrance is not None:
            yield FieldError(field, found.hindrance.code, found.hindrance.message, dict(found.hindrance.params))
        elif found.payout.person_id == subject.person_id:
            yield FieldError(field, OwnPayment.code, OwnPayment.message)


async def _accounts(session: AsyncSession, chosen: list[Payout]) -> dict[UUID, UUID]:
    """By person. Raises InvalidInput naming every payout whose person has given none."""
    found = await account_ids(session, {one.person_id for one in chosen})
    faults = [
        FieldError(f"payouts.{index}", "no_account", N_("收款人还没有登记收款账户"))
        for index, one in enumerate(chosen)
        if one.person_id not in found
    ]
    if faults:
        raise InvalidInput(*faults)
    return found


async def _draft(session: AsyncSession, subject: Subject) -> PaymentBatch:
    if subject.tenant_id is None or subject.office_id is None:
        raise Forbidden
    now = instant(session)
    year, number = await next_number(session, "payment_batch", subject.office_id)
    batch = PaymentBatch(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        number=f"P{year}-{subject.office_id:05d}-{number:04d}",
        state=BatchState.DRAFT.value,
        form=msgspec.to_builtins(await form_of(session, subject.tenant_id)),
        made_by=subject.person_id,
        made_at=now,
    )
    session.add(batch)
    await session.flush()
    return batch


def _lines(batch: PaymentBatch, chosen: list[Payout], accounts: Mapping[UUID, UUID]) -> Iterable[PaymentLine]:
    for position, payout in enumerate(chosen, start=1):
        yield PaymentLine(
            id=new_id(batch.made_at),
            batch_id=batch.id,
            tenant_id=batch.tenant_id,
            position=position,
            reference=f"{batch.number}-{position:03d}",
            ground=payout.ground.value,
            ground_id=payout.ground_id,
            person_id=payout.person_id,
            account_id=accounts[payout.person_id],
            fen=payout.fen,
            state=LineState.WAITING.value,
        )
