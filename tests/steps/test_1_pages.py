"""接谈 on the pages: nothing typed is lost, nothing is registered twice, and what was said comes back as it was."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import text

from foundation import cookies
from tests.people import JIANTANG
from tests.steps.test_1_interview import statement_of
from tests.web.conftest import Browser, app, browser  # noqa: F401 - fixtures
from tests.world import World

NEW = "/cases/new"


@pytest.fixture
async def clerk(browser: Browser) -> Browser:  # noqa: F811 - the fixture
    await browser.sign_in("jiantang.clerk")
    return browser


async def form_of(world: World, **changes: Any) -> dict[str, Any]:
    """As the page's form sends it."""
    world.clock.advance(seconds=1)
    return {
        "mode": "desk",
        "source": "application",
        "place_id": str(await world.place(JIANTANG)),
        "dispute_type": "8",
        "statement": "房屋墙体开裂",
        "privacy_notice": "true",
        "claims.0.text": "墙体开裂要求修复",
        "claims.0.nature": "injury",
        "petitioners.0.name": "和春生",
        "materials.0.copies": "1",
        **changes,
    }


async def cases_of(world: World) -> int:
    office = await world.office("jiantang.clerk")
    async with world.owner() as session:
        found: int = (
            await session.scalars(text("select count(*) from cases where holder_office_id = :at"), {"at": office})
        ).one()
    return found


def codes(page: str) -> list[str]:
    return [part.split("</strong>")[0] for part in page.split("<dt>查询码</dt><dd><strong>")[1:]]


async def test_the_same_form_sent_again_gives_the_same_receipts_and_registers_once(clerk: Browser) -> None:
    form = await form_of(clerk.world, idempotency_key="lost-answer")
    before = await cases_of(clerk.world)
    first = await clerk.send(NEW, form)
    clerk.client.cookies.delete(cookies.CSRF)  # as after signing in again
    again = await clerk.send(NEW, form)
    assert (first.status_code, again.status_code) == (200, 200)
    assert codes(first.text) == codes(again.text) != []
    assert await cases_of(clerk.world) == before + 1


async def test_what_was_changed_after_it_was_registered_is_not_lost_and_not_taken_for_it(clerk: Browser) -> None:
    form = await form_of(clerk.world, idempotency_key="changed-later")
    await clerk.send(NEW, form)
    before = await cases_of(clerk.world)
    changed = await clerk.send(NEW, {**form, "statement": "另有新的情况"})
    assert (changed.status_code, await cases_of(clerk.world)) == (409, before)
    assert "本页先前已经登记成功" in changed.text and "另有新的情况" in changed.text
    assert 'value="changed-later"' not in changed.text


async def test_a_refused_form_keeps_what_was_typed_and_a_folded_field_with_something_in_it_is_open(
    clerk: Browser,
) -> None:
    form = await form_of(clerk.world, **{"statement": "", "petitioners.0.guardian_name": "木秀英"})
    shown = await clerk.send(NEW, form)
    assert shown.status_code == 422
    assert 'value="木秀英"' in shown.text and '<details class="rare-fields" open>' in shown.text


@pytest.mark.obligation("N10")
async def test_three_hundred_persons_are_registered_from_the_page(clerk: Browser) -> None:
    people = {f"petitioners.{index}.name": f"村民{index}" for index in range(300)}
    shown = await clerk.send(NEW, await form_of(clerk.world, **people))
    assert (shown.status_code, len(codes(shown.text))) == (200, 300)


@pytest.mark.obligation("N10")
async def test_the_sixth_representative_reads_on_the_own_receipt_that_the_matter_is_registered(clerk: Browser) -> None:
    people = {f"petitioners.{index}.name": f"村民{index}" for index in range(7)}
    chosen = {f"petitioners.{index}.representative": "true" for index in range(6)}
    shown = (await clerk.send(NEW, await form_of(clerk.world, **people, **chosen))).text
    assert shown.count("代表已满5人，未列为代表；您的信访事项照常登记") == 1
    assert shown.count("信访人 6：代表已满5人") == 1


@pytest.mark.obligation("N11")
async def test_the_receipt_shows_the_remedy_clock_the_free_helpers_and_what_became_of_the_papers(
    clerk: Browser,
) -> None:
    known = {"claims.0.nature": "expropriation", "claims.0.known_on": "2026-02-20"}
    brought = {"materials.0.name": "征收决定书", "materials.0.original": "original", "materials.0.handling": "kept"}
    shown = (await clerk.send(NEW, await form_of(clerk.world, **known, **brought))).text
    for words in ("申请行政复议", "2026-04-21", "12348", "法律援助", "征收决定书", "原件", "留存"):
        assert words in shown, words


@pytest.mark.obligation("63")
async def test_a_telephone_that_scans_the_receipt_comes_to_the_public_entrance_without_number_or_code(
    clerk: Browser,
) -> None:
    shown = (await clerk.send(NEW, await form_of(clerk.world))).text
    number, code = shown.split("<dt>登记号</dt><dd>")[1].split("<")[0], codes(shown)[0]
    assert 'class="qr"' in shown
    await clerk.send("/sign-out", {})
    assert (await clerk.get("/status")).status_code == 200
    own = await clerk.send("/status", {"registration_no": number, "code": code})
    assert (own.status_code, number in own.text) == (200, True)
    assert code not in str(own.url) and number not in str(own.url)


async def test_a_statement_of_twenty_thousand_characters_goes_through_page_paper_and_print(clerk: Browser) -> None:
    said = statement_of(20_000)
    typed = said.replace("\n", "\r\n")  # as a browser sends the lines of a text
    shown = await clerk.send(NEW, await form_of(clerk.world, statement=typed))
    assert shown.status_code == 200, shown.text[:2000]
    case = shown.text.split('<a class="btn btn-sm" href="/cases/')[1].split('"')[0]
    listed = (await clerk.get(f"/cases/{case}")).text
    paper = next(part.split('"')[0] for part in listed.split(f'href="/cases/{case}/papers/')[1:])
    printed = unescape((await clerk.get(f"/cases/{case}/papers/{paper}")).text)
    assert said in printed
    again = await clerk.send(NEW, await form_of(clerk.world, statement=typed, **{"claims.0.nature": ""}))
    assert again.status_code == 422 and said in unescape(again.text)


async def test_the_draft_key_is_the_persons_own_and_nobody_elses(clerk: Browser) -> None:
    mine = (await clerk.get("/cases/new/draft-key")).json()
    assert (await clerk.get("/cases/new/draft-key")).json() == mine
    await clerk.send("/sign-out", {})
    assert (await clerk.get("/cases/new/draft-key")).status_code == 303
    await clerk.sign_in("xgll.intake")
    other = (await clerk.get("/cases/new/draft-key")).json()
    assert {mine["owner"], mine["secret"]}.isdisjoint({other["owner"], other["secret"]})
    await clerk.send("/sign-out", {})
    await clerk.sign_in("diqing.supervisor")
    assert (await clerk.get("/cases/new/draft-key")).status_code == 403


async def test_signing_out_empties_what_pages_kept_in_the_browser(clerk: Browser) -> None:
    for address in ("/sign-out", "/sign-out-everywhere"):
        await clerk.sign_in("jiantang.clerk")
        answer = await clerk.send(address, {})
        assert answer.headers["clear-site-data"] == '"storage"'
