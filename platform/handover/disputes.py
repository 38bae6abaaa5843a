"""A dispute over who holds a case: what only the nearest common superior may decide (条例24 by analogy).

It begins when the holder does not accept a return (the second disagreement, from which the days count), or when the
case is to go where the holder may not offer it: back to a former holder, or on after the last handover allowed.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations
from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.reckoning import LastDay
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_, in_brackets
from foundation.store import instant
from foundation.working_days import add_working_days
from handover.dispute_telling import tell_deciders
from handover.models import ClaimReason, DisputeGround, HandoverOffer, HolderDispute, OfferState, Stance
from handover.offer import OfferPending
from handover.settings import limits_of
from handover.shuffles import former_offices, held_before, is_former, limit_reached, returned_by
from handover.target_errors import AlreadyDisputed
from handover.targets import check_concerned, offices_from
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject

NEAREST = text("select nearest_common(:case, :here, :there)")
CONFERENCE = text("select conference_of(:case, :here, :there)")
STATING = (Action.HANDOVER_PREVIEW, Action.HANDOVER_RETURN, Action.RECUSAL_DECLARE)
"""What the other office may do while the dispute is open: see what it is about, say its stand, leave."""


class ClaimForm(Struct, frozen=True, kw_only=True):
    other_office_id: (
        Annotated[
            int,
            Meta(
                title=N_("另一方单位"),
                description=N_("不填为退回移交的单位；退回原承办单位、移交次数已满的，在此选择"),
                extra={"options": "disputable_offices"},
            ),
        ]
        | None
    ) = None
    stance: Annotated[Stance, Meta(title=N_("主张"))] = Stance.THEIRS
    reason: Annotated[ClaimReason, Meta(title=N_("理由"))] = ClaimReason.PLACE
    proof: Annotated[
        str,
        Meta(title=N_("依据"), description=N_("文书名称和编号，不写个人信息"), min_length=2, max_length=300),
    ]


class NotReturned(Conflict):
    code = "not_returned"
    message = N_("没有被退回的移交，不存在管辖分歧")


class NoDispute(Conflict):
    code = "no_dispute"
    message = N_("本案没有两个单位之间的管辖分歧")


class Between(Struct, frozen=True):
    """The other of the two, why the superior is asked, and the offer that came back if one did."""

    office_id: int
    tenant_id: int
    ground: DisputeGround
    offer_id: UUID | None = None


async def claim_dispute(session: AsyncSession, subject: Subject, case: Case, form: ClaimForm) -> Done:
    """The holder asks the nearest common superior, or the conference where there is none, to say who holds it.

    The case is held: no plan, acceptance or offer changes who the two are while it is being said.
    """
    between = await _between(session, case, form.other_office_id)
    if between.ground is DisputeGround.FORMER and form.stance is Stance.OURS:
        # who keeps it gives nothing back; what the former holder wants is that one's own claim
        raise invalid("stance", "not_a_choice", N_("拟退回原承办单位的，主张只能是“应由对方承办”"))
    await check_concerned(session, case, await session.get_one(Office, between.office_id), "other_office_id")
    dispute = await begin(session, subject, case, between, form)
    await _let_in(session, case, dispute)
    await tell_deciders(session, subject, dispute)
    above = dispute.decider_tenant_id or dispute.conference_tenant_id
    return Done(
        data={"to": between.office_id, "ground": between.ground.value, "decide_by": str(dispute.decide_by)},
        audience="parties",
        also_tenants=tuple(one for one in (between.tenant_id, above) if one is not None),
    )


async def _between(session: AsyncSession, case: Case, office_id: int | None) -> Between:
    offer = await last_return(session, case)
    if office_id is None and offer is not None:
        return Between(offer.to_office_id, offer.to_tenant_id, DisputeGround.RETURNED, offer.id)
    if office_id is None:
        raise invalid("other_office_id", "required", N_("请选择另一方单位"))
    found = {one.id: one for one in await _disputable(session, case)}.get(office_id)
    if found is None:
        raise invalid("other_office_id", "not_a_choice", N_("请从所列单位中选择：可以自行移交的，无须报请指定"))
    offer = await last_return(session, case, office_id)
    if offer is not None:
        return Between(found.id, found.tenant_id, DisputeGround.RETURNED, offer.id)
    former = is_former(found, await held_before(session, case), holder_tenant(case))
    return Between(found.id, found.tenant_id, DisputeGround.FORMER if former else DisputeGround.LIMIT)


async def begin(
    session: AsyncSession, subject: Subject, case: Case, between: Between, claim: ClaimForm | None = None
) -> HolderDispute:
    """Its row, with the day by which it is to be decided. Without a claim: the superior takes it up by itself."""
    now, holder = instant(session), holder_tenant(case)
    sides = {"case": case.id, "here": holder, "there": between.tenant_id}
    decider, conference = await session.scalar(NEAREST, sides), await session.scalar(CONFERENCE, sides)
    days = (await limits_of(session, decider or conference)).naming_days
    dispute = HolderDispute(
        id=new_id(now),
        case_id=case.id,
        ground=between.ground.value,
        offer_id=between.offer_id,
        holder_office_id=case.holder_office_id,
        holder_tenant_id=holder,
        other_office_id=between.office_id,
        other_tenant_id=between.tenant_id,
        decider_tenant_id=decider,
        conference_tenant_id=conference,
        stance=claim.stance.value if claim else None,
        claim_reason=claim.reason.value if claim else None,
        proof=claim.proof if claim else None,
        decide_by=await add_working_days(session, local_date(now), days),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(dispute)
    await session.flush()
    return dispute


async def _let_in(session: AsyncSession, case: Case, dispute: HolderDispute) -> None:
    """The other office may say its stand; the joint conference coordinates from the day after the last one.

    By rows whose time comes by the clock: no job has to escalate anything. The database ends them with the dispute.
    """
    source, other = source_of(dispute), dispute.other_tenant_id
    await relations.grant(
        session, case, Relation.OFFERED, tenant_id=other, office_id=dispute.other_office_id, actions=STATING,
        source=source,
    )  # fmt: skip
    overdue = LastDay(dispute.decide_by).moment + timedelta(microseconds=1)
    await relations.grant(
        session, case, Relation.SUPERVISES, tenant_id=dispute.conference_tenant_id,
        actions=(Action.JURISDICTION_COORDINATE,), source=source,
        since=instant(session) if dispute.decider_tenant_id is None else overdue,
    )  # fmt: skip


def source_of(dispute: HolderDispute) -> str:
    return f"holder_disputes:{dispute.id}"


async def nearest_common(session: AsyncSession, case: Case, here: int, there: int) -> int | None:
    """The lowest tenant that stands properly above both and is not concerned itself."""
    found: int | None = await session.scalar(NEAREST, {"case": case.id, "here": here, "there": there})
    return found


async def last_return(session: AsyncSession, case: Case, office_id: int | None = None) -> HandoverOffer | None:
    """The newest offer of the present holder that came back (from that office), unless a naming has settled it."""
    settled = select(HolderDispute.offer_id).where(
        HolderDispute.case_id == case.id,
        HolderDispute.decided_at.is_not(None),
        HolderDispute.offer_id.is_not(None),
    )
    query = select(HandoverOffer).where(
        HandoverOffer.case_id == case.id,
        HandoverOffer.from_office_id == case.holder_office_id,
        HandoverOffer.state == OfferState.RETURNED,
        HandoverOffer.id.not_in(settled),
        *([] if office_id is None else [HandoverOffer.to_office_id == office_id]),
    )
    offer: HandoverOffer | None = await session.scalar(query.order_by(HandoverOffer.decided_at.desc()).limit(1))
    return offer


async def _disputable(session: AsyncSession, case: Case) -> Sequence[Office]:
    """To which the case may go by the superior's word alone: who returned it, who had it; past the limit, anybody."""
    tenant = await session.get_one(Tenant, holder_tenant(case))
    reachable = select(Office).join(Tenant, Tenant.id == Office.tenant_id).where(
        offices_from(tenant), Office.valid_to.is_(None), Office.id != case.holder_office_id
    )  # fmt: skip
    if not await limit_reached(session, case, await held_before(session, case)):
        shuffled = {*await session.scalars(returned_by(case)), *await former_offices(session, case)}
        reachable = reachable.where(Office.id.in_(shuffled))
    return (await session.scalars(reachable.order_by(Office.tenant_id, Office.id))).all()


async def disputable_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    offices = await _disputable(session, case)
    called = {
        one.id: one.name
        for one in await session.scalars(select(Tenant).where(Tenant.id.in_({one.tenant_id for one in offices})))
    }
    return [Option(str(one.id), one.name + in_brackets(called[one.tenant_id])) for one in offices]


OPEN_DISPUTE = "from holder_disputes where case_id = :case and decided_at is null"
LAST_RETURN = f"""from handover_offers where case_id = :case and from_office_id = :desk
    and state = '{OfferState.RETURNED}'
    and id not in (select offer_id from holder_disputes
                   where case_id = :case and decided_at is not null and offer_id is not null)
    order by decided_at desc limit 1"""
IS_OPEN, IS_RETURNED = Fact(f"exists (select {OPEN_DISPUTE})"), Fact(f"exists (select {LAST_RETURN})")
"""Whether there is what `open_dispute` and `last_return` read."""
WAS_HELD = Fact("""exists (
    select from custody_moves m join offices o on o.id = m.from_office_id and o.kind in ('workroom', 'committee')
    where m.case_id = :case and m.source not like 'tree_plans:%')""")
"""Whether there may be a former holder: who only registered it is none."""


@by_facts(IS_OPEN, IS_RETURNED, WAS_HELD)
def may_claim(subject: Subject, case: Case, is_open: bool, is_returned: bool, held: bool) -> DomainError | None:
    if case.offer_id is not None:
        return OfferPending()
    if is_open:
        return AlreadyDisputed()
    return None if is_returned or held else NotReturned()


ACTS = (
    Act(
        "claim-dispute",
        N_("报请共同上级指定承办单位"),
        Action.HANDOVER_OFFER,
        ClaimForm,
        claim_dispute,
        writes=False,
        locks=True,
    ),
)
GUARDS = {"may_claim": may_claim}
OPTIONS = {"disputable_offices": disputable_options}
