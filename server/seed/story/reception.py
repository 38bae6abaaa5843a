"""接谈: registered at a desk, approved by another person there, and where it must go up, handed over."""

from typing import Any

import msgspec

from cases.approval import APPROVAL, Answer, ApprovalForm
from cases.custody import CustodyMove
from cases.interview import Mode
from cases.models import Case
from cases.notices import TRANSFER_NOTICE
from cases.parties import Claim, Party
from cases.register import INTERVIEW, RIGHTS, RIGHTS_NOTICE
from cases.registration_form import ClaimRow, RegistrationForm, Source
from cases.steps import STEP_OF, State
from cases.suitability import Nature
from foundation.language import N_
from handover.models import Direction, HandoverOffer, OfferState, Purpose, Reason
from handover.telling import DATA_KINDS, DATA_RIGHTS, HANDLING
from policies.relations import Relation
from server.seed.invented import AGAINST_UNIT, CLAIMS, dispute_type, nature, person, source, telephone, unit
from server.seed.light import place_of
from server.seed.stations import REGISTRARS, Post, Station
from server.seed.story.told import Story
from tenants.contacts import NOT_TOLD
from tenants.tiers import OfficeKind, Tier

ON_THE_WAY = 0.5
PERSONS = (1, 1, 1, 1, 2, 2, 3, 4, 11)
"""How many come together; eleven make it a major case."""
STATEMENT = "双方就此事多次协商未果，请求调解。"


def register(story: Story, desk: Station) -> None:
    """As `cases.register.register`."""
    clerk = desk.who(*REGISTRARS)
    assert clerk is not None  # a desk has somebody to register
    story.holder = desk
    kind = dispute_type(story.random)
    company = unit(story.random) if kind in AGAINST_UNIT else None
    persons = story.random.choice(PERSONS)
    story.case = _case(story, desk, kind, company, persons)
    story.add(story.case)
    _parties(story, clerk, persons, company)
    claim = _claim(story, clerk, nature(kind))
    story.paper(INTERVIEW, _interview(story, claim), clerk)
    story.paper(RIGHTS_NOTICE, {"rights": RIGHTS, "given": True}, clerk)
    story.relate(Relation.REGISTRAR, "registration", person_id=clerk.person_id)
    story.start("petition_disposition")
    story.start("registration_approval")
    story.act("register", clerk, {"persons": persons, "refused_representatives": 0}, audience="parties")


def approve(story: Story) -> None:
    """As `cases.approval`, by somebody who did not register it. Some cases are at this moment on their way up."""
    by = director(story.holder)
    story.paper(APPROVAL, ApprovalForm(answer=Answer.APPROVE), by)
    story.finish("registration_approval")
    story.act("approve-registration", by, {"answer": "approve"}, to=State.ASSESSING, audience="parties")
    waits = story.run.state is State.ASSESSING and story.run.ending != "refused"
    if waits and goes_up(story) and story.passes(hours=1) and story.random.random() < ON_THE_WAY:
        offer(story)


def hand_up(story: Story) -> None:
    """Offered by the window, accepted by the county's workroom; see `handover.offer` and `handover.answer`."""
    offer(story)
    story.passes(hours=5)
    taken = story.found(HandoverOffer)[-1]
    desk, workroom = story.holder, story.stations.above(story.holder, Tier.COUNTY)
    by = director(workroom)
    taken.state, taken.decided_by, taken.decided_at = OfferState.ACCEPTED.value, by.person_id, story.clock
    for relation in (Relation.OFFERED, Relation.REGISTRAR):
        story.unrelate(relation)
    source = f"handover_offers:{taken.id}"
    story.relate(Relation.SENT, source, tenant_id=desk.tenant_id, office_id=desk.id)
    story.add(
        CustodyMove(
            case_id=story.case.id,
            number=1,
            from_office_id=desk.id,
            from_tenant_id=desk.tenant_id,
            to_office_id=workroom.id,
            to_tenant_id=workroom.tenant_id,
            source=source,
            recorded_at=story.clock,
        )
    )
    story.holder, story.case.offer_id = workroom, None
    story.case.holder_office_id, story.case.version = workroom.id, story.case.version + 1
    _set_custody(story.case, workroom)
    reason, taken_over = Reason(taken.reason).label, {"transfer_outcome": N_("已接收，今后由其办理")}
    story.paper(TRANSFER_NOTICE, _notice(story, desk, workroom, reason) | taken_over, by)
    data = {"from": desk.id, "to": workroom.id}
    story.act("accept-handover", by, data, audience="parties", also=(desk.tenant_id,))


def offer(story: Story) -> None:
    """To the county's workroom; the case is frozen until it answers."""
    desk, workroom = story.holder, story.stations.above(story.holder, Tier.COUNTY)
    head = director(desk)
    made = HandoverOffer(
        id=story.id(),
        case_id=story.case.id,
        direction=Direction.UP.value,
        from_office_id=desk.id,
        from_tenant_id=desk.tenant_id,
        to_office_id=workroom.id,
        to_tenant_id=workroom.tenant_id,
        reason=(Reason.COMPANY if story.other_side.kind == "unit" else Reason.MAJOR).value,
        purpose=Purpose.WHOLE.value,
        state=OfferState.OPEN.value,
        forced=False,
        offered_by=head.person_id,
        recorded_at=story.clock,
    )
    story.add(made)
    story.case.offer_id = made.id
    source = f"handover_offers:{made.id}"
    story.relate(Relation.OFFERED, source, tenant_id=workroom.tenant_id, office_id=workroom.id)
    story.paper(TRANSFER_NOTICE, _notice(story, desk, workroom, Reason(made.reason).label), head)
    data = {"direction": made.direction, "to": workroom.id, "reason": made.reason}
    story.act("offer-handover", head, data, audience="parties", also=(workroom.tenant_id,))


def director(station: Station) -> Post:
    """Who decides at a workroom, or at a township's window."""
    found = station.who("wr_director", "wr_deputy", "sfs_head")
    assert found is not None  # staffed at the first fill
    return found


def goes_up(story: Story) -> bool:
    """A township's window gives no case number: what is accepted goes to the county's workroom."""
    return story.holder.kind == OfficeKind.WINDOW


def _case(story: Story, desk: Station, kind: int, company: str | None, persons: int) -> Case:
    case = Case(
        id=story.id(),
        version=1,
        registration_no=story.number("registration", desk),
        state=State.REGISTERED,
        step=STEP_OF[State.REGISTERED],
        dispute_type=kind,
        source=source(story.random),
        first_visit=story.random.random() < 0.7,
        person_count=persons,
        visited_unit=company,
        place_id=place_of(story.random, story.stations, desk),
        holder_office_id=desk.id,
        filed_at=story.clock,
        changed_at=story.clock,
    )
    _set_custody(case, desk)
    return case


def _set_custody(case: Case, station: Station) -> None:
    province, case.prefecture_id, case.county_id, case.township_id = station.custody
    case.province_id = province


def _parties(story: Story, clerk: Post, persons: int, company: str | None) -> None:
    for ordinal in range(1, persons + 1):
        address = f"{story.holder.place}某村{story.random.randint(1, 12)}组"
        contact = {"telephone": telephone(story.random), "address": address}
        party = _party(story, clerk, "petitioner", ordinal, _person(story), contact)
        party.representative = ordinal <= 2 < persons
        party.receipt_hash = story.random.randbytes(32)
        story.petitioners.append(party)
        story.relate(Relation.SELF, "parties", person_id=party.id)
    story.other_side = _party(story, clerk, "respondent", 1, company or _person(story), None)
    if company:
        story.other_side.kind, story.other_side.unit_kind = "unit", "enterprise"


def _person(story: Story) -> str:
    name = person(story.random)
    story.people.add(name)
    return name


def _party(story: Story, clerk: Post, side: str, ordinal: int, name: str, contact: dict[str, Any] | None) -> Party:
    party = Party(
        id=story.id(),
        case_id=story.case.id,
        side=side,
        kind="person",
        ordinal=ordinal,
        name=name,
        contact=contact,
        representative=False,
        status="active",
        recorded_at=story.clock,
        recorded_by=clerk.person_id,
    )
    story.add(party)
    return party


def _claim(story: Story, clerk: Post, about: Nature) -> Claim:
    claim = Claim(
        id=story.id(),
        case_id=story.case.id,
        ordinal=1,
        text=CLAIMS[about],
        nature=about.value,
        decision="pending",
        recorded_at=story.clock,
        recorded_by=clerk.person_id,
    )
    story.add(claim)
    return claim


def _interview(story: Story, claim: Claim) -> dict[str, Any]:
    form = RegistrationForm(
        mode=Mode.DESK,
        source=Source(story.case.source),
        place_id=story.case.place_id,
        dispute_type=story.case.dispute_type,
        first_visit=story.case.first_visit,
        visited_unit=story.case.visited_unit,
        statement=f"{claim.text}。{STATEMENT}",
        claims=[ClaimRow(text=claim.text, nature=Nature(claim.nature))],
        privacy_notice=True,
    )
    left_out = {"petitioners", "other_side", "claims"}
    return {name: value for name, value in msgspec.to_builtins(form).items() if name not in left_out}


def _notice(story: Story, sender: Station, receiver: Station, reason: str) -> dict[str, Any]:
    return {
        "receiver": receiver.name,
        "receiver_contact": NOT_TOLD,
        "sender": sender.name,
        "reason": reason,
        "transfer_purpose": Purpose.WHOLE.label,
        "data_kinds": list(DATA_KINDS),
        "handling": HANDLING,
        "data_rights": DATA_RIGHTS,
        **story.clock_and_helpers(),
    }
