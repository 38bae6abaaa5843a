"""Doing an act on a page: errors at the field, nothing lost, stale versions, sent twice."""

import re
from uuid import UUID

from sqlalchemy import func, select

from cases.papers import Note
from cases.parties import Party
from policies import gate
from tests.cases.build import accepted
from tests.oversight.test_orders import issue
from tests.people import registration
from tests.web.conftest import Browser
from tests.world import World


async def case_of(world: World) -> UUID:
    return (await world.register("jiantang.clerk", **await registration(world))).case.id


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


async def fill_note(browser: Browser, case_id: UUID, text: str) -> dict[str, str | list[str]]:
    """The page's hidden fields with a note's text."""
    page = (await browser.get(f"/cases/{case_id}/acts/write-note")).text
    return {"version": hidden(page, "version"), "idempotency_key": hidden(page, "idempotency_key"), "text": text}


async def test_a_done_act_leads_to_the_case_and_says_so(browser: Browser, world: World) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.clerk")
    answer = await browser.send(f"/cases/{case_id}/acts/write-note", await fill_note(browser, case_id, "已通知村委会"))
    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    assert "已办理：写备注" in page


async def test_an_order_that_is_not_struck_off_is_told_so_at_once_in_the_timeline_and_of_that_moment(
    browser: Browser, world: World
) -> None:
    walk = await accepted(world, persons=1)
    order = await issue(walk)
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    world.clock.advance(seconds=1)
    await browser.sign_in("diqing.supervisor")
    address = f"/cases/{walk.case_id}/acts/strike-off-order"
    key = hidden((await browser.get(address)).text, "idempotency_key")
    form: dict[str, str | list[str]] = {
        "idempotency_key": key,
        "order_id": order,
        "verdict": "refuse",
        "proof": "未见协议",
    }
    answer = await browser.send(address, form)
    assert answer.status_code == 303, answer.text
    page = (await browser.get(answer.headers["location"])).text
    assert "已办理：不予销号" in page and "<strong>不予销号</strong>" in page
    assert "已办理：销号" not in page and "<strong>销号</strong>" not in page
    then = (await browser.get(f"/cases/{walk.case_id}/past")).text
    assert "<dt>最近办理</dt><dd>不予销号</dd>" in then


async def test_the_same_page_sent_twice_has_one_effect(browser: Browser, world: World) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.clerk")
    form = await fill_note(browser, case_id, "只此一条")
    first = await browser.send(f"/cases/{case_id}/acts/write-note", form)
    second = await browser.send(f"/cases/{case_id}/acts/write-note", form)
    assert first.headers["location"] == second.headers["location"]
    async with world.owner() as session:
        assert await session.scalar(select(func.count()).where(Note.case_id == case_id)) == 1


async def test_an_error_stands_at_its_field_and_in_the_summary_and_nothing_typed_is_lost(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    answer = await browser.send(
        "/cases/new",
        {
            "mode": "desk",
            "petitioners.0.name": "和春生",
            "petitioners.0.id_number": "not-a-number",
            "petitioners.4.name": "鲁茸",
            "claims.0.text": "墙体开裂要求修复",
        },
    )
    assert answer.status_code == 422
    page = answer.text
    assert 'id="error-summary"' in page and 'href="#f-source"' in page
    assert 'id="f-source-error"' in page and 'aria-describedby="f-source-error" aria-invalid="true"' in page
    assert 'value="和春生"' in page and 'name="petitioners.1.name"' in page and 'value="鲁茸"' in page
    assert "墙体开裂要求修复</textarea>" in page and 'value="desk" checked' in page


async def test_registering_shows_each_receipt_and_a_second_sending_the_same_and_no_page_of_the_case_does(
    browser: Browser, world: World
) -> None:
    await browser.sign_in("jiantang.clerk")
    page = (await browser.get("/cases/new")).text
    given = await registration(world, persons=2, representatives=1)
    form: dict[str, str | list[str]] = {
        "idempotency_key": hidden(page, "idempotency_key"),
        "mode": "desk",
        "source": "application",
        "place_id": str(given["place_id"]),
        "dispute_type": "8",
        "statement": str(given["statement"]),
        "privacy_notice": "true",
        "claims.0.text": "墙体开裂要求修复",
        "claims.0.nature": "injury",
        "petitioners.0.name": "和春生",
        "petitioners.0.representative": "true",
        "petitioners.1.name": "鲁茸",
    }
    answer = await browser.send("/cases/new", form)
    assert answer.status_code in (200, 201), answer.text
    codes = re.findall(r"<dd><strong>(\w{10})</strong></dd>", answer.text)
    assert len(set(codes)) == 2
    again = await browser.send("/cases/new", form)
    assert again.status_code == 200
    assert re.findall(r"<dd><strong>(\w{10})</strong></dd>", again.text) == codes
    (address,) = set(re.findall(r'href="(/cases/[0-9a-f-]{36})"', again.text))
    case_page = (await browser.get(address)).text
    assert not any(code in case_page for code in codes)


async def test_a_stale_page_shows_what_others_did_keeps_the_text_and_then_takes_it(
    browser: Browser, world: World
) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.head")
    page = (await browser.get(f"/cases/{case_id}/acts/approve-registration")).text
    stale: dict[str, str | list[str]] = {"version": hidden(page, "version"), "reason": "理由写在这里"}
    await world.do(
        "jiantang.clerk",
        case_id,
        "record-consent",
        party_ids=[await first_party(world, case_id)],
        kind="mediation",
        given=True,
    )
    answer = await browser.send(f"/cases/{case_id}/acts/approve-registration", {**stale, **decision(page)})
    assert answer.status_code == 412, answer.text
    assert "他人刚才办理了" in answer.text
    fresh: dict[str, str | list[str]] = {**stale, **decision(page), "version": hidden(answer.text, "version")}
    assert (await browser.send(f"/cases/{case_id}/acts/approve-registration", fresh)).status_code == 303


def decision(page: str) -> dict[str, str | list[str]]:
    """The first choice of every radio group of the page."""
    return dict(reversed(re.findall(r'type="radio" name="(\w+)" value="(\w+)"', page)))


async def first_party(world: World, case_id: UUID) -> str:
    async with world.owner() as session:
        query = select(Party.id).where(Party.case_id == case_id).order_by(Party.side, Party.ordinal)
        return str((await session.scalars(query.limit(1))).one())


async def test_an_act_that_the_state_refuses_is_said_in_words_not_done(browser: Browser, world: World) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.head")
    answer = await browser.get(f"/cases/{case_id}/acts/close-case")
    assert answer.status_code in (403, 409) and '<form method="post" class="card"' not in answer.text


async def test_an_unknown_act_is_not_found(browser: Browser, world: World) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.clerk")
    for name in ("no-such-act", "%00", "案"):
        assert (await browser.get(f"/cases/{case_id}/acts/{name}")).status_code == 404, name


async def test_every_form_of_the_catalogue_renders_for_one_who_may(browser: Browser, world: World) -> None:
    case_id = await case_of(world)
    await browser.sign_in("jiantang.clerk")
    async with world.as_("jiantang.clerk") as (session, subject):
        case = await world.case(case_id)
        allowed = (await gate.permissions(session, subject, case)).actions
    shown = 0
    for act in world.catalogue.acts.values():
        answer = await browser.get(f"/cases/{case_id}/acts/{act.name}")
        assert answer.status_code in ((200, 409) if act.action in allowed else (403,)), (act.name, answer.text)
        shown += answer.status_code == 200
    assert shown >= 3
