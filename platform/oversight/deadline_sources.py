"""What the deadlines job has to know of the things that have a day, table by table, for many of them at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.term_settings import Leads
from cases.terms import TERMS, Unit
from foundation import direct
from oversight.deadline_disputes import disputes
from oversight.deadline_due import Due, Read
from oversight.deadline_papers import findings, receipts, reports
from oversight.deadline_rules import rules
from oversight.notice_kinds import NoticeKind


async def _terms(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
    return [_term(row, leads) for row in await direct.fetch(session, TERMS_DUE, ids)]


def _term(row: Any, leads: Leads) -> Due:
    """The workroom's own terms climb; of the petitioner's remedies it is warned, and nobody is late with them."""
    term, chain = TERMS[row["kind"]], _chain(row)
    return Due(
        source="timers",
        row_id=row["id"],
        case_id=row["case_id"],
        due_at=row["due_at"],
        code=row["kind"],
        place_id=row["place_id"],
        chain=chain,
        offices=(row["holder_office_id"],),
        persons=(row["handler_id"],) if row["handler_id"] else (),
        lead=leads.of(row["kind"], chain),
        lead_until=leads.next_change.get(row["kind"]),
        soon=NoticeKind.TERM_DUE_SOON,
        over=None if term.remedy else NoticeKind.TERM_OVERDUE,
        working=term.unit is Unit.WORKING_DAY,
        climbs=term.ours,
    )


async def _orders(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
    return [_order(row) for row in await direct.fetch(session, ORDERS_DUE, ids)]


def _order(row: Any) -> Due:
    """A unit has no office here: its order is told to the issuer, who told the unit."""
    to_holder = row["kind"] != "unit"
    return Due(
        source="supervision_orders",
        row_id=row["id"],
        case_id=row["case_id"],
        due_at=row["deadline"],
        code=row["kind"],
        place_id=row["place_id"],
        chain=_chain(row),
        offices=(row["issuer_office_id"], *((row["holder_office_id"],) if to_holder else ())),
        persons=(row["handler_id"],) if row["handler_id"] and to_holder else (),
        lead=rules()["supervision_orders"].ahead,
        soon=NoticeKind.ORDER_DUE_SOON,
        over=NoticeKind.ORDER_OVERDUE,
    )


def _answers(source: str, address: str, soon: NoticeKind, over: NoticeKind, only: str = "") -> Read:
    """Of things that one office has to do: all that need be known stands in the row of `deadlines`."""

    async def read(session: AsyncSession, ids: Sequence[UUID], leads: Leads) -> list[Due]:
        rows = await direct.fetch(session, ANSWERS_DUE + only, source, ids)
        return [
            Due(
                source=source,
                row_id=row["row_id"],
                case_id=row["case_id"],
                due_at=row["due_at"],
                code=source,
                place_id=row["place_id"],
                chain=_chain(row),
                offices=(row["office_id"],),
                persons=(),
                lead=rules()[source].ahead,
                soon=soon,
                over=over,
                address=address.format(id=row["row_id"]),
            )
            for row in rows
        ]

    return read


def _chain(row: Any) -> tuple[int, ...]:
    tiers = ("township_id", "county_id", "prefecture_id", "province_id")
    return tuple(row[tier] for tier in tiers if row[tier] is not None)


TERMS_DUE = """
select t.id, t.kind, t.due_at, t.case_id, c.place_id, c.holder_office_id, c.handler_id, c.province_id, c.prefecture_id,
       c.county_id, c.township_id
from timers t join cases c on c.id = t.case_id where t.id = any ($1)
and t.case_id in (select idle_cases(array(select case_id from timers where id = any ($1))))
for update of t skip locked"""
"""Who is just now changing one, or its case, is not waited for: its row of `deadlines` changes with it, and is held
here; each would wait for the other."""
ORDERS_DUE = """
select s.id, s.kind, s.deadline, s.case_id, c.place_id, c.holder_office_id, c.handler_id, s.issuer_office_id,
       t.province_id, t.prefecture_id, t.county_id, t.township_id
from supervision_orders s join cases c on c.id = s.case_id join tenants t on t.id = s.issuer_tenant_id
where s.id = any ($1) and s.case_id in (
    select idle_cases(array(select case_id from supervision_orders where id = any ($1)))) for update of s skip locked"""
ANSWERS_DUE = """
select d.row_id, d.case_id, d.due_at, d.office_id, t.place_id, t.province_id, t.prefecture_id, t.county_id,
       t.township_id
from deadlines d join offices o on o.id = d.office_id join tenants t on t.id = o.tenant_id
where d.source = $1 and d.row_id = any ($2)
"""

SOURCES: Mapping[str, Read] = {
    "timers": _terms,
    "supervision_orders": _orders,
    "supervision_matters": _answers(
        "supervision_matters",
        "/matters/{id}",
        NoticeKind.ORDER_DUE_SOON,
        NoticeKind.ORDER_OVERDUE,
        "and d.row_id in (select idle_matters($2))",
    ),
    "handover_offers": _answers("handover_offers", "/handovers", NoticeKind.ANSWER_DUE_SOON, NoticeKind.ANSWER_OVERDUE),
    "complaints": _answers("complaints", "/complaints", NoticeKind.ANSWER_DUE_SOON, NoticeKind.ANSWER_OVERDUE),
    "report_duties": reports,
    "document_receipts": receipts,
    "inspection_findings": findings,
    "holder_disputes": disputes,
}
"""By table; migrations 0059, 0072 and 0073 watch them."""
