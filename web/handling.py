"""The rarer sections of a case page: asked in one statement whether there is anything, and read only then."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact, known
from cases.models import Case
from dossiers.borrowing_reads import loans_of
from dossiers.custody_reads import objects_of
from dossiers.witness_reads import witnesses_of
from policies.gate import Permissions
from teams.panel_reads import panels_of
from tenants.subject import Subject

SECTIONS = {"objects": objects_of, "witnesses": witnesses_of, "panels": panels_of, "loans": loans_of}
THERE = (
    Fact("exists (select from exhibits where case_id = :case)"),
    Fact("exists (select from witnesses where case_id = :case)"),
    Fact("exists (select from panels where case_id = :case)"),
    Fact("exists (select from borrowings where case_id = :case)"),
)


async def handling_of(
    session: AsyncSession, subject: Subject, case: Case, permissions: Permissions
) -> dict[str, Sequence[Any]]:
    """Each section's rows, cut to the reader's field groups; nothing for those without a row."""
    there = await known(session, subject, case, THERE)
    return {
        name: await read(session, case.id, permissions) if present else ()
        for (name, read), present in zip(SECTIONS.items(), there, strict=True)
    }
