"""What goes out: how many notices of which kinds, and where to read them. Nothing personal, nothing of a case."""

from collections.abc import Sequence
from uuid import uuid5

from foundation.language import N_, in_brackets, mark, translate
from oversight.channel_models import Delivery
from oversight.channels import ChannelKind, NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.senders import Words

SUBJECT = N_("调解平台有 %(n)s 条新通知")
OPEN = N_("请登录平台查看：%(address)s")
CHANGE = N_("调整或关闭站外通知：%(address)s")
CODE_SUBJECT = N_("调解平台：站外通知验证码")
CODE = N_("验证码 %(code)s，%(minutes)s 分钟内有效。如非本人操作，请勿理会。")


def news(channel: NoticeChannel, delivery: Delivery, kinds: Sequence[tuple[NoticeKind, int]], platform: str) -> Words:
    """`kinds` with how many of each. A text message has no room for more than the sum."""
    language, total = channel.language, sum(count for _, count in kinds)
    subject = translate(SUBJECT, language, n=total)
    where = translate(OPEN, language, address=f"{platform}/notices")
    if channel.kind == ChannelKind.SMS:
        return Words(delivery.id, channel.address, subject, subject + mark("，", language) + where)
    lines = [f"- {translate(kind.label, language)}{in_brackets(count, language)}" for kind, count in kinds]
    settings = translate(CHANGE, language, address=f"{platform}/notices/settings")
    return Words(delivery.id, channel.address, subject, "\n".join([subject, "", *lines, "", where, settings, ""]))


def code(channel: NoticeChannel, minutes: int) -> Words:
    """Another code has another mark: a letter-box that drops repetitions must not drop it."""
    text = translate(CODE, channel.language, code=channel.code, minutes=minutes)
    return Words(
        uuid5(channel.id, str(channel.code_ends_at)),
        channel.address,
        translate(CODE_SUBJECT, channel.language),
        text + "\n",
    )
