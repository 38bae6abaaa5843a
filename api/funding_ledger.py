"""The books of a tenant: accounts of a year, the entries behind each, and the bills that are owed."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct, structs

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.language import N_
from funding.answers import Payer
from funding.bill_reading import BillPage, BillsAsked, bills_page
from funding.bills import BillState
from funding.ledger import Account
from funding.ledger_reading import Asked, Books, Entries, books_of, entries
from funding.purposes import Purpose

TAG = "funding"
HERE = "/funding/ledger"
Tenant = Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)]
After = Annotated[UUID, Meta(title=N_("接着上一页"))]


class OfBooks(Struct, frozen=True, kw_only=True):
    tenant_id: Tenant | None = None
    year: Annotated[int, Meta(title=N_("年份，默认今年"), ge=2000, le=2199)] | None = None
    purpose: Annotated[Purpose, Meta(title=N_("用途"))] | None = None
    payer: Annotated[Payer, Meta(title=N_("付款方"))] | None = None
    number: Annotated[str, Meta(title=N_("登记号或者案号"), max_length=60)] | None = None
    source: Annotated[str, Meta(title=N_("来源（表和行）"), max_length=80)] | None = None


class OfEntries(OfBooks, frozen=True, kw_only=True):
    account: Annotated[Account, Meta(title=N_("科目"))] | None = None
    after: After | None = None


class OfBills(Struct, frozen=True, kw_only=True):
    tenant_id: Tenant | None = None
    state: Annotated[BillState, Meta(title=N_("账单状态，默认未付清"))] | None = None
    after: After | None = None


async def balances(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await books_of(session, subject, Asked(**structs.asdict(query(request, OfBooks))))))


async def listed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await entries(session, subject, Asked(**structs.asdict(query(request, OfEntries))))))


async def receivables(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await bills_page(session, subject, BillsAsked(**structs.asdict(query(request, OfBills))))))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="ledgerBalances", tag=TAG, title=N_("账簿：各科目的借方、贷方和余额"),
        handler=balances, query=OfBooks, answer=Books,
    ),
    Endpoint(
        method="GET", path=HERE + "/entries", name="ledgerEntries", tag=TAG,
        title=N_("账簿分录，新的在前；不含当事人和领取人"), handler=listed, query=OfEntries, answer=Entries,
    ),
    Endpoint(
        method="GET", path="/funding/receivables", name="receivables", tag=TAG,
        title=N_("应收账单，按到期先后；不含当事人"), handler=receivables, query=OfBills, answer=BillPage,
    ),
)  # fmt: skip
