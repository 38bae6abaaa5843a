"""All that this room offers to the server's catalogue."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact
from cases.hooks import Follows, Moved
from cases.models import Case
from teams import (
    acceptance,
    agreement_text,
    analysis,
    appraisal,
    candidates,
    conference,
    draft,
    experts,
    extension,
    formation,
    free_will,
    investigation,
    joining,
    mediating,
    mediation_session,
    opinion,
    oral,
    panel,
    plan,
    publicity,
    replacement,
    seal,
    seats,
    signing,
    table,
    vacancy,
)
from tenants.subject import Subject

ACTS = (
    *formation.ACTS,
    *replacement.ACTS,
    *vacancy.ACTS,
    *joining.ACTS,
    *acceptance.ACTS,
    *plan.ACTS,
    *mediation_session.ACTS,
    *investigation.ACTS,
    *analysis.ACTS,
    *appraisal.ACTS,
    *extension.ACTS,
    *publicity.ACTS,
    *panel.ACTS,
    *conference.ACTS,
    *opinion.ACTS,
    *draft.ACTS,
    *free_will.ACTS,
    *signing.ACTS,
    *oral.ACTS,
    *seal.ACTS,
)
GUARDS = {
    **formation.GUARDS,
    **vacancy.GUARDS,
    **acceptance.GUARDS,
    **plan.GUARDS,
    **appraisal.GUARDS,
    **panel.GUARDS,
    **conference.GUARDS,
    **draft.GUARDS,
    **seal.GUARDS,
}
OPTIONS = {
    **candidates.OPTIONS,
    **vacancy.OPTIONS,
    **table.OPTIONS,
    **mediating.OPTIONS,
    **appraisal.OPTIONS,
    **experts.OPTIONS,
}
PAPERS = (
    *formation.PAPERS,
    *plan.PAPERS,
    *mediation_session.PAPERS,
    *investigation.PAPERS,
    *analysis.PAPERS,
    *appraisal.PAPERS,
    *extension.PAPERS,
    *publicity.PAPERS,
    *panel.PAPERS,
    *conference.PAPERS,
    *opinion.PAPERS,
    *free_will.PAPERS,
    agreement_text.AGREEMENT_PAPER,
)


async def on_custody_moved(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """The team ends with the office that formed it, but for those whom the receiver keeps."""
    await seats.hand_over(session, case, moved.kept)


follows = Follows(Fact("exists (select from teams where case_id = :case and dissolved_at is null)"), on_custody_moved)
vacate_seats, serving = vacancy.vacate, vacancy.serving
