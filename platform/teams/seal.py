"""Sealing: the committee's seal, not the workroom's, closes the agreement; it binds from then on (调解法 29, 31)."""

from datetime import date, datetime, time
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.committee import committee_of
from cases.facts import by_facts
from cases.models import Case
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Conflict, DomainError, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import Agreement, Manner, Status, in_status, signatures_of
from teams.agreement_facts import DRAFT_MANNER, MEDIATOR_SIGNED, NOT_FREE, OUTDATED, UNSIGNED
from teams.draft import AgreementMissing, OralNotSealed
from teams.effect import take_effect
from teams.mediating import at_the_table
from tenants.subject import Subject


class SealForm(Struct, frozen=True, kw_only=True):
    copies: Annotated[int, Meta(title=N_("份数"), description=N_("当事人各一份，人民调解委员会留存一份"), ge=1, le=500)]
    effective_on: (
        Annotated[
            date,
            Meta(title=N_("生效日期"), description=N_("纸质协议此前已签名盖章的，填齐备之日；不填即为今天")),
        ]
        | None
    ) = None


class WrongCommittee(Forbidden):
    code = "wrong_committee"
    message = N_("只有派驻本站点的人民调解委员会可以盖章")


class SignaturesMissing(Conflict):
    code = "signatures_missing"
    message = N_("还缺 %(parties)s 名当事人或者调解员的签名")


class DraftOutdated(Conflict):
    code = "draft_outdated"
    message = N_("协议中有当事人已退出调解，须重新起草")


class FreeWillMissing(Conflict):
    code = "free_will_missing"
    message = N_("还有当事人没有单独书面确认自愿")


class EffectiveBeforeSignature(Conflict):
    """人民调解法 29(2): the last signature and the seal make it effective, nothing before."""

    code = "effective_before_signature"
    message = N_("协议自各方签名、调解员签名并加盖印章之日起生效，不得早于最后一个签名之日 %(signed_on)s")


class NotOral(Conflict):
    code = "not_oral"
    message = N_("草案是书面协议，须由各方签名、调解员签名并加盖印章后生效（人民调解法第29条）")


async def seal_agreement(session: AsyncSession, subject: Subject, case: Case, form: SealForm) -> Done:
    """Effective at once, or since the day on which the paper had its last signature and the seal."""
    committee = await committee_of(session, case)
    if subject.office_id != committee:
        raise WrongCommittee
    agreement = await in_status(session, case.id, Status.DRAFT)
    if agreement is None:
        raise AgreementMissing
    if form.copies <= len(await at_the_table(session, case.id)):
        raise invalid("copies", "too_few", N_("当事人各一份，人民调解委员会留存一份"))
    effective_at = await _effective_at(session, agreement, form.effective_on)
    return await take_effect(session, subject, case, agreement, committee, effective_at, form.copies)


async def _effective_at(session: AsyncSession, agreement: Agreement, wanted: date | None) -> datetime:
    now = instant(session)
    if wanted is None or wanted == local_date(now):
        return now
    if wanted > local_date(now):
        raise invalid("effective_on", "in_future", N_("日期不得晚于今天"))
    last = max(local_date(one.signed_at) for one in await signatures_of(session, agreement.id))
    if wanted < last:
        raise EffectiveBeforeSignature(signed_on=str(last))
    return datetime.combine(wanted, time(), SHANGHAI)


@by_facts(DRAFT_MANNER, OUTDATED, UNSIGNED, MEDIATOR_SIGNED, NOT_FREE)
def agreement_fully_signed(
    subject: Subject, case: Case, manner: str | None, outdated: bool, unsigned: int, mediator: bool, not_free: int
) -> DomainError | None:
    """Each party at the table signed this very text and is free; a mediator of the team signed too."""
    if manner == Manner.ORAL:
        return OralNotSealed()
    if refusal := _not_current(manner, outdated):
        return refusal
    if missing := unsigned + (not mediator):
        return SignaturesMissing(parties=missing)
    return FreeWillMissing() if not_free else None


@by_facts(DRAFT_MANNER, OUTDATED, NOT_FREE)
def oral_agreement_free(
    subject: Subject, case: Case, manner: str | None, outdated: bool, not_free: int
) -> DomainError | None:
    """The draft is of an oral agreement, names only who is at the table, and each said alone that it is free (N8)."""
    if manner == Manner.WRITTEN:
        return NotOral()
    return _not_current(manner, outdated) or (FreeWillMissing() if not_free else None)


def _not_current(manner: str | None, outdated: bool) -> DomainError | None:
    if manner is None:
        return AgreementMissing()
    return DraftOutdated() if outdated else None


ACTS = (Act("seal-agreement", N_("人民调解委员会盖章"), Action.AGREEMENT_SEAL, SealForm, seal_agreement, step=6),)
GUARDS = {"agreement_fully_signed": agreement_fully_signed, "oral_agreement_free": oral_agreement_free}
