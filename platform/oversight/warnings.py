"""预警 (5, N6): asks named receivers for help with a dispute. Never a person, never watching or dissuading anyone.

A person decides one, or a rule does (`warning_rules`): with a refusal, and when mediation has failed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact
from cases.hooks import Aftermath
from cases.issue import issue
from cases.models import TIER_COLUMNS, Case
from cases.parties import Party
from cases.timers import end_of_day
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from foundation.working_days import add_working_days
from oversight import telling
from oversight.models import CaseWarning
from oversight.notice_kinds import NoticeKind
from oversight.warning_form import LONGEST_DAYS, WarningForm, check
from oversight.warning_paper import WARNING, shown
from oversight.warning_receivers import Ruled, concerned, named_by_rule
from oversight.warning_rules import Occasion
from oversight.warning_withholding import withhold
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

RECEIPT_DAYS = 2
"""Working days until a receiver must have signed for it."""


class By(Struct, frozen=True):
    """The rule by which a warning goes out; both None = a person decided it."""

    occasion: str | None = None
    rule: Ruled | None = None


PERSON = By()


async def issue_warning(session: AsyncSession, subject: Subject, case: Case, form: WarningForm) -> Done:
    """Written to the receiver, shown to the petitioner (or the tier above says why not), and gone by itself."""
    check(form, local_date(instant(session)), await party_names(session, case))
    if form.receiver_office_id is not None:
        await _check_receiver(session, subject, case, form.receiver_office_id)
    warning = await _write(session, subject, case, form, PERSON)
    data = {"police": form.police, "ends_on": str(form.ends_on)}
    if form.withheld_reason:
        await withhold(session, subject, case, warning, form.withheld_reason)
        return Done(data=data | {"withheld": True})
    await issue(session, subject, case, WARNING, await shown(session, warning))
    return Done(data=data, audience="parties")


async def warn(session: AsyncSession, subject: Subject, case: Case, offices: Sequence[int], help_needed: str) -> None:
    """The warnings that go with a refusal: to whom the officer chose, and to whom the rule names (五(二), N6)."""
    ends_on = _longest(session)
    if offices:
        await gate.require(session, subject, Action.WARNING_ISSUE, case)
    for office in dict.fromkeys(offices):
        form = WarningForm(receiver_office_id=office, help_needed=help_needed, ends_on=ends_on)
        await issue_warning(session, subject, case, form)
    await by_rule(session, subject, case, Occasion.REFUSED, frozenset(offices))


async def failed(session: AsyncSession, subject: Subject, case: Case) -> None:
    await by_rule(session, subject, case, Occasion.FAILED)


async def by_rule(
    session: AsyncSession, subject: Subject, case: Case, occasion: Occasion, told: frozenset[int] = frozenset()
) -> None:
    """One warning to each office that the rule names and nobody has told; one paper for the parties about all."""
    ruled = [one for one in await named_by_rule(session, case, occasion) if one.office_id not in told]
    if not ruled:
        return
    ends_on, offices = _longest(session), await names.offices(session, [one.office_id for one in ruled])
    for one in ruled:
        form = WarningForm(receiver_office_id=one.office_id, help_needed=one.help_needed, ends_on=ends_on)
        warning = await _write(session, subject, case, form, By(occasion.value, one))
        cause = f"warnings:{warning.id}"
        await telling.tell(
            session, NoticeKind.WARNING_RECEIVED, cause, case_id=case.id, address="/warnings", offices=[one.office_id]
        )
    asked = "；".join(f"{offices[one.office_id]}：{one.help_needed}" for one in ruled)
    await issue(session, subject, case, WARNING, {"help_needed": asked, "ends_on": str(ends_on), "police": False})


async def _write(session: AsyncSession, subject: Subject, case: Case, form: WarningForm, by: By) -> CaseWarning:
    now = instant(session)
    ends_at = end_of_day(now, (form.ends_on - local_date(now)).days)
    warning = CaseWarning(
        id=new_id(now),
        case_id=case.id,
        receiver_office_id=form.receiver_office_id,
        police=form.police,
        help_needed=form.help_needed,
        founding_fact=form.founding_fact,
        ends_at=ends_at,
        occasion=by.occasion,
        rule_id=by.rule.rule_id if by.rule else None,
        receipt_due_at=await _receipt_due(session, case, ends_at) if form.receiver_office_id is not None else None,
        watched_at=None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(warning)
    await session.flush()
    if form.receiver_office_id is not None:
        await _open_to(session, case, warning, form.receiver_office_id)
    return warning


async def _receipt_due(session: AsyncSession, case: Case, ends_at: datetime) -> datetime:
    """Never later than the warning itself stands."""
    now = instant(session)
    line = [tenant for tenant in (getattr(case, column) for column in TIER_COLUMNS) if tenant is not None]
    day = await add_working_days(session, local_date(now), RECEIPT_DAYS, line)
    return min(end_of_day(now, (day - local_date(now)).days), ends_at)


async def _open_to(session: AsyncSession, case: Case, warning: CaseWarning, office_id: int) -> None:
    office = await session.get_one(Office, office_id)
    await relations.grant(
        session,
        case,
        Relation.WARNED,
        tenant_id=office.tenant_id,
        office_id=office.id,
        until=warning.ends_at,
        source=f"warnings:{warning.id}",
    )


def _longest(session: AsyncSession) -> date:
    return local_date(instant(session)) + timedelta(days=LONGEST_DAYS)


async def party_names(session: AsyncSession, case: Case) -> list[str]:
    """Of the persons on both sides: a unit's name says where the dispute is and may stand in a warning."""
    return list(await session.scalars(select(Party.name).where(Party.case_id == case.id, Party.kind == "person")))


async def _check_receiver(session: AsyncSession, subject: Subject, case: Case, office_id: int) -> None:
    if str(office_id) not in {one.value for one in await receiver_options(session, subject, case)}:
        raise invalid("receiver_office_id", "not_a_choice", N_("请从所列项目中选择"))


async def receiver_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Offices where the dispute is (township, county, prefecture), and of the subject's own tenant; none of a tenant
    that is itself concerned (N3), and none where nobody signs for a warning."""
    here = await session.scalar(select(Tenant).where(Tenant.place_id == case.place_id, Tenant.valid_to.is_(None)))
    above = (here.id, here.county_id, here.prefecture_id) if here else ()
    tenants = {one for one in (subject.tenant_id, *above) if one} - await concerned(session, case)
    query = select(Office.id, Office.name).where(
        Office.tenant_id.in_(tenants),
        Office.valid_to.is_(None),
        Office.id != case.holder_office_id,
        Office.kind != OfficeKind.CONTACT_POINT,
    )
    rows = (await session.execute(query.order_by(Office.id))).all()
    return [Option(str(office_id), name) for office_id, name in rows]


FAILED = Fact("select coalesce(outcome in ('failed', 'unsuitable'), false) from cases where id = :case")
"""Not where a party left or settled (N2): who withdraws sets nothing going."""
aftermath = Aftermath(frozenset({"terminate"}), FAILED, failed)
ACTS = (Act("issue-warning", N_("发出预警"), Action.WARNING_ISSUE, WarningForm, issue_warning, while_frozen=True),)
OPTIONS = {"warning_receivers": receiver_options}
