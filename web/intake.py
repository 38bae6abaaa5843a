"""外部接入: upload a file of cases from another system, say what its columns are, try it out, take all of it in."""

from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lookup import LONGEST
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound, invalid
from foundation.language import N_, translate
from foundation.sheet_table import LARGEST
from handover import intake
from handover.intake import IntakeForm
from handover.intake_fields import FIELDS
from handover.intake_kept import taken_in
from handover.intake_models import Intake, IntakeState
from tenants.subject import Subject
from web.case_list import type_names
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in, files_in
from web.table_file import table_file

HERE = "/intakes"
SHOWN = 200
"""Errors on the page; all of them are in the file to take away."""


@get(HERE)
async def intakes_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _list(request, session, subject, fresh(IntakeForm, {}, {}))


@post(HERE)
async def upload_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    intake.require(subject)
    data = await fields_in(request)
    typed = read(fields_of(IntakeForm), data)
    try:
        async with session.begin_nested():
            form: Any = fill(IntakeForm, typed)
            name, content = await _file(request)
            row = await intake.upload(session, subject, form, name, content)
    except InvalidInput as error:
        return await _list(request, session, subject, refused(IntakeForm, typed, error.fields, {}), error.status)
    return go(f"{HERE}/{row.id}/mapping")


async def _file(request: AnyRequest) -> tuple[str, bytes]:
    upload = (await files_in(request)).get("file")
    if upload is None:
        raise invalid("file", "required", N_("请选择文件"))
    return upload.filename, await upload.read(LARGEST + 1)


async def _list(
    request: AnyRequest, session: AsyncSession, subject: Subject, form: BoundForm, status: int = 200
) -> PageResponse:
    found = await intake.intakes(session, subject)
    words = {one.value: one.label for one in IntakeState}
    return page(
        request,
        "intake/list.html",
        title=N_("外部接入"),
        subject=subject,
        form=form,
        found=found,
        words=words,
        uploads=intake.may_upload(subject),
        status=status,
    )


@get(HERE + "/{intake_id:uuid}")
async def intake_page(request: AnyRequest, subject: TheSubject, session: TheSession, intake_id: PathId) -> PageResponse:
    """The report of the dry run, how far the worker is, or what came in."""
    row = await intake.one(session, subject, intake_id)
    if row.state == IntakeState.UPLOADED and intake.may_upload(subject):
        return go(f"{HERE}/{intake_id}/mapping")
    return await _show(request, session, subject, row)


async def _show(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    row: Intake,
    refusal: DomainError | None = None,
) -> PageResponse:
    after = request.query_params.get("after", "")[:LONGEST].replace("\x00", "")
    cases, after = await taken_in(session, subject, row.id, after) if row.imported_at else ([], "")
    report = intake.report_in(row)
    return page(
        request,
        "intake/report.html" if row.state == IntakeState.CHECKED else "intake/outcome.html",
        title=N_("外部接入"),
        subject=subject,
        row=row,
        word=IntakeState(row.state).label,
        report=report,
        uploads=intake.may_upload(subject),
        another=report is not None and intake.another_confirms(subject, row, report),
        errors=report.errors[:SHOWN] if report else [],
        warnings=report.warnings[:SHOWN] if report else [],
        labels={code: field.title for code, field in FIELDS.items()},
        types=await type_names(session),
        cases=cases,
        after=after,
        refusal=refusal,
        status=refusal.status if refusal else 200,
    )


@get(HERE + "/{intake_id:uuid}/errors.csv")
async def errors_file(subject: TheSubject, session: TheSession, intake_id: PathId) -> PageResponse:
    """Every error and warning: line, field, what is wrong. No cell of the file is in it."""
    report = intake.report_in(await intake.one(session, subject, intake_id))
    if report is None:
        raise NotFound
    rows = [
        (translate(kind), str(one.line), translate(FIELDS[one.field].title) if one.field in FIELDS else "", _said(one))
        for kind, found in ((N_("错误"), report.errors), (N_("提示"), report.warnings))
        for one in found
    ]
    titles = (N_("类别"), N_("行号"), N_("项目"), N_("内容"))
    return table_file(translate(N_("试运行结果")), titles, rows)


def _said(one: Any) -> str:
    return translate(one.message, **one.params)


@post(HERE + "/{intake_id:uuid}/confirm")
async def confirm_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, intake_id: PathId
) -> PageResponse:
    try:
        async with session.begin_nested():
            await intake.confirm(session, subject, intake_id)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        return await _show(request, session, subject, await intake.one(session, subject, intake_id), error)
    return go(f"{HERE}/{intake_id}")


@post(HERE + "/{intake_id:uuid}/drop")
async def drop_post(subject: TheSubject, session: TheSession, intake_id: PathId) -> PageResponse:
    await intake.drop(session, subject, intake_id)
    return go(HERE)


ROUTES = [intakes_page, upload_post, intake_page, errors_file, confirm_post, drop_post]
