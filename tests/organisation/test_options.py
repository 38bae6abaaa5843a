"""Lists to choose from, and the dictionary behind them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import speaking
from organisation.dispute_types import dispute_types
from organisation.options import OPTIONS
from server.operator import OPERATOR
from tests.conftest import NOON


async def test_dispute_types_are_offered_in_the_readers_language(session: AsyncSession) -> None:
    offered = {}
    for language in ("zh", "en"):
        with speaking(language):
            offered[language] = {
                option.value: option.label for option in await OPTIONS["dispute_types"](session, OPERATOR, None)
            }
    assert offered["zh"]["8"] == "征地拆迁纠纷"
    assert offered["en"]["8"] == "Land expropriation and demolition"
    assert len(offered["zh"]) == len(offered["en"]) == 18


async def test_a_type_that_has_ended_is_no_longer_offered(session: AsyncSession) -> None:
    rows = await dispute_types(session)
    rows[0].valid_to = NOON.date()
    await session.flush()
    assert [row.code for row in await dispute_types(session)] == list(range(2, 19))
    assert [row.code for row in rows if row.asks_gate] == [8]


def test_the_command_lines_subject_is_nobody_who_can_sign_in() -> None:
    assert (OPERATOR.person_id, OPERATOR.post_id, OPERATOR.actor) == (UUID(int=0), None, "system.operator")
