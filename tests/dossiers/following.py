"""Steps after the agreement that many tests need whole."""

from typing import Any

from cases.models import Case
from foundation.clock import local_date
from tests.dossiers.build import OWED, Built
from tests.world import World


async def nobody_in_hardship(world: World, built: Built) -> Case:
    return await world.do("xgll.handler", built.case_id, "check-relief", none_found=True)


def payments(built: Built) -> list[dict[str, Any]]:
    """Everything that the agreement owes, paid and done."""
    paid = [
        {"term": str(term), "on_date": "2026-03-02", "amount_fen": OWED, "receipt_no": f"R{number}"}
        for number, term in enumerate(built.money)
    ]
    return [*paid, {"term": str(built.deed), "on_date": "2026-03-02"}]


async def perform_all(world: World, built: Built) -> Case:
    today = str(local_date(world.clock.now()))
    rows = [row | {"on_date": today} for row in payments(built)]
    return await world.do("xgll.handler", built.case_id, "record-performance", rows=rows)


async def visit(world: World, built: Built, party: int, login: str = "xgll.handler", **answer: Any) -> Case:
    form = {"party": str(built.petitioners[party]), "performed": True, "satisfied": True, **answer}
    return await world.do(login, built.case_id, "return-visit", **form)


async def finish(world: World, built: Built) -> None:
    """All performed, everyone visited."""
    await perform_all(world, built)
    for party in range(len(built.petitioners)):
        await visit(world, built, party)


async def closed(world: World, built: Built) -> Case:
    await nobody_in_hardship(world, built)
    await finish(world, built)
    return await world.do("xgll.director", built.case_id, "close-case", summary="协议已经履行")
