"""会商 (五(五)): what each of the team thinks, before the opinion of a major case. Experts have panels of their own."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.classes import MAJOR
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import Conflict, DomainError, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.fields import strangers
from teams.guests import GuestRow, uninvited
from teams.table import names_of, seated
from tenants.subject import Subject

QUORUM = 2
"""A conference of one is none."""


class ViewRow(Struct, frozen=True, kw_only=True):
    member_id: Annotated[UUID, Meta(title=N_("参加人"), extra={"options": "team_seated"})]
    view: Annotated[str, Meta(title=N_("意见"), min_length=1, max_length=2000, extra={"widget": "textarea"})]


class ConferenceForm(Struct, frozen=True, kw_only=True):
    held_at: Annotated[datetime, Meta(title=N_("会商时间"), tz=True)]
    views: Annotated[list[ViewRow], Meta(title=N_("参加人及其意见"), min_length=QUORUM, max_length=20)]
    guests: Annotated[
        list[GuestRow], Meta(title=N_("列席的人员"), description=N_("须经双方当事人同意"), max_length=20)
    ] = []
    conclusion: Annotated[str, Meta(title=N_("会商结论"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


MINUTES = PaperKind("minutes", N_("会商记录"), Group.OPINION, form=ConferenceForm)


class ConferenceMissing(Conflict):
    code = "conference_missing"
    message = N_("重大疑难复杂案件须先会商，再提出处理意见")


async def confer(session: AsyncSession, subject: Subject, case: Case, form: ConferenceForm) -> Done:
    """Minutes with each one's view. Raises InvalidInput for strangers, too few, a promise not to petition."""
    members = {member.id: member for member in await seated(session, case)}
    ids = [row.member_id for row in form.views]
    if errors := [*strangers("views", ids, members, "member_id"), *uninvited(form.guests)]:
        raise InvalidInput(*errors)
    if len({members[one].person_id for one in ids}) < QUORUM:
        raise invalid("views", "too_few", N_("会商至少要有两人参加"))
    if form.held_at > instant(session):
        raise invalid("held_at", "in_future", N_("不能晚于现在"))
    names = await names_of(session, [members[one] for one in ids])
    content = msgspec.to_builtins(form)
    content["views"] = [{"member_id": name, "view": row.view} for name, row in zip(names, form.views, strict=True)]
    await issue(session, subject, case, MINUTES, content)
    return Done(data={"present": len(ids)})


@by_facts(Fact(f"exists (select from papers where case_id = :case and kind = '{MINUTES.code}')"))
def conferred_if_major(subject: Subject, case: Case, conferred: bool) -> DomainError | None:
    return None if conferred or case.case_class not in MAJOR else ConferenceMissing()


ACTS = (Act("confer", N_("会商"), Action.OPINION_CONFER, ConferenceForm, confer, step=5),)
GUARDS = {"conferred_if_major": conferred_if_major}
PAPERS = (MINUTES,)
