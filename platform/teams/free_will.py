"""Asked alone, in writing: is it your own free will? (N8). The answer stays between the party and the mediator."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.consent import Answer, add_consent
from cases.issue import issue
from cases.mandates import Power, acting_for
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from policies.actions import Action
from teams.agreement import Status, in_status
from teams.draft import AgreementMissing
from teams.mediating import party_at_table
from tenants.subject import Subject

FREE_WILL = "free_will"


class FreeWillForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("当事人"), extra={"options": "mediating_parties"})]
    mandate_id: (
        Annotated[
            UUID,
            Meta(title=N_("监护人"), description=N_("代理人不得代答"), extra={"options": "mandates"}),
        ]
        | None
    ) = None
    asked_alone: Annotated[bool, Meta(title=N_("单独询问，无他人在场"))] = False
    read_out: Annotated[bool, Meta(title=N_("已宣读（以当事人使用的语言）"))] = False
    may_take_home: Annotated[bool, Meta(title=N_("已告知可以带回考虑，不催促"))] = False
    free: Annotated[bool, Meta(title=N_("当事人书面回答：签订协议出于自愿"))]


FREE_WILL_PAPER = PaperKind("free_will", N_("自愿签订确认书"), Group.STATEMENT, form=FreeWillForm)
MUST_BE = {
    "asked_alone": N_("必须单独询问"),
    "read_out": N_("协议须先宣读"),
    "may_take_home": N_("须告知可以带回考虑"),
}


async def confirm_free_will(session: AsyncSession, subject: Subject, case: Case, form: FreeWillForm) -> Done:
    """A no is as good as a yes: it is recorded, and the agreement can't be sealed over it."""
    party = await party_at_table(session, case, form.party_id, "party_id")
    if broken := [FieldError(name, "required", text) for name, text in MUST_BE.items() if not getattr(form, name)]:
        raise InvalidInput(*broken)
    await acting_for(session, case, party, form.mandate_id, Power.FREE_WILL, "mandate_id")
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    await add_consent(session, subject, case, party, Answer(FREE_WILL, str(agreement.id), form.free, "written"))
    content = {name: getattr(form, name) for name in ("mandate_id", "asked_alone", "read_out", "may_take_home", "free")}
    await issue(session, subject, case, FREE_WILL_PAPER, content, party_id=party.id)
    return Done(audience="workroom")


ACTS = (
    Act("confirm-free-will", N_("单独确认自愿"), Action.AGREEMENT_CONFIRM, FreeWillForm, confirm_free_will, step=6),
)
PAPERS = (FREE_WILL_PAPER,)
