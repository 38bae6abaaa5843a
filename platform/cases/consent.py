"""Consents: each party answers each question for itself, or who acts for it does; the latest answer counts (1, N2)."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.disclosure import DISCLOSED, NEEDED, Given, may_know, reaches
from cases.facts import by_facts, known
from cases.heard import CONSENTS, PARTIES, Heard
from cases.leaving import ended_by, leave
from cases.leaving import parties_of as parties_of  # asked for here by other rooms too
from cases.mandates import Power, acting_for_each, spoken_by
from cases.models import Case
from cases.parties import Consent, Party
from cases.party_reading import called
from cases.steps import MEDIATING, State
from foundation import direct
from foundation.asked import once
from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

SIDES = {"petitioner": N_("信访人"), "respondent": N_("对方")}


def unnamed(side: str, ordinal: int) -> str:
    """A party without its name: who may not see identities may read the rest."""
    return translate(N_("%(side)s%(n)s"), side=translate(SIDES[side]), n=ordinal)


class ConsentKind(Choice):
    MEDIATION = "mediation", N_("同意调解")
    DISCLOSURE = "disclosure", N_("同意向对方提供个人信息")
    ELECTRONIC = "electronic", N_("同意采用电子形式签署")
    EXTENSION = "extension", N_("同意延长调解期限")
    HANDLING_LAWYER = "handling_lawyer", N_("同意本案承办律师在小组解散后代理一方")


TRANSFER = "transfer"
"""What `handover.parties_word` asks: whether the party accepts the office that it names as its new mediator."""


class ConsentWay(Choice):
    WRITTEN = "written", N_("书面")
    ORAL = "oral", N_("口头（记录在案）")


class ConsentForm(Struct, frozen=True, kw_only=True):
    party_ids: Annotated[list[UUID], Meta(title=N_("当事人"), min_length=1, extra={"options": "parties"})]
    kind: Annotated[ConsentKind, Meta(title=N_("征询事项"))]
    given: Annotated[bool, Meta(title=N_("同意"), description=N_("不同意无须说明理由，不影响其他权利"))] = False
    form: Annotated[ConsentWay, Meta(title=N_("方式"))] = ConsentWay.WRITTEN
    gives: Annotated[
        list[Given],
        Meta(title=N_("同意提供的内容"), description=N_("征询提供个人信息时填写；不选为姓名和诉求"), max_length=10),
    ] = []
    to_ids: Annotated[
        list[UUID],
        Meta(
            title=N_("同意提供给"),
            description=N_("征询提供个人信息时填写；不选为已登记的全部对方"),
            max_length=50,
            extra={"options": "other_side"},
        ),
    ] = []
    mandate_id: Annotated[
        UUID | None,
        Meta(
            title=N_("由代理人、监护人作出的，是哪一位"),
            description=N_("本人作出的不填"),
            extra={"options": "mandates"},
        ),
    ] = None


class ConsentMissing(Conflict):
    code = "consent_missing"
    message = N_("双方尚未都同意调解，或信访人尚未同意向对方提供信息")


class NotToEverybody(Conflict):
    code = "consent_not_to_everybody"
    message = N_("有信访人不同意向参加调解的某一对方提供姓名和诉求：与该方不得调解，请其中一方退出或者另案办理")


class ExtensionConsentMissing(Conflict):
    code = "extension_consent_missing"
    message = N_("延长调解期限须双方当事人同意")


async def record_consent(session: AsyncSession, subject: Subject, case: Case, form: ConsentForm) -> Done:
    """Several parties may answer the same question at once; each gets a row of its own.

    A yes is given by who may give it; a no is taken from anybody who says it. The no of the last of a side ends a
    running mediation.
    """
    parties = {party.id: party for party in await parties_of(session, case.id)}
    if errors := _strangers(form, parties):
        raise InvalidInput(*errors)
    asked = [parties[party_id] for party_id in dict.fromkeys(form.party_ids)]
    if form.given:
        await acting_for_each(session, case, asked, form.mandate_id, Power.CONSENT, "mandate_id")
    else:
        await spoken_by(session, case, form.mandate_id, "mandate_id")
    await _answered(session, subject, case, asked, form, parties)
    ends = None
    for party in asked:
        ends = await _follow(session, subject, case, party, form) or ends
    await _admit(session, subject, case, parties)
    data = {"kind": form.kind.value, "given": form.given, "parties": len(form.party_ids)}
    return Done(to=ends, data=data, audience="parties")


def _strangers(form: ConsentForm, parties: dict[UUID, Party]) -> list[FieldError]:
    """Who is no party of this case can't consent in it; data goes to the other side alone."""
    not_listed = N_("请从所列项目中选择")
    errors = [
        FieldError(f"party_ids.{index}", "not_a_choice", not_listed)
        for index, party_id in enumerate(form.party_ids)
        if party_id not in parties
    ]
    sides = {parties[one].side for one in form.party_ids if one in parties}
    errors += [
        FieldError(f"to_ids.{index}", "not_a_choice", not_listed)
        for index, party_id in enumerate(form.to_ids)
        if party_id not in parties or parties[party_id].side in sides
    ]
    if form.kind is not ConsentKind.DISCLOSURE:
        only = N_("只在征询提供个人信息时填写")
        errors += [FieldError(name, "not_asked", only) for name in ("gives", "to_ids") if getattr(form, name)]
    return errors


async def _answered(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    asked: Sequence[Party],
    form: ConsentForm,
    parties: dict[UUID, Party],
) -> None:
    answer = Answer(form.kind.value, None, form.given, form.form.value, form.mandate_id)
    if form.kind is not ConsentKind.DISCLOSURE or not form.given:
        await add_consents(session, subject, case, asked, answer)
        return
    gives = [given.value for given in form.gives or NEEDED]
    for side in SIDES:
        others = [other.id for other in parties.values() if other.side != side]
        given = answer._replace(gives=gives, to_ids=list(form.to_ids) or others)
        await add_consents(session, subject, case, [party for party in asked if party.side == side], given)


class Answer(NamedTuple):
    """What is said to one question: `about` whom or what, in which `form`, by the party or under which mandate."""

    kind: str
    about: str | None
    given: bool
    form: str
    mandate_id: UUID | None = None
    gives: Sequence[str] | None = None
    to_ids: Sequence[UUID] | None = None


async def add_consent(session: AsyncSession, subject: Subject, case: Case, party: Party, answer: Answer) -> Consent:
    """The answer to one question. It takes the place of the party's earlier one."""
    (consent,) = await add_consents(session, subject, case, [party], answer)
    return consent


async def add_consents(
    session: AsyncSession, subject: Subject, case: Case, parties: Sequence[Party], answer: Answer
) -> list[Consent]:
    """The same answer of many, in as many statements as of one."""
    if not parties:
        return []
    now, kind, about = instant(session), answer.kind, answer.about
    await session.flush()
    earlier = update(Consent).where(Consent.case_id == case.id, Consent.kind == kind, Consent.about == about)
    standing = earlier.where(Consent.withdrawn_at.is_(None), Consent.party_id.in_([party.id for party in parties]))
    await session.execute(standing.values(withdrawn_at=now))
    consents = [
        Consent(
            id=new_id(now),
            case_id=case.id,
            party_id=party.id,
            kind=kind,
            about=about,
            given=answer.given,
            form=answer.form,
            given_by=answer.mandate_id,
            gives=answer.gives,
            to_ids=answer.to_ids,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        for party in parties
    ]
    session.add_all(consents)
    await session.flush()
    return consents


NO = {
    ("petitioner", ConsentKind.MEDIATION): N_("您表示不参加调解"),
    ("respondent", ConsentKind.MEDIATION): N_("您表示不参加调解"),
    ("petitioner", ConsentKind.DISCLOSURE): N_("您不同意向对方提供信息，与对方的调解不再进行；信访事项照常办理"),
}
"""The answers by which a party leaves the mediation, and what the notice of remedies says of it."""


async def _follow(session: AsyncSession, subject: Subject, case: Case, party: Party, form: ConsentForm) -> State | None:
    """What an answer brings with it: a no the remedies, the other side's yes its sight as a party."""
    if not form.given:
        reason = NO.get((party.side, form.kind))
        if reason is None or party.status not in ("active", "pending"):
            return None
        await leave(session, subject, case, party, "declined", reason)
        return await ended_by(session, subject, case, party.side)
    if form.kind is ConsentKind.MEDIATION and party.side == "respondent":
        await relations.end(session, case, Relation.RESPONDENT, person_id=party.id)
        await relations.grant(session, case, Relation.RESPONDENT, person_id=party.id, source="consents")
    if party.status in ("declined", "withdrawn") and form.kind is ConsentKind.MEDIATION:
        party.status = "pending" if case.state in MEDIATING else "active"
    return None


async def _admit(session: AsyncSession, subject: Subject, case: Case, parties: dict[UUID, Party]) -> None:
    """Who joined a running mediation sits at the table once everybody there may know of each other (N3 c)."""
    waiting = [party for party in parties.values() if party.status == "pending"]
    if not waiting:
        return
    await session.flush()
    rows, consents, disclosed = await known(session, subject, case, (PARTIES, CONSENTS, DISCLOSED))
    agreed, told = Heard(rows, consents).answers(ConsentKind.MEDIATION), reaches(disclosed)
    for party in sorted(waiting, key=lambda one: one.side == "petitioner"):
        table = [one for one in parties.values() if one.status == "active" and one.side != party.side]
        pairs = [(party, one) if party.side == "petitioner" else (one, party) for one in table if agreed.get(one.id)]
        if agreed.get(party.id) and all(may_know(told.get(p.id, frozenset()), r.id) for p, r in pairs):
            party.status = "active"


ANSWERS = """select party_id, given and withdrawn_at is null from consents
    where case_id = $1 and kind = $2 and ($3::text is null or about = $3::text) order by recorded_at, id"""


async def consented(session: AsyncSession, case_id: UUID, kind: str, about: str | None = None) -> dict[UUID, bool]:
    """The latest answer of each party to one question; a withdrawn consent is a no."""
    question = ("consented", case_id, kind, about)
    return dict(await once(session, question, lambda: direct.fetch(session, ANSWERS, case_id, kind, about)))


REFUSED = text("select transfer_refused(:case)")


async def transfer_refused(session: AsyncSession, case_id: UUID) -> bool:
    """Whether somebody at the table refuses the office to which the case was last offered, or that holds it now by a
    naming (人民调解法 23(1)): a no to another one of long ago ends nothing."""
    return bool(await session.scalar(REFUSED, {"case": case_id}))


@by_facts(PARTIES, CONSENTS, DISCLOSED)
def both_sides_consent(
    subject: Subject,
    case: Case,
    parties: Sequence[tuple[UUID, str, str]],
    consents: Sequence[tuple[UUID, str, str | None, bool]],
    disclosed: Sequence[tuple[UUID, str]],
) -> DomainError | None:
    """Every petitioner who goes on and somebody of the other side, each petitioner known to all who sit there (N3)."""
    heard, told = Heard(parties, consents), reaches(disclosed)
    if not heard.both_sides(ConsentKind.MEDIATION) or not all(told.get(one) for one in heard.petitioners):
        return ConsentMissing()
    others = heard.table - set(heard.petitioners)
    known_to_all = all(may_know(told[one], other) for one in heard.petitioners for other in others)
    return None if others and known_to_all else NotToEverybody()


@by_facts(PARTIES, CONSENTS)
def both_sides_extend(
    subject: Subject,
    case: Case,
    parties: Sequence[tuple[UUID, str, str]],
    consents: Sequence[tuple[UUID, str, str | None, bool]],
) -> DomainError | None:
    return None if Heard(parties, consents).both_sides(ConsentKind.EXTENSION) else ExtensionConsentMissing()


async def party_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await called(session, subject, case)
    return [Option(str(p.id), f"{translate(SIDES[p.side])} {names[p.id]}") for p in await parties_of(session, case.id)]


async def other_side_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """To whom a petitioner's data may go."""
    others = {str(party.id) for party in await parties_of(session, case.id) if party.side == "respondent"}
    return [option for option in await party_options(session, subject, case) if option.value in others]


ACTS = (Act("record-consent", N_("记录当事人意愿"), Action.CONSENT_RECORD, ConsentForm, record_consent, step=2),)
GUARDS = {"both_sides_consent": both_sides_consent, "both_sides_extend": both_sides_extend}
OPTIONS = {"parties": party_options, "other_side": other_side_options}
