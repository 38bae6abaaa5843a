"""Appraisals (五(四)): the workroom finds the body, a party commissions it. Only the mediation clock stands still."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.fields import NOT_A_CHOICE
from teams.mediating import party_at_table
from teams.models import Appraisal
from tenants.subject import Subject


class CommissionForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[
        UUID,
        Meta(
            title=N_("委托鉴定的当事人"),
            description=N_("由当事人委托，工作室只负责联系"),
            extra={"options": "mediating_parties"},
        ),
    ]
    advanced_by: Annotated[
        UUID,
        Meta(title=N_("垫付鉴定费的当事人"), description=N_("垫付不等于承担"), extra={"options": "mediating_parties"}),
    ]
    body: Annotated[str, Meta(title=N_("鉴定机构"), min_length=2, max_length=120)]
    matter: Annotated[
        str, Meta(title=N_("鉴定事项和检材"), min_length=2, max_length=2000, extra={"widget": "textarea"})
    ]


class ReportForm(Struct, frozen=True, kw_only=True):
    appraisal_id: Annotated[UUID, Meta(title=N_("已委托的鉴定"), extra={"options": "running_appraisals"})]
    report_no: Annotated[str, Meta(title=N_("鉴定意见书编号"), min_length=1, max_length=60)]
    opinion: Annotated[str, Meta(title=N_("鉴定意见"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    fee_fen: (
        Annotated[
            int,
            Meta(title=N_("鉴定费"), description=N_("付给鉴定机构，调解本身不收费"), ge=0, extra={"widget": "money"}),
        ]
        | None
    ) = None


COMMISSION = PaperKind(
    "appraisal_commission", N_("司法鉴定委托记录"), Group.STATEMENT, dossier_item=6, form=CommissionForm
)
REPORT = PaperKind("appraisal_report", N_("司法鉴定意见登记"), Group.STATEMENT, dossier_item=6, form=ReportForm)


class NoAppraisalRunning(Conflict):
    code = "no_appraisal_running"
    message = N_("没有正在进行的鉴定")


async def commission_appraisal(session: AsyncSession, subject: Subject, case: Case, form: CommissionForm) -> Done:
    """Statutory terms run on: the notice to the parties shows the remedy clock as before."""
    party = await party_at_table(session, case, form.party_id, "party_id")
    payer = await party_at_table(session, case, form.advanced_by, "advanced_by")
    paper = await issue(session, subject, case, COMMISSION, form)
    now = instant(session)
    session.add(
        Appraisal(
            id=new_id(now),
            case_id=case.id,
            commissioned_by=party.id,
            advanced_by=payer.id,
            body=form.body,
            paper_id=paper.id,
            recorded_at=now,
        )
    )
    await timers.pause(session, case, "mediation")
    return Done(data={"advanced_by": payer.side}, audience="parties")


async def receive_appraisal(session: AsyncSession, subject: Subject, case: Case, form: ReportForm) -> Done:
    """The clock goes on when the last running appraisal is in."""
    waiting = await running(session, case.id)
    appraisal = next((one for one in waiting if one.id == form.appraisal_id), None)
    if appraisal is None:
        raise invalid("appraisal_id", "not_a_choice", NOT_A_CHOICE)
    appraisal.received_at = instant(session)
    content = msgspec.to_builtins(form) | {"appraisal_id": appraisal.body}
    await issue(session, subject, case, REPORT, content)
    if len(waiting) == 1:
        await timers.resume(session, case, "mediation")
    return Done(audience="parties")


async def running(session: AsyncSession, case_id: UUID) -> list[Appraisal]:
    query = select(Appraisal).where(Appraisal.case_id == case_id, Appraisal.received_at.is_(None))
    return list(await session.scalars(query.order_by(Appraisal.id)))


@by_facts(Fact("exists (select from appraisals where case_id = :case and received_at is null)"))
def appraisal_running(subject: Subject, case: Case, is_running: bool) -> DomainError | None:
    return None if is_running else NoAppraisalRunning()


async def running_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(one.id), one.body) for one in await running(session, case.id)]


ACTS = (
    Act(
        "commission-appraisal",
        N_("委托鉴定"),
        Action.APPRAISAL_COMMISSION,
        CommissionForm,
        commission_appraisal,
        step=4,
    ),
    Act("receive-appraisal", N_("收到鉴定意见"), Action.APPRAISAL_COMMISSION, ReportForm, receive_appraisal, step=4),
)
GUARDS = {"appraisal_running": appraisal_running}
OPTIONS = {"running_appraisals": running_options}
PAPERS = (COMMISSION, REPORT)
