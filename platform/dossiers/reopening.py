"""reopen-case: what was agreed is not performed, so a closed case goes on (26a); its history and its volume stay."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.reopened import follows_its_office
from cases.steps import State
from dossiers.parties import party_at
from dossiers.record_performance import PerformedRow, record_rows
from foundation.errors import invalid
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject


class ReopenForm(Struct, frozen=True, kw_only=True):
    reported_by: Annotated[UUID, Meta(title=N_("反映未履行的当事人"), extra={"options": "parties"})]
    evidence: Annotated[
        str,
        Meta(title=N_("未履行的证据"), min_length=2, max_length=2000, extra={"widget": "textarea"}),
    ]
    rows: Annotated[
        list[PerformedRow],
        Meta(
            title=N_("未履行的条款"), description=N_("勾选到期未履行；宽限的写明新的日期"), min_length=1, max_length=400
        ),
    ]


REOPENING = PaperKind("reopening", N_("因不履行恢复办理记录"), Group.STATEMENT, dossier_item=12, form=ReopenForm)


async def reopen_case(session: AsyncSession, subject: Subject, case: Case, form: ReopenForm) -> Done:
    """Back to 引导: performance is supervised again, every way stands open. What is archived gets a further volume."""
    await party_at(session, case, "reported_by", form.reported_by)
    for index, row in enumerate(form.rows):
        if not row.defaulted:
            raise invalid(f"rows.{index}.defaulted", "required", N_("恢复办理只登记到期未履行的条款"))
    await issue(session, subject, case, REOPENING, form)
    done = await record_rows(session, subject, case, form.rows)
    was = case.state
    case.closed_at = case.archived_at = None
    told = {"defaults": done.data["defaults"], "was": was}
    follow = follows_its_office(session, subject, case)
    return Done(to=State.GUIDED, data=told, audience="parties", closing=follow)


ACTS = (Act("reopen-case", N_("因不履行恢复办理"), Action.PERFORMANCE_RECORD, ReopenForm, reopen_case, step=8),)
PAPERS = (REOPENING,)
