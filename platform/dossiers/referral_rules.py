"""What the law asks of each channel before the party's application is recorded."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from cases import timers
from cases.remedies import aid_goes_first
from dossiers.performance import in_default
from dossiers.referral_form import Asked
from dossiers.referrals import Channel, Matter, ReferralResult, referrals_of
from foundation.errors import Conflict, invalid
from foundation.language import N_
from teams.agreement import Agreement, AgreementTerm, Performance, Status, in_status, terms_of
from teams.models import TeamMember

ENFORCEABLE = (Channel.NOTARIAL_DEED, Channel.CONFIRMATION, Channel.LITIGATION, Channel.ARBITRATION)
"""Channels whose result a court enforces; an agreement alone leads to a suit (人民调解法 32)."""


class AgreementNotEffective(Conflict):
    code = "agreement_not_effective"
    message = N_("本案没有已生效的调解协议")


class NoEnforcementClause(Conflict):
    code = "no_enforcement_clause"
    message = N_("协议未载明债务人愿意接受强制执行的承诺，不能办理公证债权文书（公证法第37条）")


class NotaryOnTeam(Conflict):
    code = "notary_on_team"
    message = N_("该公证员是本案小组成员，不得承办本案公证，请另选公证员")


class ConfirmationTooLate(Conflict):
    code = "confirmation_too_late"
    message = N_("申请司法确认须在协议生效后三十日内，最后一日为 %(last_day)s")


class ConfirmationNotOpen(Conflict):
    code = "confirmation_not_open"
    message = N_("身份关系、收养、婚姻和物权的确认，法院不受理司法确认申请")


class ChoiceIsTheirs(Conflict):
    """26b: recorded by the party alone."""

    code = "choice_is_theirs"
    message = N_("自行委托律师由当事人本人在查询页选择，或者凭本人签名的选择书登记，不在这里登记")


class NothingEnforceable(Conflict):
    code = "nothing_enforceable"
    message = N_("没有可以申请强制执行的文书；对不履行协议的，可以向人民法院起诉（人民调解法第32条）")


async def confirmation_last_day(asked: Asked) -> date:
    """The last day to apply jointly for judicial confirmation (人民调解法 33, 民事诉讼法 205): from the effect."""
    agreement = await effective(asked)
    if agreement.effective_at is None:
        raise AgreementNotEffective
    return (await timers.ends_on(asked.session, asked.case, "confirmation", agreement.effective_at)).day


async def effective(asked: Asked) -> Agreement:
    agreement = await in_status(asked.session, asked.case.id, Status.EFFECTIVE)
    if agreement is None:
        raise AgreementNotEffective
    return agreement


async def notarial_deed(asked: Asked) -> None:
    """Only on the payment part, with the clause of 公证法 37, by a notary outside the case's team."""
    agreement = await effective(asked)
    if not agreement.accepts_enforcement:
        raise NoEnforcementClause
    terms = {term.id: term for term in await terms_of(asked.session, agreement.id)}
    chosen = asked.form.terms
    if not chosen or any(term not in terms or terms[term].kind != Performance.MONEY for term in chosen):
        raise invalid("terms", "payment_only", N_("公证债权文书只能就给付部分办理，请只选给付条款"))
    _both_sides_of(asked, [terms[term] for term in chosen])
    await _notary_independent(asked)


def _both_sides_of(asked: Asked, terms: list[AgreementTerm]) -> None:
    needed = {side for term in terms for side in (term.party_id, term.obligor_id)}
    if not needed <= set(asked.form.applicants):
        raise invalid("applicants", "not_joint", N_("须由所选条款的双方当事人共同申请"))


async def _notary_independent(asked: Asked) -> None:
    notary = asked.form.notary
    if notary is None:
        if not asked.form.notary_outside:
            raise invalid("notary", "required", N_("请选承办公证员，未登记的请注明不是本案小组成员"))
        return
    if await _roles_in_case(asked, notary):
        raise NotaryOnTeam


async def _roles_in_case(asked: Asked, person_id: UUID) -> set[str]:
    """Roles of a person on this case's teams, now or before."""
    query = select(TeamMember.role).where(TeamMember.case_id == asked.case.id, TeamMember.person_id == person_id)
    return set(await asked.session.scalars(query))


async def confirmation(asked: Asked) -> None:
    """Jointly, within thirty days of effectiveness, and never on status or real rights (法释〔2011〕5号)."""
    await effective(asked)
    if asked.form.matter is None:
        raise invalid("matter", "required", N_("请填写"))
    if asked.form.matter is not Matter.PERFORMANCE:
        raise ConfirmationNotOpen
    if {party.side for party in asked.applicants} != {"petitioner", "respondent"}:
        raise invalid("applicants", "not_joint", N_("司法确认须由双方当事人共同申请"))
    last_day = await confirmation_last_day(asked)
    if asked.form.applied_on > last_day:
        raise ConfirmationTooLate(last_day=str(last_day))


async def legal_aid(asked: Asked) -> None:
    if len(asked.applicants) != 1 or asked.applicants[0].kind != "person":
        raise invalid("applicants", "one_person", N_("须由自然人当事人一人单独申请、单独选择"))
    if asked.form.ahead and not await aid_goes_first(asked.session, asked.case):
        raise invalid("ahead", "not_urgent", N_("距法定时效或者期限届满不足七日的，才可以先行提供（法律援助法第44条）"))


async def own_lawyer(asked: Asked) -> None:
    raise ChoiceIsTheirs


async def execution(asked: Asked) -> None:
    """After a default, on a document that a court enforces."""
    await effective(asked)
    if not await in_default(asked.session, asked.case):
        raise invalid("channel", "no_default", N_("尚未登记不履行的情况"))
    if not await referrals_of(asked.session, asked.case, *ENFORCEABLE):
        raise NothingEnforceable


async def anyone(asked: Asked) -> None:
    """Suit, arbitration and reconsideration are open to each party by itself (人民调解法 3(3))."""


RULES: dict[Channel, Callable[[Asked], Awaitable[None]]] = {
    Channel.LITIGATION: anyone,
    Channel.ARBITRATION: anyone,
    Channel.RECONSIDERATION: anyone,
    Channel.NOTARIAL_DEED: notarial_deed,
    Channel.CONFIRMATION: confirmation,
    Channel.LEGAL_AID: legal_aid,
    Channel.OWN_LAWYER: own_lawyer,
    Channel.EXECUTION: execution,
}


async def check(asked: Asked) -> None:
    """Raise what the channel's law refuses, or return."""
    if not asked.form.own_application:
        raise invalid("own_application", "own_only", N_("只登记当事人本人提出的申请"))
    check_receipt(asked.form.receipt_no, asked.form.result)
    if asked.form.ahead and asked.form.channel is not Channel.LEGAL_AID:
        raise invalid("ahead", "only_legal_aid", N_("只有法律援助可以先行提供"))
    await RULES[asked.form.channel](asked)


def check_receipt(receipt_no: str | None, result: ReferralResult) -> None:
    """What an organ decides, it has received before: its receipt comes first."""
    if receipt_no is None and result not in (ReferralResult.PENDING, ReferralResult.GIVEN_UP):
        raise invalid("receipt_no", "required", N_("请先填写受理机关的回执编号"))
