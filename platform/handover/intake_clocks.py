"""The terms of a case from elsewhere: the law's clocks run since the original days, ours since it came (N2, N11)."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.clock_notes import note
from cases.history import Timer
from cases.models import Case
from cases.reckoning import LastDay
from cases.remedies import remedies, since_when
from cases.remedy_clock import in_words
from cases.terms import FREE_LENGTH
from cases.timers import ends_on, timer_of
from foundation.clock import SHANGHAI, local_date
from foundation.store import instant
from foundation.working_days import Calendar, calendar_of_place
from handover.intake_judge import OutsideCase
from handover.intake_known import Standing


def morning(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


class Clocks:
    """For many cases of one office: what one term of one day comes to is reckoned once."""

    def __init__(self, session: AsyncSession) -> None:
        self.session, self.now = session, instant(session)
        self._ends: dict[tuple[str, int, date], LastDay] = {}
        self._days_off: dict[int, Calendar] = {}

    async def of(self, case: Case, one: OutsideCase) -> list[Timer]:
        """Overdue where they ran out before: a handover hides nothing."""
        if case.place_id not in self._days_off:
            self._days_off[case.place_id] = await calendar_of_place(self.session, case.place_id)
        known = [(claim.nature, claim.known_on) for claim in one.claims if claim.known_on is not None]
        found = since_when(one.dispute_type, known, one.filed_on, self._days_off[case.place_id])
        since: list[tuple[str, date | None]] = [("petition_disposition", one.filed_on), *found]
        if one.state is Standing.REGISTERED:
            since.append(("registration_approval", None))
        if one.state is Standing.ACCEPTED:
            since.append(("mediation", one.accepted_on))
        return [await self._begun(case, kind, day) for kind, day in since]

    def in_words(self, case: Case, one: OutsideCase, terms: list[Timer]) -> dict[str, Any]:
        """As the case's first paper carries it."""
        natures = [claim.nature for claim in one.claims]
        return in_words(remedies(terms, natures, one.dispute_type, local_date(self.now), self._days_off[case.place_id]))

    async def _begun(self, case: Case, kind: str, day: date | None) -> Timer:
        """As `timers.begun`; None = it begins now."""
        since = morning(day) if day else self.now
        key = (kind, case.place_id, local_date(since))
        if key not in self._ends:
            self._ends[key] = await ends_on(self.session, case, kind, since)
        ends = self._ends[key]
        set_day = ends.day if kind in FREE_LENGTH else None
        note(self.session, case.id, "start", kind, **{"from": day, "due": set_day})
        return timer_of(case.id, kind, self.now, ends, since=since if day else None, agreed_on=set_day)
