"""How far a plan is that has begun: asked for again and again while it runs, so it reads numbers alone."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import translate
from organisation.tree_plans import PlanState, TreePlan

STILL = text("select tree_still(:plan)")
STUCK = text("select failure, n from tree_stuck(:plan)")


class Stuck(Struct, frozen=True):
    """Cases that could not go to their successor yet, and why, in the reader's language; they are tried again."""

    reason: str
    number: int


class Progress(Struct, frozen=True):
    """`cases_left` holds the stuck ones too."""

    running: bool
    began_at: datetime | None
    done_at: datetime | None
    cases_done: int
    cases_left: int
    stuck: list[Stuck]


async def progress_of(session: AsyncSession, plan: TreePlan) -> Progress:
    running = plan.state == PlanState.RUNNING
    left = await session.scalar(STILL, {"plan": plan.id}) if running else 0
    failures = (await session.execute(STUCK, {"plan": plan.id})).all() if running else ()
    stuck = [Stuck(translate(row.failure["message"], None, **row.failure["params"]), row.n) for row in failures]
    return Progress(running, plan.began_at, plan.done_at, plan.cases_done, left or 0, stuck)
