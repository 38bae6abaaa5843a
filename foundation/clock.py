"""The one source of time: injected everywhere, so that a test can choose the instant."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone of every door; storage is UTC."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock:
    """Stands still until a test moves it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, **delta: float) -> None:
        """Move forward; the keywords are those of `timedelta`."""
        self.instant += timedelta(**delta)


def local_date(instant: datetime) -> date:
    """The calendar day in Yunnan: the law counts days there, not in UTC."""
    return instant.astimezone(SHANGHAI).date()
