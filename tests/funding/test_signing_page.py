"""Whoever reviews, approves or pays sees above the form what it is about."""

import pytest

from tests.door import Door
from tests.dossiers.build import Built
from tests.funding.build import approve, find, propose, review
from tests.world import World


@pytest.mark.obligation("39")
async def test_above_the_form_stand_amount_scores_recipients_and_signatures(
    door: Door, world: World, closed: Built
) -> None:
    async def shown(login: str, act: str) -> str:
        async with await door.browser(login) as browser:
            answer = await browser.get(f"/cases/{closed.case_id}/acts/{act}")
        assert answer.status_code == 200
        return str(answer.text)

    await find(world, closed)
    await propose(world, closed)
    recipients = [(await world.subject(login)).name for login in ("xgll.mediator", "xgll.handler")]
    page = await shown("xgll.reviewer", "review-settlement")
    assert "4,000.00" in page and "评分" in page and all(name in page for name in recipients)
    await review(world, closed)
    assert (await world.subject("xgll.reviewer")).name in await shown("xgll.justice", "approve-settlement")
    for side in ("justice", "petition"):
        await approve(world, closed, side)
    page = await shown("xgll.cashier", "pay-settlement")
    assert all(one in page for one in ("4,000.00", *recipients))
    assert "评分" not in await shown("xgll.payer", "find-responsibility")
