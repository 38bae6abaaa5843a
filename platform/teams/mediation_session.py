"""人民调解记录 (人民调解法 27): one sitting. Nobody comes without the parties' consent, nobody sits alone (N8)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Party
from foundation.choice import Choice
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.fields import strangers
from teams.guests import GuestRow, uninvited
from teams.mediating import at_the_table
from teams.models import TeamMember
from teams.roles import TeamRole
from teams.table import names_of, seated
from tenants.subject import Subject


class Result(Choice):
    GOES_ON = "goes_on", N_("继续调解")
    AGREED = "agreed", N_("达成一致")
    NOT_AGREED = "not_agreed", N_("未达成一致")


class SessionForm(Struct, frozen=True, kw_only=True):
    held_at: Annotated[datetime, Meta(title=N_("调解时间"), tz=True)]
    place: Annotated[str, Meta(title=N_("调解地点"), min_length=2, max_length=120)]
    member_ids: Annotated[
        list[UUID],
        Meta(
            title=N_("到场的小组成员"),
            description=N_("至少一名人民调解员"),
            min_length=1,
            extra={"options": "team_seated"},
        ),
    ]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("到场的当事人"), min_length=1, extra={"options": "mediating_parties"})
    ]
    guests: Annotated[list[GuestRow], Meta(title=N_("受邀的其他人员"), max_length=20)] = []
    interpreter: (
        Annotated[str, Meta(title=N_("翻译"), description=N_("到场当事人使用其他语言时必填"), max_length=80)] | None
    ) = None
    open_to_public: Annotated[bool, Meta(title=N_("当事人要求公开进行"))] = False
    rights_told: Annotated[bool, Meta(title=N_("已告知调解性质、原则、效力和当事人权利义务"))] = False
    petitioner_view: Annotated[
        str, Meta(title=N_("信访人一方的意见"), min_length=1, max_length=4000, extra={"widget": "textarea"})
    ]
    respondent_view: Annotated[
        str, Meta(title=N_("对方的意见"), min_length=1, max_length=4000, extra={"widget": "textarea"})
    ]
    course: Annotated[str, Meta(title=N_("调解经过"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    result: Annotated[Result, Meta(title=N_("调解结果"))]


SESSION_PAPER = PaperKind("session", N_("人民调解记录"), Group.STATEMENT, dossier_item=7, form=SessionForm)


async def record_session(session: AsyncSession, subject: Subject, case: Case, form: SessionForm) -> Done:
    """Each side's view stands apart (1a). Raises InvalidInput naming whoever may not be there."""
    members = {one.id: one for one in await seated(session, case)}
    parties = {party.id: party for party in await at_the_table(session, case.id)}
    errors = list(_broken(session, form, members, parties))
    if errors:
        raise InvalidInput(*errors)
    content = msgspec.to_builtins(form)
    content["member_ids"] = await names_of(session, [members[one] for one in form.member_ids])
    await issue(session, subject, case, SESSION_PAPER, content)
    return Done(data={"result": form.result.value, "parties": len(form.party_ids)}, audience="parties")


def _broken(
    session: AsyncSession, form: SessionForm, members: dict[UUID, TeamMember], parties: dict[UUID, Party]
) -> Iterator[FieldError]:
    yield from strangers("member_ids", form.member_ids, members)
    yield from strangers("party_ids", form.party_ids, parties)
    if not any(members[one].role == TeamRole.MEDIATOR for one in form.member_ids if one in members):
        yield FieldError("member_ids", "no_mediator", N_("没有当事人接受的人民调解员在场，不得调解"))
    yield from uninvited(form.guests)
    if not form.interpreter and any(parties[one].language for one in form.party_ids if one in parties):
        yield FieldError("interpreter", "required", N_("到场当事人需要翻译"))
    if not form.rights_told:
        yield FieldError("rights_told", "required", N_("调解前须告知权利义务"))
    if form.held_at > instant(session):
        yield FieldError("held_at", "in_future", N_("不能晚于现在"))


ACTS = (Act("record-session", N_("记录调解"), Action.SESSION_RECORD, SessionForm, record_session, step=4),)
PAPERS = (SESSION_PAPER,)
