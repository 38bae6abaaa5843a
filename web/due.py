"""Marks of a list beside a case's due date: the days left, and "due soon" by the reader's own warning leads."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lists import CaseRow
from cases.term_settings import Setting, settings_of
from cases.term_views import is_soon
from foundation.clock import local_date
from foundation.store import instant
from tenants.subject import Subject

USUAL_LEAD = 5
"""For a case whose term is not known by name."""


class Due(Struct, frozen=True):
    settings: Mapping[str, Setting]
    today: date

    def left(self, row: CaseRow) -> int:
        assert row.due_at is not None  # asked only of a row that has one
        return (local_date(row.due_at) - self.today).days

    def soon(self, row: CaseRow) -> bool:
        setting = self.settings.get(row.due_kind or "")
        return is_soon(self.left(row), setting.lead_days if setting else USUAL_LEAD)


async def due_marks(session: AsyncSession, subject: Subject) -> Due:
    return Due(await settings_of(session, subject.tenant_id), local_date(instant(session)))
