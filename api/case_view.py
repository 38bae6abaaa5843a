"""A case as the API shows it: the header, what its reader may do, and which acts stand open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.endpoint import PREFIX
from cases.acts import Available, available_and
from cases.catalogue import Catalogue
from cases.facts import Fact
from cases.models import Case
from cases.steps import STATE_NAMES, STEP_NAMES, State, Step
from foundation.language import current_language, translate
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.subject import Subject


class Named(Struct, frozen=True):
    id: int
    name: str


class Refusal(Struct, frozen=True):
    """What is still missing before the act can be done."""

    code: str
    detail: str


class ActItem(Struct, frozen=True):
    """An act that the reader may do in this state; with a `refusal` it is not ready yet."""

    name: str
    title: str
    step: int | None
    href: str
    method: str
    needs_version: bool
    refusal: Refusal | None


class CaseDetails(Struct, frozen=True):
    """For readers of the case; a sender who only follows its status does not get them."""

    case_no: str | None
    dossier_no: str | None
    petition_no: str | None
    parent_case_id: UUID | None
    class_clause: str | None
    source: str
    first_visit: bool
    visited_unit: str | None
    persons_at_acceptance: int | None
    funding_position: str | None
    handler_id: UUID | None


class CaseView(Struct, frozen=True):
    """`version` is the ETag. `frozen` = a handover is pending."""

    id: UUID
    version: int
    registration_no: str
    state: str
    state_name: str
    step: int
    step_name: str
    outcome: str | None
    case_class: str | None
    dispute_type: int
    person_count: int
    place: Named
    holder: Named
    frozen: bool
    filed_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    guided_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    changed_at: datetime
    details: CaseDetails | None
    permissions: list[str]
    relations: list[str]
    available_actions: list[ActItem]


async def case_view(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case, may: Permissions | None = None
) -> CaseView:
    """`may`: if it is known already."""
    may = may or await gate.permissions(session, subject, case)
    offered, (place, holder) = await available_and(session, subject, catalogue, case, NAMES, may)
    state, step = State(case.state), Step(case.step)
    return CaseView(
        **_same(CaseView, case, but=DERIVED),
        state_name=translate(STATE_NAMES[state]),
        step_name=translate(STEP_NAMES[step]),
        place=Named(case.place_id, place),
        holder=Named(case.holder_office_id, holder),
        frozen=case.offer_id is not None,
        details=CaseDetails(**_same(CaseDetails, case)) if Action.CASE_READ in may.actions else None,
        permissions=sorted(may.actions),
        relations=sorted(may.relations),
        available_actions=[_act(case.id, found) for found in offered],
    )


NAMES = (Fact("select name from places where id = :place"), Fact("select name from offices where id = :desk"))
DERIVED = frozenset(
    {
        "state_name",
        "step_name",
        "place",
        "holder",
        "frozen",
        "details",
        "permissions",
        "relations",
        "available_actions",
    }
)


def _same(view: type[Struct], case: Case, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The columns that the view shows as they are."""
    return {name: getattr(case, name) for name in view.__struct_fields__ if name not in but}


def _act(case_id: UUID, found: Available) -> ActItem:
    act, refusal = found.act, found.refusal
    return ActItem(
        name=act.name,
        title=translate(act.title),
        step=act.step,
        href=f"{PREFIX}/cases/{case_id}/acts/{act.name}",
        method="POST",
        needs_version=act.versioned,
        refusal=Refusal(refusal.code, refusal.text(current_language.get())) if refusal else None,
    )
