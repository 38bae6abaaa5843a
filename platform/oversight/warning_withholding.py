"""A warning that the petitioner is not shown (N6): only where the law forbids it, and the tier above looks at why.

Refused, or not looked at in time: it is shown at once. Approved: it stays unshown.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.approval import SamePerson
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.reckoning import end_of_day
from cases.timeline import holder_tenant, new_event
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from foundation.working_days import add_working_days
from oversight import telling
from oversight.models import CaseWarning
from oversight.notice_kinds import NoticeKind
from oversight.warning_paper import WARNING, shown
from policies.actions import Action
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind

WORKING_DAYS = 3
"""So long the tier above has; then the warning is shown."""


LAPSED = "lapsed"


class Verdict(Choice):
    APPROVE = "approve", N_("同意暂不告知")
    REFUSE = "refuse", N_("不同意，立即告知当事人")


class Withholding(Base):
    """`verdict` null = waits for the tier above; `lapsed` = nobody looked at it in time."""

    __tablename__ = "warning_withholdings"
    __table_args__ = (
        Index("ix_warning_withholdings_case", "case_id"),
        Index("ix_warning_withholdings_open", "decide_by", postgresql_where=text("verdict is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    warning_id: Mapped[UUID] = mapped_column(ForeignKey("warnings.id"), unique=True)
    reason: Mapped[str] = mapped_column(Sealed("warning_withholdings.reason"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="the tier above, which looks at it")
    decide_by: Mapped[datetime]
    verdict: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Sealed("warning_withholdings.note"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class ReviewForm(Struct, frozen=True, kw_only=True):
    withholding_id: Annotated[
        UUID, Meta(title=N_("预警和不告知的理由"), extra={"options": "withheld_warnings", "widget": "radio"})
    ]
    verdict: Annotated[Verdict, Meta(title=N_("审查意见"))]
    note: Annotated[str, Meta(title=N_("理由"), max_length=500, extra={"widget": "textarea"})] | None = None


class NothingWithheld(Conflict):
    code = "nothing_withheld"
    message = N_("没有待审查的不告知理由")


async def withhold(session: AsyncSession, subject: Subject, case: Case, warning: CaseWarning, reason: str) -> None:
    """The reason is kept, and the tier above the holder is told that it has to look at it."""
    now = instant(session)
    above = _above(case)
    day = await add_working_days(session, local_date(now), WORKING_DAYS, _line(case))
    row = Withholding(
        id=new_id(now),
        case_id=case.id,
        warning_id=warning.id,
        reason=reason,
        tenant_id=above,
        decide_by=end_of_day(now, (day - local_date(now)).days),
        verdict=None,
        note=None,
        decided_at=None,
        decided_by=None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    offices = await session.scalars(
        select(Office.id).where(
            Office.tenant_id == above, Office.kind == OfficeKind.LEADING_GROUP, Office.valid_to.is_(None)
        )
    )
    await telling.tell(
        session, NoticeKind.WARNING_WITHHELD, f"warning_withholdings:{row.id}", case_id=case.id, offices=list(offices)
    )


def _above(case: Case) -> int:
    """The nearest tier above the holder's that oversees: prefecture or province. The province looks at its own."""
    holder = holder_tenant(case)
    return next((one for one in (case.prefecture_id, case.province_id) if one and one != holder), holder)


def _line(case: Case) -> list[int]:
    line = (case.province_id, case.prefecture_id, case.county_id, case.township_id)
    return [tenant for tenant in line if tenant is not None]


async def review_withholding(session: AsyncSession, subject: Subject, case: Case, form: ReviewForm) -> Done:
    found = {one.id: one for one, _ in await waiting(session, case.id, subject.tenant_id)}
    row = found.get(form.withholding_id)
    if row is None:
        raise invalid("withholding_id", "not_a_choice", N_("请从所列项目中选择"))
    if row.recorded_by == subject.person_id:
        raise SamePerson
    if form.verdict is Verdict.APPROVE and not form.note:
        raise invalid("note", "required", N_("同意暂不告知的须写明法律依据"))
    row.verdict, row.note = form.verdict.value, form.note
    row.decided_at, row.decided_by = instant(session), subject.person_id
    data = {"verdict": form.verdict.value}
    if form.verdict is Verdict.REFUSE:
        await show(session, subject, case, row)
    return Done(data=data, also_tenants=(holder_tenant(case),))


async def show(session: AsyncSession, subject: Subject, case: Case, row: Withholding) -> None:
    """The petitioner gets the paper now, as it would have been; the other side learns of no warning."""
    warning = await session.get_one(CaseWarning, row.warning_id)
    await issue(session, subject, case, WARNING, await shown(session, warning))


async def lapse(session: AsyncSession, subject: Subject, row: Withholding) -> None:
    """Nobody has looked at it in time: the petitioner is shown the warning, and the case says so."""
    case = await session.get_one(Case, row.case_id)
    row.verdict, row.decided_at = LAPSED, instant(session)
    await show(session, subject, case, row)
    session.add(
        new_event(session, subject, case, "review-withholding", Done(data={"verdict": LAPSED}, audience="parties"))
    )


async def waiting(
    session: AsyncSession, case_id: UUID, tenant_id: int | None
) -> Sequence[tuple[Withholding, CaseWarning]]:
    """What this tenant has to look at in this case."""
    query = (
        select(Withholding, CaseWarning)
        .join(CaseWarning, CaseWarning.id == Withholding.warning_id)
        .where(Withholding.case_id == case_id, Withholding.tenant_id == tenant_id, Withholding.verdict.is_(None))
        .order_by(Withholding.recorded_at, Withholding.id)
    )
    return [(one, warning) for one, warning in (await session.execute(query)).all()]


async def waiting_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    if subject.tenant_id is None:
        raise Forbidden
    return [
        Option(str(row.id), f"{warning.help_needed} — {row.reason}")
        for row, warning in await waiting(session, case.id, subject.tenant_id)
    ]


@by_facts(
    Fact("""exists (select from warning_withholdings
    where case_id = :case and tenant_id = :tenant and verdict is null)""")
)
def warning_withheld(subject: Subject, case: Case, waits: bool) -> DomainError | None:
    return None if waits else NothingWithheld()


ACTS = (
    Act(
        "review-withholding",
        N_("审查不告知预警的理由"),
        Action.WARNING_REVIEW,
        ReviewForm,
        review_withholding,
        writes=False,
    ),
)
GUARDS = {"warning_withheld": warning_withheld}
OPTIONS = {"withheld_warnings": waiting_options}
