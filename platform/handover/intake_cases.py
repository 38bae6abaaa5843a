"""Cases from elsewhere become ours: all the rows that a registration writes, for many at once, in one transaction."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.class_history import finding_row
from cases.classes import ClassFacts, classify
from cases.guardians import guardians_of
from cases.history import Timer
from cases.identity_index import entries
from cases.issue import paper_of
from cases.models import Case
from cases.opening import Custody, case_row, custody_at, registration_numbers
from cases.origins import CaseOrigin
from cases.parties import Claim
from cases.referring import SENT, petition_offices_of
from cases.register import claim_rows
from cases.registered_parties import other_side_rows, petitioner_row, relations_of
from cases.registration_form import Source
from cases.relations import relation_of
from cases.steps import State
from cases.timeline import record_imports
from cases.timers import nearest
from foundation.batch import write
from foundation.model import Base
from foundation.store import instant
from handover.intake_clocks import Clocks, morning
from handover.intake_judge import OutsideCase
from handover.intake_known import Standing, as_written
from handover.intake_papers import ORIGIN, receipt_for
from policies.relations import Relation
from tenants.models import Office, Tenant
from tenants.subject import Subject

PORTION = 200
"""Cases in one round trip."""


class Brought(Struct, frozen=True):
    """Where they come from, the same for all."""

    intake_id: UUID
    system: str
    sender: str
    sent_on: date
    receipt_no: str | None


class Taking(Struct, frozen=True):
    """What is the same for all cases of one file."""

    subject: Subject
    brought: Brought
    tenant_id: int
    custody: Custody
    now: datetime


async def bring_in(
    session: AsyncSession, subject: Subject, brought: Brought, outside: Sequence[OutsideCase]
) -> list[Case]:
    """In the order given, each judged before. The session's transaction holds them all, or none."""
    tenant = await session.get_one(Tenant, subject.tenant_id)
    taking = Taking(subject, brought, tenant.id, custody_at(subject.office_id, tenant), instant(session))
    sent_by = await _sending_office(session, tenant, brought.sender)
    made = await _made(taking, Clocks(session), outside, sent_by)
    numbers = await registration_numbers(session, subject, len(made))
    for (case, _), number in zip(made, numbers, strict=True):
        case.registration_no = number
    for start in range(0, len(made), PORTION):
        portion = made[start : start + PORTION]
        cases = [case for case, _ in portion]
        await write(session, cases)
        rows = [row for _, of_case in portion for row in of_case]
        await record_imports(session, subject, {case.id: _told(taking, case) for case in cases}, cases, rows)
    return [case for case, _ in made]


async def _made(
    taking: Taking, clocks: Clocks, outside: Sequence[OutsideCase], sent_by: Office | None
) -> list[tuple[Case, list[Base]]]:
    """Each case with its rows, before anything is locked: who registers meanwhile waits for the writing alone."""
    made: list[tuple[Case, list[Base]]] = []
    for one in outside:
        case = _case(taking, one)
        made.append((case, _rows(taking, case, one, await clocks.of(case, one), clocks, sent_by)))
        if len(made) % PORTION == 0:
            await asyncio.sleep(0)  # others of this process go on
    return made


def _told(taking: Taking, case: Case) -> dict[str, Any]:
    """For the event: codes and counts."""
    return {"persons": case.person_count, "intake": str(taking.brought.intake_id), "state": case.state}


def _case(taking: Taking, one: OutsideCase) -> Case:
    """Filed on the original day. It counts as accepted in the month that brought it here: no past count changes."""
    accepted = one.state is Standing.ACCEPTED
    classified = classify(ClassFacts(persons=len(one.petitioners))) if accepted else None
    return case_row(
        taking.now,
        State(one.state.value),
        taking.custody,
        "",
        filed_at=morning(one.filed_on),
        petition_no=one.petition_no,
        dispute_type=one.dispute_type,
        source=one.source.value,
        first_visit=one.first_visit,
        person_count=len(one.petitioners),
        visited_unit=one.visited_unit,
        place_id=one.place_id,
        accepted_at=taking.now if accepted else None,
        persons_at_acceptance=len(one.petitioners) if accepted else None,
        case_class=classified.case_class.value if classified else None,
        class_clause=classified.clause if classified else None,
    )


def _rows(
    taking: Taking, case: Case, one: OutsideCase, terms: list[Timer], clocks: Clocks, sent_by: Office | None
) -> list[Base]:
    """Beside the case itself; its nearest term goes to its own row."""
    subject, now = taking.subject, taking.now
    parties = [petitioner_row(subject, case, n, row, False, now) for n, row in enumerate(one.petitioners, 1)]
    origin = _origin(taking, case, one)
    receipt = msgspec.to_builtins(receipt_for(origin, one)) | clocks.in_words(case, one, terms)
    due = nearest(terms)
    case.due_at, case.due_kind = (due.due_at, due.kind) if due else (None, None)
    return [
        *parties,
        *other_side_rows(subject, case, one.other_side, now),
        *relations_of(subject, case, parties, now),
        *_referred(taking, case, one, sent_by),
        *guardians_of(subject, parties, one.petitioners, now),
        *entries(parties),
        *_claims(taking, case, one),
        *_class(taking, case, one),
        origin,
        paper_of(subject, case, ORIGIN, receipt, now),
        *terms,
    ]


def _origin(taking: Taking, case: Case, one: OutsideCase) -> CaseOrigin:
    brought = taking.brought
    return CaseOrigin(
        case_id=case.id,
        tenant_id=taking.tenant_id,
        intake_id=brought.intake_id,
        system=brought.system,
        outside_no=one.outside_no,
        sender=brought.sender,
        sent_on=brought.sent_on,
        receipt_no=brought.receipt_no,
        filed_on=one.filed_on,
        accepted_on=one.accepted_on,
        state=one.state.value,
        recorded_at=taking.now,
        recorded_by=taking.subject.person_id,
    )


def _claims(taking: Taking, case: Case, one: OutsideCase) -> list[Claim]:
    """Of an accepted case they were found suitable where it comes from."""
    decision = "suitable" if one.state is Standing.ACCEPTED else "pending"
    return claim_rows(taking.subject, case, one.claims, taking.now, decision)


def _class(taking: Taking, case: Case, one: OutsideCase) -> list[Base]:
    """By the number of persons alone: what else makes a class is proved here, by two persons."""
    if one.state is not Standing.ACCEPTED:
        return []
    classified = classify(ClassFacts(persons=case.person_count))
    return [finding_row(taking.subject, case, classified, taking.now, first=True)]


async def _sending_office(session: AsyncSession, tenant: Tenant, sender: str) -> Office | None:
    """The petition office of the own line that handed them over, by its name: it follows what it sent, and none that
    sent nothing does."""
    offices = await petition_offices_of(session, tenant)
    return next((office for office in offices if as_written(office.name) == as_written(sender)), None)


def _referred(taking: Taking, case: Case, one: OutsideCase, sent_by: Office | None) -> list[Base]:
    if sent_by is None or one.source is not Source.PETITION_OFFICE:
        return []
    who: dict[str, Any] = {"tenant_id": sent_by.tenant_id, "office_id": sent_by.id}
    return [relation_of(case, Relation.REFERRED, taking.now, source=SENT, **who)]
