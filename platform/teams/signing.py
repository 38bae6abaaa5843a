"""Signing (人民调解法 29): each party itself or by its agent with a special mandate, and the mediator in person."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Party
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Forbidden, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import Agreement, Capacity, Signature, Status, in_status, signatures_of
from teams.draft import AgreementMissing
from teams.mediating import party_at_table
from teams.roles import TeamRole
from teams.table import seated
from tenants.subject import Subject


class Scope(Choice):
    GENERAL = "general", N_("一般代理")
    SPECIAL = "special", N_("特别授权，含代为签订调解协议")


class SignatureForm(Struct, frozen=True, kw_only=True):
    capacity: Annotated[Capacity, Meta(title=N_("签名身份"))]
    party_id: Annotated[
        UUID | None,
        Meta(title=N_("当事人"), description=N_("调解员签名的不填"), extra={"options": "mediating_parties"}),
    ] = None
    agent: Annotated[str, Meta(title=N_("代理人姓名"), max_length=80)] | None = None
    mandate: Annotated[Scope, Meta(title=N_("代理权限"), description=N_("推选的代表不当然有签约权"))] | None = None
    mandate_on: Annotated[date, Meta(title=N_("授权委托书日期"))] | None = None


class MandateForm(Struct, frozen=True, kw_only=True):
    """What the dossier keeps of a written mandate."""

    agent: Annotated[str, Meta(title=N_("代理人姓名"))]
    mandate: Annotated[Scope, Meta(title=N_("代理权限"))]
    mandate_on: Annotated[date, Meta(title=N_("授权委托书日期"))]


MANDATE = PaperKind("mandate", N_("授权委托书"), Group.STATEMENT, dossier_item=4, form=MandateForm)


class NotMediator(Forbidden):
    code = "not_mediator"
    message = N_("只有本案经当事人接受的人民调解员可以主持签署")


async def sign_agreement(session: AsyncSession, subject: Subject, case: Case, form: SignatureForm) -> Done:
    """A mediator of the case records each signature given before them, and gives their own in person."""
    mediators = {one.person_id for one in await seated(session, case) if one.role == TeamRole.MEDIATOR}
    if subject.person_id not in mediators:
        raise NotMediator
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    if form.capacity is Capacity.MEDIATOR:
        await _add(session, subject, agreement, form.capacity, person_id=subject.person_id)
        return Done(data={"capacity": form.capacity.value}, audience="parties")
    if form.party_id is None:
        raise invalid("party_id", "required", N_("请选择当事人"))
    party = await party_at_table(session, case, form.party_id, "party_id")
    mandate_id = await _mandate(session, subject, case, party, form) if form.capacity is Capacity.AGENT else None
    await _add(session, subject, agreement, form.capacity, party_id=party.id, mandate_paper_id=mandate_id)
    return Done(data={"capacity": form.capacity.value, "side": party.side}, audience="parties")


async def _mandate(session: AsyncSession, subject: Subject, case: Case, party: Party, form: SignatureForm) -> UUID:
    """民法典 165: in writing; to settle for another needs it said in the mandate (domain.md 13.1-10)."""
    if form.mandate is not Scope.SPECIAL:
        raise invalid("mandate", "no_special_mandate", N_("代签须有本人的特别授权"))
    if not form.agent:
        raise invalid("agent", "required", N_("请填写代理人姓名"))
    if form.mandate_on is None or form.mandate_on > local_date(instant(session)):
        raise invalid("mandate_on", "required", N_("须有书面授权委托书，写明日期"))
    content = MandateForm(agent=form.agent, mandate=form.mandate, mandate_on=form.mandate_on)
    return (await issue(session, subject, case, MANDATE, content, party_id=party.id)).id


async def _add(
    session: AsyncSession,
    subject: Subject,
    agreement: Agreement,
    capacity: Capacity,
    *,
    party_id: UUID | None = None,
    person_id: UUID | None = None,
    mandate_paper_id: UUID | None = None,
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
        mandate_paper_id=mandate_paper_id,
        signed_at=now,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(signature)
    await session.flush()


ACTS = (Act("sign-agreement", N_("签署调解协议"), Action.AGREEMENT_SIGN, SignatureForm, sign_agreement, step=6),)
PAPERS = (MANDATE,)
