"""Extending the mediation: the parties' own decision, both sides, afresh each time (部令75号 33)."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.consent import ConsentKind, ExtensionConsentMissing
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.parties import Consent
from foundation.language import N_
from policies.actions import Action
from teams.mediating import at_the_table
from tenants.subject import Subject


class ExtensionForm(Struct, frozen=True, kw_only=True):
    days: Annotated[int, Meta(title=N_("延长天数"), ge=1, le=30)]
    reason: Annotated[str, Meta(title=N_("延长理由"), min_length=2, max_length=1000, extra={"widget": "textarea"})]


EXTENSION = PaperKind("extension", N_("延长调解期限记录"), Group.FINAL, form=ExtensionForm)


async def extend_mediation(session: AsyncSession, subject: Subject, case: Case, form: ExtensionForm) -> Done:
    """A consent given for one extension does not carry a second one."""
    if not await _asked_afresh(session, case):
        raise ExtensionConsentMissing
    await timers.extend(session, case, "mediation", form.days)
    await issue(session, subject, case, EXTENSION, form)
    return Done(data={"days": form.days}, audience="parties")


async def _asked_afresh(session: AsyncSession, case: Case) -> bool:
    last = await session.scalar(
        select(func.max(Paper.issued_at)).where(Paper.case_id == case.id, Paper.kind == EXTENSION.code)
    )
    if last is None:
        return True
    query = select(Consent.party_id).where(
        Consent.case_id == case.id,
        Consent.kind == ConsentKind.EXTENSION.value,
        Consent.given,
        Consent.recorded_at > last,
    )
    asked = set(await session.scalars(query))
    return all(party.id in asked for party in await at_the_table(session, case.id))


ACTS = (Act("extend-mediation", N_("延长调解期限"), Action.TIMER_EXTEND, ExtensionForm, extend_mediation, step=4),)
PAPERS = (EXTENSION,)
