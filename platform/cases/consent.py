"""Consents: each party answers each question for itself, and may withdraw by one act without a reason (N2)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations, timers
from cases.catalogue import Act, Done, Option
from cases.models import Case
from cases.notices import remedy_notice
from cases.parties import Consent, Party
from cases.reading import called
from cases.steps import State
from foundation import direct
from foundation.asked import once
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

SIDES = {"petitioner": N_("信访人"), "respondent": N_("对方")}


class ConsentKind(Choice):
    MEDIATION = "mediation", N_("同意调解")
    DISCLOSURE = "disclosure", N_("同意向对方提供姓名和诉求")
    TRANSFER = "transfer", N_("同意移交后的调解组织")
    ELECTRONIC = "electronic", N_("同意采用电子形式签署")
    EXTENSION = "extension", N_("同意延长调解期限")


class ConsentWay(Choice):
    WRITTEN = "written", N_("书面")
    ORAL = "oral", N_("口头（记录在案）")


class ConsentForm(Struct, frozen=True, kw_only=True):
    party_ids: Annotated[list[UUID], Meta(title=N_("当事人"), min_length=1, extra={"options": "parties"})]
    kind: Annotated[ConsentKind, Meta(title=N_("征询事项"))]
    given: Annotated[bool, Meta(title=N_("同意"), description=N_("不同意无须说明理由，不影响其他权利"))] = False
    form: Annotated[ConsentWay, Meta(title=N_("方式"))] = ConsentWay.WRITTEN


class WithdrawalForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("退出调解的当事人"), extra={"options": "parties"})]


class ConsentMissing(Conflict):
    code = "consent_missing"
    message = N_("双方尚未都同意调解，或信访人尚未同意向对方提供信息")


class ExtensionConsentMissing(Conflict):
    code = "extension_consent_missing"
    message = N_("延长调解期限须双方当事人同意")


async def record_consent(session: AsyncSession, subject: Subject, case: Case, form: ConsentForm) -> Done:
    """Several parties may answer the same question at once; each gets a row of its own."""
    parties = await parties_of(session, case.id)
    known = {party.id: party for party in parties}
    for index, party_id in enumerate(form.party_ids):
        if party_id not in known:
            raise invalid(f"party_ids.{index}", "not_a_choice", N_("请从所列项目中选择"))
    for party_id in form.party_ids:
        await add_consent(session, subject, case, known[party_id], form.kind.value, None, form.given, form.form.value)
        await _follow(session, subject, case, known[party_id], form)
    data = {"kind": form.kind.value, "given": form.given, "parties": len(form.party_ids)}
    return Done(data=data, audience="parties")


async def add_consent(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    party: Party,
    kind: str,
    about: str | None,
    given: bool,
    form: str,
) -> Consent:
    now = instant(session)
    consent = Consent(
        id=new_id(now),
        case_id=case.id,
        party_id=party.id,
        kind=kind,
        about=about,
        given=given,
        form=form,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(consent)
    await session.flush()
    return consent


async def _follow(session: AsyncSession, subject: Subject, case: Case, party: Party, form: ConsentForm) -> None:
    """What an answer brings with it: a refusal the remedies, the other side's consent its sight as a party."""
    if form.kind is not ConsentKind.MEDIATION:
        return
    if party.side == "petitioner":
        party.status = "active" if form.given else "declined"
        if not form.given:
            await remedy_notice(session, subject, case, party.id, N_("您表示不参加调解"))
        return
    await relations.end(session, case, Relation.RESPONDENT, person_id=party.id)
    if form.given:
        await relations.grant(session, case, Relation.RESPONDENT, person_id=party.id, source="consents")


async def withdraw_consent(session: AsyncSession, subject: Subject, case: Case, form: WithdrawalForm) -> Done:
    """One act, no reason, nothing gets worse. When a whole side has left, mediation ends with the remedies."""
    parties = await parties_of(session, case.id)
    party = next((party for party in parties if party.id == form.party_id), None)
    if party is None or party.status != "active":
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    now = instant(session)
    party.status = "withdrawn"
    for consent in await session.scalars(select(Consent).where(Consent.party_id == party.id)):
        consent.withdrawn_at = consent.withdrawn_at or now
    await relations.end(session, case, Relation.RESPONDENT, person_id=party.id)
    await remedy_notice(session, subject, case, party.id, N_("您已退出调解"))
    if any(other.side == party.side and other.status == "active" for other in parties):
        return Done(data={"party": party.ordinal, "side": party.side}, audience="parties")
    case.outcome, case.guided_at = "withdrawn", now
    await timers.finish(session, case, "mediation")
    return Done(to=State.GUIDED, data={"party": party.ordinal, "side": party.side}, audience="parties")


async def parties_of(session: AsyncSession, case_id: UUID) -> Sequence[Party]:
    query = select(Party).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal)
    return (await session.scalars(query)).all()


class AtTable(Struct, frozen=True):
    """What a guard must know of a party: who it is stays sealed."""

    id: UUID
    side: str
    status: str


AT_TABLE = "select id, side, status from parties where case_id = $1"
ANSWERS = """select party_id, given and withdrawn_at is null from consents
    where case_id = $1 and kind = $2 and ($3::text is null or about = $3::text) order by recorded_at"""


async def _at_table(session: AsyncSession, case_id: UUID) -> Sequence[AtTable]:
    rows = await once(session, ("at the table", case_id), lambda: direct.fetch(session, AT_TABLE, case_id))
    return [AtTable(*row) for row in rows]


async def consented(session: AsyncSession, case_id: UUID, kind: str, about: str | None = None) -> dict[UUID, bool]:
    """The latest answer of each party to one question; a withdrawn consent is a no."""
    question = ("consented", case_id, kind, about)
    return dict(await once(session, question, lambda: direct.fetch(session, ANSWERS, case_id, kind, about)))


async def respondent_refused(session: AsyncSession, case_id: UUID) -> bool:
    """The other side said no (人民调解法 17), or no petitioner goes on."""
    answers = await consented(session, case_id, ConsentKind.MEDIATION)
    parties = await _at_table(session, case_id)
    others = [answers.get(party.id) for party in parties if party.side == "respondent"]
    own = [party for party in parties if party.side == "petitioner" and party.status == "active"]
    return (bool(others) and all(answer is False for answer in others)) or not own


async def both_sides(session: AsyncSession, case_id: UUID, kind: ConsentKind) -> bool:
    """Every active petitioner and at least one of the other side said yes."""
    answers = await consented(session, case_id, kind)
    parties = await _at_table(session, case_id)
    own = [answers.get(party.id) for party in parties if party.side == "petitioner" and party.status == "active"]
    others = [answers.get(party.id) for party in parties if party.side == "respondent"]
    return bool(own) and all(own) and any(others)


async def both_sides_consent(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    if not await both_sides(session, case.id, ConsentKind.MEDIATION):
        return ConsentMissing()
    disclosure = await consented(session, case.id, ConsentKind.DISCLOSURE)
    parties = await _at_table(session, case.id)
    told = [disclosure.get(p.id) for p in parties if p.side == "petitioner" and p.status == "active"]
    return None if all(told) else ConsentMissing()


async def both_sides_extend(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    agreed = await both_sides(session, case.id, ConsentKind.EXTENSION)
    return None if agreed else ExtensionConsentMissing()


async def party_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await called(session, subject, case)
    return [Option(str(p.id), f"{translate(SIDES[p.side])} {names[p.id]}") for p in await parties_of(session, case.id)]


ACTS = (
    Act("record-consent", N_("记录当事人意愿"), Action.CONSENT_RECORD, ConsentForm, record_consent, step=2),
    Act(
        "withdraw-consent",
        N_("当事人退出调解"),
        Action.CONSENT_WITHDRAW,
        WithdrawalForm,
        withdraw_consent,
        while_frozen=True,  # a party may leave at any step (N2), also while others talk about custody
    ),
)
GUARDS = {"both_sides_consent": both_sides_consent, "both_sides_extend": both_sides_extend}
OPTIONS = {"parties": party_options}
