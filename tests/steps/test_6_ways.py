"""引导 (五(六)): the own way by the own application; a lawyer is chosen alone, legal aid refused to nobody."""

from datetime import timedelta
from typing import Any

import pytest

from cases import timers
from cases.models import Case
from tests.door import Door
from tests.steps.guidance import SUIT, Sitting, days, everyone
from tests.teams.build import agreement, terms


def own_way(sitting: Sitting, channel: str, *applicants: str, **more: Any) -> dict[str, Any]:
    return {
        "channel": channel,
        "applicants": list(applicants),
        "own_application": True,
        "organ": "香格里拉市人民法院",
        "applied_on": days(sitting, 0),
        **more,
    }


@pytest.mark.obligation("26")
@pytest.mark.parametrize("channel", ["litigation", "arbitration", "reconsideration"])
async def test_each_goes_to_court_or_organ_by_the_own_application_and_the_receipt_comes_before_the_result(
    door: Door, channel: str
) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    form = own_way(sitting, channel, party)
    not_own = form | {"own_application": False}
    assert await sitting.wrong("xgll.handler", "record-referral", **not_own) == {("own_application", "own_only")}
    decided = form | {"result": "granted"}
    assert await sitting.wrong("xgll.handler", "record-referral", **decided) == {("receipt_no", "required")}
    await sitting.do("xgll.handler", "record-referral", **form)
    (waiting,) = (await sitting.options("xgll.handler", "answer-referral", "open_referrals")).values()
    answer = {"referral": waiting, "result": "granted", "answered_on": days(sitting, 0)}
    assert await sitting.wrong("xgll.handler", "answer-referral", **answer) == {("receipt_no", "required")}
    ahead = answer | {"answered_on": days(sitting, 1), "receipt_no": "收001"}
    assert await sitting.wrong("xgll.handler", "answer-referral", **ahead) == {("answered_on", "in_future")}
    await sitting.do("xgll.handler", "answer-referral", **answer, receipt_no="收001", document_no="（2026）云民初1号")
    assert await sitting.refused("xgll.handler", "answer-referral", **answer) == "no_open_referral"


@pytest.mark.obligation("26")
async def test_the_courts_answer_on_confirmation_is_recorded_with_its_number(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    people = await everyone(sitting)
    form = own_way(sitting, "judicial_confirmation", *people, matter="performance", receipt_no="收7")
    await sitting.do("xgll.handler", "record-referral", **form)
    assert "confirmation" not in await sitting.running()
    (waiting,) = (await sitting.options("xgll.handler", "answer-referral", "open_referrals")).values()
    result = {"result": "granted", "answered_on": days(sitting, 0), "document_no": "（2026）云3401调确字第1号"}
    await sitting.do("xgll.handler", "answer-referral", referral=waiting, **result)
    (referral,) = await sitting.read("xgll.handler", "/referrals")
    assert (referral["result"], referral["document_no"]) == ("granted", "（2026）云3401调确字第1号")


@pytest.mark.obligation("26")
async def test_confirmation_is_asked_within_thirty_days_of_effect_and_never_on_status_or_real_rights(
    door: Door,
) -> None:
    sitting = await Sitting.agreed(door, persons=3)
    people = await everyone(sitting)
    for matter in ("status", "real_right"):
        form = own_way(sitting, "judicial_confirmation", *people, matter=matter)
        assert await sitting.refused("xgll.handler", "record-referral", **form) == "confirmation_not_open"
    *petitioners, company = people
    for runs, petitioner in zip((len(petitioners) > 1, False), petitioners, strict=False):
        own = own_way(sitting, "judicial_confirmation", petitioner, company, matter="performance")
        await sitting.do("xgll.handler", "record-referral", **own)
        assert ("confirmation" in await sitting.running()) is runs  # until the last of them has applied
    sitting.later(40)
    late = own_way(sitting, "judicial_confirmation", *people, matter="performance")
    assert await sitting.refused("xgll.handler", "record-referral", **late) == "confirmation_too_late"


@pytest.mark.obligation("26")
async def test_a_deed_is_for_payments_with_the_clause_and_never_by_the_teams_notary(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    people = await everyone(sitting)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    money = [str(term.id) for term in schedule if term.kind == "money"]
    deed = own_way(sitting, "notarial_deed", *people, organ="香格里拉市公证处")
    inside = str((await sitting.world.subject("xgll.notary_a")).person_id)
    code = await sitting.refused("xgll.handler", "record-referral", **deed, terms=money, notary=inside)
    assert code == "notary_on_team"
    every = [str(term.id) for term in schedule]
    assert await sitting.wrong("xgll.handler", "record-referral", **deed, terms=every, notary_outside=True) == {
        ("terms", "payment_only")
    }
    await sitting.do("xgll.handler", "record-referral", **deed, terms=money, notary_outside=True)


@pytest.mark.obligation("26")
async def test_there_is_no_enforceable_deed_without_the_clause(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted(accepts_enforcement=False)
    await sitting.all_free()
    await sitting.all_sign()
    await sitting.do("xgll.chair", "seal-agreement", copies=4)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    people = await everyone(sitting)
    deed = own_way(sitting, "notarial_deed", *people, terms=[str(schedule[0].id)], notary_outside=True)
    assert await sitting.refused("xgll.handler", "record-referral", **deed) == "no_enforcement_clause"


LAWYER: dict[str, Any] = {"firm": "迪庆某律师事务所", "name": "外来律师"}


@pytest.mark.obligation("26b")
async def test_a_party_chooses_a_lawyer_alone_and_only_after_the_written_notice(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    early = await sitting.own("choose-lawyer", **LAWYER)
    assert (early.status_code, early.json()["code"]) == (409, "lawyers_not_told")
    await sitting.do("xgll.handler", "give-lawyer-notice", parties=[party])
    (notice,) = await sitting.papers("lawyer_notice")
    assert notice["party_id"] == party and "终止" in notice["content"]["aid_ends"]
    assert notice["content"]["free_helpers"]
    chosen = await sitting.own("choose-lawyer", **LAWYER)
    assert chosen.status_code == 200, chosen.text
    (referral,) = await sitting.read("xgll.handler", "/referrals")
    assert (referral["channel"], referral["applicant_ids"]) == ("own_lawyer", [party])
    by_staff = own_way(sitting, "own_lawyer", party)
    assert await sitting.refused("xgll.handler", "record-referral", **by_staff) == "choice_is_theirs"


@pytest.mark.obligation("26b")
async def test_a_choice_on_paper_is_the_partys_own_signed_paper_after_the_notice(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    form = {**LAWYER, "party": party, "signed_on": days(sitting, 0)}
    assert await sitting.refused("xgll.handler", "record-lawyer-choice", **form) == "lawyers_not_told"
    await sitting.do("xgll.handler", "give-lawyer-notice", parties=[party])
    ahead = form | {"signed_on": days(sitting, 1)}
    assert await sitting.wrong("xgll.handler", "record-lawyer-choice", **ahead) == {("signed_on", "in_future")}
    await sitting.do("xgll.handler", "record-lawyer-choice", **form)


@pytest.mark.obligation("26b")
async def test_an_own_lawyer_ends_legal_aid_and_the_party_knows_it_before(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    await sitting.do("xgll.handler", "record-referral", **own_way(sitting, "legal_aid", party))
    assert "legal_aid_decision" in await sitting.running()
    await sitting.do("xgll.handler", "give-lawyer-notice", parties=[party])
    unaware = await sitting.own("choose-lawyer", **LAWYER)
    assert (unaware.status_code, unaware.json()["code"]) == (409, "legal_aid_ends")
    assert (await sitting.own("choose-lawyer", **LAWYER, aid_end_known=True)).status_code == 200
    results = {one["channel"]: one["result"] for one in await sitting.read("xgll.handler", "/referrals")}
    assert results["legal_aid"] == "aid_ended"


@pytest.mark.obligation("26b")
async def test_the_handling_lawyer_acts_only_after_the_team_and_with_both_sides_consent(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    await sitting.do("xgll.handler", "give-lawyer-notice", parties=[party])
    lawyer, name = await named(sitting, "xgll.lawyer")
    inside: dict[str, Any] = {"firm": "迪庆某律师事务所", "name": name}
    for form in (inside, inside | {"case_lawyer": lawyer}):
        assert (await sitting.own("choose-lawyer", **form)).json()["code"] == "lawyer_on_team"
    await sitting.do("xgll.director", "terminate", ground="failed", channels=[SUIT])
    await sitting.do("xgll.director", "dissolve-team", reason="done")
    assert (await sitting.own("choose-lawyer", **inside)).json()["code"] == "handling_lawyer_not_agreed"
    mediator, name = await named(sitting, "xgll.mediator")
    assert (await sitting.own("choose-lawyer", firm="某律师事务所", name=name)).json()["code"] == "lawyer_on_team"
    everyone = await sitting.table()
    yes = {"kind": "handling_lawyer", "given": True, "form": "written"}
    await sitting.do("xgll.director", "record-consent", party_ids=everyone, **yes)
    assert (await sitting.own("choose-lawyer", **inside, case_lawyer=lawyer)).status_code == 200


async def named(sitting: Sitting, login: str) -> tuple[str, str]:
    subject = await sitting.world.subject(login)
    return str(subject.person_id), subject.name


@pytest.mark.obligation("26")
@pytest.mark.parametrize(
    ("form", "eligibility"),
    [
        ({"matter": "abuse"}, "no_test"),
        ({"matter": "injury", "unchecked": "relief_recipient"}, "no_check"),
        ({"matter": "injury", "hardship": True}, "hardship"),
        ({"matter": "injury"}, "not_shown"),
        ({}, "outside"),
    ],
)
async def test_legal_aid_is_held_against_the_laws_table_and_refused_to_nobody(
    door: Door, form: dict[str, Any], eligibility: str
) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    await sitting.do("xgll.handler", "check-legal-aid", party=party, centre="香格里拉市法律援助中心", **form)
    (told,) = await sitting.papers("legal_aid_check")
    assert (told["content"]["eligibility"], told["party_id"]) == (eligibility, party)
    assert "第43条" in told["content"]["days"] and told["content"]["basis"]


@pytest.mark.obligation("26")
async def test_with_less_than_seven_days_to_a_limitation_aid_comes_before_the_check(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    form = {"party": party, "matter": "injury", "centre": "香格里拉市法律援助中心"}
    for left in (7, 6):
        async with sitting.world.owner() as session:
            case = await session.get_one(Case, sitting.walk.case_id)
            due = sitting.world.clock.now() + timedelta(days=left)
            await timers.start(session, case, "labour_arbitration", due=due)
        await sitting.do("xgll.handler", "check-legal-aid", **form)
    before, soon = await sitting.papers("legal_aid_check")
    assert before["content"]["first"] is None and "第44条" in soon["content"]["first"]


@pytest.mark.obligation("26")
async def test_aid_ahead_of_its_check_runs_until_the_centres_answer_and_is_asked_for_when_it_is_urgent(
    door: Door,
) -> None:
    """法律援助法 44: from the application to the first answer, without a day of grace."""
    sitting = await Sitting.proposed(door)
    party, *_ = await sitting.table()
    aid = own_way(sitting, "legal_aid", party, organ="香格里拉市法律援助中心", ahead=True)
    assert await sitting.wrong("xgll.handler", "record-referral", **aid) == {("ahead", "not_urgent")}
    async with sitting.world.owner() as session:
        case = await session.get_one(Case, sitting.walk.case_id)
        await timers.start(session, case, "labour_arbitration", due=sitting.world.clock.now() + timedelta(days=5))
    suit = own_way(sitting, "litigation", party, ahead=True)
    assert await sitting.wrong("xgll.handler", "record-referral", **suit) == {("ahead", "only_legal_aid")}
    await sitting.do("xgll.handler", "record-referral", **aid)
    assert {"legal_aid_first", "legal_aid_decision"} <= await sitting.running()
    ((_, referral),) = (await sitting.options("xgll.handler", "answer-referral", "open_referrals")).items()
    answer = {"referral": referral, "answered_on": days(sitting, 0), "receipt_no": "法援〔2026〕1号"}
    await sitting.do("xgll.handler", "answer-referral", **answer, result="accepted")
    assert "legal_aid_first" in await sitting.running()
    await sitting.do("xgll.handler", "answer-referral", **answer, result="granted")
    assert {kind for kind in await sitting.running() if kind.startswith("legal_aid")} == {"legal_aid_assignment"}
