"""联席会议协调 (条例24): what no common superior can decide, or has not decided in time.

The conference moves no case. Its word, with the minutes' number, ends the dispute: the holder keeps the case, or
offers it to the other office, which then can't return it.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from foundation.store import instant
from handover.dispute_telling import tell_kept
from handover.disputes import IS_OPEN, OPEN_DISPUTE, NoDispute
from handover.models import HolderDispute
from handover.targets import check_concerned, open_dispute
from policies.actions import Action
from tenants import names
from tenants.models import Office
from tenants.subject import Subject


class CoordinationForm(Struct, frozen=True, kw_only=True):
    office_id: Annotated[int, Meta(title=N_("协调确定的承办单位"), extra={"options": "coordinated_offices"})]
    minutes_no: Annotated[str, Meta(title=N_("会议纪要编号"), min_length=2, max_length=80)]
    held_on: Annotated[date, Meta(title=N_("会议日期"))]
    conclusion: Annotated[
        str,
        Meta(
            title=N_("协调意见"),
            description=N_("告知双方单位，不写个人信息"),
            min_length=2,
            max_length=1000,
            extra={"widget": "textarea"},
        ),
    ]


class NotEscalated(Conflict):
    code = "not_escalated"
    message = N_("共同上级的指定期限未满，联席会议暂不协调")


async def coordinate_dispute(session: AsyncSession, subject: Subject, case: Case, form: CoordinationForm) -> Done:
    dispute = await _of_conference(session, subject, case)
    if dispute is None:
        raise NoDispute
    if form.office_id not in _pair(dispute):
        raise invalid("office_id", "not_a_choice", N_("请从所列单位中选择"))
    if not local_date(dispute.recorded_at) <= form.held_on <= local_date(instant(session)):
        raise invalid("held_on", "not_then", N_("会议日期须在分歧报请之后、今天以前"))
    if form.office_id != dispute.holder_office_id:
        await check_concerned(session, case, await session.get_one(Office, form.office_id), "office_id")
    dispute.named_office_id, dispute.reason = form.office_id, form.conclusion
    dispute.minutes_no, dispute.held_on = form.minutes_no, form.held_on
    dispute.decided_at, dispute.decided_by = instant(session), subject.person_id
    moves = form.office_id != dispute.holder_office_id
    if not moves:
        await tell_kept(session, subject, dispute)
    told = (dispute.holder_tenant_id, dispute.other_tenant_id)
    return Done(data={"to": form.office_id, "moves": moves}, audience="parties", also_tenants=told)


async def _of_conference(session: AsyncSession, subject: Subject, case: Case) -> HolderDispute | None:
    """Locked: the superior may be naming at the same moment, and one of the two finds it decided."""
    dispute = await open_dispute(session, case.id, lock=True)
    return dispute if dispute is not None and dispute.conference_tenant_id == subject.tenant_id else None


def _pair(dispute: HolderDispute) -> tuple[int, int]:
    return dispute.holder_office_id, dispute.other_office_id


TODAY = "(:now at time zone 'Asia/Shanghai')::date"
MINE = Fact(f"exists (select {OPEN_DISPUTE} and conference_tenant_id = :tenant)")
ESCALATED = Fact(f"exists (select {OPEN_DISPUTE} and (decider_tenant_id is null or decide_by < {TODAY}))")


@by_facts(IS_OPEN, MINE, ESCALATED)
def dispute_escalated(subject: Subject, case: Case, is_open: bool, mine: bool, escalated: bool) -> DomainError | None:
    if not is_open or not mine:
        return NoDispute()
    return None if escalated else NotEscalated()


async def coordinated_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    dispute = await _of_conference(session, subject, case)
    if dispute is None:
        return []
    called = await names.offices(session, _pair(dispute))
    return [Option(str(office), called[office]) for office in _pair(dispute)]


ACTS = (
    Act(
        "coordinate-dispute",
        N_("联席会议协调管辖"),
        Action.JURISDICTION_COORDINATE,
        CoordinationForm,
        coordinate_dispute,
        writes=False,
    ),
)
GUARDS = {"dispute_escalated": dispute_escalated}
OPTIONS = {"coordinated_offices": coordinated_options}
