"""record-referral: a party's own application is noted, with its receipt; the case itself never moves to the organ."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.models import Case
from dossiers import referral_rules
from dossiers.parties import party_at, taking_part
from dossiers.referral_answer import legal_aid_terms
from dossiers.referral_form import Asked, ReferralForm
from dossiers.referrals import OF_ONE_PERSON, Channel, Referral, ReferralResult, referrals_of
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


async def record_referral(session: AsyncSession, subject: Subject, case: Case, form: ReferralForm) -> Done:
    now = instant(session)
    if form.applied_on > local_date(now):
        raise invalid("applied_on", "in_future", N_("日期不得晚于今天"))
    applicants = tuple([await party_at(session, case, "applicants", party_id) for party_id in form.applicants])
    asked = Asked(session, case, form, applicants)
    await referral_rules.check(asked)
    referral = Referral(
        id=new_id(now),
        case_id=case.id,
        channel=form.channel.value,
        applicant_ids=form.applicants,
        term_ids=form.terms if form.channel is Channel.NOTARIAL_DEED else [],
        organ=form.organ,
        applied_on=form.applied_on,
        last_day=form.last_day,
        receipt_no=form.receipt_no,
        person_id=form.notary,
        ahead=form.ahead,
        result=form.result.value,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(referral)
    await _follow(asked, referral)
    audience = "internal" if form.channel in OF_ONE_PERSON else "parties"
    return Done(data={"channel": form.channel.value, "referral": str(referral.id)}, audience=audience)


async def _follow(asked: Asked, referral: Referral) -> None:
    """What the law attaches to the step: the confirmation's last day, and the terms of legal aid."""
    if asked.form.channel is Channel.CONFIRMATION:
        referral.last_day = await referral_rules.confirmation_last_day(asked)
        if await _all_have_applied(asked):
            await timers.finish(asked.session, asked.case, "confirmation")
    if asked.form.channel is Channel.LEGAL_AID:
        await legal_aid_terms(asked.session, asked.case, referral)
        if asked.form.ahead:
            await timers.start(asked.session, asked.case, "legal_aid_first")


async def _all_have_applied(asked: Asked) -> bool:
    """In one joint application, or each with the other side in one of its own; one given up counts for nobody."""
    made = await referrals_of(asked.session, asked.case, Channel.CONFIRMATION)
    applied = {one for row in made if row.result != ReferralResult.GIVEN_UP for one in row.applicant_ids}
    return {party.id for party in await taking_part(asked.session, asked.case.id)} <= applied


ACTS = (Act("record-referral", N_("登记引导途径"), Action.REFERRAL_RECORD, ReferralForm, record_referral, step=6),)
