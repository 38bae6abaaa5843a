"""A draw opens the inspections of what it drew: the drawer picks the rule, never the case (38)."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import perform
from cases.catalogue import Catalogue
from foundation.clock import local_date
from foundation.store import instant
from oversight.draws import DrawForm, InspectionDraw, draw
from oversight.inspection_choices import InspectionItem, InspectionReason
from oversight.inspections import LONGEST_DAYS, InspectionForm
from tenants.subject import Subject


async def draw_and_open(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, form: DrawForm
) -> InspectionDraw:
    """Each by the same act as any other inspection, with its event and its audit."""
    drawn = await draw(session, subject, form)
    await session.flush()
    ends_on = local_date(instant(session)) + timedelta(days=LONGEST_DAYS)
    opening = InspectionForm(reason=InspectionReason.SAMPLE, items=list(InspectionItem), ends_on=ends_on)
    for case_id in drawn.case_ids:
        await perform(session, subject, catalogue, case_id, "open-inspection", opening, None)
    return drawn
