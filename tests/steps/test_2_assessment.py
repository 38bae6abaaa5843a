"""评析, step two of the eight: what may be mediated, what may not, where it goes instead, who is told."""

from datetime import timedelta
from typing import Any

import pytest

from foundation.clock import local_date
from tenants.models import Office
from tests.door import Door
from tests.people import CLAIMS, registration
from tests.steps.assessing import (
    CIVIL,
    COURT,
    DIRECTOR,
    REFUSED,
    accepted,
    agreed,
    at_assessment,
    claims,
    kinds,
    paper,
    ready,
    suitable,
    wrong,
)
from tests.walk.walker import Walker

LAND = 8
MATTERS = {
    "temporary_use": ("land_use", True),
    "damage": ("injury", True),
    "crops": ("land_use", True),
    "labour": ("contract", True),
    "contract": ("contract", True),
    "compensation_standard": ("expropriation", False),
    "expropriation_decision": ("expropriation", False),
}


@pytest.mark.obligation("11")
@pytest.mark.parametrize(("matter", "nature", "fit"), [(name, *told) for name, told in MATTERS.items()])
async def test_in_an_expropriation_dispute_the_sub_question_decides_and_none_passes_unanswered(
    door: Door, matter: str, nature: str, fit: bool
) -> None:
    """domain.md 13.4: standards and decisions are administrative; land use, damage, crops, labour, contract civil."""
    walk = await at_assessment(door, dispute_type=LAND, claims=[CLAIMS[0]])
    (claim,) = await claims(walk)
    form: dict[str, Any] = {"claim_id": claim, "decision": "suitable"}
    assert await wrong(walk, "assess-claim", **form) == {("land_matter", "required")}
    assert await wrong(walk, "assess-claim", **form, nature="injury") == {("land_matter", "required")}
    if fit:
        await walk.do(DIRECTOR, "assess-claim", **form, land_matter=matter)
    else:
        assert await wrong(walk, "assess-claim", **form, land_matter=matter) == {("decision", "unfit")}
        await walk.do(DIRECTOR, "assess-claim", **{**form, **REFUSED, "land_matter": matter})
    assert (await walk.read(DIRECTOR, "claims"))[0]["nature"] == nature


@pytest.mark.obligation("11")
async def test_a_nature_that_contradicts_the_answer_is_refused(door: Door) -> None:
    walk = await at_assessment(door, dispute_type=LAND, claims=[CLAIMS[2]])
    (claim,) = await claims(walk)
    form: dict[str, Any] = {
        "claim_id": claim,
        "decision": "suitable",
        "land_matter": "compensation_standard",
        "nature": "injury",
    }
    assert await wrong(walk, "assess-claim", **form) == {("nature", "contradicts")}


@pytest.mark.obligation("11")
@pytest.mark.parametrize("nature", ["expropriation", "administrative", "litigation", "special_organ"])
async def test_what_the_2025_opinion_keeps_out_never_goes_to_mediation(door: Door, nature: str) -> None:
    walk = await at_assessment(door)
    first, _ = await claims(walk)
    form: dict[str, Any] = {"claim_id": first, "decision": "suitable", "nature": nature}
    assert await wrong(walk, "assess-claim", **form) == {("decision", "unfit")}


UNFIT = [
    ("injury", "administrative", "civil_suit", {("ground", "unfit")}),
    ("injury", "special_organ", "civil_suit", {("ground", "unfit")}),
    ("contract", "other", "reconsideration", {("way", "unfit")}),
    ("administrative", "party_refuses", "reconsideration", {("ground", "unfit")}),
    ("administrative", "administrative", "civil_suit", {("way", "unfit")}),
    ("litigation", "litigation", "petition", {("way", "unfit")}),
    ("special_organ", "litigation", "other", {("ground", "unfit")}),
]


@pytest.mark.obligation("11", "22")
@pytest.mark.parametrize(("nature", "ground", "way", "errors"), UNFIT)
async def test_a_ground_or_a_channel_that_does_not_fit_the_nature_is_refused_by_name(
    door: Door, nature: str, ground: str, way: str, errors: set[tuple[str, str]]
) -> None:
    walk = await at_assessment(door)
    first, _ = await claims(walk)
    form: dict[str, Any] = {**REFUSED, "claim_id": first, "nature": nature, "ground": ground, "way": way}
    assert await wrong(walk, "assess-claim", **form) == errors


@pytest.mark.obligation("11", "5a")
async def test_a_refusal_names_ground_basis_channel_and_its_last_day_or_says_that_nobody_knows_it(door: Door) -> None:
    walk = await at_assessment(door)
    first, _ = await claims(walk)
    bare: dict[str, Any] = {"claim_id": first, "decision": "refused"}
    missing = {(name, "required") for name in ("ground", "legal_basis", "way", "last_day")}
    assert await wrong(walk, "assess-claim", **bare) == missing
    form: dict[str, Any] = {**REFUSED, "claim_id": first, "nature": "administrative"}
    assert await wrong(walk, "assess-claim", **{**form, "last_day": None}) == {("last_day", "required")}
    assert await wrong(walk, "assess-claim", **form, last_day_unknown=True) == {("last_day", "contradicts")}
    assert await wrong(walk, "assess-claim", **{**form, "last_day": "2026-03-01"}) == {("last_day", "passed")}
    await walk.do(DIRECTOR, "assess-claim", **{**form, "last_day": None}, last_day_unknown=True)


@pytest.mark.obligation("11")
async def test_a_refusing_party_is_a_ground_only_when_its_refusal_is_on_record(door: Door) -> None:
    """人民调解法 17."""
    walk = await at_assessment(door)
    first, _ = await claims(walk)
    form: dict[str, Any] = {**REFUSED, **COURT, "claim_id": first, "ground": "party_refuses", "last_day": None}
    assert await wrong(walk, "assess-claim", **form) == {("ground", "not_recorded")}
    company = await walk.company()
    await walk.do(DIRECTOR, "record-consent", party_ids=[company], kind="mediation", given=False)
    await walk.do(DIRECTOR, "assess-claim", **form)


async def split(walk: Walker, **changes: Any) -> Any:
    """The second claim is administrative and split off for the last petitioner; the new case."""
    _, second = await claims(walk)
    await walk.do(DIRECTOR, "assess-claim", **{**REFUSED, "claim_id": second, "nature": "administrative", **changes})
    people = await walk.petitioners()
    form: dict[str, Any] = {
        "claim_id": second,
        "party_ids": people[-1:],
        "organ": "迪庆州人民政府",
        "advice": "可申请行政复议",
    }
    await walk.do(DIRECTOR, "split-claim", **form)
    other = (await walk.read(DIRECTOR, "claims"))[1]["split_case_id"]
    return (await walk.get(DIRECTOR, f"/cases/{other}")).json()


@pytest.mark.obligation("22", "5a", "N11")
async def test_a_mixed_visit_is_split_both_numbers_stay_and_each_page_names_the_other(door: Door) -> None:
    walk = await at_assessment(door)
    other = await split(walk)
    assert (other["state"], other["registration_no"] != walk.number) == ("refused", True)
    here = (await walk.read(DIRECTOR, "assessment"))["links"]
    there = (await walk.get(DIRECTOR, f"/cases/{other['id']}/assessment")).json()["links"]
    assert [(one["kind"], one["other_no"]) for one in here] == [("split_to", other["registration_no"])]
    assert [(one["kind"], one["other_no"]) for one in there] == [("split_from", walk.number)]
    async with await door.browser(DIRECTOR) as browser:
        for address, named in ((walk.case, other["registration_no"]), (other["id"], walk.number)):
            assert named in (await browser.get(f"/cases/{address}")).text
    refusal = (await paper(walk, "refusal", case=other["id"]))["content"]
    assert (refusal["split_from"], refusal["advice"], refusal["last_day"]) == (
        walk.number,
        "可申请行政复议",
        "2026-04-20",
    )
    told = (await paper(walk, "split_notice"))["content"]
    assert told["split_to"] == other["registration_no"]
    notice = await paper(walk, "remedy_notice", case=other["id"])
    assert notice["paper"]["issued_at"][:10] == str(local_date(door.world.clock.now()))
    assert any("12348" in helper for helper in notice["content"]["free_helpers"])
    assert notice["content"]["remedy_clock"]


@pytest.mark.obligation("5a")
async def test_an_unknown_last_day_is_said_to_be_unknown_in_the_notice(door: Door) -> None:
    walk = await at_assessment(door)
    other = await split(walk, last_day=None, last_day_unknown=True)
    notice = await paper(walk, "remedy_notice", case=other["id"])
    assert [channel["last_day"] for channel in notice["content"]["channels"]] == ["不明，请尽早向受理机关查询"]


@pytest.mark.obligation("5a", "N2")
async def test_a_last_day_that_the_remedy_clock_knows_is_named_though_the_officer_does_not_know_it(door: Door) -> None:
    told = [CIVIL[0], {**CLAIMS[2], "known_on": "2026-02-10"}]
    walk = await at_assessment(door, claims=told)
    other = await split(walk, last_day=None, last_day_unknown=True)
    notice = (await paper(walk, "remedy_notice", case=other["id"]))["content"]
    assert [channel["last_day"] for channel in notice["channels"]] == ["2026-04-13"]
    assert "2026-04-13" in {row["last_day"] for row in notice["remedy_clock"]}


REFUSAL: dict[str, Any] = {
    **COURT,
    "ground": "party_refuses",
    "legal_basis": "人民调解法第17条",
    "advice": "可向人民法院起诉，也可申请法律援助",
}


@pytest.mark.obligation("11", "22")
async def test_a_fit_case_is_not_refused_unless_a_side_will_not(door: Door) -> None:
    walk = await at_assessment(door)
    await suitable(walk)
    await walk.refused(DIRECTOR, "refuse-case", "refusal_unfounded", **REFUSAL)
    await walk.do(DIRECTOR, "record-consent", party_ids=[await walk.company()], kind="mediation", given=False)
    assert await wrong(walk, "refuse-case", **{**REFUSAL, "ground": "administrative"}) == {("ground", "unfit")}
    assert await wrong(walk, "refuse-case", **{**REFUSAL, "way": "reconsideration"}) == {("way", "unfit")}
    assert await wrong(walk, "refuse-case", **{**REFUSAL, "last_day_unknown": False}) == {("last_day", "required")}
    await walk.do(DIRECTOR, "refuse-case", **REFUSAL)
    assert (await walk.read(DIRECTOR))["state"] == "refused"
    assert (await kinds(walk)).count("remedy_notice") == 2


async def warned(walk: Walker, login: str) -> list[dict[str, Any]]:
    """Of this case, among all that the office has been warned of."""
    found, after = [], ""
    while True:
        page = (await walk.get(login, f"/warnings?size=200{after}")).json()
        found += [one for one in page["warnings"] if one["case_id"] == walk.case]
        if page["after"] is None:
            return found
        after = f"&after={page['after']}"


@pytest.mark.obligation("5", "20", "22", "N6")
async def test_a_refusal_of_ten_or_more_warns_area_and_departments_and_names_nobody(door: Door) -> None:
    walk = await at_assessment(door, persons=10)
    await suitable(walk)
    await walk.do(DIRECTOR, "record-consent", party_ids=[await walk.company()], kind="mediation", given=False)
    assert await wrong(walk, "refuse-case", **REFUSAL) == {("warn_office_ids", "required")}
    offices = await walk.options(DIRECTOR, "refuse-case", "warning_receivers")
    area = next(int(value) for name, value in offices.items() if name == "建塘镇司法所信访接待窗口")
    telling: dict[str, Any] = {"warn_office_ids": [area], "departments": "香格里拉市交通运输局"}
    assert await wrong(walk, "refuse-case", **REFUSAL, **telling) == {("help_needed", "required")}
    watching: dict[str, Any] = {**telling, "help_needed": "请稳控"}
    assert await wrong(walk, "refuse-case", **REFUSAL, **watching) == {("help_needed", "forbidden")}
    assert (await walk.read(DIRECTOR))["state"] == "assessing"
    await walk.do(DIRECTOR, "refuse-case", **REFUSAL, **telling, help_needed="请就地说明修复标准，协助联系法律援助")
    (warning,) = await warned(walk, "jiantang.head")
    assert not any(name in str(warning) for name in ("和春生", "鲁茸", walk.number))
    assert warning["received"] is False
    await walk.do("jiantang.head", "acknowledge-warning", warning_id=warning["id"])
    assert await warned(walk, "jiantang.head") == [{**warning, "received": True}]
    again = await walk.attempt("jiantang.head", "acknowledge-warning", warning_id=warning["id"])
    assert again.json()["code"] == "nothing_to_acknowledge"
    assert "acknowledge-warning" in {event["act"] for event in await walk.read(DIRECTOR, "timeline")}


@pytest.mark.obligation("22", "22a", "19")
@pytest.mark.parametrize(
    "source",
    ["joint_conference", "leader", "unit", "petition_office", "department", "committee"],
)
async def test_a_source_other_than_the_parties_own_application_needs_each_party_asked(door: Door, source: str) -> None:
    other_side = [
        {"kind": "unit", "name": "云岭路桥建设有限公司", "unit_kind": "enterprise"},
        {"kind": "unit", "name": "香格里拉某建材店", "unit_kind": "enterprise"},
    ]
    walk = await at_assessment(door, source=source, other_side=other_side)
    await suitable(walk)
    await agreed(walk)
    accept: dict[str, Any] = {"arrangement": "三十日内办结"}
    await walk.refused(DIRECTOR, "accept-case", "each_party_must_consent", **accept)
    second = [one["id"] for one in await walk.read(DIRECTOR, "parties") if one["side"] == "respondent"][1]
    await walk.do(DIRECTOR, "record-consent", party_ids=[second], kind="mediation", given=True)
    await walk.do(DIRECTOR, "accept-case", **accept)


@pytest.mark.obligation("22a", "15a", "19")
async def test_what_the_public_reports_makes_a_dispute_without_a_named_petitioner(door: Door) -> None:
    named = {**await registration(door.world, persons=1), "source": "public"}
    async with await door.program("xgll.intake") as intake:
        refused = await intake.post("/api/v1/cases", json=named)
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [("petitioners", "names_persons")]
    walk = await at_assessment(door, persons=0, source="public")
    view = await walk.read(DIRECTOR)
    assert (view["person_count"], view["details"]["source"], walk.codes) == (0, "public", [])
    assert await walk.petitioners(active=False) == []
    await suitable(walk)
    await walk.refused(DIRECTOR, "accept-case", "each_party_must_consent", arrangement="三十日内办结")
    await agreed(walk)
    await walk.refused(DIRECTOR, "accept-case", "consent_missing", arrangement="三十日内办结")


@pytest.mark.obligation("19", "N1")
async def test_where_a_dispute_stands_is_proved_by_the_petition_offices_register_alone(door: Door) -> None:
    walk = await at_assessment(door)
    here: dict[str, Any] = {"between": "person_unit", "phase": "petitioned"}
    missing = {("level", "required"), ("register_no", "required")}
    assert await wrong(walk, "record-standing", **here) == missing
    assert await wrong(walk, "record-standing", between="persons", phase="now", level="beijing") == {
        ("level", "not_wanted")
    }
    await walk.do(DIRECTOR, "record-standing", **here, level="prefecture", register_no="迪信访〔2026〕0012")
    standing = (await walk.read(DIRECTOR, "assessment"))["standing"]
    assert standing == {**here, "level": "prefecture", "register_no": "迪信访〔2026〕0012"}


@pytest.mark.obligation("12", "13", "56")
async def test_priority_tags_are_a_disputes_each_with_its_paper_and_end_when_they_are_not_named_again(
    door: Door,
) -> None:
    walk = await at_assessment(door)
    first = [{"tag": "leader_charge", "basis": "市委办〔2026〕8号"}, {"tag": "yangtze", "basis": "市发改委清单"}]
    await walk.do(DIRECTOR, "tag-case", tags=first)
    assert await wrong(walk, "tag-case", tags=[first[0], first[0]]) == {("tags", "repeated")}
    await walk.do(DIRECTOR, "tag-case", tags=[first[0], {"tag": "hard_bone", "basis": "积案清单第3号"}])
    tags = (await walk.read(DIRECTOR, "assessment"))["tags"]
    assert {one["tag"]: one["basis"] for one in tags} == {
        "leader_charge": "市委办〔2026〕8号",
        "hard_bone": "积案清单第3号",
    }


@pytest.mark.obligation("22b")
async def test_taking_over_accepting_and_the_petition_organs_own_acceptance_are_three_acts_with_three_clocks(
    door: Door,
) -> None:
    """接收 / 受理（调解） / 受理（信访）."""
    walk = await ready(door)
    titles = {act["name"]: act["title"] for act in (await walk.read(DIRECTOR))["available_actions"]}
    assert titles["accept-case"] == "受理（调解）"
    assert titles["record-petition-acceptance"] == "登记受理（信访）"
    petition: dict[str, Any] = {
        "organ": "香格里拉市住房和城乡建设局",
        "number": "香建信受〔2026〕3号",
        "accepted_on": "2026-02-20",
    }
    tomorrow = str(local_date(door.world.clock.now()) + timedelta(days=1))
    ahead: dict[str, Any] = {**petition, "accepted_on": tomorrow}
    assert await wrong(walk, "record-petition-acceptance", **ahead) == {("accepted_on", "in_future")}
    await walk.do(DIRECTOR, "record-petition-acceptance", **petition)
    await walk.refused(DIRECTOR, "record-petition-acceptance", "petition_accepted", **petition)
    view = await walk.read(DIRECTOR)
    assert (view["state"], view["accepted_at"], view["due_at"]) == ("assessing", None, None)
    await walk.do(DIRECTOR, "accept-case", arrangement="三十日内办结")
    ends = {one["kind"]: one["due_at"][:10] for one in await walk.read(DIRECTOR, "timers")}
    assert (ends["handling"], ends["mediation"]) == ("2026-04-21", "2026-04-01")
    assert (await walk.read(DIRECTOR))["due_at"][:10] == "2026-04-01"


@pytest.mark.obligation("18", "18a")
async def test_a_station_without_a_committee_receives_assesses_and_refers_but_does_not_accept(door: Door) -> None:
    walk = await ready(door)
    office = await door.world.office(DIRECTOR)
    async with door.world.owner() as session:
        holder = await session.get_one(Office, office)
        committee, holder.committee_id = holder.committee_id, None
    try:
        await walk.refused(DIRECTOR, "accept-case", "committee_missing", arrangement="三十日内办结")
        await walk.do(DIRECTOR, "record-standing", between="person_unit", phase="now")
        await walk.do(
            DIRECTOR, "offer-handover", to_office_id=await door.world.office("diqing.director"), reason="major"
        )
    finally:
        async with door.world.owner() as session:
            (await session.get_one(Office, office)).committee_id = committee


@pytest.mark.obligation("16")
async def test_a_trades_dispute_takes_the_green_lane_to_a_trades_committee_and_is_answered_first(door: Door) -> None:
    medical = 15
    plain, walk = await at_assessment(door), await at_assessment(door, dispute_type=medical)
    committee = await door.world.office("xgll.chair")
    offer: dict[str, Any] = {"to_office_id": committee, "reason": "green_lane"}
    async with door.world.owner() as session:
        office = await session.get_one(Office, committee)
        before, office.committee_kind = office.committee_kind, "stationed"
    assert await wrong(walk, "offer-handover", **offer) == {("to_office_id", "unfit")}
    async with door.world.owner() as session:
        (await session.get_one(Office, committee)).committee_kind = "industry"
    try:
        assert await wrong(plain, "offer-handover", **offer) == {("reason", "unfit")}
        people = await walk.petitioners()
        await walk.do(DIRECTOR, "answer-transfer", office_id=committee, party_ids=people, accepted=True)
        await walk.do(DIRECTOR, "offer-handover", **offer)
        (made,) = await walk.read(DIRECTOR, "handovers")
        assert (made["reason"], made["answer_by"][:10]) == ("green_lane", "2026-03-05")
        await walk.do("xgll.chair", "accept-handover", no_conflict=True)
        assert (await walk.read(DIRECTOR))["holder"]["id"] == committee
    finally:
        async with door.world.owner() as session:
            (await session.get_one(Office, committee)).committee_kind = before


ACCUSED: dict[str, Any] = {"organ": "香格里拉市纪委监委", "handed_on": "2026-03-02", "receipt_no": "纪收2026-07"}


@pytest.mark.obligation("N3a")
async def test_an_accusation_is_diverted_and_nothing_but_a_receipt_stays(door: Door) -> None:
    walk = await accepted(door, claims=CIVIL)
    await walk.do(DIRECTOR, "divert-accusation", **ACCUSED)
    kept = (await paper(walk, "diversion"))["content"]
    assert {name: value for name, value in kept.items() if value} == ACCUSED
    assert (await walk.read(DIRECTOR))["state"] == "accepted"
    ahead: dict[str, Any] = {**ACCUSED, "handed_on": "2026-03-09"}
    assert await wrong(walk, "divert-accusation", **ahead) == {("handed_on", "in_future")}


@pytest.mark.obligation("N3a")
async def test_no_path_shows_the_diversion_to_anyone_outside_the_holders_own_people(door: Door) -> None:
    walk = await accepted(door, claims=CIVIL)
    await walk.do(DIRECTOR, "divert-accusation", **ACCUSED)
    for outsider in ("diqing.supervisor", "yunnan.supervisor", "xgll.daily", "xgll.referrer", "diqing.lgo"):
        for part in ("", "timeline", "papers", "notes", "claims", "consents", "timers"):
            shown = await walk.get(outsider, f"/cases/{walk.case}/{part}".rstrip("/"))
            for secret in ("纪收2026-07", "纪委监委", "divert-accusation", "检举控告"):
                assert secret not in shown.text, (outsider, part)
