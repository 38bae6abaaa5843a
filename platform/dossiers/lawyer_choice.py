"""Free choice of a lawyer (五(六), 26b): by the party alone, after a written notice of other lawyers and legal aid."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers.lawyer_notice import LAWYER_NOTICE
from dossiers.parties import party_at
from dossiers.referrals import Channel, Referral, ReferralResult, referrals_of
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

LAWYERS = ("lawyer", "grassroots_legal_worker")
TEAM = text("select person_id, name, role, serving from people_of_teams(:case)")
AGREED = text("select both_sides_agree(:case, 'handling_lawyer')")
TOLD = Fact(
    f"select exists (select from papers where case_id = :case and party_id = :person and kind = '{LAWYER_NOTICE.code}')"
)
WHERE = text("select exists (select from papers where case_id = :case and party_id = :party and kind = :kind)")


class NotTold(Conflict):
    code = "lawyers_not_told"
    message = N_("须先书面告知本人可以选择其他律师、申请法律援助")


class LegalAidEnds(Conflict):
    code = "legal_aid_ends"
    message = N_("本人正在接受法律援助，自行委托律师的，法律援助终止（法律援助法第48条）；确认知道后方可选择")


class LawyerOnTeam(Conflict):
    code = "lawyer_on_team"
    message = N_("该人仍是本案小组成员或曾任本案调解员，不得接受当事人委托")


class HandlingLawyerNotAgreed(Conflict):
    code = "handling_lawyer_not_agreed"
    message = N_("双方当事人没有都同意本案承办律师代理一方，请另选其他律师")


class ChoiceForm(Struct, frozen=True, kw_only=True):
    firm: Annotated[
        str,
        Meta(title=N_("律师事务所"), description=N_("律师须由律师事务所统一接受委托"), min_length=2, max_length=120),
    ]
    name: Annotated[str, Meta(title=N_("律师姓名"), min_length=1, max_length=80)]
    case_lawyer: (
        Annotated[
            UUID,
            Meta(title=N_("曾参与本案的律师"), description=N_("选其他律师的不填"), extra={"options": "case_lawyers"}),
        ]
        | None
    ) = None
    aid_end_known: Annotated[bool, Meta(title=N_("本人知道：自行委托律师的，已获得的法律援助终止"))] = False


class RecordedChoiceForm(ChoiceForm, frozen=True, kw_only=True):
    party: Annotated[UUID, Meta(title=N_("作出选择的当事人"), extra={"options": "parties"})]
    signed_on: Annotated[date, Meta(title=N_("本人签署选择书的日期"))]


CHOICE = PaperKind("lawyer_choice", N_("自行选择律师的书面选择"), Group.STATEMENT, form=RecordedChoiceForm)


class _Served(Struct, frozen=True):
    person_id: UUID
    name: str
    role: str
    serving: bool


async def choose_lawyer(session: AsyncSession, subject: Subject, case: Case, form: ChoiceForm) -> Done:
    """On the party's own page: nobody else is there."""
    today = local_date(instant(session))
    return await _choose(session, subject, case, form, subject.person_id, today)


async def record_lawyer_choice(session: AsyncSession, subject: Subject, case: Case, form: RecordedChoiceForm) -> Done:
    """From a paper that the party signed itself."""
    party = await party_at(session, case, "party", form.party)
    if form.signed_on > local_date(instant(session)):
        raise invalid("signed_on", "in_future", N_("日期不得晚于今天"))
    told = {"case": case.id, "party": party.id, "kind": LAWYER_NOTICE.code}
    if not await session.scalar(WHERE, told):
        raise NotTold
    return await _choose(session, subject, case, form, party.id, form.signed_on)


async def _choose(
    session: AsyncSession, subject: Subject, case: Case, form: ChoiceForm, party_id: UUID, signed_on: date
) -> Done:
    await _may_take_it(session, case, form)
    aid = await _open_legal_aid(session, case, party_id)
    if aid and not form.aid_end_known:
        raise LegalAidEnds
    now = instant(session)
    referral = Referral(
        id=new_id(now),
        case_id=case.id,
        channel=Channel.OWN_LAWYER.value,
        applicant_ids=[party_id],
        term_ids=[],
        organ=f"{form.firm} {form.name}",
        applied_on=signed_on,
        person_id=form.case_lawyer,
        result=ReferralResult.ACCEPTED.value,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(referral)
    for one in aid:
        one.result = ReferralResult.AID_ENDED.value
    content = RecordedChoiceForm(
        firm=form.firm,
        name=form.name,
        case_lawyer=form.case_lawyer,
        aid_end_known=form.aid_end_known,
        party=party_id,
        signed_on=signed_on,
    )
    await issue(session, subject, case, CHOICE, content, party_id=party_id)
    return Done(data={"channel": Channel.OWN_LAWYER.value, "aid_ended": len(aid)})


async def _may_take_it(session: AsyncSession, case: Case, form: ChoiceForm) -> None:
    """Who served in the case only afterwards, never if it mediated, and with both sides' consent."""
    served = [one for one in await _team(session, case) if form.case_lawyer == one.person_id or form.name == one.name]
    if not served:
        if form.case_lawyer is not None:
            raise invalid("case_lawyer", "not_a_choice", N_("请从所列项目中选择"))
        return
    if any(one.serving or one.role == "mediator" for one in served):
        raise LawyerOnTeam
    if not await session.scalar(AGREED, {"case": case.id}):
        raise HandlingLawyerNotAgreed


async def _team(session: AsyncSession, case: Case) -> Sequence[_Served]:
    return [_Served(*row) for row in await session.execute(TEAM, {"case": case.id})]


async def _open_legal_aid(session: AsyncSession, case: Case, party_id: UUID) -> list[Referral]:
    aid = await referrals_of(session, case, Channel.LEGAL_AID)
    ended = (ReferralResult.AID_ENDED, ReferralResult.REFUSED, ReferralResult.GIVEN_UP)
    return [one for one in aid if party_id in one.applicant_ids and one.result not in ended]


async def case_lawyers(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Lawyers who served in the case: listed once, whatever their parts."""
    names = {one.person_id: one.name for one in await _team(session, case) if one.role in LAWYERS}
    return [Option(str(person_id), name) for person_id, name in names.items()]


@by_facts(TOLD)
def told_of_lawyers(subject: Subject, case: Case, told: bool) -> DomainError | None:
    return None if told else NotTold()


ACTS = (
    Act("choose-lawyer", N_("自行选择律师"), Action.CONSENT_GIVE, ChoiceForm, choose_lawyer, step=6, writes=False),
    Act(
        "record-lawyer-choice",
        N_("登记本人签署的律师选择"),
        Action.REFERRAL_RECORD,
        RecordedChoiceForm,
        record_lawyer_choice,
        step=6,
    ),
)
GUARDS = {"told_of_lawyers": told_of_lawyers}
OPTIONS = {"case_lawyers": case_lawyers}
PAPERS = (CHOICE,)
