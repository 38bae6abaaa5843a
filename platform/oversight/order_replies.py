"""What the holder of a case answers to an order: a reply with its evidence, or a request for more time."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers.evidence import Evidence, EvidenceKind
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, in_brackets, translate
from oversight.models import OrderState
from oversight.order_entries import OrderDeed, note
from oversight.orders import own, postponed, put_off, standing
from policies.actions import Action
from tenants.subject import Subject

MOST_PIECES = 20


class ReplyForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]
    reply: Annotated[str, Meta(title=N_("回复"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    proof: Annotated[str, Meta(title=N_("佐证材料"), min_length=2, max_length=300)]
    evidence: Annotated[
        list[UUID],
        Meta(
            title=N_("引用本案证据"),
            description=N_("已登记的证据，可以不选"),
            max_length=MOST_PIECES,
            extra={"options": "case_evidence"},
        ),
    ] = []


class AskForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]
    deadline: Annotated[date, Meta(title=N_("申请延至"), description=N_("经督办单位同意后生效，不改变任何法定期限"))]
    reason: Annotated[str, Meta(title=N_("延期理由"), min_length=2, max_length=300)]


class Answer(Choice):
    GRANT = "grant", N_("同意延期")
    DECLINE = "decline", N_("不同意延期")


class DecideForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "open_orders"})]
    answer: Annotated[Answer, Meta(title=N_("延期意见"))]
    reason: Annotated[str, Meta(title=N_("依据或理由"), min_length=2, max_length=300)]


REPLY = PaperKind("order_reply", N_("督办回复"), Group.FINAL, form=ReplyForm)


class NothingAsked(Conflict):
    code = "nothing_asked"
    message = N_("这份督办单没有待答复的延期申请")


async def reply_order(session: AsyncSession, subject: Subject, case: Case, form: ReplyForm) -> Done:
    order = await standing(session, case, form.order_id)
    if not set(form.evidence) <= {row.id for row in await _pieces(session, case.id)}:
        raise invalid("evidence", "not_a_choice", N_("请从所列项目中选择"))
    order.state = OrderState.REPLIED.value
    note(session, subject, order, OrderDeed.REPLIED, words=form.reply, proof=form.proof, evidence=form.evidence)
    await issue(session, subject, case, REPLY, form)
    return Done(data={"evidence": len(form.evidence)}, also_tenants=(order.issuer_tenant_id,))


async def ask_extension(session: AsyncSession, subject: Subject, case: Case, form: AskForm) -> Done:
    """The deadline stays as it is until the issuer agrees."""
    order = await standing(session, case, form.order_id)
    order.asked_deadline = postponed(session, order, form.deadline)
    note(session, subject, order, OrderDeed.ASKED, words=form.reason, deadline=order.asked_deadline)
    return Done(data={"to": str(form.deadline)}, also_tenants=(order.issuer_tenant_id,))


async def decide_extension(session: AsyncSession, subject: Subject, case: Case, form: DecideForm) -> Done:
    order = await standing(session, case, form.order_id)
    own(subject, order)
    asked = order.asked_deadline
    if asked is None:
        raise NothingAsked
    before = order.deadline
    if form.answer is Answer.DECLINE:
        order.asked_deadline = None
        note(session, subject, order, OrderDeed.DECLINED, words=form.reason, deadline=asked)
        return Done(data={"answer": form.answer.value})
    put_off(session, subject, order, asked, form.reason)
    note(session, subject, order, OrderDeed.GRANTED, words=form.reason, deadline=asked)
    days = {"from": str(local_date(before)), "to": str(local_date(asked))}
    return Done(data={"answer": form.answer.value, **days})


@by_facts(
    Fact(
        "exists (select from supervision_orders where case_id = :case and struck_off_at is null"
        " and asked_deadline is not null)"
    )
)
def extension_asked(subject: Subject, case: Case, asked: bool) -> DomainError | None:
    return None if asked else NothingAsked()


async def _pieces(session: AsyncSession, case_id: UUID) -> Sequence[Evidence]:
    return (await session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.id))).all()


async def evidence_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """By kind and day: a title may tell what only the handlers read."""
    return [
        Option(str(row.id), translate(EvidenceKind(row.kind).label) + in_brackets(row.obtained_on))
        for row in await _pieces(session, case.id)
    ]


ACTS = (
    Act("reply-order", N_("回复督办"), Action.ORDER_REPLY, ReplyForm, reply_order, writes=False, while_frozen=True),
    Act("ask-order-extension", N_("申请督办延期"), Action.ORDER_REPLY, AskForm, ask_extension, writes=False),
    Act(
        "decide-order-extension",
        N_("答复督办延期申请"),
        Action.ORDER_EXTEND,
        DecideForm,
        decide_extension,
        writes=False,
    ),
)
GUARDS = {"extension_asked": extension_asked}
OPTIONS = {"case_evidence": evidence_options}
