"""The months that a report is about: a year, a quarter or a month, as people write it."""

import re
import unicodedata
from datetime import date

from msgspec import Struct

from foundation.errors import invalid
from foundation.language import N_

WRITTEN = re.compile(r"(?P<year>20\d{2})(-(Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class Period(Struct, frozen=True):
    """`since` and `until` are the first days of its first and last month."""

    written: str
    since: date
    until: date

    @property
    def year(self) -> int:
        return self.since.year


def period_of(written: str | None, today: date) -> Period:
    """`2026`, `2026-Q1` or `2026-03`, also in full-width signs; None is this year. Raises InvalidInput."""
    plain = unicodedata.normalize("NFKC", written or str(today.year)).strip().upper()
    match = WRITTEN.fullmatch(plain)
    if match is None:
        raise invalid("period", "malformed", N_("请写年、季度或者月份，如 2026、2026-Q1、2026-03"))
    year = int(match["year"])
    if match["quarter"]:
        last = int(match["quarter"]) * 3
        return Period(match[0], date(year, last - 2, 1), date(year, last, 1))
    if match["month"]:
        return Period(match[0], date(year, int(match["month"]), 1), date(year, int(match["month"]), 1))
    return Period(match[0], date(year, 1, 1), date(year, 12, 1))
