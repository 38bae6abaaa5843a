"""Why I see a case, what I may do with it, and who else can see it now."""

from collections.abc import Sequence
from typing import Any

from litestar import get
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access.explaining import explained
from access.sight import Ground, SightList, grounds_of, may_see_sight, who_can_see
from cases.models import Case, CaseRelation
from foundation.errors import NotFound
from foundation.language import N_
from policies import gate
from policies.actions import Action
from policies.relations import RELATION_NAMES, Relation
from policies.words import ACTION_NAMES, GROUP_NAMES
from tenants import names
from tenants.subject import Subject
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page


class Asked(Struct, frozen=True):
    """One question to the gate, with its answer."""

    action: str
    who: str
    explanation: Any


@get("/cases/{case_id:uuid}/access")
async def access_page(request: AnyRequest, subject: TheSubject, session: TheSession, case_id: PathId) -> PageResponse:
    """A stranger finds nothing here either; who can see is for those who may know."""
    case: Case
    case, may = await gate.fetch_with_permissions(session, subject, Action.CASE_STATUS, case_id)
    sight = await who_can_see(session, case) if may_see_sight(may) else None
    return page(
        request,
        "cases/access.html",
        title=N_("谁能看到本案"),
        subject=subject,
        case=case,
        own=list(grounds_of(subject, may.standings)),
        may=sorted(may.actions & set(ACTION_NAMES)),
        asked=await _asked(request, session, subject, case, sight),
        sight=sight,
        removed=await _called(session, sight.removed) if sight else [],
        action_names=ACTION_NAMES,
        group_names=GROUP_NAMES,
        relation_names=RELATION_NAMES,
        texts=_text,
    )


async def _asked(
    request: AnyRequest, session: AsyncSession, subject: Subject, case: Case, sight: SightList | None
) -> Asked | None:
    """`?action=…&post=…`; an action or a post that nobody knows is a page that does not exist."""
    wanted = request.query_params.get("action")
    if not wanted:
        return None
    if wanted not in set(Action):
        raise NotFound
    post = request.query_params.get("post") or None
    seer = next((one for one in sight.seers if str(one.post_id) == post), None) if sight else None
    if post and seer is None:
        raise NotFound
    found = await explained(session, subject, Action(wanted), case.id, seer.post_id if seer else None)
    return Asked(wanted, seer.name if seer else "", found)


async def _called(session: AsyncSession, rows: Sequence[CaseRelation]) -> list[tuple[str, str]]:
    """(relation, who) of those kept out: people, else their office or tenant."""
    people = await names.people(session, [row.person_id for row in rows])
    offices = await names.offices(session, [row.office_id for row in rows])
    tenants = await names.tenants(session, [row.tenant_id for row in rows])
    return [
        (
            RELATION_NAMES[Relation(row.relation)],
            people.get(row.person_id) or offices.get(row.office_id) or tenants.get(row.tenant_id, "—"),  # type: ignore[arg-type]  # None is in no mapping
        )
        for row in rows
    ]


def _text(ground: Ground, language: str) -> str:
    return ground.en if language == "en" else ground.zh


ROUTES = [access_page]
