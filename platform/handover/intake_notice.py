"""At the next contact a petitioner of a case from elsewhere is told who has it now, and gets a receipt of ours."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts, known
from cases.issue import issue
from cases.models import Case
from cases.origins import origin_of
from cases.parties import Party
from cases.party_reading import called
from cases.registered_parties import new_code, receipt_hash
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from handover.intake_papers import ORIGIN, ORIGIN_NOTICE, notice_for
from policies.actions import Action
from tenants import names
from tenants.subject import Subject


class OriginNoticeForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[
        UUID,
        Meta(
            title=N_("信访人"),
            description=N_("下次联系时逐人告知；告知书和回执各一份"),
            extra={"options": "untold_petitioners"},
        ),
    ]


class EverybodyTold(Conflict):
    code = "everybody_told"
    message = N_("没有尚未告知的信访人")


UNTOLD = Fact("""array(select row(p.id, p.ordinal) from parties p
    where p.case_id = :case and p.side = 'petitioner' and p.receipt_hash is null
    and exists (select from case_origins o where o.case_id = p.case_id) order by p.ordinal)""")


async def notify_origin(session: AsyncSession, subject: Subject, case: Case, form: OriginNoticeForm) -> Done:
    """The other side learns of nobody here: whoever it is told of is asked first (N3)."""
    (untold,) = await known(session, subject, case, (UNTOLD,))
    origin = await origin_of(session, case.id)
    if origin is None or form.party_id not in {party for party, _ in untold}:
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    party = await session.get_one(Party, form.party_id)
    receiver = (await names.offices(session, [case.holder_office_id]))[case.holder_office_id]
    await issue(session, subject, case, ORIGIN_NOTICE, notice_for(origin, case, receiver), party_id=party.id)
    code = new_code()
    party.receipt_hash = receipt_hash(case.registration_no, code)
    shown = {"registration_no": case.registration_no, "code": code}
    return Done(data={"party": party.ordinal}, shown_once=shown, audience="parties")


@by_facts(UNTOLD)
def origin_untold(subject: Subject, case: Case, untold: Sequence[tuple[UUID, int]]) -> DomainError | None:
    return None if untold else EverybodyTold()


async def untold_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    (untold,) = await known(session, subject, case, (UNTOLD,))
    named = await called(session, subject, case)
    return [Option(str(party), named[party]) for party, _ in untold]


ACTS = (Act("notify-origin", N_("告知接收外部移交"), Action.CONSENT_RECORD, OriginNoticeForm, notify_origin),)
GUARDS = {"origin_untold": origin_untold}
OPTIONS = {"untold_petitioners": untold_options}
PAPERS = (ORIGIN, ORIGIN_NOTICE)
