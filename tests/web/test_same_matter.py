"""The hint at registering: shown to the clerk with the receipts, and kept from the papers that are handed out."""

from tests.identity import identity_number
from tests.people import registration
from tests.web.conftest import Browser
from tests.world import World

HINT = "同一信访人的同一事项正在办理，请联系：建塘镇"


async def register(browser: Browser, world: World, number: str) -> str:
    given = await registration(world, persons=1)
    form: dict[str, str | list[str]] = {
        "mode": "desk",
        "source": "application",
        "place_id": str(given["place_id"]),
        "dispute_type": "8",
        "statement": str(given["statement"]),
        "privacy_notice": "true",
        "claims.0.text": "墙体开裂要求修复",
        "claims.0.nature": "injury",
        "petitioners.0.name": "和春生",
        "petitioners.0.id_number": number,
    }
    world.clock.advance(seconds=1)
    answer = await browser.send("/cases/new", form)
    assert answer.status_code in (200, 201), answer.text
    return answer.text


async def test_the_clerk_is_told_of_a_pending_matter_and_nobody_on_paper(browser: Browser, world: World) -> None:
    await browser.sign_in("jiantang.clerk")
    number = identity_number()
    first = await register(browser, world, number)
    assert HINT not in first
    registered = first.split("<dt>登记号</dt><dd>")[1].split("<")[0]
    second = await register(browser, world, number)
    told = next(line for line in second.splitlines() if HINT in line)
    assert registered not in second and number not in second
    assert 'class="alert alert-warning d-print-none"' in told
