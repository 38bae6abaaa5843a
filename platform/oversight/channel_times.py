"""When a notice goes out: at once, at the hour of the digest, or when the quiet hours end. All hours are Yunnan's."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from foundation.clock import SHANGHAI
from oversight.channels import NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.notice_urgency import SAFETY, URGENT


def takes(channel: NoticeChannel, kind: NoticeKind) -> bool:
    """Whether the channel's owner wants to hear of this kind there."""
    return kind.value not in channel.muted and (kind in URGENT or not channel.urgent_only)


def due_at(channel: NoticeChannel, kind: NoticeKind, now: datetime) -> datetime:
    """Not before `now`. Urgent kinds wait for no digest, safety's not even for the morning."""
    if kind in SAFETY:
        return now
    waits = channel.digest_hour is not None and kind not in URGENT
    return _after_quiet(channel, _next(now, channel.digest_hour) if waits else now)


def not_before(channel: NoticeChannel, kinds: Iterable[NoticeKind], now: datetime) -> datetime:
    """Of what is due: a second try, or one that comes late, keeps the quiet hours as the first would have."""
    return now if SAFETY.intersection(kinds) else _after_quiet(channel, now)


def _after_quiet(channel: NoticeChannel, at: datetime) -> datetime:
    """The quiet hours may lie around midnight: from 22 until 7."""
    begin, end = channel.quiet_from, channel.quiet_until
    if begin is None or end is None or begin == end:
        return at
    hour = at.astimezone(SHANGHAI).hour
    quiet = begin <= hour < end if begin < end else hour >= begin or hour < end
    return _next(at, end) if quiet else at


def _next(after: datetime, hour: int | None) -> datetime:
    """The next full `hour` in Yunnan, later than `after`."""
    local = after.astimezone(SHANGHAI)
    today = local.replace(hour=hour or 0, minute=0, second=0, microsecond=0)
    return (today if today > local else today + timedelta(days=1)).astimezone(after.tzinfo)
