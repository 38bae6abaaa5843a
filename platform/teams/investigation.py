"""Finding out (五(四)): visits, inquiries and inspections on the spot, each a 调查记录 with who was there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.fields import strangers
from teams.models import TeamMember
from teams.table import names_of, seated
from tenants.subject import Subject


class Mode(Choice):
    VISIT = "visit", N_("走访")
    INQUIRY = "inquiry", N_("询问")
    INSPECTION = "inspection", N_("现场勘验")


class InvestigationForm(Struct, frozen=True, kw_only=True):
    mode: Annotated[Mode, Meta(title=N_("方式"))]
    held_at: Annotated[datetime, Meta(title=N_("调查时间"), tz=True)]
    place: Annotated[str, Meta(title=N_("调查地点"), min_length=2, max_length=120)]
    investigators: Annotated[
        list[UUID],
        Meta(title=N_("调查人"), description=N_("不选为记录人本人"), max_length=20, extra={"options": "team_seated"}),
    ] = []
    recorder: Annotated[str, Meta(title=N_("记录人"), description=N_("不填为本人"), max_length=80)] | None = None
    asked: Annotated[str, Meta(title=N_("被调查人"), max_length=120)] | None = None
    present: Annotated[str, Meta(title=N_("参加人"), max_length=300)] | None = None
    findings: Annotated[str, Meta(title=N_("调查内容"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    measured: (
        Annotated[
            str,
            Meta(
                title=N_("勘验所见"),
                description=N_("现场勘验必填：位置、测量数据、所拍照片"),
                max_length=4000,
                extra={"widget": "textarea"},
            ),
        ]
        | None
    ) = None
    read_back: Annotated[bool, Meta(title=N_("已交被调查人核对或者宣读"))] = False


INVESTIGATION = PaperKind(
    "investigation", N_("人民调解调查记录"), Group.STATEMENT, dossier_item=5, form=InvestigationForm
)


async def record_investigation(session: AsyncSession, subject: Subject, case: Case, form: InvestigationForm) -> Done:
    """Who investigated and who wrote it down always stand on the record (调查记录, domain.md 3.3)."""
    members = {one.id: one for one in await seated(session, case)} if form.investigators else {}
    if errors := list(_broken(session, form, members)):
        raise InvalidInput(*errors)
    content: dict[str, Any] = msgspec.to_builtins(form)
    chosen = [members[one] for one in form.investigators]
    content["investigators"] = await names_of(session, chosen) if chosen else [subject.name]
    content["recorder"] = form.recorder or subject.name
    await issue(session, subject, case, INVESTIGATION, content)
    return Done(data={"mode": form.mode.value})


def _broken(session: AsyncSession, form: InvestigationForm, members: dict[UUID, TeamMember]) -> Iterator[FieldError]:
    yield from strangers("investigators", form.investigators, members)
    if form.held_at > instant(session):
        yield FieldError("held_at", "in_future", N_("不能晚于现在"))
    if form.asked and not form.read_back:
        yield FieldError("read_back", "required", N_("询问记录须交被调查人核对或者宣读"))
    if form.mode is Mode.INQUIRY and not form.asked:
        yield FieldError("asked", "required", N_("询问须写明被调查人"))
    if form.mode is Mode.INSPECTION and not form.measured:
        yield FieldError("measured", "required", N_("现场勘验须记录所见"))
    if form.mode is Mode.INSPECTION and not form.present:
        yield FieldError("present", "required", N_("现场勘验须有在场人"))


ACTS = (
    Act(
        "record-investigation",
        N_("记录调查"),
        Action.SESSION_RECORD,
        InvestigationForm,
        record_investigation,
        step=4,
    ),
)
PAPERS = (INVESTIGATION,)
