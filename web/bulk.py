"""批量办理: many cases in one act; ordered here, done by the worker, reported case by case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.steps import STEP_NAMES
from foundation.clock import SHANGHAI
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput
from foundation.language import N_, translate
from handover import bulk_reading as reading
from handover.bulk_form import MOST, form_of
from handover.bulk_models import Batch, BatchKind, BatchState, ItemState
from handover.bulk_reading import PAGE, ItemView
from handover.bulk_start import Preview, cancel, may_start, options_for, preview, start
from tenants.subject import Subject
from web import once
from web.bulk_list import numbers_in
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import Typed, read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, fragment, go, page
from web.posted import fields_in, files_in
from web.table_file import table_file
from web.words import word

ADDRESS = "/bulk"
Data = Mapping[str, Sequence[str]]


@get(ADDRESS)
async def batches_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The own office's, the newest first."""
    kinds = [kind for kind in BatchKind if may_start(subject, kind)]
    if not kinds:
        raise Forbidden
    rows = await reading.batches(session, subject, _before(request), PAGE + 1)
    return page(
        request,
        "handover/bulk_list.html",
        title=N_("批量办理"),
        subject=subject,
        kinds=kinds,
        rows=rows[:PAGE],
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
    )


@get(ADDRESS + "/new")
async def new_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The empty form, with what the address says: `kind`, and a filter."""
    kind = _kind(subject, request.query_params.get("kind", ""))
    form = fresh(form_of(kind), dict(request.query_params), dict(await options_for(session, subject, kind)))
    return _form(request, subject, kind, form)


@post(ADDRESS + "/choose")
async def choose_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The same form for the cases that were ticked in a list; nothing is ordered yet."""
    data = await fields_in(request)
    kind = _kind(subject, (data.get("kind") or [""])[0])
    options = dict(await options_for(session, subject, kind))
    typed = {**fresh(form_of(kind), {}, options).typed, **read(fields_of(form_of(kind)), data)}
    return _form(request, subject, kind, BoundForm(fields_of(form_of(kind)), typed, {}, options))


@post(ADDRESS)
async def start_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """Order it and show its progress; or the form again, with what it would take or what is wrong, and nothing lost."""
    data = await fields_in(request)
    kind = _kind(subject, (data.get("kind") or [""])[0])
    typed = read(fields_of(form_of(kind)), data)
    try:
        typed["cases"] = [*typed["cases"], *await numbers_in((await files_in(request)).get("list"))]
        async with session.begin_nested():
            if data.get("preview"):
                return await _preview(request, session, subject, kind, typed)
            return go(await _start(session, subject, kind, data, typed))
    except (InvalidInput, Conflict) as error:
        options = dict(await options_for(session, subject, kind))
        broken = error.fields if isinstance(error, InvalidInput) else ()
        form = refused(form_of(kind), typed, broken, options)
        return _form(request, subject, kind, form, None if broken else error, error.status)


@get(ADDRESS + "/{batch_id:uuid}")
async def batch_page(request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    batch = await reading.batch_of(session, subject, batch_id)
    state = next((one for one in ItemState if one == request.query_params.get("state")), None)
    items = await reading.items_of(session, subject, batch, state=state, after=_after(request), size=PAGE + 1)
    return page(
        request,
        "handover/bulk_batch.html",
        title=BatchKind(batch.kind).label,
        subject=subject,
        items=items[:PAGE],
        chosen=state,
        states=ItemState,
        after=items[PAGE - 1].ordinal if len(items) > PAGE else None,
        **await _progress(session, batch),
    )


@get(ADDRESS + "/{batch_id:uuid}/progress")
async def progress_part(
    request: AnyRequest, subject: TheSubject, session: TheSession, batch_id: PathId
) -> PageResponse:
    """What the page asks for again and again while the batch runs."""
    batch = await reading.batch_of(session, subject, batch_id)
    return fragment(request, "handover/bulk_progress.html", **await _progress(session, batch))


@post(ADDRESS + "/{batch_id:uuid}/cancel")
async def cancel_post(subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    """The rest of it; what is done stays done."""
    await cancel(session, subject, await reading.batch_of(session, subject, batch_id))
    return go(f"{ADDRESS}/{batch_id}")


@get(ADDRESS + "/{batch_id:uuid}/report.csv")
async def report(subject: TheSubject, session: TheSession, batch_id: PathId) -> PageResponse:
    batch = await reading.batch_of(session, subject, batch_id)
    items = await reading.items_of(session, subject, batch, size=None)
    name = f"{translate(BatchKind(batch.kind).label)}-{batch.recorded_at.astimezone(SHANGHAI):%Y%m%d-%H%M}"
    return table_file(name, TITLES, _rows(items))


async def _preview(
    request: AnyRequest, session: AsyncSession, subject: Subject, kind: BatchKind, typed: Typed
) -> PageResponse:
    found = await preview(session, subject, kind, fill(form_of(kind), typed))
    options = dict(await options_for(session, subject, kind))
    return _form(request, subject, kind, BoundForm(fields_of(form_of(kind)), typed, {}, options), ahead=found)


async def _start(session: AsyncSession, subject: Subject, kind: BatchKind, data: Data, typed: Typed) -> str:
    """Returns the page to see next."""
    if address := await once.already(session, subject, ADDRESS, data):
        return address
    batch = await start(session, subject, kind, fill(form_of(kind), typed))
    address = f"{ADDRESS}/{batch.id}"
    await once.led_to(session, subject, data, address)
    return address


async def _progress(session: AsyncSession, batch: Batch) -> dict[str, Any]:
    progress = await reading.progress_of(session, batch)
    return {
        "batch": await reading.view_of(session, batch),
        "progress": progress,
        "total": progress.total,
        "running": batch.state == BatchState.RUNNING,
    }


def _form(
    request: AnyRequest,
    subject: Subject,
    kind: BatchKind,
    form: BoundForm,
    refusal: DomainError | None = None,
    status: int = 200,
    *,
    ahead: Preview | None = None,
) -> PageResponse:
    return page(
        request,
        "handover/bulk_new.html",
        title=kind.label,
        subject=subject,
        kind=kind,
        form=form,
        refusal=refusal,
        most=MOST,
        ahead=ahead,
        step_names={int(step): name for step, name in STEP_NAMES.items()},
        key=once.new_key(),
        status=status,
    )


def _kind(subject: Subject, asked: str) -> BatchKind:
    """The kind by its code, if the post may do such a thing at all."""
    kind = next((one for one in BatchKind if one == asked), None)
    if kind is None or not may_start(subject, kind):
        raise Forbidden
    return kind


def _before(request: AnyRequest) -> UUID | None:
    """Where the page before ended; anything but an id begins anew."""
    try:
        return UUID(request.query_params.get("before", ""))
    except ValueError:
        return None


def _after(request: AnyRequest) -> int:
    """The line where the page before ended; anything but a small number begins anew."""
    typed = request.query_params.get("after", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


TITLES = (N_("序号"), N_("登记号"), N_("案号"), N_("结果"), N_("原因"), N_("时间"))


def _rows(items: Sequence[ItemView]) -> Iterator[list[str]]:
    for one in items:
        at = one.decided_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if one.decided_at else ""
        yield [str(one.ordinal), one.number, one.case_no or "", word(one.state, "item_state"), one.reason, at]


ROUTES = [batches_page, new_page, choose_page, start_post, batch_page, progress_part, cancel_post, report]
"""No page of these names a person but the one who ordered the batch."""
