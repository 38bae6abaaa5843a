"""The remedy clock: the ways that stay open to a person, and the last day of each, whatever mediation does (13.2).

Known only as far as the person says since when; a day that can't be reckoned is not guessed: the way is named without.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timers
from cases.history import Timer
from cases.models import Case
from cases.reckoning import days_left, last_day
from cases.registration_form import ClaimRow
from cases.suitability import Nature, Way
from cases.terms import LIMITATIONS, TERMS
from foundation import direct
from foundation.clock import SHANGHAI, local_date
from foundation.store import instant
from foundation.working_days import Calendar, calendar_of_place

TERMS_OF_NATURE: dict[Nature, tuple[str, ...]] = {
    Nature.INJURY: ("civil_limitation",),
    Nature.CONTRACT: ("civil_limitation",),
    Nature.LAND_USE: ("civil_limitation",),
    Nature.OTHER_CIVIL: ("civil_limitation",),
    Nature.EXPROPRIATION: ("reconsideration", "administrative_suit"),
    Nature.ADMINISTRATIVE: ("reconsideration", "administrative_suit"),
}
"""None for rights that do not lapse so, and for what a court already has before it."""
LABOUR_DISPUTES = frozenset({10, 11})
"""Dispute types: unpaid wages of migrant workers, other labour disputes."""
TERM_OF_WAY = {
    Way.RECONSIDERATION: "reconsideration",
    Way.ADMINISTRATIVE_SUIT: "administrative_suit",
    Way.CIVIL_SUIT: "civil_limitation",
}
AID_FIRST_DAYS = 7
"""法律援助法 44: fewer than seven days to a limitation, and legal aid may go ahead of its check."""


class Remedy(Struct, frozen=True):
    """One way as the person sees it today; `last_day` None = it can't be reckoned from what was said."""

    kind: str
    title: str
    source: str
    counted_from: str
    length: int
    unit: str
    mediation: str
    last_day: date | None = None
    days_left: int | None = None
    provisional: bool = False

    @property
    def passed(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def aid_first(self) -> bool:
        """Legal aid may be given before the check of means."""
        return self.kind in LIMITATIONS and self.days_left is not None and 0 <= self.days_left < AID_FIRST_DAYS


async def opening_timers(
    session: AsyncSession, case: Case, dispute_type: int, claims: Sequence[ClaimRow]
) -> list[Timer]:
    """At registration: the petition office's own term and every remedy known; none of them binds the workroom."""
    today = local_date(instant(session))
    known = [(claim.nature, claim.known_on) for claim in claims if claim.known_on is not None]
    days_off = await calendar_of_place(session, case.place_id) if known else timers.NO_DAYS_OFF
    found = since_when(dispute_type, known, today, days_off)
    rows = [await timers.begun(session, case, "petition_disposition")]
    return rows + [await timers.begun(session, case, kind, since=_morning(day)) for kind, day in found]


def since_when(
    dispute_type: int, known: Iterable[tuple[Nature, date]], asked_on: date, days_off: Calendar
) -> list[tuple[str, date]]:
    """Which terms run and since when: one of each kind, from the earliest day that any of its claims names.

    A civil limitation that still runs is interrupted by the request to the committee and begins anew (民法典 195,
    诉讼时效规定 11); one that is over is not, and both may stand side by side.
    """
    found: dict[tuple[str, bool], date] = {}
    for nature, day in known:
        for kind in kinds_of(nature, dispute_type):
            anew = kind == "civil_limitation" and last_day(TERMS[kind], day, days_off).day >= asked_on
            begins = asked_on if anew else day
            found[kind, anew] = min(begins, found.get((kind, anew), begins))
    return sorted((kind, day) for (kind, _), day in found.items())


def kinds_of(nature: Nature, dispute_type: int) -> tuple[str, ...]:
    if nature is Nature.CONTRACT and dispute_type in LABOUR_DISPUTES:
        return ("labour_arbitration",)
    return TERMS_OF_NATURE.get(nature, ())


async def start_named(session: AsyncSession, case: Case, way: str | None, named: date | None) -> None:
    """The way named in a refusal or at an end, up to the last day that it names; one that runs to that day does so."""
    kind = TERM_OF_WAY.get(Way(way)) if way else None
    if kind is None or named is None:
        return
    if all(local_date(timer.due_at) != named for timer in await timers.running(session, case.id, kind)):
        await timers.start(session, case, kind, due=datetime.combine(named, time(23, 59, 59), SHANGHAI))


async def aid_goes_first(session: AsyncSession, case: Case) -> bool:
    """Whether fewer than seven days are left of a limitation that still runs (法律援助法 44)."""
    today = local_date(instant(session))
    ends = [local_date(row.due_at) for row in await timers.running(session, case.id) if row.kind in LIMITATIONS]
    return any(0 <= (day - today).days < AID_FIRST_DAYS for day in ends)


KEPT = tuple(column.key for column in Timer.__table__.columns)
CLOCK = f"""select array(select nature from claims where case_id = $1) as natures,
    {", ".join(f"t.{name}" for name in KEPT)} from (values (1)) one left join timers t on t.case_id = $1"""
"""One row for each timer, or one without; in one statement, because every paper for a party asks it."""


async def clock_of(session: AsyncSession, case: Case) -> list[Remedy]:
    """Every way that stays open in the case, the nearest last day first, those without a day last."""
    found = await direct.fetch(session, CLOCK, case.id)
    rows = [Timer(**{name: row[name] for name in KEPT}) for row in found if row["id"] is not None]
    natures = [Nature(one) for one in found[0]["natures"]]
    dated = any(row.done_at is None and TERMS[row.kind].remedy for row in rows)
    days_off = await calendar_of_place(session, case.place_id) if dated else timers.NO_DAYS_OFF
    return remedies(rows, natures, case.dispute_type, local_date(instant(session)), days_off)


def remedies(
    rows: Iterable[Timer], natures: Iterable[Nature], dispute_type: int, today: date, days_off: Calendar
) -> list[Remedy]:
    """Without a database: from all timers of a case and what its claims are about."""
    clock = [row for row in rows if TERMS[row.kind].remedy]
    dated = [_dated(row, today, days_off) for row in clock if row.done_at is None]
    undated = {kind for nature in natures for kind in kinds_of(nature, dispute_type)} - {row.kind for row in clock}
    dated.sort(key=lambda remedy: (remedy.last_day or date.max, remedy.kind))
    return dated + [_undated(kind) for kind in sorted(undated)]


def _dated(row: Timer, today: date, days_off: Calendar) -> Remedy:
    term, day = TERMS[row.kind], local_date(row.due_at)
    provisional = timers.due_of(row, days_off).provisional
    return _undated(row.kind, day, days_left(term, today, day, days_off), provisional)


def _undated(kind: str, day: date | None = None, left: int | None = None, provisional: bool = False) -> Remedy:
    term = TERMS[kind]
    return Remedy(
        kind=kind,
        title=term.title,
        source=term.source,
        counted_from=term.since,
        length=term.length,
        unit=term.unit.label,
        mediation=term.beside_mediation(left is not None and left < 0),
        last_day=day,
        days_left=left,
        provisional=provisional,
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
