"""Signals for reviewers: about claims, never about petitioners; found in the worker, answered by a person, blocking
nothing."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select, text, update

from cases.class_history import ClassFinding
from cases.parties import Party
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import instant
from funding import claims_paging, signal_answers, signal_reading
from funding.decisions import PayerDecision
from funding.dossier_prints import DossierPrint
from funding.duty_days import DayStatus, PersonDay
from funding.likeness import bands, letters, likeness, sketch
from funding.positions import Position
from funding.separation import DutiesNotSeparate
from funding.settlement import Settlement
from funding.signal_answers import AlreadyAnswered, AnotherStage, AnswerForm
from funding.signal_reading import SignalView
from funding.signals import Answer, Signal
from funding.travel_requests import Trip
from server.handlers import HANDLERS
from tests.door import Door
from tests.dossiers.build import Built, agreed_case, give_paper
from tests.funding.build import approve, closed_case, find, propose, review, settlement
from tests.funding.duty import worked
from tests.world import World

HERE, API = "/funding/signals", "/api/v1/funding/signals"
OPINION = (
    "经查，双方自二〇二三年起就施工便道占用承包地的补偿标准和复垦责任发生争议，工作室三次到现场勘验，"
    "核对了占用面积、青苗种类和施工日志，认定便道实际占用旱地和部分菜地，施工单位没有按照约定在完工后恢复耕作层，"
    "应当按照县里公布的征地补偿标准补偿青苗损失并承担复垦费用，村民小组应当协助清理沿线的弃土和排水沟。"
)


async def deliver(world: World, topic: str, **payload: Any) -> None:
    """Twice, as the relay may."""
    for _ in range(2):
        for handler in HANDLERS[topic]:
            await handler(world.store, Message(id=uuid4(), topic=topic, payload=payload))


async def looked_at(world: World, built: Built) -> list[Signal]:
    """What the worker finds for the case; each ground once."""
    await deliver(world, "claim.changed", case=str(built.case_id))
    async with world.owner() as session:
        query = select(Signal).where(Signal.case_id == built.case_id).order_by(Signal.ground)
        return list(await session.scalars(query))


async def answer(world: World, login: str, signal: Signal, word: Answer = Answer.EXPLAINED) -> Signal:
    form = AnswerForm(answer=word, reason="已到现场核对两案材料")
    async with world.as_(login) as (session, subject):
        return await signal_answers.answer(session, subject, world.catalogue, signal.id, form)


async def shown(world: World, login: str) -> list[SignalView]:
    async with world.as_(login) as (session, subject):
        return (await signal_reading.board(session, subject)).open


async def submit(browser: AsyncClient, shown_at: str, address: str, **data: str) -> Response:
    """With the hidden fields of the page at `shown_at`."""
    page = (await browser.get(shown_at)).text
    hidden = {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("_csrf_token", "idempotency_key")
        if f'name="{name}" value="' in page
    }
    return await browser.post(address, data={**hidden, **data})


async def claimed(world: World, words: str) -> Built:
    built = await closed_case(world)
    await find(world, built)
    async with world.owner() as session:
        named = (await session.scalars(select(Party.name).where(Party.case_id == built.case_id).limit(1))).one()
    await give_paper(world, built, "opinion", facts=f"{named}：{words}", proposal="")
    await propose(world, built)
    return built


def test_alike_texts_have_alike_sketches_and_names_and_figures_do_not_count() -> None:
    key = b"k" * 32
    one = letters(OPINION + "张三补偿3200元", ["张三"])
    other = letters(OPINION.replace("三次", "两次") + "李四补偿 5,600 元", ["李四"])
    strange = letters("甲方与乙方因宅基地通行发生纠纷，经村委会多次协调未能达成一致，" * 4)
    assert "张三" not in one and "3200" not in one
    assert likeness(sketch(one, key), sketch(other, key)) >= 80
    assert set(bands(sketch(one, key))) & set(bands(sketch(other, key)))
    assert likeness(sketch(one, key), sketch(strange, key)) < 20
    assert likeness(sketch(one, key), sketch(one, b"o" * 32)) < 20


async def test_two_claims_with_one_dossier_are_shown_to_reviewers_alone_and_name_no_party(
    world: World, door: Door
) -> None:
    first = await claimed(world, OPINION)
    assert "same" not in {one.ground for one in await looked_at(world, first)}
    second = await claimed(world, OPINION)
    (found,) = [one for one in await looked_at(world, second) if one.other_id == (await settlement(world, first)).id]
    assert (found.ground, found.figures) == ("same", {"what": ["opinion"], "percent": 100})
    async with world.owner() as session:
        names = list(
            await session.scalars(select(Party.name).where(Party.case_id.in_([first.case_id, second.case_id])))
        )
        printed = list(await session.scalars(select(DossierPrint).where(DossierPrint.case_id == second.case_id)))
    assert [one.source for one in printed] == ["opinion"] and OPINION.encode() not in printed[0].digest
    async with world.as_("xgll.reviewer") as (session, _):
        assert await session.scalar(select(func.count()).select_from(DossierPrint)) == 0
    async with await door.browser("xgll.reviewer") as browser:
        for address in (HERE, f"{HERE}/{found.id}", f"/cases/{second.case_id}"):
            page = (await browser.get(address)).text
            assert "两案卷宗内容相同" in page
            assert address.startswith("/cases") or not [name for name in names if name in page]
        assert f"/cases/{first.case_id}#money-title" in (await browser.get(f"{HERE}/{found.id}")).text
    async with await door.program("xgll.auditor") as program:
        assert str(found.id) in (await program.get(API)).text
        refused = await program.post(f"{API}/{found.id}/answer", json={"answer": "explained", "reason": "没有问题"})
        assert refused.status_code == 403
    for stranger in ("diqing.reviewer", "xgll.handler", "xgll.treasury", "baohe.clerk"):
        async with await door.program(stranger) as program:
            assert str(found.id) not in (await program.get(API)).text
            assert (await program.get(f"{API}/{found.id}")).status_code == 404
            await program.post(f"{API}/{found.id}/answer", json={"answer": "explained", "reason": "没有问题"})
    async with await door.program("xgll.reviewer") as program:
        short = await program.post(f"{API}/{found.id}/answer", json={"answer": "explained", "reason": " "})
        assert short.status_code == 422 and short.json()["errors"][0]["field"] == "reason"
    address, sent = f"{HERE}/{found.id}", {"answer": "explained", "reason": "两案为同一项目，文书同源"}
    async with await door.browser("xgll.auditor") as browser:
        assert (await submit(browser, HERE, address, **sent)).status_code == 403
    async with await door.browser("xgll.reviewer") as browser:
        empty = await submit(browser, address, address, answer="explained", reason="")
        assert empty.status_code == 422 and "核查理由" in empty.text
        assert (await submit(browser, address, address, **sent)).headers["location"] == HERE
        assert "文书同源" in (await browser.get(HERE)).text
    async with await door.program("xgll.reviewer") as program:
        told = (await program.get(f"{API}/{found.id}")).json()
        assert (told["reason"], told["effect"]) == ("两案为同一项目，文书同源", None)
        assert (await program.post(f"{API}/{found.id}/answer", json=sent)).json()["code"] == "already_answered"
    assert (await settlement(world, second)).status == Position.PROPOSED


async def test_what_is_true_goes_back_by_whoever_signs_at_its_stage_and_never_by_an_own_hand(world: World) -> None:
    first = await claimed(world, OPINION[::-1])
    assert await looked_at(world, first) == []
    second = await claimed(world, OPINION[::-1])
    (found,) = await looked_at(world, second)
    with pytest.raises(NotFound):  # the claimant does not see it
        await answer(world, "xgll.handler", found)
    with pytest.raises(AnotherStage):
        await answer(world, "xgll.justice", found, Answer.UPHELD)
    upheld = await answer(world, "xgll.reviewer", found, Answer.UPHELD)
    assert (upheld.effect, (await settlement(world, second)).status) == ("returned", Position.RETURNED)
    with pytest.raises(AlreadyAnswered):
        await answer(world, "xgll.reviewer", found)
    await propose(world, second)
    again = next(one for one in await looked_at(world, second) if one.answer is None)
    assert again.claim_id != found.claim_id
    await review(world, second)
    with pytest.raises(AnotherStage):
        await answer(world, "xgll.reviewer", again, Answer.UPHELD)
    assert (await answer(world, "xgll.petition", again, Answer.UPHELD)).effect == "returned"
    assert (await settlement(world, first)).status == Position.PROPOSED
    async with world.owner() as session:
        told = "select count(*) from audit_log where object_id = :id and action = 'subsidy:approve'"
        assert await session.scalar(text(told), {"id": str(again.id)}) == 1


async def earlier(world: World, like: Settlement, count: int, **changed: Any) -> list[UUID]:
    """Claims of the year 2025 as that one, of other cases of the same workroom."""
    made = []
    for number in range(count):
        built = await agreed_case(world)
        values = {column.name: getattr(like, column.name) for column in Settlement.__table__.columns}
        at = like.recorded_at - timedelta(days=number + 1)
        values |= {"id": new_id(at), "case_id": built.case_id, "recorded_at": at, "year": 2025} | changed
        async with world.owner() as session:
            session.add(Settlement(**values))
        made.append(values["id"])
    return made


async def test_always_at_the_ceiling_one_signer_and_exactly_ten_say_what_was_compared(world: World) -> None:
    built = await closed_case(world, case_class="mass")
    await find(world, built)
    await propose(world, built)
    await review(world, built)
    claim = await settlement(world, built)
    async with world.owner() as session:
        most = (await session.get_one(PayerDecision, claim.decision_id)).maximum_fen
        changed = update(Settlement).where(Settlement.id == claim.id).values(year=2025, amount_fen=most)
        await session.execute(changed)
        now, who = instant(session), claim.proposed_by
        session.add(
            ClassFinding(
                id=new_id(now), case_id=built.case_id, to_class="mass", clause="六(四)1", persons=10, confirmed=True,
                recorded_at=now, recorded_by=who,
            )
        )  # fmt: skip
    claim = await settlement(world, built)
    before = await earlier(world, claim, 3)
    assert [one.ground for one in await looked_at(world, built)] == ["at_the_line"]
    before += await earlier(world, claim, 1, recorded_at=claim.recorded_at - timedelta(days=9))
    other = (await world.subject("xgll.payer")).person_id
    (elsewhere,) = await earlier(
        world, claim, 1, proposed_by=claim.reviewed_by, reviewed_by=other, status="returned", returned_by=other
    )
    line, ceiling = await looked_at(world, built)
    assert line.figures == {"persons": 10, "line": 10, "on_file": 2}
    assert (ceiling.other_id, ceiling.figures) == (before[0], {"amount_fen": most, "most_fen": most, "claims": 5})
    async with world.owner() as session:  # a claim of somebody else that another hand reviewed, below the ceiling
        values = {"status": "proposed", "returned_by": None, "amount_fen": most - 100}
        await session.execute(update(Settlement).where(Settlement.id == elsewhere).values(**values))
    found = {one.ground: one for one in await looked_at(world, built)}
    assert found["one_signer"].figures == {"part": "reviewed_by", "claims": 5, "others": 1}
    with pytest.raises(DutiesNotSeparate):
        await answer(world, "xgll.reviewer", found["one_signer"])
    await answer(world, "xgll.justice", found["one_signer"])
    await answer(world, "xgll.reviewer", found["ceiling"])
    views = [one for one in await shown(world, "xgll.reviewer") if one.id == found["at_the_line"].id]
    assert [line.value for line in views[0].lines] == ["10", "10", "2"]
    for side in ("justice", "petition"):
        await approve(world, built, side)
    assert (await settlement(world, built)).status == Position.APPROVED  # an open signal holds nothing up


async def test_a_day_of_duty_within_a_trip_is_about_whichever_was_claimed_later(world: World) -> None:
    built = await agreed_case(world)
    today = local_date(world.clock.now())
    person = (await world.subject("xgll.duty_b")).person_id
    day = today + timedelta(days=2)
    trip = await asked_to_travel(world, built, person, day)
    (worked_day,) = await worked(world, ("xgll.duty_b", day.isoformat(), "whole"))
    await deliver(world, "duty.claimed", day=str(worked_day.id))
    async with world.owner() as session:
        (found,) = await session.scalars(select(Signal).where(Signal.claim_id == worked_day.id))
    days = {"day": day.isoformat(), "from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    assert (found.case_id, found.other_id, found.figures) == (None, trip, days)
    (view,) = [one for one in await shown(world, "xgll.reviewer") if one.id == found.id]
    assert view.claim.address == f"/funding/duty?month={day.isoformat()}" and view.other.number is not None
    assert found.id not in {one.id for one in await shown(world, "diqing.reviewer")}
    assert (await answer(world, "xgll.reviewer", found, Answer.UPHELD)).effect == "returned"
    async with world.owner() as session:
        assert (await session.get_one(PersonDay, worked_day.id)).status == DayStatus.REFUSED
    other = today + timedelta(days=5)
    (signed_in,) = await worked(world, ("xgll.duty_b", other.isoformat(), "whole"))
    world.clock.advance(seconds=1)
    late = await asked_to_travel(world, built, person, other)
    (about,) = [one for one in await looked_at(world, built) if one.claim_kind == "trip"]
    assert (about.claim_id, about.other_id, about.case_id) == (late, signed_in.id, built.case_id)
    assert (await answer(world, "xgll.reviewer", about, Answer.UPHELD)).effect == "returned"
    async with world.owner() as session:
        assert (await session.get_one(Trip, late)).status == "refused"


async def asked_to_travel(world: World, built: Built, person: UUID, day: date) -> UUID:
    """For two days from that one."""
    async with world.owner() as session:
        now = instant(session)
        trip = Trip(
            id=new_id(now), case_id=built.case_id, office_id=await world.office("xgll.handler"), person_id=person,
            serves="A", purpose="下乡核实", starts_on=day, ends_on=day + timedelta(days=1), standard_fen=18_000,
            status="requested", requested_by=person, recorded_at=now,
        )  # fmt: skip
        session.add(trip)
    return trip.id


@pytest.mark.obligation("48")
async def test_lists_of_signals_go_on_page_by_page(own_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims_paging, "MOST", 2)
    world = own_door.world
    tenant = (await world.subject("xgll.reviewer")).tenant_id
    built = await agreed_case(world)
    async with world.owner() as session:
        now = instant(session)
        for _ in range(5):
            session.add(
                Signal(
                    id=new_id(now), ground="same", tenant_id=tenant, year=2026, case_id=built.case_id,
                    claim_kind="settlement", claim_id=uuid4(), other_kind="settlement", other_id=uuid4(),
                    figures={"what": ["opinion"], "percent": 100}, found_at=now,
                )
            )  # fmt: skip
    found: list[str] = []
    async with await own_door.program("xgll.reviewer") as program, await own_door.browser("xgll.reviewer") as browser:
        board = (await program.get(API)).json()
        found += [one["id"] for one in board["open"]]
        assert f"box=open&amp;after={board['after']['open']}" in (await browser.get(HERE)).text
        while last := board["after"].get("open"):
            page = (await browser.get(HERE, params={"box": "open", "after": last})).text
            board = (await program.get(API, params={"box": "open", "after": last})).json()
            assert all(one["id"] in page for one in board["open"])
            found += [one["id"] for one in board["open"]]
        assert len(found) == len(set(found)) == 5
        assert (await program.get(API, params={"box": "open", "after": str(uuid4())})).status_code == 422
