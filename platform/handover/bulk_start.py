"""Ordering a batch, and stopping the rest of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation import audit, outbox
from foundation.clock import local_date
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput
from foundation.forms import fields_of, named_lists, option_lists
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from handover.bulk_choice import Chosen, choose
from handover.bulk_form import form_of, taken_apart
from handover.bulk_kinds import OPTIONS, WORKS, Work
from handover.bulk_models import Batch, BatchItem, BatchKind, BatchState, ItemState
from policies import gate
from tenants.subject import Subject

TOPIC = "bulk.go_on"
MOST_RUNNING = 5
"""Batches of one person that are not ended."""


class TooManyBatches(Conflict):
    code = "too_many_batches"
    message = N_("您已有 %(most)s 批正在办理，请等其中一批办完")


class BatchEnded(Conflict):
    code = "batch_ended"
    message = N_("这一批已经结束")


def may_start(subject: Subject, kind: BatchKind) -> bool:
    """Whether the post allows the act at all; each case is asked by itself later."""
    return subject.post_id is not None and gate.may(subject, WORKS[kind].action)


async def options_for(session: AsyncSession, subject: Subject, kind: BatchKind) -> dict[str, Sequence[Option]]:
    """What the form of this kind lets the subject choose from, list by list."""
    return {name: await OPTIONS[name](session, subject) for name in sorted(option_lists(form_of(kind)))}


async def start(session: AsyncSession, subject: Subject, kind: BatchKind, given: Struct) -> Batch:
    """Order it; the worker does it case by case. Raises Forbidden, TooManyBatches, InvalidInput at the field."""
    if not may_start(subject, kind):
        raise Forbidden
    await _check_choices(session, subject, kind, given)
    await _check_room(session, subject)
    work = WORKS[kind]
    form, choice = taken_apart(kind, given)
    work.check(form, local_date(instant(session)))
    chosen = await choose(session, subject, work, choice)
    batch = _batch(session, subject, work, form, len(chosen))
    session.add(batch)
    await session.flush()
    await session.execute(insert(BatchItem), list(_items(session, batch, chosen)))
    detail = {"kind": str(kind), "cases": len(chosen)}
    entry = audit.Entry(subject.actor, subject.post_id, work.action, "bulk", str(batch.id), detail=detail)
    await audit.append(session, entry, batch.tenant_id)
    await go_on_later(session, batch)
    return batch


class Preview(Struct, frozen=True):
    """What an order would take: cases by step, and what was named and is not found. Which of them the act itself
    refuses, only the act can tell."""

    cases: int
    steps: dict[int, int]
    not_found: list[str]


async def preview(session: AsyncSession, subject: Subject, kind: BatchKind, given: Struct) -> Preview:
    """Nothing is ordered, and nothing need be declared yet. Raises Forbidden, InvalidInput at the field."""
    if not may_start(subject, kind):
        raise Forbidden
    await _check_choices(session, subject, kind, given)
    _, choice = taken_apart(kind, given)
    chosen = await choose(session, subject, WORKS[kind], choice)
    steps = Counter(one.step for one in chosen if one.step is not None)
    return Preview(steps.total(), dict(sorted(steps.items())), [one.asked for one in chosen if one.case_id is None])


async def go_on_later(session: AsyncSession, batch: Batch) -> None:
    await outbox.publish(session, TOPIC, batch=str(batch.id), tenant=batch.tenant_id, person=str(batch.person_id))


async def cancel(session: AsyncSession, subject: Subject, batch: Batch) -> None:
    """What is done stays done; a case under way is finished. Raises BatchEnded."""
    now = instant(session)
    running = update(Batch).where(Batch.id == batch.id, Batch.state == BatchState.RUNNING)
    ended = await session.execute(running.values(state=BatchState.CANCELLED, ended_at=now).returning(Batch.id))
    if ended.one_or_none() is None:
        raise BatchEnded
    rest = update(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state == ItemState.WAITING)
    await session.execute(rest.values(state=ItemState.CANCELLED, decided_at=now))
    action = WORKS[BatchKind(batch.kind)].action
    entry = audit.Entry(subject.actor, subject.post_id, action, "bulk", str(batch.id), detail={"cancelled": True})
    await audit.append(session, entry, batch.tenant_id)


def _batch(session: AsyncSession, subject: Subject, work: Work, form: Struct, total: int) -> Batch:
    now = instant(session)
    return Batch(
        id=new_id(now),
        kind=str(work.kind),
        form=msgspec.to_builtins(form),
        tenant_id=subject.tenant_id,
        office_id=subject.office_id,
        post_id=subject.post_id,
        person_id=subject.person_id,
        token_id=subject.token_id,
        total=total,
        state=BatchState.RUNNING.value,
        recorded_at=now,
        ended_at=None,
    )


def _items(session: AsyncSession, batch: Batch, chosen: Sequence[Chosen]) -> Sequence[dict[str, Any]]:
    """What nobody sees needs no worker: it is not found from the start."""
    now = instant(session)
    return [
        {
            "batch_id": batch.id,
            "ordinal": ordinal,
            "asked": one.asked,
            "case_id": one.case_id,
            "state": str(ItemState.WAITING if one.case_id else ItemState.NOT_FOUND),
            "refusal": None,
            "decided_at": None if one.case_id else now,
        }
        for ordinal, one in enumerate(chosen, 1)
    ]


async def _check_choices(session: AsyncSession, subject: Subject, kind: BatchKind, given: Struct) -> None:
    """A forged office or person is refused at its field, before any case is asked."""
    options = await options_for(session, subject, kind)
    errors = []
    for field in fields_of(form_of(kind)):
        value = getattr(given, field.name)
        for name in named_lists(field.type):
            if value is not None and str(value) not in {one.value for one in options[name]}:
                errors.append(FieldError(field.encode_name, "not_a_choice", N_("请从所列项目中选择")))
    leaving, coming = getattr(given, "from_person_id", None), getattr(given, "to_person_id", ...)
    if leaving == coming:
        errors.append(FieldError("to_person_id", "same_person", N_("接替的人员不能是被更换的成员")))
    if errors:
        raise InvalidInput(*errors)


async def _check_room(session: AsyncSession, subject: Subject) -> None:
    mine = select(func.count()).select_from(Batch)
    mine = mine.where(Batch.person_id == subject.person_id, Batch.state == BatchState.RUNNING)
    if (await session.scalar(mine) or 0) >= MOST_RUNNING:
        raise TooManyBatches(most=MOST_RUNNING)
