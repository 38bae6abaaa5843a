"""All that this room offers to the catalogue of acts, and what it does when a case changes hands."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.hooks import Moved
from cases.models import Case
from oversight import complaint_answers, complaints, inspections, notes, orders, separate, warning_receipts, warnings
from oversight.models import Order
from tenants.subject import Subject

ACTS = (
    *orders.ACTS,
    *inspections.ACTS,
    *complaints.ACTS,
    *complaint_answers.ACTS,
    *notes.ACTS,
    *warnings.ACTS,
    *warning_receipts.ACTS,
)
GUARDS = {
    **orders.GUARDS,
    **inspections.GUARDS,
    **complaint_answers.GUARDS,
    **warning_receipts.GUARDS,
    "lines_apart": separate.lines_apart,
}
OPTIONS = {
    **orders.OPTIONS,
    **inspections.OPTIONS,
    **complaints.OPTIONS,
    **complaint_answers.OPTIONS,
    **warnings.OPTIONS,
    **warning_receipts.OPTIONS,
}
PAPERS = (orders.REPLY, warnings.WARNING)


async def on_custody_moved(session: AsyncSession, subject: Subject, case: Case, moved: Moved) -> None:
    """Orders go on over the new holder."""
    await session.execute(
        update(Order)
        .where(Order.case_id == case.id)
        .values(
            province_id=case.province_id,
            prefecture_id=case.prefecture_id,
            county_id=case.county_id,
            township_id=case.township_id,
        )
    )


warn = warnings.warn
