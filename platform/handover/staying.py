"""Whom of the present team the receiver may keep: shown to it at acceptance, by name, profession and part alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_, in_a_row, in_brackets, mark, translate
from teams.roles import TeamRole
from tenants.roles import PROFESSIONS
from tenants.subject import Subject

TEAM = text("select person_id, name, profession, role from team_offered(:case) order by name, person_id, role")


async def staying_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Nobody for who is not offered the case."""
    people: dict[UUID, tuple[str, str | None, list[str]]] = {}
    for person, name, profession, role in await session.execute(TEAM, {"case": case.id}):
        people.setdefault(person, (name, profession, []))[2].append(TeamRole(role).label)
    return [Option(str(person), _label(*told)) for person, told in people.items()]


def _label(name: str, profession: str | None, parts: Sequence[str]) -> str:
    known = [translate(PROFESSIONS[profession])] if profession in PROFESSIONS else []
    told = [*known, in_a_row(translate(part) for part in parts)]
    return name + in_brackets(mark("；").join(dict.fromkeys(told)))


async def check_keep(session: AsyncSession, case: Case, keep: Sequence[UUID], agreed: bool) -> None:
    """Before the move. Whether the receiver's rules let them stay is asked when it may read the case."""
    if not keep:
        return
    serving = {row.person_id for row in await session.execute(TEAM, {"case": case.id})}
    errors = [
        FieldError(f"keep.{index}", "not_a_choice", N_("此人已不在小组，请从所列人员中选择"))
        for index, person_id in enumerate(keep)
        if person_id not in serving
    ]
    if not agreed:
        errors.append(FieldError("kept_agree", "required", N_("留任须经本人同意，并声明无利害关系")))
    if errors:
        raise InvalidInput(*errors)


OPTIONS = {"staying_members": staying_options}
