"""One thing with a day, as the deadlines job takes it; each source reads its own."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.term_settings import Leads
from oversight.notice_kinds import NoticeKind


class Due(Struct, frozen=True):
    """`chain`: from the tenant that answers for it up to the province. `offices`, `persons`: who hear that it comes;
    `above` only when it is over. `lead` days before, working days if `working`, as it stands until `lead_until`.
    `climbs`: its ladder is gone up.
    """

    source: str
    row_id: UUID
    case_id: UUID | None
    due_at: datetime
    code: str
    place_id: int
    chain: tuple[int, ...]
    offices: tuple[int, ...]
    persons: tuple[UUID, ...]
    lead: int
    soon: NoticeKind
    over: NoticeKind | None
    lead_until: date | None = None
    working: bool = False
    climbs: bool = True
    address: str = ""
    above: tuple[int, ...] = ()


Read = Callable[[AsyncSession, Sequence[UUID], Leads], Awaitable[list[Due]]]
