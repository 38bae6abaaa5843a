"""Fees of third parties (六(四)2, 3): paid to the notary, court or agent, never through us; kept with proof."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation import files
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding import decisions
from funding.answers import Answer
from funding.facts import Facts
from funding.gathering import common, fault_facts
from funding.payer import decide
from funding.positions import Position, note_before_settlement
from funding.rulebook import rulebook
from funding.words import Advancer, CostKind, Fault, FreeBy, PoorCategory
from funding.words import Fee as FeeKind
from policies.actions import Action
from tenants.subject import Subject

SECTION = {FeeKind.NOTARY: CostKind.NOTARY, FeeKind.APPRAISAL: CostKind.NOTARY}
"""Every other fee is of section C."""


class Fee(Base):
    """`content` is the form, sealed: it may tell who has legal aid."""

    __tablename__ = "fees"
    __table_args__ = (Index("ix_fees_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(comment="code of words.Fee")
    institution: Mapped[str] = mapped_column(comment="to whom it is paid")
    actual_fen: Mapped[int] = mapped_column(BigInteger)
    incurred_on: Mapped[date]
    paid_on: Mapped[date | None]
    content: Mapped[dict[str, Any]] = mapped_column(Sealed("fees.content"))
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def form(self) -> "FeeForm":
        return msgspec.convert(self.content, FeeForm)


class FeeForm(Struct, frozen=True, kw_only=True):
    fee: Annotated[FeeKind, Meta(title=N_("费用名目"))]
    institution: Annotated[str, Meta(title=N_("收费机构"), min_length=2, max_length=120)]
    actual_fen: Annotated[
        int,
        Meta(
            title=N_("实际金额"),
            description=N_("由承担人直接付给机构，不经工作室；没有产生费用填 0"),
            ge=0,
            extra={"widget": "money"},
        ),
    ]
    incurred_on: Annotated[date, Meta(title=N_("费用发生日期"))]
    paid_on: Annotated[date, Meta(title=N_("付清日期"))] | None = None
    invoice_no: Annotated[str, Meta(title=N_("发票（收据）号"), max_length=60)] | None = None
    proof: Annotated[UUID, Meta(title=N_("票据"), extra={"widget": "file"})] | None = None
    legal_aid: Annotated[bool, Meta(title=N_("承担人获得法律援助"))] = False
    after_aid_fen: Annotated[int, Meta(title=N_("减免后的金额"), ge=0, extra={"widget": "money"})] | None = None
    free_by: Annotated[FreeBy, Meta(title=N_("法律是否规定免费"))] = FreeBy.NOTHING
    allocated_fen: Annotated[int, Meta(title=N_("裁判文书分配的金额"), ge=0, extra={"widget": "money"})] | None = None
    advancer: Annotated[Advancer, Meta(title=N_("由谁垫付"), description=N_("过错认定之前需要先付的，才填"))] | None = (
        None
    )
    advancer_poor: Annotated[bool, Meta(title=N_("垫付的当事人是困难群众"), description=N_("困难群众不垫付"))] = False
    advance_approved: Annotated[bool, Meta(title=N_("财政垫付已经审批"))] = False


RECORD = PaperKind("fee_record", N_("第三方费用记录"), Group.MONEY, form=FeeForm)


async def record_fee(session: AsyncSession, subject: Subject, case: Case, form: FeeForm) -> Done:
    """On file at once, even when nobody can say yet who bears it: no step waits for a payment (N5)."""
    await _check(session, case, form)
    now = instant(session)
    session.add(
        Fee(
            id=new_id(now),
            case_id=case.id,
            kind=form.fee.value,
            institution=form.institution,
            actual_fen=form.actual_fen,
            incurred_on=form.incurred_on,
            paid_on=form.paid_on,
            content=msgspec.to_builtins(form),
            proof_id=form.proof,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    await session.flush()
    await issue(session, subject, case, RECORD, form)
    await decide_again(session, subject, case)
    note_before_settlement(case, Position.COSTS)
    return Done(data={"fee": form.fee.value})


async def _check(session: AsyncSession, case: Case, form: FeeForm) -> None:
    today = local_date(instant(session))
    if form.incurred_on > today:
        raise invalid("incurred_on", "in_future", N_("日期不能晚于今天"))
    if form.paid_on is not None and form.paid_on > today:
        raise invalid("paid_on", "in_future", N_("日期不能晚于今天"))
    if form.paid_on is not None and form.proof is None:
        raise invalid("proof", "required", N_("已付清的费用须附票据"))
    if form.proof is not None:
        await files.of_case(session, case.id, form.proof)


async def fees_of(session: AsyncSession, case_id: UUID) -> list[Fee]:
    query = select(Fee).where(Fee.case_id == case_id).order_by(Fee.incurred_on, Fee.id)
    return list(await session.scalars(query))


async def answer_for(session: AsyncSession, case: Case, fee: Fee) -> tuple[Facts, Answer]:
    """What the table says today with the facts on file."""
    facts = Facts(**await common(session, case, fee.incurred_on) | await fault_facts(session, case) | _own(fee.form))
    if facts.fault is None and fee.form.advancer is not None:
        facts = msgspec.structs.replace(facts, fault=Fault.LATER, **_advancer(fee.form))
    return facts, decide(facts, await rulebook(session))


async def decide_again(
    session: AsyncSession, subject: Subject, case: Case, cause: decisions.Cause = decisions.Cause.COST
) -> None:
    """An advance is refunded, and an open fee gets its payer, as soon as fault is found (B10)."""
    for fee in await fees_of(session, case.id):
        facts, answer = await answer_for(session, case, fee)
        await decisions.renew(session, subject, case, decisions.About.FEE, fee.id, facts, answer, cause)


def _own(form: FeeForm) -> dict[str, Any]:
    """What the fee itself says."""
    return {
        "cost": SECTION.get(form.fee, CostKind.COURT),
        "fee": form.fee,
        "fee_arises": form.actual_fen > 0,
        "actual_fen": form.actual_fen,
        "legal_aid": form.legal_aid,
        "after_aid_fen": form.after_aid_fen,
        "free_by": form.free_by,
        "allocated": form.allocated_fen is not None,
        "allocated_fen": form.allocated_fen,
    }


def _advancer(form: FeeForm) -> dict[str, Any]:
    """Who would have to advance; poor means poor today, since a protection asks for no term."""
    category = PoorCategory.REGISTERED if form.advancer_poor else PoorCategory.NONE
    return {
        "advancer": form.advancer,
        "advance_approved": form.advance_approved,
        "poor_category": category,
        "poor_from": form.incurred_on if form.advancer_poor else None,
    }


ACTS = (Act("record-fee", N_("登记第三方费用"), Action.FEE_RECORD, FeeForm, record_fee, files=True),)
PAPERS = (RECORD,)
