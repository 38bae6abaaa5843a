"""A person's own notices: pages of them, the number unread, and reading receipts."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheStore, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from oversight import notice_inbox
from oversight.notice_inbox import NoticePage, ToldView
from tenants.sessions import unread_of

TAG = "notices"


class NoticeQuery(Struct, frozen=True, kw_only=True):
    after: Annotated[UUID | None, Meta(title=N_("上一页的最后一条"))] = None
    unread_only: Annotated[bool, Meta(title=N_("只看未读"))] = False
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=100)] = notice_inbox.SIZE


class ReadForm(Struct, frozen=True, kw_only=True):
    notices: Annotated[list[UUID], Meta(title=N_("通知"), max_length=100)]


class Marked(Struct, frozen=True):
    marked: int


class Unread(Struct, frozen=True):
    """100 stands for at least so many."""

    unread: int


async def inbox(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, NoticeQuery)
    found = await notice_inbox.inbox(
        session, subject, after=given.after, unread_only=given.unread_only, size=given.size
    )
    return respond(answer(found))


async def unread(store: TheStore, subject: TheSubject) -> Response[bytes]:
    return respond(answer(Unread(await unread_of(store, subject.person_id))))


async def told(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await notice_inbox.told_by(session, subject)))


async def read(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    """A notice of somebody else is passed over."""
    form = await body(request, ReadForm)

    async def produce() -> Answer:
        return answer(Marked(await notice_inbox.mark_read(session, subject, form.notices)))

    return await once(request, session, subject, produce)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/notices",
        name="ownNotices",
        tag=TAG,
        title=N_("本人的通知"),
        help=N_("新的在前；看不到案件时没有编号和地址"),
        handler=inbox,
        query=NoticeQuery,
        answer=NoticePage,
    ),
    Endpoint(
        method="GET",
        path="/notices/unread",
        name="unreadNotices",
        tag=TAG,
        title=N_("本人未读通知的数量"),
        help=N_("100 表示不少于 100"),
        handler=unread,
        answer=Unread,
    ),
    Endpoint(
        method="GET",
        path="/notices/told",
        name="toldNotices",
        tag=TAG,
        title=N_("因本人的办理而发出的通知"),
        help=N_("通知了谁，何时已读"),
        handler=told,
        answer=list[ToldView],
    ),
    Endpoint(
        method="POST",
        path="/notices/read",
        name="readNotices",
        tag=TAG,
        title=N_("标为已读"),
        handler=read,
        body=ReadForm,
        answer=Marked,
        once=True,
    ),
)
