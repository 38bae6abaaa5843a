"""A light case: its own row, one petitioner, who registered it, and the term that is running."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from cases.classes import ClassFacts, ComplexFact, classify
from cases.reckoning import end_of_day
from cases.relations import FOREVER
from cases.steps import MEDIATING, STEP_OF, State
from cases.terms import TERMS, Term, Unit
from foundation.cipher import Keyring
from foundation.clock import local_date
from server.seed.copying import Loading, Row
from server.seed.course import AGREED, Course, course
from server.seed.invented import dispute_type, id_at, person, source, unit
from server.seed.numbering import Numbers
from server.seed.stations import REGISTRARS, Station, Stations
from tenants.tiers import OfficeKind, Tier

CASE_COLUMNS = (
    "id", "version", "registration_no", "case_no", "dossier_no", "state", "step", "outcome", "case_class",
    "class_clause", "dispute_type", "source", "first_visit", "person_count", "persons_at_acceptance", "visited_unit",
    "place_id", "holder_office_id", "province_id", "prefecture_id", "county_id", "township_id", "filed_at",
    "accepted_at", "due_at", "due_kind", "guided_at", "closed_at", "archived_at", "changed_at",
)  # fmt: skip
PARTY_COLUMNS = (
    "id", "case_id", "side", "kind", "ordinal", "name", "representative", "status", "recorded_at", "recorded_by"
)  # fmt: skip
RELATION_COLUMNS = ("id", "case_id", "relation", "person_id", "since", "until", "source", "filed_at")
TIMER_COLUMNS = ("id", "case_id", "kind", "source", "started_at", "due_at", "agreed_on", "recorded_at", "overdue_at")

NOBODY = UUID(int=0)
GENERAL = classify(ClassFacts(persons=1))
COMPLEX = classify(ClassFacts(persons=1, complex_facts=(ComplexFact.COMPLICATED, ComplexFact.LONG_SPAN)))
COMPLEX_SHARE = 0.12
WITH_UNIT = 0.3
FIRST_VISIT = 0.6
ABOVE = ((Tier.COUNTY, 0.45), (Tier.PREFECTURE, 0.05), (Tier.PROVINCE, 0.01))
"""So many accepted cases went up to the workroom of that tier; the rest stayed with the township's committee."""
PERFORMANCE_DAYS = 30
YEARS, GROWTH = 10, 1.3
AN_HOUR = timedelta(hours=1)


class Light(Struct):
    """Rows of one portion, table by table."""

    cases: list[Row] = []
    parties: list[Row] = []
    relations: list[Row] = []
    timers: list[Row] = []


class Maker(Struct):
    """What every case is made from; `random` alone decides what it becomes."""

    random: Random
    stations: Stations
    numbers: Numbers
    keyring: Keyring
    now: datetime

    def make(self, moments: Sequence[datetime]) -> Light:
        """One case for each moment of registration."""
        light = Light()
        desks = self.random.choices(self.stations.desks, weights=self.stations.shares, k=len(moments))
        for filed, desk in zip(moments, desks, strict=True):
            self._add(light, filed, desk)
        return light

    def _add(self, light: Light, filed: datetime, desk: Station) -> None:
        run = course(self.random, filed, self.now)
        holder = holder_of(self.random, self.stations, desk, run)
        case_id, due = id_at(self.random, filed), due_of(run)
        registrar = desk.who(*REGISTRARS)
        recorder = registrar.person_id if registrar else NOBODY
        light.cases.append(self._case(case_id, run, desk, holder, due))
        name = self.keyring.seal(msgspec.json.encode(person(self.random)), "parties.name")
        party = id_at(self.random, filed)
        settled = "settled" if run.outcome in AGREED else "active"
        light.parties.append((party, case_id, "petitioner", "person", 1, name, False, settled, filed, recorder))
        if holder.id == desk.id:
            relation = id_at(self.random, filed)
            light.relations.append((relation, case_id, "registrar", recorder, filed, FOREVER, "registration", filed))
        if due is not None:
            light.timers.append(self._timer(case_id, run, due))

    def _case(self, case_id: UUID, run: Course, desk: Station, holder: Station, due: datetime | None) -> Row:
        reached, classed = run.reached, GENERAL
        if run.accepted and self.random.random() < COMPLEX_SHARE:
            classed = COMPLEX
        filed, kind = reached[State.REGISTERED], dispute_type(self.random)
        return (
            case_id,
            len(reached),
            self.numbers.take("registration", desk, filed),
            self._case_number(run, holder),
            self.numbers.take("dossier", holder, run.last) if run.state is State.ARCHIVED else None,
            run.state.value,
            int(STEP_OF[run.state]),
            run.outcome,
            classed.case_class.value if run.accepted else None,
            classed.clause if run.accepted else None,
            kind,
            source(self.random),
            self.random.random() < FIRST_VISIT,
            1,
            1 if run.accepted else None,
            unit(self.random) if self.random.random() < WITH_UNIT else None,
            place_of(self.random, self.stations, desk),
            holder.id,
            *holder.custody,
            filed,
            run.accepted,
            due,
            term_of(run).kind if due else None,
            reached.get(State.GUIDED),
            reached.get(State.CLOSED),
            reached.get(State.ARCHIVED),
            run.last,
        )

    def _case_number(self, run: Course, holder: Station) -> str | None:
        """Given by the workroom that forms the team; a township gives none (decisions.md 20)."""
        entrusted = run.reached.get(State.ENTRUSTED)
        if entrusted is None or holder.kind != OfficeKind.WORKROOM:
            return None
        return self.numbers.take("case", holder, entrusted)

    def _timer(self, case_id: UUID, run: Course, due: datetime) -> Row:
        began = run.accepted if run.state in MEDIATING else run.reached[State.GUIDED]
        assert began is not None  # a term runs from the acceptance or the agreement
        term = term_of(run)
        overdue = due + AN_HOUR if due < self.now else None
        agreed_on = local_date(due) if term.unit is Unit.AGREED else None
        return (id_at(self.random, began), case_id, term.kind, term.source, began, due, agreed_on, began, overdue)


def term_of(run: Course) -> Term:
    """What runs in a case that has a due date."""
    return TERMS["mediation" if run.state in MEDIATING else "performance"]


def holder_of(random: Random, stations: Stations, desk: Station, run: Course) -> Station:
    """Who has it now: the desk until it is accepted, then a workroom or the township's committee."""
    if run.accepted is None or desk.kind == OfficeKind.WORKROOM:
        return desk
    chance = random.random()
    for tier, share in ABOVE:
        if chance < share:
            return stations.above(desk, tier)
        chance -= share
    committee = stations.by_office.get(desk.committee_id or 0)
    return committee or stations.above(desk, Tier.COUNTY)


def place_of(random: Random, stations: Stations, desk: Station) -> int:
    """At the desk's township, or at one of those below a workroom."""
    below = [] if desk.kind == OfficeKind.WINDOW else stations.townships.get(desk.custody[2] or 0, [])
    return random.choice(below) if below else desk.place_id


def due_of(run: Course) -> datetime | None:
    """The end of the mediation's term, or of what was agreed to be performed."""
    if run.state in MEDIATING and run.accepted:
        return end_of_day(run.accepted, TERMS["mediation"].length)
    if run.state in (State.GUIDED, State.RELIEVED) and run.ending in AGREED:
        return end_of_day(run.reached[State.GUIDED], PERFORMANCE_DAYS)
    return None


def moments(
    random: Random, number: int, now: datetime, *, years: int = YEARS, growth: float = GROWTH
) -> Iterator[datetime]:
    """When the cases were registered, in order: the more the later, on working days in office hours."""
    span = timedelta(days=365 * years)
    for index in range(number):
        day = now - span * (1 - (index + random.random()) / number) ** growth
        back = max(0, (day.weekday() - 4))
        opened = day.replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=back)
        yield min(opened + timedelta(seconds=random.random() * 28_000), now)


async def store(loading: Loading, light: Light) -> None:
    portions: tuple[tuple[str, Sequence[str], list[Any]], ...] = (
        ("cases", CASE_COLUMNS, light.cases),
        ("parties", PARTY_COLUMNS, light.parties),
        ("case_relations", RELATION_COLUMNS, light.relations),
        ("timers", TIMER_COLUMNS, light.timers),
    )
    for table, columns, rows in portions:
        await loading.copy(table, columns, rows)


TABLES = ("cases", "parties", "case_relations", "timers")
