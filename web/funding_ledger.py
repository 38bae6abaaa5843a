"""账簿 and 应收账单: the accounts of a year, the entries behind each figure, and what is owed."""

from enum import StrEnum
from typing import TypeVar

from litestar import get

from foundation.language import N_
from funding.answers import Payer
from funding.bill_reading import BillsAsked, bills_page
from funding.bills import BillState
from funding.ledger import Account
from funding.ledger_reading import Asked, books_of, entries
from funding.purposes import Purpose
from policies import gate
from policies.actions import Action
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier, number

Code = TypeVar("Code", bound=StrEnum)
LONGEST = 80


@get("/funding/ledger")
async def ledger_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant`, `year`, `account`, `purpose`, `payer`, `number`, `source`: what of the books; `after`: earlier ones."""
    asked = Asked(
        tenant_id=number(request, "tenant"),
        year=number(request, "year", least=2000, most=2199),
        account=_code(request, "account", Account),
        purpose=_code(request, "purpose", Purpose),
        payer=_code(request, "payer", Payer),
        number=_text(request, "number"),
        source=_text(request, "source"),
        after=identifier(request, "after"),
    )
    return page(
        request,
        "funding/ledger.html",
        title=N_("账簿"),
        subject=subject,
        books=await books_of(session, subject, asked),
        found=await entries(session, subject, asked),
        asked=asked,
        purposes=Purpose,
        payers=Payer,
        opens_cases=gate.may(subject, Action.CASE_STATUS),
    )


@get("/funding/receivables")
async def receivables_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant` and `state`: which bills; `after`: those that fall due later."""
    asked = BillsAsked(
        tenant_id=number(request, "tenant"),
        state=_code(request, "state", BillState),
        after=identifier(request, "after"),
    )
    return page(
        request,
        "funding/receivables.html",
        title=N_("应收账单"),
        subject=subject,
        view=await bills_page(session, subject, asked),
        asked=asked,
        states=BillState,
        opens_cases=gate.may(subject, Action.CASE_STATUS),
    )


def _code(request: AnyRequest, name: str, codes: type[Code]) -> Code | None:
    """What is no code asks for nothing."""
    return next((one for one in codes if one == request.query_params.get(name)), None)


def _text(request: AnyRequest, name: str) -> str | None:
    return (request.query_params.get(name) or "").strip()[:LONGEST] or None


ROUTES = [ledger_page, receivables_page]
