"""What a list may be narrowed by and sorted by (decisions.md 22)."""

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_


class Sort(Choice):
    """The two sorts that have an index at every tier."""

    FILED = "filed", N_("最新登记")
    DUE = "due", N_("最近到期")


class Filters(Struct, frozen=True, kw_only=True):
    """All optional. `open_only` leaves out what is closed, archived or refused."""

    step: int | None = None
    case_class: str | None = None
    dispute_type: int | None = None
    mine: bool = False
    open_only: bool = False
    sort: Sort = Sort.FILED
