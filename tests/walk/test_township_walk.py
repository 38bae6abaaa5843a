"""A dispute that goes down to a township's committee: it mediates and seals; the county finds, approves and pays."""

from datetime import timedelta
from typing import Any

from foundation.clock import local_date
from tests.door import Door
from tests.funding.build import SCORES
from tests.people import registration
from tests.teams.build import OPINION
from tests.walk.walker import API, Walker


async def test_a_township_committee_mediates_and_the_county_settles(door: Door) -> None:
    walk = Walker(door)
    await _registered_and_handed_down(walk)
    await _assessed_and_accepted(walk)
    await _entrusted_by_the_county_s_petition_office(walk)
    await walk.close()


async def _registered_and_handed_down(walk: Walker) -> None:
    intake = await walk.client("xgll.intake")
    form = await registration(walk.world, persons=2, representatives=1)
    made = await intake.post(f"{API}/cases", json=form)
    assert made.status_code == 201, made.text
    walk.case = made.json()["case"]["id"]
    await walk.do("xgll.director", "approve-registration", answer="approve")
    committee = await walk.world.office("jiantang.chair")
    await walk.do("xgll.director", "offer-handover", to_office_id=committee, reason="near")
    await walk.do("jiantang.chair", "accept-handover", no_conflict=True)
    assert (await walk.read("jiantang.head"))["holder"]["id"] == committee


async def _assessed_and_accepted(walk: Walker) -> None:
    for claim in (await walk.read("jiantang.head", "claims"))[:2]:
        form = {"claim_id": claim["id"], "decision": "suitable", "land_matter": "damage"}
        await walk.do("jiantang.head", "assess-claim", **form)
    third = (await walk.read("jiantang.head", "claims"))[2]["id"]
    refusal: dict[str, Any] = {"ground": "administrative", "legal_basis": "2025年意见第二条", "way": "reconsideration"}
    refusal |= {"land_matter": "compensation_standard", "last_day_unknown": True}
    await walk.do("jiantang.head", "assess-claim", claim_id=third, decision="refused", **refusal)
    people, company = await walk.petitioners("jiantang.head"), await walk.company("jiantang.head")
    await walk.do(
        "jiantang.head",
        "split-claim",
        claim_id=third,
        party_ids=people[-1:],
        organ="迪庆州人民政府",
        advice="可申请复议",
    )
    for kind in ("mediation", "disclosure"):
        await walk.do("jiantang.head", "record-consent", party_ids=people, kind=kind, given=True)
    await walk.do("jiantang.head", "record-consent", party_ids=[company], kind="mediation", given=True)
    await walk.do("jiantang.head", "accept-case", arrangement="就地调解")


async def _entrusted_by_the_county_s_petition_office(walk: Walker) -> None:
    await walk.do("jiantang.head", "propose-entrustment", unit_clear=False, scope="两项诉求")
    await walk.do("xgll.signatory", "sign-entrustment", capacity="petition_office", signed_name="市信访局", sealed=True)
    await walk.do("jiantang.head", "sign-entrustment", capacity="committee", signed_name="镇调委会", sealed=True)
    mediator = await walk.person("jiantang.mediator")
    rows = [{"person_id": mediator, "role": role, "no_conflict": True} for role in ("handler", "mediator")]
    await walk.do("jiantang.head", "form-team", members=rows)
    parties = [*await walk.petitioners("jiantang.head"), await walk.company("jiantang.head")]
    for member in (await walk.options("jiantang.head", "accept-member", "members_to_accept")).values():
        await walk.do(
            "jiantang.head", "accept-member", member_id=member, party_ids=parties, accepted=True, form="written"
        )
    await walk.do("jiantang.head", "confirm-team")
    await walk.do("jiantang.mediator", "write-plan", dispute="开裂原因", measures="就地协商")
    await walk.do("jiantang.mediator", "issue-opinion", **OPINION)
    await _agreed_performed_and_closed(walk, parties)
    await _settled_by_the_county(walk, mediator)
    await _archived_by_the_committee(walk)


async def _agreed_performed_and_closed(walk: Walker, parties: list[str]) -> None:
    *people, company = parties
    today = local_date(walk.world.clock.now())
    money = {"kind": "money", "amount_fen": 500_000, "text": "修复费", "due_on": str(today + timedelta(days=10))}
    terms = [{"party_id": person, "obligor_id": company, **money} for person in people]
    form: dict[str, Any] = {
        "manner": "written",
        "facts": "爆破致裂",
        "matters": "修复费",
        "terms": terms,
        "responsible_id": company,
    }
    await walk.do("jiantang.mediator", "draft-agreement", **form, responsibility="公司负责", undertakes_cost=True)
    asked: dict[str, Any] = {"asked_alone": True, "read_out": True, "may_take_home": True, "free": True}
    for party in parties:
        await walk.do("jiantang.mediator", "confirm-free-will", party_id=party, **asked)
        await walk.do("jiantang.mediator", "sign-agreement", capacity="self", party_id=party)
    await walk.do("jiantang.mediator", "sign-agreement", capacity="mediator")
    await walk.do("jiantang.chair", "seal-agreement", copies=len(parties) + 1)
    await walk.do("jiantang.mediator", "check-relief", none_found=True)
    due = await walk.options("jiantang.mediator", "record-performance", "agreement_terms")
    paid = {"on_date": str(today), "amount_fen": 500_000, "receipt_no": "转账1"}
    await walk.do("jiantang.mediator", "record-performance", rows=[{"term": term, **paid} for term in due.values()])
    for person in people:
        await walk.do(
            "jiantang.mediator", "return-visit", party=person, performed=True, satisfied=True, pressure="none"
        )
    await walk.do("jiantang.head", "close-case", summary="已履行")


async def _settled_by_the_county(walk: Walker, mediator: str) -> None:
    company: dict[str, Any] = {"producer": "enterprise", "unit_name": "云岭路桥建设有限公司", "fault": "enterprise"}
    await walk.do(
        "xgll.payer", "find-responsibility", basis="agreement", reference="责任条款", stopped=False, **company
    )
    shares = [{"person_id": mediator, "percent": 100}]
    scores: dict[str, Any] = {**SCORES}
    await walk.do("jiantang.mediator", "propose-settlement", reason="已全部履行", shares=shares, **scores)
    await walk.do("xgll.reviewer", "review-settlement", verdict="agree")
    for head in ("xgll.justice", "xgll.petition"):
        await walk.do(head, "approve-settlement", verdict="agree")
    await walk.do("xgll.cashier", "pay-settlement", voucher_no="付2026-乡1")
    refused = await walk.attempt("xgll.director", "write-note", text="代写")
    assert refused.status_code == 403


async def _archived_by_the_committee(walk: Walker) -> None:
    """The dossier is the committee's (18a); the county's archivist has no sight of it."""
    assert await walk.status("xgll.archivist") == 404
    items = await walk.options("jiantang.chair", "check-dossier", "dossier_items")
    on_paper = [{"item": int(item), "pages": 1, "note": "纸质件已核"} for item in items.values()]
    await walk.do("jiantang.chair", "check-dossier", on_paper=on_paper)
    await walk.do("jiantang.chair", "archive-dossier", title="就地调解的施工损害纠纷")
    view = await walk.read("jiantang.chair")
    assert (view["state"], view["step"]) == ("archived", 8)
