"""One's own channels outside of the pages: by the person's own session, never by a program's token."""

from litestar import Response
from msgspec import Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathText, TheSession, TheSubject
from api.requests import body
from foundation.language import N_
from oversight import channel_settings
from oversight.channel_settings import ChannelForm, ChannelView, CodeForm, kind_of

TAG = "notices"
BY_PERSON = N_("须本人登录后办理；程序令牌不能改动站外通知")


class Proved(Struct, frozen=True):
    """False: a wrong code, which has been counted."""

    verified: bool


async def own(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await channel_settings.own_channels(session, subject)))


async def change(request: AnyRequest, session: TheSession, subject: TheSubject, kind: PathText) -> Response[bytes]:
    form = await body(request, ChannelForm)
    return respond(answer(await channel_settings.set_channel(session, subject, kind_of(kind), form)))


async def new_code(session: TheSession, subject: TheSubject, kind: PathText) -> Response[None]:
    await channel_settings.send_code_again(session, subject, kind_of(kind))
    return nothing()


async def verify(request: AnyRequest, session: TheSession, subject: TheSubject, kind: PathText) -> Response[bytes]:
    form = await body(request, CodeForm)
    return respond(answer(Proved(await channel_settings.verify(session, subject, kind_of(kind), form))))


async def remove(session: TheSession, subject: TheSubject, kind: PathText) -> Response[None]:
    await channel_settings.remove_channel(session, subject, kind_of(kind))
    return nothing()


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/notice-channels",
        name="ownChannels",
        tag=TAG,
        title=N_("本人的站外通知渠道"),
        help=BY_PERSON,
        handler=own,
        answer=list[ChannelView],
    ),
    Endpoint(
        method="PUT",
        path="/notice-channels/{kind:str}",
        name="setChannel",
        tag=TAG,
        title=N_("设置站外通知渠道；新地址会收到验证码"),
        help=BY_PERSON,
        handler=change,
        body=ChannelForm,
        answer=ChannelView,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path="/notice-channels/{kind:str}/code",
        name="newChannelCode",
        tag=TAG,
        title=N_("重新发送验证码"),
        help=BY_PERSON,
        handler=new_code,
        status=204,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path="/notice-channels/{kind:str}/verification",
        name="verifyChannel",
        tag=TAG,
        title=N_("用验证码验证地址"),
        help=BY_PERSON,
        handler=verify,
        body=CodeForm,
        answer=Proved,
        refuses=(409,),
    ),
    Endpoint(
        method="DELETE",
        path="/notice-channels/{kind:str}",
        name="removeChannel",
        tag=TAG,
        title=N_("删除站外通知渠道"),
        help=BY_PERSON,
        handler=remove,
        status=204,
    ),
)
