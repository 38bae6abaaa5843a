"""Signing (人民调解法 29): each party itself or by its agent with a special mandate, and the mediator in person."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.mandates import Power, acting_for
from cases.models import Case
from cases.parties import Mandate
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import Agreement, Capacity, Manner, Signature, Status, in_status, signatures_of
from teams.draft import AgreementMissing, OralNotSealed
from teams.mediating import party_at_table
from teams.roles import TeamRole
from teams.table import seated
from tenants.subject import Subject


class SignatureForm(Struct, frozen=True, kw_only=True):
    capacity: Annotated[Capacity, Meta(title=N_("签名身份"))]
    party_id: Annotated[
        UUID | None,
        Meta(title=N_("当事人"), description=N_("调解员签名的不填"), extra={"options": "mediating_parties"}),
    ] = None
    mandate_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("代理人、监护人"),
                description=N_("代签须有特别授权；推选的代表不当然有签约权"),
                extra={"options": "mandates"},
            ),
        ]
        | None
    ) = None
    signed_on: (
        Annotated[date, Meta(title=N_("签名日期"), description=N_("纸质协议此前已签名的填写；不填即为今天"))] | None
    ) = None


class NotMediator(Forbidden):
    code = "not_mediator"
    message = N_("只有本案经当事人接受的人民调解员可以主持签署")


async def sign_agreement(session: AsyncSession, subject: Subject, case: Case, form: SignatureForm) -> Done:
    """A mediator of the case records each signature given before them, and gives their own in person."""
    if not await is_mediator(session, subject, case):
        raise NotMediator
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    if agreement.manner == Manner.ORAL:
        raise OralNotSealed
    signed_at = _signed_at(session, agreement, form.signed_on)
    if form.capacity is Capacity.MEDIATOR:
        await _add(session, subject, agreement, form.capacity, signed_at, person_id=subject.person_id)
        return Done(data={"capacity": form.capacity.value}, audience="parties")
    if form.party_id is None:
        raise invalid("party_id", "required", N_("请选择当事人"))
    party = await party_at_table(session, case, form.party_id, "party_id")
    if form.capacity is Capacity.AGENT and form.mandate_id is None:
        raise invalid("mandate_id", "required", N_("请选择代理人或监护人；没有的先登记授权"))
    chosen = form.mandate_id if form.capacity is Capacity.AGENT else None
    mandate = await acting_for(session, case, party, chosen, Power.SIGN, "mandate_id")
    await _add(session, subject, agreement, form.capacity, signed_at, party_id=party.id, mandate=mandate)
    return Done(data={"capacity": form.capacity.value, "side": party.side}, audience="parties")


async def is_mediator(session: AsyncSession, subject: Subject, case: Case) -> bool:
    """Whether the subject is a mediator of the case whom the parties accepted."""
    mediators = [one for one in await seated(session, case) if one.role == TeamRole.MEDIATOR]
    return any(one.person_id == subject.person_id for one in mediators)


def _signed_at(session: AsyncSession, agreement: Agreement, day: date | None) -> datetime:
    """A text can't be signed before it was drafted, nor on a day to come."""
    now = instant(session)
    if day is None or day == local_date(now):
        return now
    if day > local_date(now):
        raise invalid("signed_on", "in_future", N_("日期不得晚于今天"))
    if day < local_date(agreement.recorded_at):
        raise invalid("signed_on", "before_draft", N_("签名日期不能早于本稿起草之日"))
    return datetime.combine(day, time(12), SHANGHAI)


async def _add(
    session: AsyncSession,
    subject: Subject,
    agreement: Agreement,
    capacity: Capacity,
    signed_at: datetime,
    *,
    party_id: UUID | None = None,
    person_id: UUID | None = None,
    mandate: Mandate | None = None,
) -> None:
    present = await signatures_of(session, agreement.id)
    if any((one.party_id, one.person_id) == (party_id, person_id) for one in present):
        raise invalid("party_id", "signed", N_("已经签名"))
    now = instant(session)
    signature = Signature(
        id=new_id(now),
        case_id=agreement.case_id,
        agreement_id=agreement.id,
        party_id=party_id,
        person_id=person_id,
        capacity=capacity.value,
        mandate_paper_id=mandate.paper_id if mandate else None,
        signed_at=signed_at,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(signature)
    await session.flush()


ACTS = (Act("sign-agreement", N_("签署调解协议"), Action.AGREEMENT_SIGN, SignatureForm, sign_agreement, step=6),)
