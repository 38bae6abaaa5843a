"""record-performance: payments with their receipts, acts done, and defaults with the way the creditor chose."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.catalogue import Act, Done
from cases.models import Case
from cases.notices import Channel, remedy_notice
from dossiers.performance import (
    DefaultPath,
    PerformanceRow,
    agreed_day,
    check_supervisor,
    due_day,
    is_performed,
    paid_fen,
    performances_of,
    schedule_of,
)
from foundation.clock import SHANGHAI, local_date
from foundation.errors import InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import AgreementTerm
from tenants.subject import Subject

DEFAULT_REASON = N_("对方未按调解协议履行，您可以选择以下途径")
AFTER_DEFAULT = (
    Channel(N_("就协议的履行向人民法院起诉（人民调解法第32条）"), N_("有管辖权的人民法院")),
    Channel(N_("凭公证债权文书、司法确认裁定等申请强制执行（期间二年）"), N_("有管辖权的人民法院")),
)


class PerformedRow(Struct, frozen=True, kw_only=True):
    term: Annotated[UUID, Meta(title=N_("协议条款"), extra={"options": "agreement_terms"})]
    on_date: Annotated[date, Meta(title=N_("履行（或查明未履行）日期"))]
    amount_fen: Annotated[int, Meta(title=N_("已付金额"), ge=1, extra={"widget": "money"})] | None = None
    receipt_no: Annotated[str, Meta(title=N_("收条或凭证编号"), max_length=80)] | None = None
    defaulted: Annotated[bool, Meta(title=N_("到期未履行"))] = False
    path: Annotated[DefaultPath, Meta(title=N_("债权人选择的途径"), description=N_("未履行的须填"))] | None = None
    new_day: Annotated[date, Meta(title=N_("宽限到的日期"), description=N_("债权人同意宽限的须填"))] | None = None


class PerformanceForm(Struct, frozen=True, kw_only=True):
    rows: Annotated[list[PerformedRow], Meta(title=N_("履行情况"), min_length=1, max_length=400)]


async def record_performance(session: AsyncSession, subject: Subject, case: Case, form: PerformanceForm) -> Done:
    return await record_rows(session, subject, case, form.rows)


async def record_rows(session: AsyncSession, subject: Subject, case: Case, rows: Sequence[PerformedRow]) -> Done:
    """Each checked against the schedule and what was recorded before; a default brings its creditor the remedies."""
    await check_supervisor(session, subject, case)
    terms = {term.id: term for term in await schedule_of(session, case)}
    known, since = await performances_of(session, case), await agreed_day(session, case)
    for index, row in enumerate(rows):
        term = _term(terms, index, row)
        if row.on_date < since:
            raise _at(index, "on_date", "before_agreement", N_("不得早于达成协议之日"))
        _check(session, index, row, term, known)
        record = _record(session, subject, case, row)
        session.add(record)
        known.append(record)
        if row.defaulted:
            await remedy_notice(session, subject, case, term.party_id, DEFAULT_REASON, AFTER_DEFAULT)
            await _new_terms(session, case, row, term)
    await _stop_timers(session, case, list(terms.values()), known)
    complete = all(is_performed(term, known) for term in terms.values())
    defaults = sum(row.defaulted for row in rows)
    return Done(data={"rows": len(rows), "defaults": defaults, "complete": complete}, audience="parties")


async def _new_terms(session: AsyncSession, case: Case, row: PerformedRow, term: AgreementTerm) -> None:
    """Two years to ask for enforcement (民事诉讼法 250), and the new day where the creditor moved it."""
    since = datetime.combine(term.due_on, time(), SHANGHAI)
    if not await timers.running(session, case.id, "execution"):
        await timers.start(session, case, "execution", since=since)
    if row.new_day is not None:
        due = datetime.combine(row.new_day, time(23, 59, 59), SHANGHAI)
        await timers.start(session, case, "performance", due=due)


async def _stop_timers(
    session: AsyncSession, case: Case, terms: list[AgreementTerm], known: list[PerformanceRow]
) -> None:
    """A due day's timer ends when all that was due on that day is performed, or moved to another."""
    waiting = {due_day(term, known) for term in terms if not is_performed(term, known)}
    running = {local_date(timer.due_at) for timer in await timers.running(session, case.id, "performance")}
    await timers.finish(session, case, "performance", last_days=frozenset(running - waiting))
    if not waiting:
        await timers.finish(session, case, "execution")


def _term(terms: dict[UUID, AgreementTerm], index: int, row: PerformedRow) -> AgreementTerm:
    if row.term not in terms:
        raise invalid(f"rows.{index}.term", "not_a_choice", N_("请从所列项目中选择"))
    return terms[row.term]


def _check(
    session: AsyncSession, index: int, row: PerformedRow, term: AgreementTerm, known: list[PerformanceRow]
) -> None:
    """A default names its path; a payment has its amount, its receipt, and is never more than is owed."""
    if row.on_date > local_date(instant(session)):
        raise _at(index, "on_date", "in_future", N_("日期不得晚于今天"))
    if row.defaulted:
        _check_default(index, row, term, known)
    elif term.amount_fen is None:
        if row.amount_fen is not None:
            raise _at(index, "amount_fen", "not_money", N_("该条款不是给付款项"))
    elif row.amount_fen is None:
        raise _at(index, "amount_fen", "required", N_("请填写"))
    elif row.receipt_no is None:
        raise _at(index, "receipt_no", "required", N_("请填写"))
    elif paid_fen(term, known) + row.amount_fen > term.amount_fen:
        raise _at(index, "amount_fen", "too_much", N_("合计超过协议约定的金额"))


def _check_default(index: int, row: PerformedRow, term: AgreementTerm, known: list[PerformanceRow]) -> None:
    if is_performed(term, known):
        raise _at(index, "term", "performed", N_("该条款已经履行"))
    if row.path is None:
        raise _at(index, "path", "required", N_("请填写"))
    if (row.path is DefaultPath.GRACE) != (row.new_day is not None):
        raise _at(index, "new_day", "grace_day", N_("债权人同意宽限的须填新的日期，其他途径不填"))
    if row.new_day is not None and row.new_day <= row.on_date:
        raise _at(index, "new_day", "too_early", N_("宽限到的日期须在查明未履行之后"))
    if row.amount_fen is not None:
        raise _at(index, "amount_fen", "not_paid", N_("未履行的不填金额，已付部分另填一行"))
    if row.on_date <= due_day(term, known):
        raise _at(index, "on_date", "not_due", N_("该条款尚未到期"))


def _at(index: int, field: str, rule: str, message: str) -> InvalidInput:
    return invalid(f"rows.{index}.{field}", rule, message)


def _record(session: AsyncSession, subject: Subject, case: Case, row: PerformedRow) -> PerformanceRow:
    now = instant(session)
    return PerformanceRow(
        id=new_id(now),
        case_id=case.id,
        term_id=row.term,
        defaulted=row.defaulted,
        path=row.path.value if row.path and row.defaulted else None,
        amount_fen=row.amount_fen,
        on_date=row.on_date,
        receipt_no=row.receipt_no,
        new_day=row.new_day if row.defaulted else None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


ACTS = (
    Act("record-performance", N_("登记履行"), Action.PERFORMANCE_RECORD, PerformanceForm, record_performance, step=7),
)
