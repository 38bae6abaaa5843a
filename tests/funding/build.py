"""Cases ready for settlement, and the steps of a settlement as the tests take them."""

from io import BytesIO
from typing import Any, TypeVar
from uuid import UUID

from PIL import Image
from sqlalchemy import select, update

from cases.models import Case
from cases.papers import Paper
from cases.steps import STEP_OF, State
from foundation.files import FileStore
from foundation.store import instant
from funding.reads import Money, money_of
from funding.settlement import Settlement
from policies import gate
from teams.agreement import Agreement
from tests.dossiers.build import Built, agreed_case, give_paper
from tests.dossiers.following import closed
from tests.world import World

Row = TypeVar("Row")
SCORES = {"quantity": 10, "quality": 10, "difficulty": 10, "effect": 10, "procedure": 10}
"""Half of all points: the middle of the range."""


async def agreed(world: World, *, case_class: str = "general", undertakes: bool = True) -> Built:
    """In force, with the company's clause of responsibility (and its own undertaking)."""
    built = await agreed_case(world)
    await give_paper(world, built, "agreement")
    async with world.owner() as session:
        paper = await session.scalar(select(Paper.id).where(Paper.case_id == built.case_id, Paper.kind == "agreement"))
        case = await session.get_one(Case, built.case_id)
        case.case_class, case.class_clause, case.accepted_at = case_class, "六(四)1", instant(session)
        await session.execute(
            update(Agreement)
            .where(Agreement.case_id == built.case_id)
            .values(responsible_id=built.company, undertakes_cost=undertakes, paper_id=paper)
        )
    return built


async def closed_case(world: World, *, case_class: str = "general", undertakes: bool = True) -> Built:
    """Performed, everyone visited, closed."""
    built = await agreed(world, case_class=case_class, undertakes=undertakes)
    await closed(world, built)
    return built


async def closed_unvisited(world: World) -> Built:
    """Closed behind everybody's back."""
    built = await agreed(world)
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.state, case.step, case.closed_at = State.CLOSED, STEP_OF[State.CLOSED], instant(session)
    return built


async def ended_as(world: World, built: Built, outcome: str) -> None:
    """As if the case had ended in another way, without an agreement."""
    async with world.owner() as session:
        (await session.get_one(Case, built.case_id)).outcome = outcome


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 8), "white").save(content, "PNG")
    return content.getvalue()


async def proof(world: World, files: FileStore, built: Built, login: str = "xgll.payer") -> str:
    async with world.as_(login) as (session, subject):
        kept = await files.keep(
            session, case_id=built.case_id, recorded_by=subject.person_id, name="认定书.png", content=picture()
        )
    return str(kept.id)


async def find(world: World, built: Built, **form: Any) -> Case:
    """By the agreement's clause the company is responsible and at fault, unless said otherwise."""
    company = {"producer": "enterprise", "unit_name": "云岭路桥建设有限公司", "stopped": False, "fault": "enterprise"}
    stated = {"basis": "agreement", "reference": "协议第三条"} | (form or company)
    return await world.do("xgll.payer", built.case_id, "find-responsibility", **stated)


async def share(world: World, login: str, percent: int) -> dict[str, Any]:
    return {"person_id": str((await world.subject(login)).person_id), "percent": percent}


async def propose(world: World, built: Built, *shares: dict[str, Any], **form: Any) -> Case:
    """The handler asks for the mediator and for itself, half each, unless said otherwise."""
    halves = [await share(world, "xgll.mediator", 50), await share(world, "xgll.handler", 50)]
    stated = {**SCORES, "reason": "逐户走访，全部履行", "shares": list(shares) or halves, **form}
    return await world.do("xgll.handler", built.case_id, "propose-settlement", **stated)


async def review(world: World, built: Built, **form: Any) -> Case:
    return await world.do("xgll.reviewer", built.case_id, "review-settlement", **({"verdict": "agree"} | form))


async def approve(world: World, built: Built, side: str, **form: Any) -> Case:
    """`side`: justice or petition."""
    return await world.do(f"xgll.{side}", built.case_id, "approve-settlement", **({"verdict": "agree"} | form))


async def approved(world: World, built: Built, **finding: Any) -> None:
    """Found, proposed, reviewed, approved by both."""
    await find(world, built, **finding)
    await propose(world, built)
    await review(world, built)
    await approve(world, built, "justice")
    await approve(world, built, "petition")


async def pay(world: World, built: Built, **form: Any) -> Case:
    return await world.do("xgll.cashier", built.case_id, "pay-settlement", **({"voucher_no": "付2026-001"} | form))


async def money(world: World, case_id: UUID, login: str = "xgll.reviewer") -> Money | None:
    async with world.as_(login) as (session, subject):
        case = await gate.opened().source.load(session, case_id, lock=False)
        return await money_of(session, case_id, await gate.permissions(session, subject, case), subject.tenant_id)


async def seen(world: World, case_id: UUID, login: str = "xgll.reviewer") -> Money:
    found = await money(world, case_id, login)
    assert found is not None
    return found


async def settlement(world: World, built: Built) -> Settlement:
    """The newest."""
    query = select(Settlement).where(Settlement.case_id == built.case_id).order_by(Settlement.recorded_at.desc())
    async with world.owner() as session:
        return (await session.scalars(query.limit(1))).one()


async def rows(world: World, model: type[Row], built: Built) -> list[Row]:
    async with world.owner() as session:
        return list(await session.scalars(select(model).where(model.case_id == built.case_id)))  # type: ignore[attr-defined]  # every child of a case has it
