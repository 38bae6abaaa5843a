"""Which parts of a case page have a row at all, asked in one statement: a part without any is not read."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact, known
from cases.models import Case
from tenants.subject import Subject

ROWS = {
    "origin": "case_origins where case_id = :case",
    "orders": "supervision_orders where case_id = :case",
    "offers": "handover_offers where case_id = :case",
    "moves": "custody_moves where case_id = :case",
    "disputes": "holder_disputes where case_id = :case",
    "assistances": "assistances where case_id = :case",
    "oversight_notes": "oversight_notes where case_id = :case",
    "inspections": "inspections where case_id = :case",
    "findings": "inspection_scores where case_id = :case"
    " union all select from inspection_findings where case_id = :case",
    "delegations": "case_relations where case_id = :case and relation = 'delegated'",
    "mandates": "mandates where case_id = :case",
    "corrections": "party_corrections where case_id = :case",
    "notes": "notes where case_id = :case",
    "looks": "reveals where case_id = :case",
    "team": "teams where case_id = :case and dissolved_at is null",
    "agreement": "agreements where case_id = :case",
    "bills": "bills where case_id = :case",
    "evidence": "evidence where case_id = :case",
    "referrals": "referrals where case_id = :case",
    "performances": "performances where case_id = :case",
    "relief": "relief_referrals where case_id = :case",
    "leaders": "leader_charges where case_id = :case",
    "risks": "dispute_risks where case_id = :case and ends_at > :now",
    "matters": "same_matter_marks(:case)",
    "signals": "funding_signals where case_id = :case",
}
FACTS = tuple(Fact(f"exists (select from {rows})") for rows in ROWS.values())


async def filled(session: AsyncSession, subject: Subject, case: Case) -> frozenset[str]:
    """Names of ROWS, as far as the reader's scope shows the rows."""
    there = await known(session, subject, case, FACTS)
    return frozenset(name for name, one in zip(ROWS, there, strict=True) if one)
