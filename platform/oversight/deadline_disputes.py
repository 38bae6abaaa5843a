"""The day by which a common superior names a holder; the day after, the conference hears that it is its turn."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.term_settings import Leads
from foundation import direct
from oversight.deadline_due import Due
from oversight.notice_kinds import NoticeKind


async def disputes(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
    """By the page of the dispute alone: neither the superior nor the conference has a right to the case."""
    return [
        Due(
            source="holder_disputes",
            row_id=row["row_id"],
            case_id=None,
            due_at=row["due_at"],
            code="holder_disputes",
            place_id=row["place_id"],
            chain=(),
            offices=tuple(row["superior"]),
            persons=(),
            lead=0,
            soon=NoticeKind.DISPUTE_CLAIMED,
            over=NoticeKind.DISPUTE_ESCALATED,
            climbs=False,
            address=f"/disputes/{row['dispute_case']}",
            above=tuple(row["conference"]),
        )
        for row in await direct.fetch(session, DISPUTES_DUE, ids)
    ]


DISPUTES_DUE = """
select d.row_id, d.due_at, h.case_id as dispute_case, t.place_id,
       array(select o.id from offices o where o.tenant_id = h.decider_tenant_id
             and o.kind = 'leading_group' and o.valid_to is null order by o.id) as superior,
       array(select o.id from offices o where o.tenant_id = h.conference_tenant_id
             and o.kind = 'petition_bureau' and o.valid_to is null order by o.id) as conference
from deadlines d join holder_disputes h on h.id = d.row_id join tenants t on t.id = h.conference_tenant_id
where d.source = 'holder_disputes' and d.row_id = any ($1)"""
