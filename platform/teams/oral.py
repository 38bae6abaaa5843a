"""An oral agreement: the mediator writes down what was agreed; it binds from the day it was reached (调解法 28, 30)."""

from datetime import datetime, time
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.committee import committee_of
from cases.models import Case
from foundation.clock import SHANGHAI
from foundation.errors import invalid
from foundation.language import N_
from policies.actions import Action
from teams.agreement import Status, in_status
from teams.draft import AgreementMissing
from teams.effect import take_effect
from teams.signing import NotMediator, is_mediator
from tenants.subject import Subject


class OralForm(Struct, frozen=True, kw_only=True):
    read_back: Annotated[
        bool,
        Meta(title=N_("已将记录向各方当事人宣读，各方无异议"), description=N_("记录当事人、事实、内容、方式、期限")),
    ] = False


async def record_oral_agreement(session: AsyncSession, subject: Subject, case: Case, form: OralForm) -> Done:
    """By a mediator of the case whom the parties accepted; no signature and no seal are asked for."""
    if not await is_mediator(session, subject, case):
        raise NotMediator
    if not form.read_back:
        raise invalid("read_back", "required", N_("口头协议的记录须向当事人宣读"))
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None or agreement.agreed_on is None:
        raise AgreementMissing
    reached = datetime.combine(agreement.agreed_on, time(), SHANGHAI)
    return await take_effect(session, subject, case, agreement, await committee_of(session, case), reached, 1)


ACTS = (
    Act(
        "record-oral-agreement",
        N_("记录口头调解协议"),
        Action.AGREEMENT_SIGN,
        OralForm,
        record_oral_agreement,
        step=6,
    ),
)
