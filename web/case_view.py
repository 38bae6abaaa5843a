"""All that one case page shows, read in a fixed number of queries and cut to the reader's field groups."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access import delegations
from access.delegation_view import DelegationView
from access.sight import Ground, grounds_of
from cases import reading, timeline
from cases.acts import Available, available
from cases.assessed import Assessed, assessed_of
from cases.catalogue import Catalogue
from cases.custody import CustodyMove, moves_of
from cases.history import Event
from cases.models import Case
from cases.origins import CaseOrigin, origin_of
from cases.papers import Note, Paper
from cases.parties import Claim, Consent
from cases.party_reading import CorrectionView, MandateView
from cases.term_views import TimerView, timers_of
from dossiers.borrowing_reads import LoanView
from dossiers.custody_reads import ObjectView
from dossiers.evidence import Evidence
from dossiers.performance import PerformanceRow
from dossiers.reads import evidence_of, performances_of, referrals_of, relief_of
from dossiers.referrals import Referral
from dossiers.relief import ReliefReferral
from dossiers.witness_reads import WitnessView
from foundation.language import N_, translate
from funding import signal_reading
from funding.matter_marks import MatterMark, marks_of
from funding.reads import Money, money_of
from funding.signal_reading import SignalView
from funding.unit_parts import PartView, unit_parts
from handover.assistance_end import assistances_of
from handover.chain import Stay, stays
from handover.dispute_reading import disputes_of
from handover.models import Assistance, HandoverOffer, HolderDispute
from handover.reading import offers_of
from organisation.names_then import OfficeNames, office_names
from oversight.inspections import Inspection, inspections_for
from oversight.leader_reading import ChargeView, charges_of
from oversight.models import Order, OrderExtension
from oversight.notes import OversightNote, notes_for
from oversight.order_entries import OrderEntry
from oversight.orders import entries_for, extensions_for, orders_for
from oversight.quality_reading import CaseFindings, findings_for
from oversight.risk import RiskView, risks_of
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from teams.panel_reads import PanelView
from teams.reads import AgreementView, TeamView, agreement_of, team_of
from tenants import names
from tenants.models import Place
from tenants.subject import Subject
from web.filled import filled
from web.handling import handling_of


class CaseView(Struct, frozen=True):
    case: Case
    permissions: Permissions
    place: str
    people: Mapping[UUID, str]
    offices: OfficeNames
    parties: Sequence[reading.PartyView]
    mandates: Sequence[MandateView]
    corrections: Sequence[CorrectionView]
    claims: Sequence[Claim]
    assessed: Assessed
    consents: Sequence[Consent]
    units: Sequence[PartView]
    papers: Sequence[Paper]
    notes: Sequence[Note]
    timers: Sequence[TimerView]
    events: Sequence[Event]
    looks: Sequence[reading.Look]
    own: Sequence[Ground]
    team: TeamView | None
    agreement: AgreementView | None
    referrals: Sequence[Referral]
    performances: Sequence[PerformanceRow]
    relief: Sequence[ReliefReferral]
    evidence: Sequence[Evidence]
    objects: Sequence[ObjectView]
    witnesses: Sequence[WitnessView]
    panels: Sequence[PanelView]
    loans: Sequence[LoanView]
    money: Money | None
    matters: Sequence[MatterMark]
    signals: Sequence[SignalView]
    orders: Sequence[Order]
    extensions: Sequence[OrderExtension]
    order_entries: Sequence[OrderEntry]
    origin: CaseOrigin | None
    offers: Sequence[HandoverOffer]
    stays: Sequence[Stay]
    disputes: Sequence[HolderDispute]
    assistances: Sequence[Assistance]
    oversight_notes: Sequence[OversightNote]
    inspections: Sequence[Inspection]
    findings: CaseFindings | None
    leaders: Sequence[ChargeView]
    risks: Sequence[RiskView]
    delegations: Sequence[DelegationView]
    acts: Sequence[Available]

    def may(self, action: str) -> bool:
        """Whether a field group or action is the reader's, by its word: `case:read.money`."""
        return action in self.permissions.actions

    def stands_open(self, act: str) -> bool:
        """Whether the act stands open in this state: a button elsewhere on the page leads nowhere else."""
        return any(one.act.name == act for one in self.acts)

    @property
    def party_by_id(self) -> Mapping[UUID, reading.PartyView]:
        return {party.id: party for party in self.parties}

    def consents_of(self, party_id: UUID) -> Sequence[Consent]:
        """What the party has answered and not taken back."""
        return [one for one in self.consents if one.party_id == party_id and one.withdrawn_at is None]

    def mandates_of(self, party_id: UUID) -> Sequence[MandateView]:
        """Who acts for the party, or did."""
        return [one for one in self.mandates if one.party_id == party_id]

    def term_named(self, term_id: UUID) -> str:
        """`第 2 项` of the agreement's schedule, as far as the reader sees the agreement."""
        terms = self.agreement.terms if self.agreement else ()
        return next((translate(N_("第 %(n)s 项"), n=term.ordinal) for term in terms if term.id == term_id), "")

    def corrections_of(self, party_id: UUID) -> Sequence[CorrectionView]:
        return [one for one in self.corrections if one.party_id == party_id]

    @property
    def acts_by_step(self) -> Mapping[int | None, Sequence[Available]]:
        """Acts of the present step first; those beside the steps (None) last."""
        grouped: dict[int | None, list[Available]] = {self.case.step: []}
        for one in sorted(self.acts, key=lambda one: one.act.step or 99):
            grouped.setdefault(one.act.step, []).append(one)
        return {step: found for step, found in grouped.items() if found}


async def case_view(session: AsyncSession, subject: Subject, catalogue: Catalogue, case_id: UUID) -> CaseView:
    """Raises NotFound for a stranger."""
    case, permissions = await gate.fetch_with_permissions(session, subject, Action.CASE_STATUS, case_id)
    may_follow = Action.CASE_READ_TIMELINE in permissions.actions
    events = await timeline.of_case(session, case_id, permissions) if may_follow else ()
    there = await filled(session, subject, case)
    followed = there if may_follow else frozenset()
    orders = await orders_for(session, subject, case_id, permissions) if "orders" in there else ()
    offers = await offers_of(session, case_id) if "offers" in followed else ()
    origin = await origin_of(session, case_id) if "origin" in followed else None
    moves = await moves_of(session, case_id) if "moves" in followed else ()
    held = await stays(session, case, origin, moves) if followed & {"moves", "origin"} else ()
    disputes = await disputes_of(session, case_id) if "disputes" in followed else ()
    told = await notes_for(session, subject, case_id, permissions) if "oversight_notes" in there else ()
    inspections = await inspections_for(session, subject, case_id, permissions) if "inspections" in there else ()
    helped = await assistances_of(session, case_id) if "assistances" in followed else ()
    place = await session.get_one(Place, case.place_id)
    assessed = await assessed_of(session, subject, case, permissions)
    actors = [case.handler_id, *(event.actor_id for event in events), *assessed.people]
    people = await names.people(session, chain(actors, (one.person_id for one in helped)))
    met: tuple[Stay | Assistance, ...] = (*held, *helped)
    offices = await office_names(session, _offices(case, events, orders, offers, disputes, met, told, inspections))
    return CaseView(
        case=case,
        permissions=permissions,
        place=place.name,
        people=people,
        assessed=assessed,
        offices=offices,
        events=events,
        orders=orders,
        extensions=await extensions_for(session, subject, case_id, permissions, orders) if orders else (),
        order_entries=await entries_for(session, subject, case_id, permissions, orders) if orders else (),
        origin=origin,
        offers=offers,
        stays=held,
        disputes=disputes,
        assistances=helped,
        oversight_notes=told,
        inspections=inspections,
        findings=await findings_for(session, subject, case_id, permissions) if "findings" in there else None,
        leaders=await charges_of(session, case, permissions) if "leaders" in followed else (),
        risks=await risks_of(session, case_id) if "risks" in there and _reads_facts(permissions) else (),
        delegations=await delegations.of_case(session, subject, case) if "delegations" in followed else (),
        own=list(grounds_of(subject, permissions.standings)),
        acts=await available(session, subject, catalogue, case, permissions),
        **await _contents(session, subject, case, permissions, events, moves, there),
    )


def _reads_facts(permissions: Permissions) -> bool:
    return Action.CASE_READ_STATEMENT in permissions.actions


def _offices(
    case: Case,
    events: Sequence[Event],
    orders: Sequence[Order],
    offers: Sequence[HandoverOffer],
    disputes: Sequence[HolderDispute],
    met: Sequence[Stay | Assistance],
    told: Sequence[OversightNote],
    inspections: Sequence[Inspection],
) -> Iterable[int | None]:
    """Every office that the page names."""
    travelled = (office for offer in offers for office in (offer.from_office_id, offer.to_office_id))
    disputed = (office for one in disputes for office in (one.holder_office_id, one.other_office_id))
    by_office = (one.office_id for rows in (events, told, inspections, met) for one in rows)
    return chain([case.holder_office_id], by_office, travelled, disputed, (order.issuer_office_id for order in orders))


async def _contents(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    permissions: Permissions,
    events: Sequence[Event],
    moves: Sequence[CustodyMove],
    there: frozenset[str],
) -> dict[str, Any]:
    case_id = case.id
    reads = Action.CASE_READ in permissions.actions
    parties = await reading.parties_of(session, subject, case_id, permissions)
    return {
        "parties": parties,
        "mandates": await reading.mandates_of(session, subject, case_id, permissions) if "mandates" in there else (),
        "corrections": await reading.corrections_of(session, subject, case_id, permissions)
        if "corrections" in there
        else (),
        "claims": await reading.claims_of(session, case_id, permissions),
        "consents": await reading.consents_of(session, case_id, permissions),
        "units": await unit_parts(session, case, permissions) if reads else (),
        "papers": await reading.papers_of(session, case_id, permissions),
        "notes": await reading.notes_of(session, case_id, permissions) if "notes" in there else (),
        "timers": await timers_of(session, case, subject.tenant_id, events[::-1], moves) if reads else (),
        "looks": await reading.looks_at(session, case_id) if reads and parties and "looks" in there else (),
        "team": await team_of(session, case_id) if reads and "team" in there else None,
        "agreement": await agreement_of(session, case_id, permissions) if "agreement" in there else None,
        "referrals": await referrals_of(session, case, permissions) if "referrals" in there else (),
        "performances": await performances_of(session, case, permissions) if "performances" in there else (),
        "relief": await relief_of(session, case, permissions) if "relief" in there else (),
        "money": await money_of(session, case_id, permissions, subject.tenant_id, billed="bills" in there),
        "matters": await marks_of(session, subject, case, permissions) if "matters" in there else (),
        "signals": await signal_reading.of_case(session, subject, case_id) if "signals" in there else (),
        "evidence": await evidence_of(session, case_id, permissions) if "evidence" in there else (),
        **await handling_of(session, subject, case, permissions),
    }
