"""会商 and 会诊 (五(五), 四(四)): what the team and invited experts think, before the opinion of a major case."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.classes import MAJOR
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from foundation.errors import Conflict, DomainError, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.fields import strangers
from teams.table import names_of, seated
from tenants.subject import Subject

QUORUM = 2
"""A conference of one is none."""


class PanelForm(Struct, frozen=True, kw_only=True):
    """An expert's own words; the material it rests on carries no identity."""

    question: Annotated[str, Meta(title=N_("会诊问题"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    opinion: Annotated[str, Meta(title=N_("会诊意见"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    basis: Annotated[str, Meta(title=N_("依据"), max_length=1000, extra={"widget": "textarea"})] | None = None


class ViewRow(Struct, frozen=True, kw_only=True):
    member_id: Annotated[UUID, Meta(title=N_("参加人"), extra={"options": "team_seated"})]
    view: Annotated[str, Meta(title=N_("意见"), min_length=1, max_length=2000, extra={"widget": "textarea"})]


class ConferenceForm(Struct, frozen=True, kw_only=True):
    held_at: Annotated[datetime, Meta(title=N_("会商时间"), tz=True)]
    views: Annotated[list[ViewRow], Meta(title=N_("参加人及其意见"), min_length=QUORUM, max_length=20)]
    guests: Annotated[str, Meta(title=N_("列席的专家和单位"), max_length=300)] | None = None
    conclusion: Annotated[str, Meta(title=N_("会商结论"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


PANEL_OPINION = PaperKind("panel_opinion", N_("专家会诊意见"), Group.OPINION, form=PanelForm)
MINUTES = PaperKind("minutes", N_("会商记录"), Group.OPINION, form=ConferenceForm)


class ConferenceMissing(Conflict):
    code = "conference_missing"
    message = N_("重大疑难复杂案件须先会商，再提出处理意见")


async def panel_opinion(session: AsyncSession, subject: Subject, case: Case, form: PanelForm) -> Done:
    await issue(session, subject, case, PANEL_OPINION, form)
    return Done()


async def confer(session: AsyncSession, subject: Subject, case: Case, form: ConferenceForm) -> Done:
    """Minutes with each one's view. Raises InvalidInput for strangers, too few, a promise not to petition."""
    members = {member.id: member for member in await seated(session, case)}
    ids = [row.member_id for row in form.views]
    if unknown := list(strangers("views", ids, members, "member_id")):
        raise InvalidInput(*unknown)
    if len({members[one].person_id for one in ids}) < QUORUM:
        raise invalid("views", "too_few", N_("会商至少要有两人参加"))
    if form.held_at > instant(session):
        raise invalid("held_at", "in_future", N_("不能晚于现在"))
    names = await names_of(session, [members[one] for one in ids])
    content = msgspec.to_builtins(form)
    content["views"] = [{"member_id": name, "view": row.view} for name, row in zip(names, form.views, strict=True)]
    await issue(session, subject, case, MINUTES, content)
    return Done(data={"present": len(ids)})


async def conferred_if_major(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    if case.case_class not in MAJOR:
        return None
    minutes = select(Paper.id).where(Paper.case_id == case.id, Paper.kind == MINUTES.code).limit(1)
    return None if await session.scalar(minutes) else ConferenceMissing()


ACTS = (
    Act("panel-opinion", N_("专家会诊意见"), Action.PANEL_OPINE, PanelForm, panel_opinion, step=5),
    Act("confer", N_("会商"), Action.OPINION_CONFER, ConferenceForm, confer, step=5),
)
GUARDS = {"conferred_if_major": conferred_if_major}
PAPERS = (PANEL_OPINION, MINUTES)
