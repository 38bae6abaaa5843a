"""专家会诊 (四(四)): a question put to experts whom the parties accept, each one's opinion, and the minutes.

The material is without identities; the experts advise the workroom and decide nothing.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.consent import Answer, ConsentWay, add_consents
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.experts import experts_of, unaccepted
from teams.fields import NOT_A_CHOICE, strangers
from teams.mediating import at_the_table
from teams.panel_models import Panel, PanelExpert, PanelPaper
from teams.panel_reads import Convened, open_panel
from tenants.subject import Subject

INVITED = "invited"


class ExpertForm(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("征询的专家"), extra={"options": "panel_experts"})]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("作出答复的当事人"), min_length=1, extra={"options": "mediating_parties"})
    ]
    accepted: Annotated[bool, Meta(title=N_("接受"), description=N_("不接受无须说明理由"))] = False
    form: Annotated[ConsentWay, Meta(title=N_("方式"))] = ConsentWay.WRITTEN


class PanelCallForm(Struct, frozen=True, kw_only=True):
    question: Annotated[str, Meta(title=N_("会诊问题"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    material: Annotated[
        str,
        Meta(
            title=N_("会诊材料"),
            description=N_("去标识后提供，不写姓名、证件和联系方式"),
            min_length=2,
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ]
    experts: Annotated[
        list[UUID],
        Meta(
            title=N_("会诊专家"),
            description=N_("须先征得各方当事人同意（人民调解法第20条）"),
            min_length=1,
            max_length=20,
            extra={"options": "panel_experts"},
        ),
    ]


class PanelForm(Struct, frozen=True, kw_only=True):
    """An expert's own words; the material it rests on carries no identity."""

    question: Annotated[str, Meta(title=N_("会诊问题"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    opinion: Annotated[str, Meta(title=N_("会诊意见"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    basis: Annotated[str, Meta(title=N_("依据"), max_length=1000, extra={"widget": "textarea"})] | None = None


class PanelMinutesForm(Struct, frozen=True, kw_only=True):
    held_at: Annotated[datetime, Meta(title=N_("会诊时间"), tz=True)]
    present: Annotated[
        list[UUID],
        Meta(title=N_("到会专家"), description=N_("须已提出会诊意见"), min_length=1, extra={"options": "panel_heard"}),
    ]
    course: Annotated[str, Meta(title=N_("讨论经过"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    conclusion: Annotated[str, Meta(title=N_("会诊结论"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    dissent: Annotated[str, Meta(title=N_("不同意见"), max_length=2000, extra={"widget": "textarea"})] | None = None


CALL = PaperKind("panel_call", N_("专家会诊召集书"), Group.OPINION, form=PanelCallForm)
PANEL_OPINION = PaperKind("panel_opinion", N_("专家会诊意见"), Group.OPINION, form=PanelForm)
PANEL_MINUTES = PaperKind("panel_minutes", N_("专家会诊记录"), Group.OPINION, form=PanelMinutesForm)


class PanelMissing(Conflict):
    code = "panel_missing"
    message = N_("还没有召集专家会诊")


class PanelOpen(Conflict):
    code = "panel_open"
    message = N_("上一次专家会诊还没有记录，先记录再召集")


class NotOnPanel(Conflict):
    code = "not_on_panel"
    message = N_("您不是本次会诊召集的专家")


async def accept_expert(session: AsyncSession, subject: Subject, case: Case, form: ExpertForm) -> Done:
    """Asked before anybody is called (domain.md 13.1-14); a no needs no reason."""
    experts = await experts_of(session, case)
    parties = {party.id: party for party in await at_the_table(session, case.id)}
    errors = list(strangers("party_ids", form.party_ids, parties))
    if form.person_id not in experts:
        errors.append(FieldError("person_id", "not_a_choice", NOT_A_CHOICE))
    if errors:
        raise InvalidInput(*errors)
    answer = Answer(INVITED, str(form.person_id), form.accepted, form.form.value)
    await add_consents(session, subject, case, [parties[one] for one in dict.fromkeys(form.party_ids)], answer)
    return Done(data={"accepted": form.accepted, "parties": len(form.party_ids)}, audience="parties")


async def convene_panel(session: AsyncSession, subject: Subject, case: Case, form: PanelCallForm) -> Done:
    """Raises PanelOpen; InvalidInput naming each expert to whom some party has not said yes."""
    if await open_panel(session, case.id):
        raise PanelOpen
    experts = await experts_of(session, case)
    errors = list(strangers("experts", form.experts, experts))
    waiting = await unaccepted(session, case, form.experts)
    for index, person_id in enumerate(form.experts):
        if person_id in experts and person_id in waiting:
            errors.append(FieldError(f"experts.{index}", "not_accepted", N_("须先征得各方当事人同意")))
    if errors:
        raise InvalidInput(*errors)
    paper = await issue(session, subject, case, CALL, form)
    now = instant(session)
    panel = Panel(id=new_id(now), case_id=case.id, paper_id=paper.id, recorded_at=now, recorded_by=subject.person_id)
    session.add(panel)
    await session.flush()
    for person_id in dict.fromkeys(form.experts):
        session.add(PanelExpert(panel_id=panel.id, person_id=person_id, case_id=case.id, recorded_at=now))
    return Done(data={"experts": len(set(form.experts))}, audience="parties")


async def panel_opinion(session: AsyncSession, subject: Subject, case: Case, form: PanelForm) -> Done:
    """Of the expert who is called, about the panel that is open."""
    panel = await _open(session, case)
    if subject.person_id not in panel.experts:
        raise NotOnPanel
    paper = await issue(session, subject, case, PANEL_OPINION, form)
    _attach(session, case, panel, paper, subject.person_id)
    return Done()


async def record_panel(session: AsyncSession, subject: Subject, case: Case, form: PanelMinutesForm) -> Done:
    """The minutes close the panel. Who is named as present must have given an opinion of their own."""
    panel = await _open(session, case)
    errors = list(strangers("present", form.present, panel.heard))
    if form.held_at > instant(session):
        errors.append(FieldError("held_at", "in_future", N_("不能晚于现在")))
    if errors:
        raise InvalidInput(*errors)
    paper = await issue(session, subject, case, PANEL_MINUTES, msgspec.to_builtins(form))
    _attach(session, case, panel, paper, None)
    return Done(data={"present": len(set(form.present))})


async def _open(session: AsyncSession, case: Case) -> Convened:
    panel = await open_panel(session, case.id)
    if panel is None:
        raise PanelMissing
    return panel


def _attach(session: AsyncSession, case: Case, panel: Convened, paper: Paper, person_id: UUID | None) -> None:
    now = instant(session)
    session.add(PanelPaper(paper_id=paper.id, panel_id=panel.id, case_id=case.id, person_id=person_id, recorded_at=now))


STANDS = Fact("""exists (select from panels p where p.case_id = :case and not exists (
    select from panel_papers m where m.panel_id = p.id and m.person_id is null))""")


@by_facts(STANDS)
def panel_convened(subject: Subject, case: Case, stands: bool) -> DomainError | None:
    return None if stands else PanelMissing()


ACTS = (
    Act("accept-expert", N_("当事人接受会诊专家"), Action.CONSENT_RECORD, ExpertForm, accept_expert, step=4),
    Act("convene-panel", N_("召集专家会诊"), Action.OPINION_CONFER, PanelCallForm, convene_panel, step=5),
    Act("panel-opinion", N_("专家会诊意见"), Action.PANEL_OPINE, PanelForm, panel_opinion, step=5),
    Act("record-panel", N_("记录专家会诊"), Action.OPINION_CONFER, PanelMinutesForm, record_panel, step=5),
)
GUARDS = {"panel_convened": panel_convened}
PAPERS = (CALL, PANEL_OPINION, PANEL_MINUTES)
