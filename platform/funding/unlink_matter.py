"""Taking back that two cases are one dispute (撤销同一纠纷标记): a mistyped number must not hold both up for ever.

From either case, by whoever may put it on file there, and never by the person who did. The link stays as history.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from foundation.errors import Conflict, DomainError
from foundation.language import N_
from funding.matter_marks import standing_marks, title_of
from policies.actions import Action
from tenants.subject import Subject

WITHDRAW = text("select answer, place from withdraw_same_matter(:case, :link, :reason)")


class NoSuchLink(Conflict):
    code = "no_matter_link"
    message = N_("本案没有这一有效的同一纠纷标记")


class OwnLink(Conflict):
    """Two persons, as with money (31b): who was mistaken is not the one who says so."""

    code = "own_matter_link"
    message = N_("标记由您登记，须由另一人撤销")


class LinkReckonedWith(Conflict):
    code = "matter_link_reckoned"
    message = N_("已有结算按这一标记计算：尚未支付的，先由审批方退回该结算，再撤销标记；已经支付的，标记不能撤销")


REFUSED: dict[str, type[DomainError]] = {"unknown": NoSuchLink, "own": OwnLink, "reckoned": LinkReckonedWith}


class UnlinkForm(Struct, frozen=True, kw_only=True):
    link_id: Annotated[UUID, Meta(title=N_("要撤销的标记"), extra={"options": "matter_links"})]
    reason: Annotated[
        str,
        Meta(
            title=N_("撤销标记的理由"),
            description=N_("须由登记标记以外的人办理；另一案只显示已经撤销"),
            min_length=2,
            max_length=1000,
            extra={"widget": "textarea"},
        ),
    ]


async def unlink(session: AsyncSession, subject: Subject, case: Case, form: UnlinkForm) -> Done:
    """Goes on the audit chain of the tenant that recorded it, too."""
    values = {"case": case.id, "link": form.link_id, "reason": form.reason}
    answer, place = (await session.execute(WITHDRAW, values)).one()
    if refusal := REFUSED.get(answer):
        raise refusal
    told = () if place in (None, subject.tenant_id) else (place,)
    return Done(data={"link": str(form.link_id)}, also_tenants=told)


async def matter_links(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(mark.id), title_of(mark)) for mark in await standing_marks(session, subject, case)]


@by_facts(Fact("exists (select from same_matter_marks(:case) where withdrawn_at is null)"))
def matter_linked(subject: Subject, case: Case, linked: bool) -> DomainError | None:
    return None if linked else NoSuchLink()


ACTS = (Act("unlink-same-matter", N_("撤销同一纠纷标记"), Action.FEE_REVIEW, UnlinkForm, unlink, step=8),)
GUARDS = {"matter_linked": matter_linked}
OPTIONS = {"matter_links": matter_links}
