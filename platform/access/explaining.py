"""Why a person may or may not do something with a case: asked of oneself, or of anybody who stands near the case."""

from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from access.sight import near, require_sight, standings_of
from cases.models import Case
from cases.relations import FOREVER, in_force, removal_among
from policies import gate
from policies.actions import Action
from policies.explanation import Explanation, explain_removal
from tenants.subject import Subject


async def explained(
    session: AsyncSession, subject: Subject, action: Action, case_id: UUID, post_id: UUID | None = None
) -> Explanation:
    """Of the subject, or of who holds the post: for that the subject must be allowed to see who can see.

    Raises NotFound, Forbidden. A post far from the case, or unknown, has no relation to it.
    """
    case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    if post_id is None or post_id == subject.post_id:
        found = await gate.explain(session, subject, action, case)
    else:
        found = await _of_post(session, subject, action, case, post_id)
    return structs.replace(found, until=None) if found.until and found.until >= FOREVER else found


async def _of_post(session: AsyncSession, subject: Subject, action: Action, case: Case, post_id: UUID) -> Explanation:
    await require_sight(session, subject, case)
    other = next((one for one, _ in await near(session, case.id) if one.post_id == post_id), None)
    if other is None:
        return gate.explain_standings(subject, action, ())
    rows = await in_force(session, case.id)
    if (removal := removal_among(other, rows)) is not None:
        return explain_removal(removal)
    return gate.explain_standings(other, action, standings_of(other, case, rows))
