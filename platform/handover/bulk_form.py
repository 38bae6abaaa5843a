"""What a batch asks for: the fields of its act, and which cases are meant."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from msgspec import NODEFAULT, Meta, Struct, defstruct
from msgspec.structs import FieldInfo, fields

from cases.classes import CaseClass
from foundation.forms import named_lists
from foundation.language import N_
from handover.bulk_kinds import OPTIONS, WORKS, Work
from handover.bulk_models import BatchKind

MOST = 5_000
"""Cases of one batch."""
LONGEST = 60
"""Of a number as it is typed."""

Numbers = Annotated[
    list[Annotated[str, Meta(max_length=LONGEST)]],
    Meta(
        title=N_("案件清单"),
        description=N_("每行一个登记号、案号或编号，最多5000个；您看不到的与不存在的，一律按“没有找到”处理"),
        max_length=MOST,
        extra={"widget": "lines", "lines": 8},
    ),
]
Step = Annotated[int, Meta(title=N_("没有清单时：步骤"), ge=1, le=8, extra={"options": "bulk_steps"})]
Class = Annotated[CaseClass, Meta(title=N_("没有清单时：等级"))]
Handler = Annotated[UUID, Meta(title=N_("没有清单时：承办人"), extra={"options": "bulk_handlers"})]
EveryOne = Annotated[
    bool, Meta(title=N_("没有清单时：选取全部在办案件"), description=N_("选了步骤、等级或者承办人的，只取符合的"))
]
CHOICE: Mapping[str, tuple[Any, Any]] = {
    "step": (Step | None, None),
    "case_class": (Class | None, None),
    "handler_id": (Handler | None, None),
    "all_open": (EveryOne, False),
}
"""Of a filter: what stands beside the list of numbers."""


class Choice(Struct, frozen=True, kw_only=True):
    """Which cases: those of the list, or, without a list, those of the filter."""

    cases: Sequence[str] = ()
    step: int | None = None
    case_class: str | None = None
    handler_id: UUID | None = None
    all_open: bool = False

    @property
    def filters(self) -> bool:
        return self.all_open or any(one is not None for one in (self.step, self.case_class, self.handler_id))


def form_of(kind: BatchKind) -> type[Struct]:
    """As pages and API ask for it; a field of the act that chooses from one case's own lists is left out."""
    return _form(kind)


def taken_apart(kind: BatchKind, given: Struct) -> tuple[Struct, Choice]:
    """The act's own form, and which cases are meant."""
    work = WORKS[kind]
    own = {one.name: getattr(given, one.name) for one in _asked(work)}
    chosen = {name: getattr(given, name) for name in Choice.__struct_fields__ if hasattr(given, name)}
    return work.form(**own), Choice(**_with_leaver(given, chosen))


def _with_leaver(given: Struct, chosen: dict[str, Any]) -> dict[str, Any]:
    """Who leaves hands over all cases in hand, unless a list names some."""
    leaver = getattr(given, "from_person_id", None)
    return chosen if leaver is None else {**chosen, "handler_id": leaver}


@cache
def _form(kind: BatchKind) -> type[Struct]:
    work = WORKS[kind]
    beside = CHOICE if work.by_filter else {}
    if kind is BatchKind.REASSIGN:
        beside = {name: beside[name] for name in ("step", "case_class")}
    rows: list[Any] = [
        *map(_row, _asked(work)),
        ("cases", Numbers, []),
        *((name, *what) for name, what in beside.items()),
    ]
    name = f"{str(kind).title()}Many"
    return defstruct(name, rows, frozen=True, kw_only=True, module=__name__)


def _asked(work: Work) -> Iterator[FieldInfo]:
    return (one for one in fields(work.form) if named_lists(one.type) <= OPTIONS.keys())


def _row(field: FieldInfo) -> tuple[Any, ...]:
    return (field.name, field.type) if field.default is NODEFAULT else (field.name, field.type, field.default)
