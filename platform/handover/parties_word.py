"""人民调解法 23(1): the parties accept a new mediator, or don't; it is asked of each for that very office.

Sideways and 跨部门 nothing moves before all at the table have said yes (decision 0037); where a superior names the
holder, they are asked for fifteen days afterwards (decision 0038).
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.consent import TRANSFER, Answer, ConsentWay, add_consents
from cases.facts import Fact, by_facts
from cases.mandates import Power, acting_for_each, spoken_by
from cases.models import Case
from foundation.errors import Conflict, DomainError, InvalidInput, invalid
from foundation.language import N_
from handover.targets import open_offer, target_options
from handover.telling import NEEDS_WORD
from policies.actions import Action
from teams.fields import NOT_A_CHOICE, strangers
from teams.mediating import at_the_table
from tenants import names
from tenants.subject import Subject

WORD = text("select parties_accept_transfer(:case, :office)")
ASKED = text("select office_asked_about(:case)")


class WordForm(Struct, frozen=True, kw_only=True):
    office_id: Annotated[int, Meta(title=N_("征询的新调解组织"), extra={"options": "offices_asked_about"})]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("当事人"), min_length=1, max_length=100, extra={"options": "mediating_parties"})
    ]
    accepted: Annotated[
        bool, Meta(title=N_("接受"), description=N_("不接受无须说明理由，不影响其他权利；有一人不接受，对方就不能接收"))
    ] = False
    form: Annotated[ConsentWay, Meta(title=N_("方式"))] = ConsentWay.WRITTEN
    mandate_id: Annotated[
        UUID | None,
        Meta(
            title=N_("由代理人、监护人作出的，是哪一位"),
            description=N_("本人作出的不填"),
            extra={"options": "mandates"},
        ),
    ] = None


class PartiesMustAccept(Conflict):
    code = "parties_must_accept"
    message = N_("平级和跨部门移交须先有当事人都接受新调解组织的记录")


class PartyRefuses(Conflict):
    """The sender keeps the case, or ends the mediation with the remedies."""

    code = "party_refuses"
    message = N_("有当事人不接受新的调解组织，不能接收；由原承办单位继续办理，或者终止调解并告知救济途径")


async def answer_transfer(session: AsyncSession, subject: Subject, case: Case, form: WordForm) -> Done:
    """By who holds the case, also while it is offered: the answer belongs to the handover, it changes no file."""
    if form.office_id not in {int(one.value) for one in await asked_options(session, subject, case)}:
        raise invalid("office_id", "not_a_choice", NOT_A_CHOICE)
    parties = {party.id: party for party in await at_the_table(session, case.id)}
    if unknown := list(strangers("party_ids", form.party_ids, parties)):
        raise InvalidInput(*unknown)
    asked = [parties[party_id] for party_id in dict.fromkeys(form.party_ids)]
    if form.accepted:
        await acting_for_each(session, case, asked, form.mandate_id, Power.CONSENT, "mandate_id")
    else:
        await spoken_by(session, case, form.mandate_id, "mandate_id")
    answer = Answer(TRANSFER, str(form.office_id), form.accepted, form.form.value, form.mandate_id)
    await add_consents(session, subject, case, asked, answer)
    data = {"to": form.office_id, "accepted": form.accepted, "parties": len(form.party_ids)}
    return Done(data=data, also_tenants=await offered_to(session, case))


async def offered_to(session: AsyncSession, case: Case) -> tuple[int, ...]:
    offer = await open_offer(session, case.id)
    return () if offer is None else (offer.to_tenant_id,)


async def asked_options(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Option]:
    """While an offer stands, its receiver alone; before, who holds the case by a naming, and wherever it may go."""
    offer = await open_offer(session, case.id)
    if offer is not None:
        return await called(session, offer.to_office_id)
    named = await asked_about(session, case)
    here = [] if named is None else await called(session, named)
    return [*here, *await target_options(session, subject, case)]


async def called(session: AsyncSession, office_id: int) -> list[Option]:
    return [Option(str(one), name) for one, name in (await names.offices(session, [office_id])).items()]


async def asked_about(session: AsyncSession, case: Case) -> int | None:
    """The office that the law asks the parties about now: of an open offer, or lately named."""
    office: int | None = await session.scalar(ASKED, {"case": case.id})
    return office


async def word_on(session: AsyncSession, case: Case, office_id: int, direction: str) -> str | None:
    """accepted, refused or open; None where the law does not ask the parties."""
    if direction not in NEEDS_WORD:
        return None
    word: str | None = await session.scalar(WORD, {"case": case.id, "office": office_id})
    return word


@by_facts(
    Fact(
        "select case when direction in ('sideways', 'cross') then parties_accept_transfer(case_id, to_office_id) end"
        " from handover_offers where case_id = :case and state = 'open'"
    )
)
def parties_agree(subject: Subject, case: Case, word: str | None) -> DomainError | None:
    """Told to the receiver before it fills in anything."""
    return REFUSALS[word]() if word in REFUSALS else None


REFUSALS = {"refused": PartyRefuses, "open": PartiesMustAccept}

ACTS = (
    Act(
        "answer-transfer",
        N_("记录当事人是否接受新的调解组织"),
        Action.CONSENT_RECORD,
        WordForm,
        answer_transfer,
        while_frozen=True,
    ),
)
GUARDS = {"parties_agree": parties_agree}
OPTIONS = {"offices_asked_about": asked_options}
