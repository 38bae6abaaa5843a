"""外部接入, step by step: a file is read, its columns are named, it is tried out, and then all comes in, or nothing."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cases.approval import SamePerson
from cases.models import Case
from foundation import audit, outbox
from foundation.clock import local_date
from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.sheet_file import read_table
from foundation.sheet_table import Table
from foundation.store import instant
from handover.intake_cases import Brought, bring_in
from handover.intake_judge import OutsideCase
from handover.intake_known import Standing, known_to
from handover.intake_mapping import ColumnMap, check_mapping, guessed, numbers_in
from handover.intake_models import Intake, IntakeState
from handover.intake_report import Report, judged
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

KEPT = timedelta(hours=24)
MOST_LISTED = 50
MOST_WAITING = 10
CONFIRMED = "intake.confirmed"
READER = ThreadPoolExecutor(1, "intake")
"""One file at a time in a process: a spreadsheet of ten megabytes is millions of objects while it is read."""
WAITING = (IntakeState.UPLOADED, IntakeState.CHECKED)


class IntakeForm(Struct, frozen=True, kw_only=True):
    """From whom and by what the cases come: as the list says that both sides signed."""

    system: Annotated[
        str,
        Meta(
            title=N_("源系统"),
            description=N_("如某市信访信息系统；同一系统的同一编号只接入一次"),
            min_length=2,
            max_length=60,
        ),
    ]
    sender: Annotated[
        str,
        Meta(
            title=N_("移交单位"),
            description=N_("写全称；是本地或者上级信访部门的，该部门可以查询它移交的案件的进度和结果"),
            min_length=2,
            max_length=120,
        ),
    ]
    sent_on: Annotated[date, Meta(title=N_("移交日期"))]
    receipt_no: Annotated[str, Meta(title=N_("移交清单号"), max_length=60)] | None = None


class NotWaiting(Conflict):
    code = "intake_not_waiting"
    message = N_("这份文件已经接入、正在接入或者已被放弃")


class AnotherConfirms(SamePerson):
    """What is beyond registration would else pass 报备审批 by one person's word (obligation 21a)."""

    message = N_(
        "文件里有超过“已登记”的案件，须由上传、对应以外的另一人确认接入；没有另一人的，按“已登记”接入后报备审批"
    )


class NotTriedOut(Conflict):
    code = "intake_not_tried_out"
    message = N_("先试运行，没有错误才能接入")


def require(subject: Subject) -> int:
    """The office that takes the cases in. Raises Forbidden."""
    if not may_upload(subject):
        raise Forbidden
    return require_reader(subject)


def require_reader(subject: Subject) -> int:
    """Its office, of who takes cases in or may confirm what a colleague has brought. Raises Forbidden."""
    approves = gate.may(subject, Action.CASE_APPROVE_REGISTRATION, Relation.HOLDS)
    if subject.office_id is None or subject.tenant_id is None or not (approves or may_upload(subject)):
        raise Forbidden
    return subject.office_id


def may_upload(subject: Subject) -> bool:
    return gate.may(subject, Action.HANDOVER_IMPORT, Relation.NONE)


def check_form(form: IntakeForm, today: date) -> None:
    if form.sent_on > today:
        raise invalid("sent_on", "in_future", N_("日期不得晚于今天"))


async def upload(session: AsyncSession, subject: Subject, form: IntakeForm, name: str, content: bytes) -> Intake:
    """Read at once; of the file itself nothing is kept, of what was read nothing unsealed."""
    office = require(subject)
    check_form(form, local_date(instant(session)))
    await _require_room(session, office)
    table = await asyncio.get_running_loop().run_in_executor(READER, read_table, content)
    row = _row(session, subject, office, form, table.kind, len(table.lines))
    row.name = name[-120:]
    row.content = msgspec.to_builtins(table, str_keys=True)
    row.mapping = msgspec.to_builtins(guessed(table))
    session.add(row)
    await session.flush()
    await _note(session, subject, row, "upload")
    return row


async def _require_room(session: AsyncSession, office: int) -> None:
    unfinished = (Intake.office_id == office, Intake.state.in_(WAITING), Intake.expires_at > instant(session))
    if (await session.scalar(select(func.count()).where(*unfinished)) or 0) >= MOST_WAITING:
        text = N_("本机构还有 %(most)s 份文件没有接入：请先接入或者放弃")
        raise invalid("file", "too_many_waiting", text, most=MOST_WAITING)


def _row(session: AsyncSession, subject: Subject, office: int, form: IntakeForm, kind: str, lines: int) -> Intake:
    now = instant(session)
    return Intake(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        office_id=office,
        person_id=subject.person_id,
        post_id=subject.post_id,
        state=IntakeState.UPLOADED.value,
        system=form.system,
        sender=form.sender,
        sent_on=form.sent_on,
        receipt_no=form.receipt_no,
        kind=kind,
        lines=lines,
        recorded_at=now,
        expires_at=now + KEPT,
    )


async def intakes(session: AsyncSession, subject: Subject) -> Sequence[Intake]:
    """The office's newest."""
    office = require_reader(subject)
    query = select(Intake).where(Intake.office_id == office).order_by(Intake.recorded_at.desc(), Intake.id.desc())
    return (await session.scalars(query.limit(MOST_LISTED))).all()


async def one(
    session: AsyncSession, subject: Subject, intake_id: UUID, *, lock: bool = False, content: bool = False
) -> Intake:
    """Of the own office, with its report, and with its lines where they are wanted; NotFound for anybody else's."""
    office = require_reader(subject)
    held = (undefer(Intake.report), *((undefer(Intake.content), undefer(Intake.mapping)) if content else ()))
    query = select(Intake).where(Intake.id == intake_id, Intake.office_id == office).options(*held)
    row = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def waiting(session: AsyncSession, subject: Subject, intake_id: UUID, *, content: bool = True) -> Intake:
    """Locked, and still to be worked on."""
    row = await one(session, subject, intake_id, lock=True, content=content)
    if row.state not in WAITING or row.expires_at <= instant(session):
        raise NotWaiting
    return row


def table_in(row: Intake) -> Table:
    return msgspec.convert(row.content, Table, str_keys=True)


def mapping_in(row: Intake) -> ColumnMap:
    return msgspec.convert(row.mapping or {}, ColumnMap)


def report_in(row: Intake) -> Report | None:
    return msgspec.convert(row.report, Report) if row.report else None


async def map_columns(session: AsyncSession, subject: Subject, intake_id: UUID, mapping: ColumnMap) -> Intake:
    """Say what the columns are. Raises InvalidInput at the columns and fields."""
    require(subject)
    row = await waiting(session, subject, intake_id)
    check_mapping(mapping, table_in(row))
    row.mapping, row.mapped_by = msgspec.to_builtins(mapping), subject.person_id
    row.report, row.state = None, IntakeState.UPLOADED.value
    await session.flush()
    return row


async def try_out(session: AsyncSession, subject: Subject, intake_id: UUID) -> Report:
    """The dry run: nothing is written but its report."""
    require(subject)
    row = await waiting(session, subject, intake_id)
    check_mapping(mapping_in(row), table_in(row))
    report, _ = await _judged(session, subject, row)
    row.report, row.state = msgspec.to_builtins(report), IntakeState.CHECKED.value
    await session.flush()
    return report


async def confirm(session: AsyncSession, subject: Subject, intake_id: UUID) -> Intake:
    """The second step, where a case is beyond registration by a second person; the worker does the rest, at once."""
    row = await waiting(session, subject, intake_id, content=False)
    report = report_in(row)
    if row.state != IntakeState.CHECKED or report is None or report.errors:
        raise NotTriedOut
    if another_confirms(subject, row, report):
        raise AnotherConfirms
    row.state = IntakeState.CONFIRMED.value
    row.confirmed_by, row.confirmed_post = subject.person_id, subject.post_id
    await session.flush()
    await _note(session, subject, row, "confirm")
    ids = {"intake": str(row.id), "person": str(subject.person_id), "post": str(subject.post_id)}
    await outbox.publish(session, CONFIRMED, tenant=row.tenant_id, **ids)
    return row


def another_confirms(subject: Subject, row: Intake, report: Report) -> bool:
    """Whether this one may not: a case is beyond registration, and it was the subject who brought it so far."""
    beyond = report.states.keys() - {Standing.REGISTERED}
    return bool(beyond) and subject.person_id in (row.person_id, row.mapped_by)


async def take_in(session: AsyncSession, subject: Subject, intake_id: UUID) -> int:
    """All of a confirmed file, judged once more; how many cases. What is no longer right leads back to the report."""
    row = await one(session, subject, intake_id, lock=True, content=True)
    if row.state != IntakeState.CONFIRMED:
        return 0
    report, cases = await _judged(session, subject, row)
    if report.errors:
        row.report, row.state = msgspec.to_builtins(report), IntakeState.CHECKED.value
        return 0
    await bring_in(session, subject, brought_by(row), cases)
    _finished(session, row, len(cases))
    await session.flush()
    return len(cases)


async def drop(session: AsyncSession, subject: Subject, intake_id: UUID) -> None:
    """What it held is gone at once."""
    require(subject)
    row = await waiting(session, subject, intake_id, content=False)
    _emptied(row, IntakeState.DROPPED)
    await session.flush()
    await _note(session, subject, row, "drop")


async def take_in_at_once(
    session: AsyncSession, subject: Subject, form: IntakeForm, cases: Sequence[OutsideCase]
) -> tuple[Intake, list[Case]]:
    """Of the API: judged before, few enough for one request; its content was never kept. Registered ones alone, for
    nobody else has looked at them."""
    row = _row(session, subject, require(subject), form, "json", len(cases))
    row.confirmed_by, row.confirmed_post = subject.person_id, subject.post_id
    _finished(session, row, len(cases))
    session.add(row)
    await session.flush()
    await _note(session, subject, row, "confirm")
    return row, await bring_in(session, subject, brought_by(row), cases)


def brought_by(row: Intake) -> Brought:
    return Brought(row.id, row.system, row.sender, row.sent_on, row.receipt_no)


async def _judged(session: AsyncSession, subject: Subject, row: Intake) -> tuple[Report, list[OutsideCase]]:
    """In a thread of its own: five thousand lines take seconds, and other requests go on."""
    table, mapping = table_in(row), mapping_in(row)
    known = await known_to(session, subject, row.system, numbers_in(table, mapping))
    return await asyncio.to_thread(judged, table, mapping, known, row.sent_on)


def _finished(session: AsyncSession, row: Intake, cases: int) -> None:
    _emptied(row, IntakeState.IMPORTED)
    row.cases, row.imported_at = cases, instant(session)


def _emptied(row: Intake, state: IntakeState) -> None:
    row.state, row.name, row.content, row.mapping, row.report = state.value, None, None, None, None


async def _note(session: AsyncSession, subject: Subject, row: Intake, did: str) -> None:
    entry = audit.Entry(
        subject.actor,
        subject.post_id,
        Action.HANDOVER_IMPORT,
        "intake",
        str(row.id),
        detail={"did": did, "lines": row.lines},
    )
    await audit.append(session, entry, row.tenant_id)
