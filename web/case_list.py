"""Lists of cases: keyset pages with filters, never a count."""

from collections.abc import Mapping
from urllib.parse import urlencode

from litestar import get
from sqlalchemy.ext.asyncio import AsyncSession

from cases.classes import CaseClass
from cases.filters import Filters, Sort
from cases.lists import page as list_page
from cases.lookup import by_number
from cases.steps import STEP_NAMES
from foundation.forms import parse
from foundation.language import N_, current_language
from foundation.store import instant
from handover.bulk_models import BatchKind
from handover.bulk_start import may_start
from organisation.dispute_types import dispute_types
from policies import gate
from policies.actions import Action
from web.due import due_marks
from web.given import TheReading, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page

TICKED = (BatchKind.OFFER, BatchKind.REASSIGN)
"""What may be done with several cases of the list at once."""
MOVED = "moved"
"""The view of what this post may only follow: handed over, referred; status and nothing else."""


@get("/cases")
async def case_list(request: AnyRequest, subject: TheSubject, session: TheSession, reading: TheReading) -> PageResponse:
    asked = {name: value for name, value in request.query_params.items() if value}
    number = asked.pop("number", "")
    if number and (case_id := await by_number(session, subject, number)):
        return go(f"/cases/{case_id}")
    view, after = asked.pop("view", ""), asked.pop("after", None)
    filters = parse(Filters, {"open_only": "false", **asked}, strict=False)
    action = Action.CASE_STATUS if view == MOVED or not gate.may(subject, Action.CASE_READ) else Action.CASE_READ
    found = await list_page(reading, subject, filters, after, action=action)
    return page(
        request,
        "cases/list.html",
        title=N_("案件"),
        subject=subject,
        found=found,
        filters=filters,
        number=number,
        moved=action is Action.CASE_STATUS,
        types=await type_names(session),
        steps=STEP_NAMES,
        classes=CaseClass,
        sorts=Sort,
        ticked=[] if action is Action.CASE_STATUS else [kind for kind in TICKED if may_start(subject, kind)],
        next_page=_address(asked, view, found.after),
        now=instant(session),
        due=await due_marks(session, subject),
    )


async def type_names(session: AsyncSession) -> Mapping[int, str]:
    """Dispute types in the reader's language."""
    english = current_language.get() == "en"
    return {one.code: one.name_en if english else one.name_zh for one in await dispute_types(session)}


def _address(asked: Mapping[str, str], view: str, after: str | None) -> str | None:
    if after is None:
        return None
    kept = {**asked, **({"view": view} if view else {}), "after": after}
    return "/cases?" + urlencode(kept)


ROUTES = [case_list]
