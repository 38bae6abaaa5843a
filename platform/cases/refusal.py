"""不予受理: of the whole case, or of one claim split off under a number of its own. Remedies the same day (5a)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks, relations, remedies
from cases.assessment import CLAIMS, Decided, Rows, claim_of, decided
from cases.case_links import link_split
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts, known
from cases.issue import issue
from cases.lawful_way import last_day_errors, reckoned_last_day
from cases.models import Case
from cases.notices import Channel, remedy_notice
from cases.opening import custody_of, open_case
from cases.papers import Group, PaperKind
from cases.parties import Claim, Party
from cases.reading import called
from cases.referring import follow
from cases.refusal_form import RefusalForm, SplitForm, telling_errors
from cases.steps import State
from cases.suitability import Ground, Nature, Way, ways_for
from cases.timeline import record_registration
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.subject import Subject


class RefusalUnfounded(Conflict):
    code = "refusal_unfounded"
    message = N_("尚有适合调解的诉求且双方未拒绝，不能不予受理")


REFUSAL = PaperKind("refusal", N_("不予受理告知书"), Group.FINAL, form=RefusalForm)
SPLIT_NOTICE = PaperKind("split_notice", N_("诉求拆分告知书"), Group.FINAL)
SAME_CODE = N_("原查询码对两个登记号都有效")


async def split_claim(session: AsyncSession, subject: Subject, case: Case, form: SplitForm) -> Done:
    """The refused claim becomes a case of its own, refused; both keep their numbers and name each other."""
    claim = await claim_of(session, case, form.claim_id)
    if claim.decision != "refused" or claim.split_case_id is not None:
        raise invalid("claim_id", "not_a_choice", N_("请从所列项目中选择"))
    people = await _chosen(session, case, form.party_ids)
    if errors := telling_errors(form, len(people)):
        raise InvalidInput(*errors)
    sibling = await _sibling(session, subject, case, len(people))
    claim.split_case_id = sibling.id
    link_split(session, subject, case, sibling)
    copied = await _copy(session, subject, sibling, people, claim)
    await follow(session, case, sibling)
    await remedies.start_named(session, sibling, claim.channel, claim.last_day)
    await _refuse(session, subject, sibling, _written(claim, form), copied, split_from=case.registration_no)
    for party in people:
        content = {"ordinal": claim.ordinal, "split_to": sibling.registration_no, "remark": SAME_CODE}
        await issue(session, subject, case, SPLIT_NOTICE, content, party_id=party.id)
    await record_registration(session, subject, sibling, Done(data={"split_from": case.registration_no}))
    return Done(data={"claim": claim.ordinal, "split_to": sibling.registration_no}, audience="parties")


def _written(claim: Claim, form: SplitForm) -> RefusalForm:
    """What the assessment decided, in the words of a refusal."""
    assert claim.reason is not None and claim.channel is not None  # a claim is not refused without
    return RefusalForm(
        ground=Ground(claim.reason),
        legal_basis=claim.legal_basis or "",
        advice=form.advice,
        way=Way(claim.channel),
        organ=form.organ,
        last_day=claim.last_day,
        last_day_unknown=claim.last_day is None,
        warn_office_ids=form.warn_office_ids,
        help_needed=form.help_needed,
        departments=form.departments,
    )


async def refuse_case(session: AsyncSession, subject: Subject, case: Case, form: RefusalForm) -> Done:
    today = local_date(instant(session))
    (rows,) = await known(session, subject, case, (CLAIMS,))
    errors = [
        *_ground_errors(form, decided(rows)),
        *last_day_errors(form.last_day, form.last_day_unknown, today),
        *telling_errors(form, case.person_count),
    ]
    if errors:
        raise InvalidInput(*errors)
    known_day = await reckoned_last_day(session, case, form.way)
    if known_day is None:
        await remedies.start_named(session, case, form.way.value, form.last_day)
    if form.last_day is None and known_day is not None:
        form = structs.replace(form, last_day=known_day, last_day_unknown=False)
    await _refuse(session, subject, case, form, await petitioners_of(session, case.id))
    case.outcome = "refused"
    return Done(to=State.REFUSED, data={"ground": form.ground.value}, audience="parties")


async def _refuse(
    session: AsyncSession, subject: Subject, case: Case, form: RefusalForm, people: Sequence[Party], **more: str
) -> None:
    """The advice notice, each person's remedies on the same day, and the warnings, chosen and by rule (5a, N6)."""
    content = msgspec.to_builtins(form) | more
    told = await names.offices(session, content.pop("warn_office_ids"))
    await issue(session, subject, case, REFUSAL, content | {"told": sorted(told.values())})
    channel = Channel(form.way.label, form.organ, form.last_day)
    for party in people:
        await remedy_notice(session, subject, case, party.id, form.ground.label, (channel,), form.legal_basis)
    await hooks.warn(session, subject, case, form.warn_office_ids, form.help_needed or "")


def _ground_errors(form: RefusalForm, claims: Sequence[Decided]) -> list[FieldError]:
    """A whole case is refused on the ground of its claims, or because a side will not."""
    natures = {Nature(claim.nature) for claim in claims}
    if any(claim.decision != "refused" for claim in claims):
        grounds = {Ground.PARTY_REFUSES, Ground.OTHER}
    else:
        grounds = {Ground(claim.reason) for claim in claims if claim.reason}
    errors = []
    if form.ground not in grounds:
        message = N_("此理由与各项诉求的评析结论不符")
        errors.append(FieldError("ground", "unfit", message))
    if not any(form.way in ways_for(nature) for nature in natures):
        errors.append(FieldError("way", "unfit", N_("此途径与各项诉求的性质不符")))
    return errors


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


SIDE_REFUSED = Fact("""not exists (select from parties
        where case_id = :case and side = 'petitioner' and status = 'active')
    or (exists (select from parties where case_id = :case and side = 'respondent')
        and not exists (select from parties p where p.case_id = :case and p.side = 'respondent' and coalesce(
            (select c.given and c.withdrawn_at is null from consents c
             where c.case_id = p.case_id and c.party_id = p.id and c.kind = 'mediation'
             order by c.recorded_at desc limit 1), true)))""")
"""No petitioner goes on, or all of the other side said no."""


@by_facts(CLAIMS, SIDE_REFUSED)
def no_suitable_claim(subject: Subject, case: Case, rows: Rows, side_refused: bool) -> DomainError | None:
    """A whole case is refused only when no claim is fit, or a side refuses mediation (人民调解法 17)."""
    fit = any(claim.decision in ("suitable", "pending") for claim in decided(rows))
    return RefusalUnfounded() if fit and not side_refused else None


async def petitioner_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    names = await called(session, subject, case)
    return [Option(str(p.id), names[p.id]) for p in await petitioners_of(session, case.id)]


ACTS = (
    Act("split-claim", N_("拆分不予受理的诉求"), Action.CASE_REFUSE, SplitForm, split_claim, step=2),
    Act("refuse-case", N_("决定不予受理"), Action.CASE_REFUSE, RefusalForm, refuse_case, step=2),
)
GUARDS = {"no_suitable_claim": no_suitable_claim}
OPTIONS = {"petitioners": petitioner_options}
PAPERS = (REFUSAL, SPLIT_NOTICE)
