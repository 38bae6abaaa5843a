"""A story as it is told: the case, and every row that belongs to it, until all of it is copied into the tables."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from cases.clock_notes import KEY
from cases.history import Event, Timer
from cases.models import Case, CaseRelation
from cases.papers import Paper, PaperKind
from cases.parties import Claim, Consent, Party
from cases.reckoning import LastDay, last_day, needs_calendar
from cases.relations import FOREVER
from cases.remedies import remedies
from cases.remedy_clock import in_words, with_clock
from cases.steps import STEP_OF, State
from cases.suitability import Nature
from cases.terms import TERMS, Term
from cases.timers import nearest, timer_of
from dossiers.retention import years_later
from foundation.clock import local_date
from foundation.digests import digest
from foundation.model import Base
from foundation.working_days import Calendar
from policies.relations import Relation
from server.seed.course import Course
from server.seed.invented import id_at
from server.seed.numbering import Numbers
from server.seed.stations import Post, Station, Stations
from server.seed.story.before import Before

AN_HOUR, A_MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLAIN_WEEKS = Calendar({}, frozenset(range(2000, 2100)))
"""Monday to Friday. A story is moved only to weeks in which its terms end so by the real calendar, too."""


class Told(Struct, frozen=True):
    """What a tenant's audit will say: who did what, and when."""

    tenant_id: int
    at: datetime
    by: Post
    act: str


class Taken(Struct, frozen=True):
    """A number that the story took from a series."""

    series: str
    station: Station
    moment: datetime
    text: str


class Story:
    """What has been told so far. `clock` is the moment of the act that is being told.

    Its numbers are its own: real ones are given when it is cast.
    """

    def __init__(self, random: Random, stations: Stations, run: Course, now: datetime) -> None:
        self.random, self.stations, self._numbers = random, stations, Numbers(Counter())
        self.run, self.now = run, now
        self.clock = run.reached[State.REGISTERED]
        self._acted = self.clock
        self.rows: list[Base] = []
        self.audited: list[Told] = []
        self.ids: set[UUID] = set()
        self.taken: list[Taken] = []
        self.people: set[str] = set()
        self.digests: dict[bytes, bytes] = {}
        """Of what, in the order in which they were reckoned."""
        self.anniversaries: dict[date, tuple[date, int]] = {}
        """Days that lie so many years after another."""
        self.counted: list[tuple[Term, date, date]] = []
        """Terms whose last day hangs on days off: from which day, to which."""
        self._notes: list[dict[str, str]] = []
        self._before = Before()
        self.case: Case
        self.holder: Station
        self.petitioners: list[Party] = []
        self.other_side: Party

    @property
    def last(self) -> datetime:
        """When something happened for the last time, by now."""
        return self._acted

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.case.state == State.ARCHIVED

    @property
    def table(self) -> list[Party]:
        """Who takes part in the mediation."""
        return [*(party for party in self.petitioners if party.status != "declined"), self.other_side]

    def passes(self, *, hours: float) -> bool:
        """Let time pass; whether that moment has come already."""
        self.clock += timedelta(hours=hours)
        return self.clock <= self.now

    def id(self) -> UUID:
        made = id_at(self.random, self.clock)
        self.ids.add(made)
        return made

    def post(self, role: str, tenant_id: int | None) -> Post | None:
        """Who has the role somewhere in a tenant; only the demonstration's tenants have everybody."""
        return self.stations.posts.get((tenant_id or 0, role))

    def number(self, series: str, station: Station) -> str:
        """The next of a series, taken now."""
        text = self._numbers.take(series, station, self.clock)
        self.taken.append(Taken(series, station, self.clock, text))
        return text

    def digest(self, plain: bytes) -> bytes:
        """As `foundation.digests` stores it."""
        stored = digest(plain)
        self.digests[stored] = plain
        return stored

    def years_later(self, day: date, years: int) -> date:
        """As `dossiers.retention` reckons it."""
        then = years_later(day, years)
        self.anniversaries[then] = (day, years)
        return then

    def add(self, row: Base) -> None:
        self.rows.append(row)

    def found(self, model: type[Base]) -> list[Any]:
        return [row for row in self.rows if isinstance(row, model)]

    def act(
        self,
        name: str,
        by: Post,
        data: dict[str, Any] | None = None,
        *,
        to: State | None = None,
        audience: str = "internal",
        also: tuple[int, ...] = (),
        writes: bool = True,
    ) -> None:
        """What `cases.acts.perform` does around every verb: state, version, event and audit. The next comes later.

        `writes`: as the act says of itself; one that does not leaves the case's own row alone.
        """
        if to is not None:
            self.case.state, self.case.step = to, STEP_OF[to]
        if writes:
            self.case.version += name != "register"
            self.case.changed_at = self.clock
        self._acted = self.clock
        self.rows += list(self._before.changes(self.case, self.rows, self.clock))
        event = Event(
            id=self.id(),
            case_id=self.case.id,
            recorded_at=self.clock,
            act=name,
            audience=audience,
            step=self.case.step,
            state=self.case.state,
            actor_id=by.person_id,
            post_id=by.id,
            office_id=by.office_id,
            tenant_id=by.tenant_id,
            data={**(data or {}), **({KEY: self._notes} if self._notes else {})},
        )
        self.add(event)
        self._notes = []
        for tenant in {self.holder.tenant_id, by.tenant_id, *also}:
            self.audited.append(Told(tenant, self.clock, by, name))
        self.clock += A_MINUTE

    def paper(
        self, kind: PaperKind, content: Struct | dict[str, Any], by: Post, party: Party | None = None, number: str = ""
    ) -> Paper:
        """As `cases.issue.issue` writes it."""
        plain = msgspec.to_builtins(content)
        if kind.for_parties or party is not None:
            others_read = kind.for_both_sides if party is None else party.side != "petitioner"
            plain = with_clock(plain, self.clock_and_helpers(), others_read)
        paper = Paper(
            id=self.id(),
            case_id=self.case.id,
            kind=kind.code,
            field_group=kind.group.value,
            number=number or None,
            party_id=party.id if party else None,
            content=plain,
            sha256=self.digest(msgspec.json.encode(plain, order="sorted")),
            issued_at=self.clock,
            issued_by=by.person_id,
            recorded_at=self.clock,
        )
        self.add(paper)
        return paper

    def consent(self, party: Party, kind: str, by: Post, *, about: str | None = None) -> None:
        self.add(
            Consent(
                id=self.id(),
                case_id=self.case.id,
                party_id=party.id,
                kind=kind,
                about=about,
                given=True,
                form="written",
                recorded_at=self.clock,
                recorded_by=by.person_id,
            )
        )

    def relate(self, relation: Relation, source: str, *, until: datetime = FOREVER, **whom: Any) -> None:
        """`whom`: person_id, or tenant_id and office_id, and role."""
        self.add(
            CaseRelation(
                id=self.id(),
                case_id=self.case.id,
                relation=relation.value,
                since=self.clock,
                until=until,
                source=source,
                filed_at=self.case.filed_at,
                **whom,
            )
        )

    def unrelate(self, relation: Relation) -> None:
        for row in self.found(CaseRelation):
            if row.relation == relation and row.until == FOREVER:
                row.until = self.clock

    def start(self, kind: str, *, since: datetime | None = None, due: datetime | None = None) -> None:
        """As `cases.timers.start`."""
        began, agreed_on = since or self.clock, local_date(due) if due else None
        ends = LastDay(agreed_on) if agreed_on else self.ends(kind, began)
        timer = timer_of(self.case.id, kind, self.clock, ends, since=since, agreed_on=agreed_on)
        timer.id = self.id()
        self.add(timer)
        self._note("start", kind, {"from": since and local_date(since), "due": agreed_on})
        self._refresh()

    def ends(self, kind: str, began: datetime) -> LastDay:
        """As `cases.timers.ends_on`, by plain weeks."""
        term, first = TERMS[kind], local_date(began)
        last = last_day(term, first, PLAIN_WEEKS)
        if needs_calendar(term):
            self.counted.append((term, first, last.day))
        return last

    def finish(self, kind: str) -> None:
        for timer in self.found(Timer):
            if timer.kind == kind and timer.done_at is None:
                timer.done_at = self.clock
                self._note("finish", kind, {"due": local_date(timer.due_at)})
        self._refresh()

    def _note(self, did: str, kind: str, days: dict[str, date | None]) -> None:
        """As `cases.clock_notes.note`, for the act that is told next."""
        self._notes.append({"did": did, "kind": kind, **{name: str(day) for name, day in days.items() if day}})

    def clock_and_helpers(self) -> dict[str, Any]:
        """As `cases.remedy_clock.clock_and_helpers`."""
        natures = [Nature(claim.nature) for claim in self.found(Claim)]
        rows, today = self.found(Timer), local_date(self.clock)
        return in_words(remedies(rows, natures, self.case.dispute_type, today, PLAIN_WEEKS))

    def mark_overdue(self) -> None:
        """At the end: what the deadlines job would have found by now."""
        for timer in self.found(Timer):
            if timer.due_at < (timer.done_at or self.now):
                timer.overdue_at = timer.due_at + AN_HOUR

    def _refresh(self) -> None:
        due = nearest([timer for timer in self.found(Timer) if timer.done_at is None])
        self.case.due_at, self.case.due_kind = (due.due_at, due.kind) if due else (None, None)
