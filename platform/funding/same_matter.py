"""The same dispute mediated again is not paid twice (一案一结): cases that are linked share one settlement.

The link is by number, put on file by the reviewer; nobody searches for a person (decisions.md 22). What another case
was paid may lie in books that the reader does not see: a function of the database answers with the amount alone, and
holds all linked cases until the transaction ends, so that two of them can't be settled at once.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.case_links import link_same_matter
from cases.catalogue import Act, Done
from cases.models import Case
from foundation.errors import Conflict, invalid
from foundation.language import N_
from funding.words import Earlier
from policies.actions import Action
from tenants.subject import Subject

PAID_BEFORE = text("select in_full, discretionary_fen from settled_in_linked(:case)")
CALLED = text("select case_called(:case, :number)")
APART = text("select settled_apart(:case)")
MARKED = text("select matter_marked(:case, :other)")


class SettledApart(Conflict):
    """Linked only after both had been settled: neither has reckoned with the other (一案一结)."""

    code = "settled_apart"
    message = N_("同一纠纷的另一案也有结算，一案一结：须先退回其中一件结算")


class AlreadyMarked(Conflict):
    """From this side or from the other; one that was withdrawn may be marked anew."""

    code = "already_marked"
    message = N_("两案已经标记为同一纠纷，不必重复标记")


class Before(Struct, frozen=True):
    """What linked cases have been settled with; `fen` is what was paid at discretion, after a failed mediation."""

    earlier: Earlier = Earlier.NOTHING
    fen: int = 0


class SameMatterForm(Struct, frozen=True, kw_only=True):
    number: Annotated[
        str,
        Meta(
            title=N_("同一纠纷的另一登记号或者案号"),
            description=N_("同一纠纷再次调解的，不重复结算"),
            min_length=4,
            max_length=60,
        ),
    ]


async def settled_before(session: AsyncSession, case: Case) -> Before:
    """By a settlement that stands of any case linked to this one, directly or through others."""
    in_full, fen = (await session.execute(PAID_BEFORE, {"case": case.id})).one()
    if in_full:
        return Before(Earlier.FULL)
    return Before(Earlier.DISCRETIONARY, int(fen)) if fen else Before()


async def refuse_apart(session: AsyncSession, case: Case) -> None:
    """Asked at review, at approval and at payment: the link may have come after the claim."""
    if await session.scalar(APART, {"case": case.id}):
        raise SettledApart


async def link(session: AsyncSession, subject: Subject, case: Case, form: SameMatterForm) -> Done:
    other: UUID | None = await session.scalar(CALLED, {"case": case.id, "number": form.number.strip()})
    if other is None or other == case.id:
        raise invalid("number", "unknown", N_("没有这个登记号或者案号的其他案件"))
    if await session.scalar(MARKED, {"case": case.id, "other": other}):
        raise AlreadyMarked
    link_same_matter(session, subject, case, other, form.number.strip())
    return Done()


ACTS = (Act("link-same-matter", N_("标记为同一纠纷"), Action.FEE_REVIEW, SameMatterForm, link, step=8),)
