"""A handler leaves: every part that person has on the team of a case goes to a colleague, by the existing act."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.errors import Conflict
from foundation.language import N_
from teams import seats
from teams.replacement import Reason, ReplacementForm
from tenants.subject import Subject


class ReassignForm(Struct, frozen=True, kw_only=True):
    from_person_id: Annotated[UUID, Meta(title=N_("现承办人"), extra={"options": "bulk_handlers"})]
    to_person_id: Annotated[
        UUID,
        Meta(
            title=N_("接替的承办人"),
            description=N_("每案照常核对回避、资格和当事人意愿；不合的案件不更换，写明原因"),
            extra={"options": "bulk_successors"},
        ),
    ]
    no_conflict: Annotated[bool, Meta(title=N_("接替者已逐件声明：与双方当事人、涉事单位及纠纷无利害关系"))] = False


class NotTheHandler(Conflict):
    code = "not_the_handler"
    message = N_("此人现在不是本案的承办人")


async def replacements(
    session: AsyncSession, subject: Subject, case: Case, form: ReassignForm
) -> Sequence[tuple[str, ReplacementForm]]:
    """One replacement for each seat of the leaving person; raises NotTheHandler."""
    team = await seats.active_team(session, case.id) if case.handler_id == form.from_person_id else None
    if team is None:
        raise NotTheHandler
    return [
        (
            "replace-member",
            ReplacementForm(
                member_id=seat.id, reason=Reason.LEFT, person_id=form.to_person_id, no_conflict=form.no_conflict
            ),
        )
        for seat in await seats.serving(session, team.id)
        if seat.person_id == form.from_person_id
    ]
