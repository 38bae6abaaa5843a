"""What is done with one document, in one list: both doors make their addresses, forms and answers from it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_
from oversight.document_drafts import HeadForm, NewClauseForm, add_clause, revise
from oversight.document_issuing import approve, sign_receipt, withdraw
from oversight.plans import PlanForm, derive, take_over
from tenants.subject import Subject

Press = Callable[[AsyncSession, Subject, UUID], Awaitable[Any]]
Writing = Callable[[AsyncSession, Subject, UUID, Any], Awaitable[Any]]


class Pressed(Struct, frozen=True):
    """A button without a form. `path`: the last part of the address; `name`: of the operation; `title`: a msgid."""

    path: str
    name: str
    title: str
    verb: Press


class Written(Struct, frozen=True):
    """`stays`: the document itself is written on; otherwise `verb` makes another one."""

    path: str
    name: str
    title: str
    form: type[Struct]
    verb: Writing
    stays: bool = False


PRESSES = (
    Pressed("approval", "approveDocument", N_("会签；两方会签后印发下级"), approve),
    Pressed("withdrawal", "withdrawDocument", N_("撤回拟稿"), withdraw),
    Pressed("receipt", "signReceipt", N_("签收文件"), sign_receipt),
)
WRITINGS = (
    Written("plan", "derivePlan", N_("依上级方案制定本级方案"), PlanForm, derive),
    Written("editions", "reviseDocument", N_("另出新版"), HeadForm, revise),
    Written("follow", "followAbove", N_("按上级新版另出本级新版"), HeadForm, take_over),
    Written("clauses", "addClause", N_("增加条款"), NewClauseForm, add_clause, stays=True),
)
