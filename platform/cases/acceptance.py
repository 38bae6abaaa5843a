"""受理: apart from 接收 (custody) and the petition office's 受理 (obligation 22b). Fixes the class."""

from typing import Annotated

from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, timers
from cases.catalogue import Act, Done
from cases.class_facts import FactRow, facts_from
from cases.class_history import found
from cases.classes import classify
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.steps import State
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class AcceptanceForm(Struct, frozen=True, kw_only=True):
    facts: Annotated[
        list[FactRow],
        Meta(title=N_("类别情形"), description=N_("有据可查的才填；人数自动计算，受理后不变"), max_length=7),
    ] = []
    arrangement: Annotated[str, Meta(title=N_("办理安排"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


ACCEPTANCE = PaperKind("acceptance", N_("受理决定"), Group.FINAL, form=AcceptanceForm)


async def accept_case(session: AsyncSession, subject: Subject, case: Case, form: AcceptanceForm) -> Done:
    """The number of persons is everyone registered; it is frozen here and no withdrawal lowers it (N9).

    A leader of the province who is in charge already is a fact of the class too.
    """
    facts = facts_from(form.facts, case.person_count)
    if facts.provincial_order is None:
        facts = structs.replace(facts, provincial_order=await hooks.provincial_order(session, case))
    classified = classify(facts)
    case.persons_at_acceptance = case.person_count
    case.case_class = classified.case_class.value
    case.class_clause = classified.clause
    case.accepted_at = instant(session)
    found(session, subject, case, classified, first=True)
    await issue(session, subject, case, ACCEPTANCE, form)
    await timers.start(session, case, "mediation")
    data = {"class": case.case_class, "persons": case.person_count}
    return Done(to=State.ACCEPTED, data=data, audience="parties")


ACTS = (Act("accept-case", N_("受理（调解）"), Action.CASE_ACCEPT, AcceptanceForm, accept_case, step=2),)
PAPERS = (ACCEPTANCE,)
