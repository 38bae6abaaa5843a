"""受理: apart from 接收 (custody) and the petition office's 受理 (obligation 22b). Fixes the class."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.classes import ClassFacts, ComplexFact, classify
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.steps import State
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class AcceptanceForm(Struct, frozen=True, kw_only=True):
    complex_facts: Annotated[
        list[ComplexFact], Meta(title=N_("疑难复杂情形"), description=N_("有据可查的方可勾选"), max_length=5)
    ] = []
    beijing_register_no: (
        Annotated[
            str, Meta(title=N_("进京上访的信访登记号"), description=N_("以信访部门登记为唯一依据"), max_length=60)
        ]
        | None
    ) = None
    provincial_order: Annotated[str, Meta(title=N_("省级领导包案的文号"), max_length=120)] | None = None
    proof: Annotated[str, Meta(title=N_("类别依据"), max_length=1000, extra={"widget": "textarea"})] | None = None
    arrangement: Annotated[str, Meta(title=N_("办理安排"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


ACCEPTANCE = PaperKind("acceptance", N_("受理决定"), Group.FINAL, form=AcceptanceForm)


async def accept_case(session: AsyncSession, subject: Subject, case: Case, form: AcceptanceForm) -> Done:
    """The number of persons is everyone registered; it is frozen here and no withdrawal lowers it (N9)."""
    facts = ClassFacts(
        persons=case.person_count,
        complex_facts=tuple(form.complex_facts),
        beijing_register_no=form.beijing_register_no,
        provincial_order=form.provincial_order,
    )
    classified = classify(facts)
    case.persons_at_acceptance = case.person_count
    case.case_class = classified.case_class.value
    case.class_clause = classified.clause
    case.accepted_at = instant(session)
    await issue(session, subject, case, ACCEPTANCE, form)
    await timers.start(session, case, "mediation")
    data = {"class": case.case_class, "persons": case.person_count}
    return Done(to=State.ACCEPTED, data=data, audience="parties")


ACTS = (Act("accept-case", N_("受理"), Action.CASE_ACCEPT, AcceptanceForm, accept_case, step=2),)
PAPERS = (ACCEPTANCE,)
