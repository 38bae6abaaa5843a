"""What one decision costs: the look-up, a loaded case's relations with the decision, and asking Casbin anew."""

import sys
from collections.abc import Callable
from statistics import median
from timeit import repeat
from uuid import UUID

from cases.models import Case
from cases.relations import CaseRelations, places
from policies import gate
from policies.actions import Action
from policies.relations import Relation, Standing
from policies.rules import load
from policies.table import ask_casbin
from tenants.subject import Subject

LOOK_UP_LIMIT = 1.0
DECISION_LIMIT = 10.0
NUMBER = 10_000

DIRECTOR = Subject(UUID(int=1), "wr_director", "C", 300, 3000, "workroom")
CASE = Case(province_id=1, prefecture_id=3, county_id=300, township_id=None, holder_office_id=3000)
RECORD = Standing(Relation.TEAM, "mediator")


def microseconds(work: Callable[[], object]) -> float:
    """The median of twenty rounds, for one call."""
    return median(repeat(work, number=NUMBER, repeat=20)) / NUMBER * 1e6


def decide() -> bool:
    standings = (*(Standing(relation) for relation in places(DIRECTOR, CASE)), RECORD)
    return Action.CASE_ACCEPT in gate.decide(DIRECTOR, standings).actions


def main() -> None:
    book = load()
    table = ask_casbin(book)
    gate.use(gate.Gate(book, table, CaseRelations()))
    look_up = microseconds(lambda: table.allows("wr_director", "C", Relation.HOLDS, Action.CASE_ACCEPT))
    decision = microseconds(decide)
    asked = repeat(lambda: ask_casbin(book), number=1, repeat=3)
    print(f"look-up in the table      {look_up:6.2f} us (limit {LOOK_UP_LIMIT:.0f} us)")
    print(f"relations and decision    {decision:6.2f} us (limit {DECISION_LIMIT:.0f} us)")
    print(f"all {len(table.cells)} cells from Casbin {min(asked) * 1000:4.0f} ms (only when the rules are new)")
    sys.exit(0 if look_up <= LOOK_UP_LIMIT and decision <= DECISION_LIMIT else 1)


if __name__ == "__main__":
    main()
