"""The bank's batch form as data of a tenant: which columns go out under which titles, and how the answer is read."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit
from foundation.choice import Choice
from foundation.errors import FieldError, Forbidden, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

FILE = Path(__file__).with_name("payment_form.json")


class Field(Choice):
    """What a column of the file may hold."""

    REFERENCE = "reference", N_("业务参考号")
    POSITION = "position", N_("序号")
    NAME = "name", N_("收款人户名")
    ACCOUNT = "account", N_("收款账号")
    BANK = "bank", N_("开户行")
    BANK_CODE = "bank_code", N_("联行号")
    AMOUNT = "amount", N_("金额")
    PURPOSE = "purpose", N_("用途")


NEEDED = (Field.REFERENCE, Field.NAME, Field.ACCOUNT, Field.AMOUNT)


class Encoding(Choice):
    """Of a CSV, by Python's names."""

    UTF_8 = "utf_8", "UTF-8"
    GB18030 = "gb18030", "GB 18030"


class Unit(Choice):
    YUAN = "yuan", N_("元，两位小数")
    FEN = "fen", N_("分，整数")


Title = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]


class ColumnRow(Struct, frozen=True, kw_only=True):
    field: Annotated[Field, Meta(title=N_("内容"))]
    title: Annotated[Title, Meta(title=N_("银行表格的列名"))]


class BankForm(Struct, frozen=True, kw_only=True):
    """`answer_*` are titles of the bank's answer; `success` and `failure` the words that stand for a result in it."""

    columns: Annotated[list[ColumnRow], Meta(title=N_("送出的列，按顺序"), min_length=4, max_length=20)]
    encoding: Annotated[Encoding, Meta(title=N_("CSV 的编码"))] = Encoding.UTF_8
    unit: Annotated[Unit, Meta(title=N_("金额的单位"))] = Unit.YUAN
    answer_reference: Annotated[Title, Meta(title=N_("回盘：业务参考号的列名"))]
    answer_amount: Annotated[Title, Meta(title=N_("回盘：金额的列名"))]
    answer_result: Annotated[Title, Meta(title=N_("回盘：处理结果的列名"))]
    answer_voucher: Annotated[Title, Meta(title=N_("回盘：银行流水号的列名"))] | None = None
    answer_reason: Annotated[Title, Meta(title=N_("回盘：失败原因的列名"))] | None = None
    success: Annotated[
        list[Title], Meta(title=N_("回盘：表示成功的用语，一行一个"), min_length=1, extra={"widget": "lines"})
    ]
    failure: Annotated[
        list[Title], Meta(title=N_("回盘：表示失败的用语，一行一个"), min_length=1, extra={"widget": "lines"})
    ]


class PaymentFormRow(Base):
    """A tenant's form; the newest is in force, and a batch keeps the one by which it was made."""

    __tablename__ = "payment_forms"
    __table_args__ = (Index("ix_payment_forms_tenant", "tenant_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    form: Mapped[dict[str, Any]] = mapped_column(JSONB)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


@cache
def shipped_form() -> BankForm:
    """For a tenant that has set none."""
    return msgspec.json.decode(FILE.read_bytes(), type=BankForm)


async def form_of(session: AsyncSession, tenant_id: int) -> BankForm:
    query = select(PaymentFormRow.form).where(PaymentFormRow.tenant_id == tenant_id)
    newest = query.order_by(PaymentFormRow.recorded_at.desc(), PaymentFormRow.id.desc()).limit(1)
    kept = await session.scalar(newest)
    return shipped_form() if kept is None else msgspec.convert(kept, BankForm)


async def set_form(session: AsyncSession, subject: Subject, form: BankForm) -> BankForm:
    """For the batches made from now on. Raises Forbidden, InvalidInput."""
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    if subject.tenant_id is None:
        raise Forbidden
    if faults := list(_faults(form)):
        raise InvalidInput(*faults)
    now = instant(session)
    row = PaymentFormRow(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        form=msgspec.to_builtins(form),
        recorded_by=subject.person_id,
        recorded_at=now,
    )
    session.add(row)
    await session.flush()
    entry = audit.Entry(subject.actor, subject.post_id, Action.SUBSIDY_PAY, "payment_form", str(row.id))
    await audit.append(session, entry, subject.tenant_id)
    return form


def _faults(form: BankForm) -> Iterator[FieldError]:
    fields, titles = [one.field for one in form.columns], [one.title.strip() for one in form.columns]
    for index, (field, title) in enumerate(zip(fields, titles, strict=True)):
        if field in fields[:index]:
            yield FieldError(f"columns.{index}.field", "twice", N_("同一内容只能有一列"))
        if title in titles[:index]:
            yield FieldError(f"columns.{index}.title", "twice", N_("列名不能重复"))
    for needed in NEEDED:
        if needed not in fields:
            yield FieldError("columns", "missing", N_("缺少“%(field)s”这一列"), {"field": needed.label})
    if set(form.success) & set(form.failure):
        yield FieldError("failure", "both", N_("同一用语不能既表示成功又表示失败"))
