"""The petition side's own 受理 (信访): recorded with its date and number, never decided here (22b, 条例 22, 34).

接收 takes custody, 受理（调解） begins the mediation term, 受理（信访） the organ's sixty days: three acts and clocks.
"""

from datetime import date, datetime, time
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class PetitionAcceptanceForm(Struct, frozen=True, kw_only=True):
    organ: Annotated[str, Meta(title=N_("受理（信访）的机关、单位"), min_length=2, max_length=120)]
    number: Annotated[str, Meta(title=N_("信访受理编号"), min_length=1, max_length=60)]
    accepted_on: Annotated[date, Meta(title=N_("受理（信访）日期"), description=N_("办理期限60日由此起算，与调解无关"))]


class PetitionAccepted(Conflict):
    code = "petition_accepted"
    message = N_("受理（信访）已经登记")


PETITION_ACCEPTANCE = PaperKind("petition_acceptance", N_("信访受理登记"), Group.FINAL, form=PetitionAcceptanceForm)


async def record_petition_acceptance(
    session: AsyncSession, subject: Subject, case: Case, form: PetitionAcceptanceForm
) -> Done:
    """For information: the organ's term is shown, it never binds the workroom and mediation never stops it (N2)."""
    if form.accepted_on > local_date(instant(session)):
        raise invalid("accepted_on", "in_future", N_("日期不得晚于今天"))
    case.petition_no = case.petition_no or form.number
    await issue(session, subject, case, PETITION_ACCEPTANCE, form)
    await timers.start(session, case, "handling", since=datetime.combine(form.accepted_on, time(), SHANGHAI))
    return Done(data={"accepted_on": str(form.accepted_on)}, audience="parties")


@by_facts(Fact("exists (select from timers where case_id = :case and kind = 'handling')"))
def petition_not_accepted(subject: Subject, case: Case, accepted: bool) -> DomainError | None:
    return PetitionAccepted() if accepted else None


ACTS = (
    Act(
        "record-petition-acceptance",
        N_("登记受理（信访）"),
        Action.CASE_ASSESS,
        PetitionAcceptanceForm,
        record_petition_acceptance,
        step=2,
    ),
)
GUARDS = {"petition_not_accepted": petition_not_accepted}
PAPERS = (PETITION_ACCEPTANCE,)
