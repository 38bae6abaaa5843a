"""预警 (5, N6): asks named receivers for help with a dispute. Never a person, never watching or dissuading anyone."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.timers import end_of_day
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.models import CaseWarning
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject

LONGEST_DAYS = 30
FORBIDDEN_WORDS = (
    "稳控", "劝返", "盯防", "截访", "监控", "跟踪", "监视", "陪访", "看管", "管控", "布控", "劝阻", "拦截",
)  # fmt: skip
"""A warning may never ask to watch, accompany, dissuade or stop a person."""


class WarningForm(Struct, frozen=True, kw_only=True):
    receiver_office_id: Annotated[int, Meta(title=N_("接收单位"), extra={"options": "warning_receivers"})] | None = None
    police: Annotated[
        bool, Meta(title=N_("向公安机关报告"), description=N_("仅限可能引起治安、刑事案件（人民调解法第25条）"))
    ] = False
    founding_fact: (
        Annotated[str, Meta(title=N_("报告公安机关所依据的事实"), max_length=1000, extra={"widget": "textarea"})] | None
    ) = None
    help_needed: Annotated[
        str,
        Meta(
            title=N_("需要的帮助"),
            description=N_("写纠纷和所需帮助，不写个人信息"),
            min_length=2,
            max_length=500,
            extra={"widget": "textarea"},
        ),
    ]
    ends_on: Annotated[date, Meta(title=N_("到期日"), description=N_("最长30日，到期自动失效"))]


WARNING = PaperKind("warning", N_("预警通知"), Group.FINAL, form=WarningForm)


async def issue_warning(session: AsyncSession, subject: Subject, case: Case, form: WarningForm) -> Done:
    """Written to the receiver, shown to the petitioner, and gone by itself."""
    now = instant(session)
    _check(form, local_date(now))
    ends_at = end_of_day(now, (form.ends_on - local_date(now)).days)
    warning = CaseWarning(
        id=new_id(now),
        case_id=case.id,
        receiver_office_id=form.receiver_office_id,
        police=form.police,
        help_needed=form.help_needed,
        founding_fact=form.founding_fact,
        ends_at=ends_at,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(warning)
    await session.flush()
    if form.receiver_office_id is not None:
        await _tell(session, subject, case, warning)
    shown = {"help_needed": form.help_needed, "ends_on": str(form.ends_on), "police": form.police}
    await issue(session, subject, case, WARNING, shown)
    return Done(data={"police": form.police, "ends_on": str(form.ends_on)}, audience="parties")


async def warn(session: AsyncSession, subject: Subject, case: Case, offices: Sequence[int], help_needed: str) -> None:
    """The warnings that go with a refusal: each receiver gets its own, for the longest term (五(二), N6)."""
    await gate.require(session, subject, Action.WARNING_ISSUE, case)
    ends_on = local_date(instant(session)) + timedelta(days=LONGEST_DAYS)
    for office in dict.fromkeys(offices):
        form = WarningForm(receiver_office_id=office, help_needed=help_needed, ends_on=ends_on)
        await issue_warning(session, subject, case, form)


async def _tell(session: AsyncSession, subject: Subject, case: Case, warning: CaseWarning) -> None:
    office = await session.get(Office, warning.receiver_office_id)
    if office is None or str(office.id) not in {o.value for o in await receiver_options(session, subject, case)}:
        raise invalid("receiver_office_id", "not_a_choice", N_("请从所列项目中选择"))
    await relations.grant(
        session,
        case,
        Relation.WARNED,
        tenant_id=office.tenant_id,
        office_id=office.id,
        until=warning.ends_at,
        source=f"warnings:{warning.id}",
    )


def _check(form: WarningForm, today: date) -> None:
    errors: list[FieldError] = []
    if form.receiver_office_id is None and not form.police:
        errors.append(FieldError("receiver_office_id", "required", N_("请填写")))
    if form.police and not form.founding_fact:
        errors.append(FieldError("founding_fact", "required", N_("向公安机关报告须写明所依据的事实")))
    if any(word in form.help_needed for word in FORBIDDEN_WORDS):
        errors.append(FieldError("help_needed", "forbidden", N_("预警只能请求帮助，不得要求看管、劝阻任何人")))
    if not 0 <= (form.ends_on - today).days <= LONGEST_DAYS:
        errors.append(FieldError("ends_on", "out_of_range", N_("到期日须在今天起30日内")))
    if errors:
        raise InvalidInput(*errors)


async def receiver_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Offices where the dispute is (township, county, prefecture), and of the subject's own tenant."""
    here = await session.scalar(select(Tenant).where(Tenant.place_id == case.place_id, Tenant.valid_to.is_(None)))
    above = (here.id, here.county_id, here.prefecture_id) if here else ()
    tenants = {one for one in (subject.tenant_id, *above) if one}
    query = select(Office.id, Office.name).where(Office.tenant_id.in_(tenants), Office.valid_to.is_(None))
    rows = (await session.execute(query.where(Office.id != case.holder_office_id).order_by(Office.id))).all()
    return [Option(str(office_id), name) for office_id, name in rows]


ACTS = (Act("issue-warning", N_("发出预警"), Action.WARNING_ISSUE, WarningForm, issue_warning, while_frozen=True),)
OPTIONS = {"warning_receivers": receiver_options}
