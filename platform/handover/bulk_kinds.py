"""What may be done with many cases at once: for each case the very acts that its own page offers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation.errors import invalid
from foundation.language import N_
from handover.answer import AcceptForm, ReturnForm
from handover.bulk_models import BatchKind
from handover.bulk_options import handler_options, office_options, step_options, successor_options
from handover.bulk_reassign import ReassignForm, replacements
from handover.offer import WithdrawForm
from handover.offer_form import OfferForm, answer_days
from policies.actions import Action
from tenants.subject import Subject

Steps = Callable[[AsyncSession, Subject, Case, Any], Awaitable[Sequence[tuple[str, Struct]]]]
"""(session, subject, case, the batch's form): the acts for this case, each with its form, done one after the other."""
Options = Callable[[AsyncSession, Subject], Awaitable[Sequence[Option]]]


def _nothing(form: Struct, today: date) -> None: ...


def _declared(form: AcceptForm | ReassignForm, today: date) -> None:
    if not form.no_conflict:
        raise invalid("no_conflict", "required", N_("请先逐件核查，再勾选"))


class Work(Struct, frozen=True):
    """`sees` is what makes a case one's own to name: all others are not found, whether they exist or not."""

    kind: BatchKind
    act: str
    action: Action
    form: type[Struct]
    steps: Steps
    sees: Action = Action.CASE_STATUS
    by_filter: bool = True
    """Whether the cases may also be chosen by a filter; what was received is ticked one by one."""
    check: Callable[[Any, date], object] = _nothing
    """(form, today): what is wrong with the form for any case at all; raises InvalidInput at its field."""


def _the_act(name: str) -> Steps:
    async def steps(session: AsyncSession, subject: Subject, case: Case, form: Struct) -> Sequence[tuple[str, Struct]]:
        return [(name, form)]

    return steps


OFFER = Work(
    BatchKind.OFFER, "offer-handover", Action.HANDOVER_OFFER, OfferForm, _the_act("offer-handover"), check=answer_days
)
REASSIGN = Work(BatchKind.REASSIGN, "replace-member", Action.TEAM_FORM, ReassignForm, replacements, check=_declared)
ACCEPT = Work(
    BatchKind.ACCEPT,
    "accept-handover",
    Action.HANDOVER_ACCEPT,
    AcceptForm,
    _the_act("accept-handover"),
    sees=Action.HANDOVER_PREVIEW,
    by_filter=False,
    check=_declared,
)
RETURN = Work(
    BatchKind.RETURN,
    "return-handover",
    Action.HANDOVER_RETURN,
    ReturnForm,
    _the_act("return-handover"),
    sees=Action.HANDOVER_PREVIEW,
    by_filter=False,
)
WITHDRAW = Work(
    BatchKind.WITHDRAW,
    "withdraw-handover",
    Action.HANDOVER_WITHDRAW,
    WithdrawForm,
    _the_act("withdraw-handover"),
    by_filter=False,
)
WORKS: Mapping[BatchKind, Work] = {work.kind: work for work in (OFFER, REASSIGN, ACCEPT, RETURN, WITHDRAW)}

OPTIONS: Mapping[str, Options] = {
    "handover_targets": office_options,
    "bulk_handlers": handler_options,
    "bulk_successors": successor_options,
    "bulk_steps": step_options,
}
"""Lists to choose from where no single case is at hand; a field that chooses from another list is left out."""
