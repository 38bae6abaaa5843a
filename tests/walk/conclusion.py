"""Rows 13–18 of the reference case: the notarial deed, relief, performance, money, the dossier, and all the others."""

from datetime import timedelta
from typing import Any

from foundation.clock import local_date
from tests.funding.build import SCORES
from tests.walk.walker import API, Walker

SCORED: dict[str, Any] = {**SCORES}


async def row_13_the_parties_choose_a_notarial_deed_by_another_notary(walk: Walker) -> None:
    people, company = await walk.petitioners("xgll.handler", active=False), await walk.company("xgll.handler")
    terms = list((await walk.options("xgll.handler", "record-referral", "agreement_terms")).values())
    today = str(local_date(walk.world.clock.now()))
    form: dict[str, Any] = {
        "channel": "notarial_deed",
        "applicants": [*people[:11], company],
        "own_application": True,
        "organ": "香格里拉市公证处",
        "applied_on": today,
        "terms": terms,
    }
    inside, outside = await walk.person("xgll.notary_a"), await walk.person("xgll.notary_b")
    await walk.refused("xgll.handler", "record-referral", "notary_on_team", **form, notary=inside)
    await walk.do("xgll.handler", "record-referral", **form, notary=outside)


async def row_14_relief_is_checked_referred_and_its_answer_tracked(walk: Walker) -> None:
    people = await walk.petitioners("xgll.handler", active=False)
    today = str(local_date(walk.world.clock.now()))
    hardship = {"party": people[1], "hardship": "poor_household", "facts": "低保户，房屋需修缮", "wanted": True}
    await walk.do("xgll.handler", "check-relief", hardships=[hardship])
    checks = await walk.options("xgll.handler", "refer-relief", "relief_checks")
    form: dict[str, Any] = {"check": next(iter(checks.values())), "organ": "建塘镇人民政府", "applied_on": today}
    judicial = await walk.attempt("xgll.handler", "refer-relief", **form, kind="judicial")
    assert (judicial.status_code, judicial.json()["code"]) == (409, "judicial_relief_not_open"), judicial.text
    await walk.do("xgll.handler", "refer-relief", **form, kind="temporary")
    waiting = await walk.options("xgll.handler", "answer-relief", "unanswered_relief")
    referral = next(iter(waiting.values()))
    await walk.do("xgll.handler", "answer-relief", referral=referral, answer="granted", answered_on=today)


async def row_15_the_company_performs_each_is_visited_and_the_case_is_closed(walk: Walker) -> None:
    await walk.refused("xgll.director", "close-case", "not_performed", summary="协议已履行")
    today = str(local_date(walk.world.clock.now()))
    terms = await walk.options("xgll.handler", "record-performance", "agreement_terms")
    rows = [
        {"term": term, "on_date": today, "amount_fen": 1_000_000, "receipt_no": f"转账{number}"}
        for number, term in enumerate(terms.values(), 1)
    ]
    await walk.do("xgll.handler", "record-performance", rows=rows)
    visited = await walk.options("xgll.handler", "return-visit", "parties")
    for label, party in visited.items():
        if label.startswith("信访人") and "12." not in label:
            await walk.do("xgll.handler", "return-visit", party=party, performed=True, satisfied=True, pressure="none")
    await walk.do("xgll.director", "close-case", summary="协议已全部履行，回访满意")
    assert (await walk.read("xgll.director"))["state"] == "closed"


async def row_16_the_payer_is_decided_and_the_money_goes_through_many_hands(walk: Walker) -> None:
    await _refused_without_facts(walk)
    company: dict[str, Any] = {
        "producer": "enterprise",
        "unit_name": "云岭路桥建设有限公司",
        "stopped": False,
        "fault": "enterprise",
    }
    await walk.do("xgll.payer", "find-responsibility", basis="agreement", reference="协议责任条款", **company)
    today = str(local_date(walk.world.clock.now()))
    await walk.do(
        "xgll.handler",
        "record-fee",
        fee="notary",
        institution="香格里拉市公证处",
        actual_fen=120_000,
        incurred_on=today,
        invoice_no="公证票0012",
    )
    for person, code in (("xgll.traffic", "recipient_official"), ("xgll.director", "invalid_input")):
        alone = [{"person_id": await walk.person(person), "percent": 100}]
        await walk.refused("xgll.handler", "propose-settlement", code, **SCORED, reason="结算", shares=alone)
    shares = [{"person_id": await walk.person(n), "percent": 50} for n in ("xgll.handler", "xgll.mediator")]
    await walk.do("xgll.handler", "propose-settlement", **SCORED, reason="逐户走访，全部履行", shares=shares)
    await walk.do("xgll.reviewer", "review-settlement", verdict="agree")
    assert (await walk.attempt("xgll.director", "approve-settlement", verdict="agree")).status_code == 403
    await walk.do("xgll.justice", "approve-settlement", verdict="agree")
    await walk.refused("xgll.cashier", "pay-settlement", "no_settlement", voucher_no="付2026-001")
    await walk.do("xgll.petition", "approve-settlement", verdict="agree")
    await walk.do("xgll.cashier", "pay-settlement", voucher_no="付2026-001")
    again = await walk.attempt("xgll.handler", "propose-settlement", **SCORED, reason="再结算", shares=shares)
    assert again.json()["code"] == "already_settled"
    await _money_shows_payer_and_trace(walk)


async def _refused_without_facts(walk: Walker) -> None:
    """Nobody guesses: what is missing comes back by name."""
    shares = [{"person_id": await walk.person("xgll.mediator"), "percent": 100}]
    answer = await walk.attempt("xgll.handler", "propose-settlement", **SCORED, reason="结算", shares=shares)
    assert answer.json()["code"] == "facts_missing", answer.text


async def _money_shows_payer_and_trace(walk: Walker) -> None:
    money = await walk.read("xgll.reviewer", "money")
    settlement = money["settlement"]
    assert 1_000_000 <= settlement["amount_fen"] <= 3_000_000
    assert settlement["case_class"] == "complex"
    assert settlement["payer"]["trace"]
    assert [charge["name"] for charge in settlement["charges"]] == ["云岭路桥建设有限公司"]
    assert len(settlement["shares"]) == 2


async def row_17_the_dossier_is_complete_and_archived(walk: Walker) -> None:
    incomplete = await walk.refused("xgll.archivist", "archive-dossier", "dossier_incomplete", title="征地施工损害纠纷")
    assert incomplete["detail"]
    items = await walk.options("xgll.archivist", "check-dossier", "dossier_items")
    on_paper = [{"item": int(item), "pages": 2, "note": "纸质件已核"} for item in items.values()]
    await walk.do("xgll.archivist", "check-dossier", on_paper=on_paper)
    await walk.do("xgll.archivist", "archive-dossier", title="施工损害与临时用地纠纷")
    view = await walk.read("xgll.archivist")
    assert (view["state"], view["step"]) == ("archived", 8)
    assert view["details"]["dossier_no"]


async def row_18_others_see_what_is_theirs_and_nothing_else(walk: Walker) -> None:
    for supervisor in ("diqing.supervisor", "yunnan.supervisor"):
        view = await walk.read(supervisor)
        assert view["state"] == "archived"
        assert await walk.read(supervisor, "parties") == []
        assert await walk.read(supervisor, "claims") == []
        assert await walk.read(supervisor, "timeline")
        assert (await walk.attempt(supervisor, "write-note", text="改一下")).status_code == 403
    assert await walk.read("xgll.daily", "parties") == []
    for stranger in ("deqin.director", "weixi.director", "baohe.clerk"):
        for part in ("", "parties", "timeline", "papers", "handover"):
            assert await walk.status(stranger, part) == 404
    await _the_petitioner_reads_the_own_page(walk)


async def _the_petitioner_reads_the_own_page(walk: Walker) -> None:
    async with walk.door.client() as nobody:
        own = await nobody.post(
            f"{API}/petitioner/status", json={"registration_no": walk.number, "code": walk.codes[0]}
        )
        wrong = await nobody.post(
            f"{API}/petitioner/status", json={"registration_no": walk.number, "code": "WRONGCODE1"}
        )
    assert own.status_code == 200, own.text
    status: dict[str, Any] = own.json()
    assert status["state"] == "archived"
    assert {"transfer_notice", "agreement"} <= {paper["kind"] for paper in status["papers"]}
    assert any(term["remedy"] for term in status["terms"])
    assert [(look["office"], look["purpose"]) for look in status["looks"]] == [("香格里拉市人民调解工作室", "contact")]
    assert wrong.status_code == 404


async def an_order_opens_the_facts_for_its_term(walk: Walker) -> None:
    """Row 18's order, while the case is still open: sight, reply, strike-off, sight gone."""
    before = await walk.read("diqing.supervisor", "claims")
    day = str(local_date(walk.world.clock.now()) + timedelta(days=20))
    await walk.do(
        "diqing.supervisor",
        "issue-order",
        ground="major",
        requirements="每周报告进展",
        deadline=day,
        contact="州工作室综合科",
    )
    assert before == []
    assert len(await walk.read("diqing.supervisor", "claims")) == 3
    orders = await walk.options("xgll.director", "reply-order", "open_orders")
    order = next(iter(orders.values()))
    await walk.do("xgll.director", "reply-order", order_id=order, reply="小组已组成", proof="组成告知书")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")
    walk.world.clock.advance(seconds=1)
    assert await walk.read("diqing.supervisor", "claims") == []


ROWS = (
    row_13_the_parties_choose_a_notarial_deed_by_another_notary,
    row_14_relief_is_checked_referred_and_its_answer_tracked,
    row_15_the_company_performs_each_is_visited_and_the_case_is_closed,
    row_16_the_payer_is_decided_and_the_money_goes_through_many_hands,
    row_17_the_dossier_is_complete_and_archived,
    row_18_others_see_what_is_theirs_and_nothing_else,
)
