"""Asked alone, in writing: is it your own free will? (N8). The answer stays between the party and the mediator."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.consent import add_consent, consented
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from policies.actions import Action
from teams.agreement import Agreement, Status, in_status
from teams.draft import AgreementMissing
from teams.mediating import at_the_table, party_at_table
from tenants.subject import Subject

FREE_WILL = "free_will"


class FreeWillForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("当事人"), extra={"options": "mediating_parties"})]
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
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    await add_consent(session, subject, case, party, FREE_WILL, str(agreement.id), form.free, "written")
    content = {name: getattr(form, name) for name in ("asked_alone", "read_out", "may_take_home", "free")}
    await issue(session, subject, case, FREE_WILL_PAPER, content, party_id=party.id)
    return Done()


async def all_free(session: AsyncSession, case: Case, agreement: Agreement) -> bool:
    """Each party at the table said yes to this very text."""
    answers = await consented(session, case.id, FREE_WILL, str(agreement.id))
    return all(answers.get(party.id) for party in await at_the_table(session, case.id))


ACTS = (
    Act("confirm-free-will", N_("单独确认自愿"), Action.AGREEMENT_CONFIRM, FreeWillForm, confirm_free_will, step=6),
)
PAPERS = (FREE_WILL_PAPER,)
