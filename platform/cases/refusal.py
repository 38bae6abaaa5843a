"""不予受理: of the whole case, or of one claim split off under a number of its own. Remedies the same day (5a)."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations, remedies
from cases.assessment import claim_of, decided
from cases.catalogue import Act, Done, Option
from cases.consent import respondent_refused
from cases.issue import issue
from cases.models import Case
from cases.notices import Channel, remedy_notice
from cases.opening import custody_of, open_case
from cases.papers import Group, PaperKind
from cases.parties import Claim, Party
from cases.reading import called
from cases.referring import follow
from cases.steps import State
from cases.suitability import Ground, Way
from cases.timeline import record_registration
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class SplitForm(Struct, frozen=True, kw_only=True):
    claim_id: Annotated[UUID, Meta(title=N_("拆分的诉求"), extra={"options": "refused_claims"})]
    party_ids: Annotated[
        list[UUID], Meta(title=N_("提出该诉求的信访人"), min_length=1, extra={"options": "petitioners"})
    ]
    organ: Annotated[str, Meta(title=N_("法定途径的受理机关"), min_length=2, max_length=120)]


class RefusalForm(Struct, frozen=True, kw_only=True):
    ground: Annotated[Ground, Meta(title=N_("不予受理的理由"))]
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), min_length=2, max_length=300)]
    advice: Annotated[str, Meta(title=N_("建议"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    way: Annotated[Way, Meta(title=N_("法定途径"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]


class RefusalUnfounded(Conflict):
    code = "refusal_unfounded"
    message = N_("尚有适合调解的诉求且双方未拒绝，不能不予受理")


REFUSAL = PaperKind("refusal", N_("不予受理告知书"), Group.FINAL, form=RefusalForm)


async def split_claim(session: AsyncSession, subject: Subject, case: Case, form: SplitForm) -> Done:
    """The refused claim becomes a case of its own, refused; both keep their numbers and name each other."""
    claim = await claim_of(session, case, form.claim_id)
    if claim.decision != "refused" or claim.split_case_id is not None:
        raise invalid("claim_id", "not_a_choice", N_("请从所列项目中选择"))
    people = await _chosen(session, case, form.party_ids)
    sibling = await _sibling(session, subject, case, len(people))
    claim.split_case_id = sibling.id
    copied = await _copy(session, subject, sibling, people, claim)
    await follow(session, case, sibling)
    await remedies.start_named(session, sibling, claim.channel, claim.last_day)
    channel = Channel(Way(claim.channel).label if claim.channel else "", form.organ, claim.last_day)
    for party in copied:
        reason = Ground(claim.reason).label if claim.reason else ""
        await remedy_notice(session, subject, sibling, party.id, reason, (channel,), claim.legal_basis or "")
    await record_registration(session, subject, sibling, Done(data={"split_from": case.registration_no}))
    return Done(data={"claim": claim.ordinal, "split_to": sibling.registration_no}, audience="parties")


async def refuse_case(session: AsyncSession, subject: Subject, case: Case, form: RefusalForm) -> Done:
    await issue(session, subject, case, REFUSAL, form)
    channel = Channel(form.way.label, form.organ)
    for party in await petitioners_of(session, case.id):
        await remedy_notice(session, subject, case, party.id, form.ground.label, (channel,), form.legal_basis)
    case.outcome = "refused"
    return Done(to=State.REFUSED, data={"ground": form.ground.value}, audience="parties")


async def petitioners_of(session: AsyncSession, case_id: UUID) -> Sequence[Party]:
    query = select(Party).where(Party.case_id == case_id, Party.side == "petitioner").order_by(Party.ordinal)
    return (await session.scalars(query)).all()


async def _chosen(session: AsyncSession, case: Case, ids: list[UUID]) -> list[Party]:
    people = [party for party in await petitioners_of(session, case.id) if party.id in ids]
    if len(people) != len(set(ids)):
        raise invalid("party_ids", "not_a_choice", N_("请从所列项目中选择"))
    return people


async def _sibling(session: AsyncSession, subject: Subject, case: Case, persons: int) -> Case:
    return await open_case(
        session,
        subject,
        State.REFUSED,
        custody_of(case),
        outcome="refused",
        petition_no=case.petition_no,
        parent_case_id=case.id,
        dispute_type=case.dispute_type,
        source=case.source,
        first_visit=case.first_visit,
        person_count=persons,
        visited_unit=case.visited_unit,
        place_id=case.place_id,
    )


async def _copy(
    session: AsyncSession, subject: Subject, sibling: Case, people: list[Party], claim: Claim
) -> list[Party]:
    """The persons keep the code on their receipt for both numbers."""
    now = instant(session)
    copies = [
        Party(
            id=new_id(now),
            case_id=sibling.id,
            side="petitioner",
            kind=party.kind,
            ordinal=party.ordinal,
            name=party.name,
            identity=party.identity,
            contact=party.contact,
            sensitive=party.sensitive,
            representative=False,
            language=party.language,
            status="active",
            receipt_hash=party.receipt_hash,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
        for party in people
    ]
    session.add_all(copies)
    session.add(
        Claim(
            id=new_id(now),
            case_id=sibling.id,
            ordinal=claim.ordinal,
            text=claim.text,
            nature=claim.nature,
            decision="refused",
            reason=claim.reason,
            legal_basis=claim.legal_basis,
            channel=claim.channel,
            last_day=claim.last_day,
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    await session.flush()
    for party in copies:
        await relations.grant(session, sibling, Relation.SELF, person_id=party.id, source="parties")
    return copies


async def no_suitable_claim(session: AsyncSession, subject: Subject, case: Case) -> DomainError | None:
    """A whole case is refused only when no claim is fit, or a side refuses mediation (人民调解法 17)."""
    fit = any(claim.decision in ("suitable", "pending") for claim in await decided(session, case.id))
    return RefusalUnfounded() if fit and not await respondent_refused(session, case.id) else None


async def petitioner_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await called(session, subject, case)
    return [Option(str(p.id), names[p.id]) for p in await petitioners_of(session, case.id)]


ACTS = (
    Act("split-claim", N_("拆分不予受理的诉求"), Action.CASE_REFUSE, SplitForm, split_claim, step=2),
    Act("refuse-case", N_("不予受理"), Action.CASE_REFUSE, RefusalForm, refuse_case, step=2),
)
GUARDS = {"no_suitable_claim": no_suitable_claim}
OPTIONS = {"petitioners": petitioner_options}
PAPERS = (REFUSAL,)
