"""What one decision costs: the look-up, a loaded case's relations with the decision, and asking Casbin anew."""

from collections.abc import Callable, Sequence
from timeit import repeat
from uuid import UUID, uuid4

from msgspec import structs

from cases.models import Case
from cases.relations import CaseRelations, places
from policies import gate
from policies.actions import Action
from policies.relations import Relation, Standing
from policies.rules import load
from policies.table import ask_casbin
from server.bench.ground import Options
from server.bench.report import Report, Tally
from tenants.subject import Subject

NUMBER = 10_000
DIRECTOR = Subject(UUID(int=1), "wr_director", "C", 300, 3000, "workroom")
CASE = Case(province_id=1, prefecture_id=3, county_id=300, township_id=None, holder_office_id=3000)
RECORD = Standing(Relation.TEAM, "mediator")


def measure(_: Options) -> Report:
    book = load()
    table = ask_casbin(book)
    gate.use(gate.Gate(book, table, CaseRelations()))
    rounds: dict[str, Sequence[float]] = {
        "look_up": _seconds(lambda: table.allows("wr_director", "C", Relation.HOLDS, Action.CASE_ACCEPT)),
        "relations_and_decision": _seconds(_decide),
        "visible": _seconds(lambda: gate.visible(DIRECTOR, Action.CASE_STATUS), 1000),
        "visible_first_time": _seconds(_unknown, 100),
        "all_cells_from_casbin": repeat(lambda: ask_casbin(book), number=1, repeat=3),
    }
    return Tally(rounds).report("gate")


def _decide() -> bool:
    standings = (*(Standing(relation) for relation in places(DIRECTOR, CASE)), RECORD)
    return Action.CASE_ACCEPT in gate.decide(DIRECTOR, standings).actions


def _unknown() -> None:
    """For a subject of whom this process has not been asked before."""
    gate.visible(structs.replace(DIRECTOR, person_id=uuid4()), Action.CASE_STATUS)


def _seconds(work: Callable[[], object], number: int = NUMBER) -> list[float]:
    """Of one call, in twenty rounds."""
    return [seconds / number for seconds in repeat(work, number=number, repeat=20)]
