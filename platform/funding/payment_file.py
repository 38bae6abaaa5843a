"""The file that goes to the bank: made by the cashier's act, checked against what is due, on record as a look."""

import csv
import hashlib
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Annotated
from uuid import UUID

import msgspec
import xlsxwriter
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from funding import payouts
from funding.payment_accounts import PayeeAccount, note_reveal
from funding.payment_batches import BatchState, PaymentLine, lines_of, locked_batch
from funding.payment_form import BankForm, Encoding, Field, Unit
from funding.payment_making import note, require_cashier
from funding.purposes import Ground
from policies.matrix_sheet import BOM, CSV, XLSX, SheetFile, plain
from tenants.models import Person
from tenants.subject import Subject
from tenants.tokens import require_session


class FileKind(Choice):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class AlreadyAnswered(Conflict):
    code = "already_answered"
    message = N_("银行已有答复，不能再生成文件")


class FileForm(Struct, frozen=True, kw_only=True):
    kind: Annotated[FileKind, Meta(title=N_("文件格式"))] = FileKind.XLSX


class Payee(Struct, frozen=True):
    """One line of the file, all of it in the clear."""

    line: PaymentLine
    account: PayeeAccount
    name: str


async def send_batch(session: AsyncSession, subject: Subject, batch_id: UUID, form: FileForm) -> SheetFile:
    """The batch is with the bank from now on; the same file can be made again until the bank has answered.

    Raises Forbidden, NotFound, BatchStateWrong, AlreadyAnswered; InvalidInput naming each line that may not be paid.
    """
    require_session(subject)
    require_cashier(subject)
    batch = await locked_batch(session, subject, batch_id, BatchState.DRAFT, BatchState.SENT)
    if batch.answered_at is not None:
        raise AlreadyAnswered
    lines = await lines_of(session, batch.id)
    if batch.state == BatchState.DRAFT:
        await _check(session, subject, lines)
    payees = await _payees(session, lines)
    for payee in payees:
        await note_reveal(session, subject, payee.account, batch_id=batch.id)
    content = file_of(msgspec.convert(batch.form, BankForm), payees, form.kind)
    batch.state, batch.digest = BatchState.SENT.value, hashlib.sha256(content).hexdigest()
    batch.sent_by, batch.sent_at = subject.person_id, instant(session)
    await note(session, subject, batch, sent=form.kind.value, digest=batch.digest)
    return SheetFile(f"{batch.number}.{form.kind.value}", CSV if form.kind is FileKind.CSV else XLSX, content)


async def _check(session: AsyncSession, subject: Subject, lines: Sequence[PaymentLine]) -> None:
    """Asked again before money leaves: an official, a complaint, a return may have come up since; and the amount."""
    due = {(one.payout.ground, one.payout.ground_id): one for one in await payouts.waiting(session, subject)}
    faults: list[FieldError] = []
    for line in lines:
        found = due.get((Ground(line.ground), line.ground_id))
        hindrance: DomainError | None = payouts.NotDue()
        if found is not None and (found.payout.fen, found.payout.person_id) == (line.fen, line.person_id):
            hindrance = found.hindrance
        if hindrance is not None:
            faults.append(
                FieldError(f"lines.{line.position}", hindrance.code, hindrance.message, dict(hindrance.params))
            )
    if faults:
        raise InvalidInput(*faults)


async def _payees(session: AsyncSession, lines: Sequence[PaymentLine]) -> list[Payee]:
    accounts = select(PayeeAccount).where(PayeeAccount.id.in_([line.account_id for line in lines]))
    known = {account.id: account for account in await session.scalars(accounts)}
    people = select(Person.id, Person.name).where(Person.id.in_([line.person_id for line in lines]))
    names = {person: name for person, name in await session.execute(people)}
    return [Payee(line, known[line.account_id], names[line.person_id]) for line in lines]


def file_of(form: BankForm, payees: Sequence[Payee], kind: FileKind) -> bytes:
    """The same lines make the same CSV; an XLSX differs by the moment it was made."""
    rows = [[_cell(column.field, payee, form.unit) for column in form.columns] for payee in payees]
    titles = [column.title for column in form.columns]
    return _csv(form, titles, rows) if kind is FileKind.CSV else _xlsx(titles, rows)


def _cell(field: Field, payee: Payee, unit: Unit) -> str:
    line, account = payee.line, payee.account
    match field:
        case Field.REFERENCE:
            return line.reference
        case Field.POSITION:
            return str(line.position)
        case Field.NAME:
            return payee.name
        case Field.ACCOUNT:
            return account.number
        case Field.BANK:
            return account.bank
        case Field.BANK_CODE:
            return account.bank_code or ""
        case Field.AMOUNT:
            return amount(line.fen, unit)
        case Field.PURPOSE:
            return Ground(line.ground).label


def amount(fen: int, unit: Unit) -> str:
    """300050 -> `3000.50` or `300050`."""
    return str(fen) if unit is Unit.FEN else f"{fen // 100}.{fen % 100:02d}"


def _csv(form: BankForm, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(titles)
    lines.writerows([plain(cell) for cell in row] for row in rows)
    text = written.getvalue()
    return text.encode("gb18030") if form.encoding is Encoding.GB18030 else (BOM + text).encode()


def _xlsx(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Every cell a text: a spreadsheet would keep fifteen digits of an account's nineteen."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("batch")
        for number, row in enumerate((titles, *rows)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return file.getvalue()
