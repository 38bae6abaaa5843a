"""Days of papers that go down the tree and of findings: told to who owes the answer; once late, to who waits for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.term_settings import Leads
from foundation import direct
from oversight.deadline_due import Due, Read
from oversight.deadline_rules import rules
from oversight.document_issuing import desks_by_tenant
from oversight.notice_kinds import NoticeKind


def _of_tenants(source: str, query: str, address: str, over: NoticeKind) -> Read:
    """Owed by a tenant to one above; the tier right above it hears when it is late."""

    async def read(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
        rows = await direct.fetch(session, query, ids)
        tenants = {row[name] for row in rows for name in ("tenant_id", "parent_id") if row[name] is not None}
        desks = await desks_by_tenant(session, sorted(tenants)) if tenants else {}
        return [
            _due(
                source,
                row,
                NoticeKind.ANSWER_DUE_SOON,
                over,
                offices=desks.get(row["tenant_id"], []),
                above=desks.get(row["parent_id"], []),
                address=address.format(id=row["document_id"]),
            )
            for row in rows
        ]

    return read


async def findings(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
    """Answered by whoever has the case now; the inspecting office waits for it."""
    return [
        _due(
            "inspection_findings",
            row,
            NoticeKind.ANSWER_DUE_SOON,
            NoticeKind.FINDING_OVERDUE,
            offices=[row["holder_office_id"]],
            above=[row["office_id"]],
            address="",
        )
        for row in await direct.fetch(session, FINDINGS_DUE, ids)
    ]


def _due(
    source: str,
    row: Any,
    soon: NoticeKind,
    over: NoticeKind,
    *,
    offices: Sequence[int],
    above: Sequence[int],
    address: str,
) -> Due:
    return Due(
        source=source,
        row_id=row["row_id"],
        case_id=row["case_id"],
        due_at=row["due_at"],
        code=source,
        place_id=row["place_id"],
        chain=(),
        offices=tuple(offices),
        persons=(),
        lead=rules()[source].ahead,
        soon=soon,
        over=over,
        climbs=False,
        address=address,
        above=tuple(above),
    )


REPORTS_DUE = """
select d.row_id, d.case_id, d.due_at, r.document_id, r.tenant_id, t.parent_id, t.place_id
from deadlines d join report_duties r on r.id = d.row_id join tenants t on t.id = r.tenant_id
where d.source = 'report_duties' and d.row_id = any ($1)"""
RECEIPTS_DUE = """
select d.row_id, d.case_id, d.due_at, r.document_id, r.tenant_id, t.parent_id, t.place_id
from deadlines d join document_receipts r on r.id = d.row_id join tenants t on t.id = r.tenant_id
where d.source = 'document_receipts' and d.row_id = any ($1)"""
FINDINGS_DUE = """
select d.row_id, d.case_id, d.due_at, f.office_id, c.holder_office_id, c.place_id
from deadlines d join inspection_findings f on f.id = d.row_id join cases c on c.id = d.case_id
where d.source = 'inspection_findings' and d.row_id = any ($1)"""

reports = _of_tenants("report_duties", REPORTS_DUE, "/plan", NoticeKind.REPORT_OVERDUE)
receipts = _of_tenants("document_receipts", RECEIPTS_DUE, "/documents/{id}", NoticeKind.RECEIPT_OVERDUE)
