"""Webhooks, for the administrator of a tenant: registering shows the secret once; deliveries can be sent again."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, query
from foundation.language import N_
from oversight import webhook_deliveries, webhooks
from oversight.webhook_deliveries import DeliveryPage
from oversight.webhooks import WebhookForm, WebhookView

TAG = "webhooks"
BY_PERSON = N_("须系统管理员本人登录后办理；程序令牌不能管理推送")


class NewWebhook(Struct, frozen=True):
    """`secret` signs what is sent (standardwebhooks.com); it is shown this once."""

    secret: str
    made: WebhookView


class DeliveriesQuery(Struct, frozen=True, kw_only=True):
    after: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None


async def register(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    networks = request.app.state["webhook_networks"]
    secret, made = await webhooks.register(session, subject, await body(request, WebhookForm), networks)
    return respond(answer(NewWebhook(secret, made), status=201, headers={"Cache-Control": "no-store"}))


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await webhooks.webhooks(session, subject)))


async def deliveries(
    request: AnyRequest, session: TheSession, subject: TheSubject, webhook_id: PathId
) -> Response[bytes]:
    after = query(request, DeliveriesQuery).after
    return respond(answer(await webhook_deliveries.deliveries(session, subject, webhook_id, after)))


async def switch_on(session: TheSession, subject: TheSubject, webhook_id: PathId) -> Response[None]:
    await webhooks.switch(session, subject, webhook_id, on=True)
    return nothing()


async def switch_off(session: TheSession, subject: TheSubject, webhook_id: PathId) -> Response[None]:
    await webhooks.switch(session, subject, webhook_id, on=False)
    return nothing()


async def send_again(
    session: TheSession, subject: TheSubject, webhook_id: PathId, delivery_id: PathId
) -> Response[None]:
    await webhook_deliveries.send_again(session, subject, webhook_id, delivery_id)
    return nothing()


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/webhooks",
        name="registerWebhook",
        tag=TAG,
        title=N_("登记推送"),
        help=BY_PERSON,
        handler=register,
        body=WebhookForm,
        answer=NewWebhook,
        status=201,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path="/webhooks",
        name="webhooks",
        tag=TAG,
        title=N_("本单位及下级的推送"),
        help=BY_PERSON,
        handler=listed,
        answer=list[WebhookView],
    ),
    Endpoint(
        method="GET",
        path="/webhooks/{webhook_id:uuid}/deliveries",
        name="webhookDeliveries",
        tag=TAG,
        title=N_("推送记录（不含内容）"),
        help=BY_PERSON,
        handler=deliveries,
        query=DeliveriesQuery,
        answer=DeliveryPage,
    ),
    Endpoint(
        method="POST",
        path="/webhooks/{webhook_id:uuid}/on",
        name="switchWebhookOn",
        tag=TAG,
        title=N_("启用推送"),
        help=BY_PERSON,
        handler=switch_on,
        status=204,
    ),
    Endpoint(
        method="POST",
        path="/webhooks/{webhook_id:uuid}/off",
        name="switchWebhookOff",
        tag=TAG,
        title=N_("停用推送"),
        help=BY_PERSON,
        handler=switch_off,
        status=204,
    ),
    Endpoint(
        method="POST",
        path="/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/again",
        name="sendWebhookAgain",
        tag=TAG,
        title=N_("重新推送"),
        help=BY_PERSON,
        handler=send_again,
        status=204,
        refuses=(409,),
    ),
)
