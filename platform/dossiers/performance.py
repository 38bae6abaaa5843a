"""Performance of the agreement, term by term: what was paid or done, what was not, and which way follows a default."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Forbidden
from foundation.language import N_
from foundation.model import Base
from teams.agreement import AgreementTerm, Status, in_status, terms_of
from tenants.subject import Subject


class OtherCommittee(Forbidden):
    code = "other_committee"
    message = N_("只有在协议上盖章的人民调解委员会监督其履行")


class DefaultPath(Choice):
    """The creditor's own choice after a default."""

    EXECUTION = "execution", N_("凭公证债权文书、司法确认裁定等申请强制执行")
    LITIGATION = "litigation", N_("就协议的履行向人民法院起诉")
    GRACE = "grace", N_("债权人同意宽限，另定日期履行")
    DECLINED = "declined", N_("已书面告知救济途径，债权人暂不主张")


class PerformanceRow(Base):
    """Paid from party to party: nothing ever passes through the platform (N5)."""

    __tablename__ = "performances"
    __table_args__ = (Index("ix_performances_case", "case_id"), Index("ix_performances_term", "term_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    term_id: Mapped[UUID] = mapped_column(ForeignKey("agreement_terms.id"))
    defaulted: Mapped[bool]
    path: Mapped[str | None] = mapped_column(comment="code of DefaultPath, with a default only")
    amount_fen: Mapped[int | None] = mapped_column(BigInteger, comment="null for an act and for a default")
    on_date: Mapped[date]
    receipt_no: Mapped[str | None]
    new_day: Mapped[date | None] = mapped_column(comment="the day to which the creditor moved a term in default")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def performances_of(session: AsyncSession, case: Case) -> list[PerformanceRow]:
    query = select(PerformanceRow).where(PerformanceRow.case_id == case.id).order_by(PerformanceRow.id)
    return list(await session.scalars(query))


async def schedule_of(session: AsyncSession, case: Case) -> list[AgreementTerm]:
    """The terms of the agreement in force; none without one."""
    agreement = await in_status(session, case.id, Status.EFFECTIVE)
    return [] if agreement is None else await terms_of(session, agreement.id)


async def agreed_day(session: AsyncSession, case: Case) -> date:
    """The day on which the agreement in force was reached or drafted: nothing was performed of it before."""
    agreement = await in_status(session, case.id, Status.EFFECTIVE)
    if agreement is None:
        return date.min
    drafted = local_date(agreement.recorded_at)
    return min(drafted, agreement.agreed_on or drafted)


async def check_supervisor(session: AsyncSession, subject: Subject, case: Case) -> None:
    """人民调解法 31(2): of the committees of a tenant, the one whose agreement it is."""
    agreement = await in_status(session, case.id, Status.EFFECTIVE)
    own = {case.holder_office_id, agreement.committee_id if agreement else None}
    if subject.role == "committee_chair" and subject.office_id not in own:
        raise OtherCommittee


def paid_fen(term: AgreementTerm, rows: list[PerformanceRow]) -> int:
    return sum(row.amount_fen or 0 for row in rows if row.term_id == term.id and not row.defaulted)


def is_performed(term: AgreementTerm, rows: list[PerformanceRow]) -> bool:
    """Money: paid in full. An act: done at least once."""
    if term.amount_fen is not None:
        return paid_fen(term, rows) >= term.amount_fen
    return any(row.term_id == term.id and not row.defaulted for row in rows)


def has_way_out(term: AgreementTerm, rows: list[PerformanceRow]) -> bool:
    """In default with the creditor's way recorded; a grace only moves the day, so the case stays open."""
    default = last_default(term, rows)
    return default is not None and default.path != DefaultPath.GRACE


def due_day(term: AgreementTerm, rows: list[PerformanceRow]) -> date:
    """The day in the agreement, or the one to which the creditor moved it last."""
    default = last_default(term, rows)
    return term.due_on if default is None or default.new_day is None else default.new_day


def last_default(term: AgreementTerm, rows: list[PerformanceRow]) -> PerformanceRow | None:
    return next((row for row in reversed(rows) if row.term_id == term.id and row.defaulted), None)


async def in_default(session: AsyncSession, case: Case) -> bool:
    """Some term of the agreement in force has a recorded default and is still not performed."""
    rows = await performances_of(session, case)
    terms = await schedule_of(session, case)
    return any(last_default(term, rows) and not is_performed(term, rows) for term in terms)
