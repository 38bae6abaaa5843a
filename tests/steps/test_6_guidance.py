"""引导 (五(六)): agreement, or the party's own way; nobody is held, hurried, or made to give up a right."""

from datetime import timedelta
from typing import Any

import pytest

from cases import timers
from cases.models import Case
from foundation.clock import local_date
from foundation.forms import fields_of
from server.catalogue import catalogue
from tests.door import Door
from tests.steps.guidance import SUIT, Sitting
from tests.teams.build import OWED, agreement, confirmed, draft_form, entrusted, terms


def days(sitting: Sitting, number: int) -> str:
    return str(local_date(sitting.world.clock.now()) + timedelta(days=number))


# the agreement -------------------------------------------------------------------------------------------------------


@pytest.mark.obligation("1", "N8")
async def test_no_agreement_takes_effect_without_each_partys_own_written_yes(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_sign()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "free_will_missing"


@pytest.mark.obligation("N8")
async def test_the_answer_whether_one_is_free_stays_with_the_workroom(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_free()
    seen = {event["act"] for event in await sitting.read("diqing.supervisor", "/timeline")}
    assert "draft-agreement" in seen and "confirm-free-will" not in seen


@pytest.mark.obligation("26")
async def test_a_written_agreement_needs_every_signature_the_mediators_and_the_committees_seal(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_free()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "signatures_missing"
    await sitting.all_sign()
    assert await sitting.refused("xgll.director", "seal-agreement", copies=4) == "forbidden"
    await sitting.do("xgll.chair", "seal-agreement", copies=4)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["outcome"]) == ("guided", "agreed")


@pytest.mark.obligation("26")
async def test_an_agreement_is_not_effective_before_its_last_signature(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    await sitting.all_free()
    sitting.later(3)
    await sitting.all_sign(signed_on=days(sitting, -1))
    early, ahead = days(sitting, -2), days(sitting, 1)
    code = await sitting.refused("xgll.chair", "seal-agreement", copies=4, effective_on=early)
    assert code == "effective_before_signature"
    assert await sitting.wrong("xgll.chair", "seal-agreement", copies=4, effective_on=ahead) == {
        ("effective_on", "in_future")
    }
    await sitting.do("xgll.chair", "seal-agreement", copies=4, effective_on=days(sitting, -1))
    paper = (await sitting.papers("agreement"))[0]["content"]
    assert paper["effective_on"] == days(sitting, -1)


@pytest.mark.obligation("26")
async def test_a_signature_is_dated_neither_before_the_draft_nor_ahead(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted()
    party, *_ = await sitting.table()
    for day, rule in ((-1, "before_draft"), (1, "in_future")):
        form = {"capacity": "self", "party_id": party, "signed_on": days(sitting, day)}
        assert await sitting.wrong("xgll.mediator", "sign-agreement", **form) == {("signed_on", rule)}


@pytest.mark.obligation("26")
async def test_a_written_draft_names_no_day_of_effect(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, agreed_on=days(sitting, -1))
    assert await sitting.wrong("xgll.handler", "draft-agreement", **form) == {
        ("agreed_on", "effective_before_signature")
    }


@pytest.mark.obligation("26")
async def test_an_oral_agreement_binds_from_its_day_by_the_mediators_record_alone(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.drafted(manner="oral", agreed_on=days(sitting, 0))
    await sitting.all_free()
    assert await sitting.refused("xgll.chair", "seal-agreement", copies=4) == "oral_not_sealed"
    assert await sitting.refused("xgll.handler", "record-oral-agreement", read_back=True) == "forbidden"
    await sitting.do("xgll.mediator", "record-oral-agreement", read_back=True)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["outcome"]) == ("guided", "oral")
    content = (await sitting.papers("agreement"))[0]["content"]
    assert {"facts", "matters", "terms", "manner", "effective_on"} <= content.keys()


@pytest.mark.obligation("26")
async def test_the_electronic_form_is_for_who_agreed_to_it(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, medium="electronic")
    assert await sitting.refused("xgll.handler", "draft-agreement", **form) == "electronic_not_agreed"
    people = await sitting.table()
    await sitting.do("xgll.handler", "record-consent", party_ids=people, kind="electronic", given=True, form="written")
    await sitting.do("xgll.handler", "draft-agreement", **form)


@pytest.mark.obligation("26")
@pytest.mark.parametrize("family", ["dispute", "matter"])
async def test_marriage_adoption_and_inheritance_fall_back_to_paper(door: Door, family: str) -> None:
    sitting = await Sitting.proposed(door)
    form = await draft_form(sitting.walk, medium="electronic", status_matter=family == "matter")
    if family == "dispute":
        async with sitting.world.owner() as session:
            (await session.get_one(Case, sitting.walk.case_id)).dispute_type = 1
    assert await sitting.wrong("xgll.handler", "draft-agreement", **form) == {("medium", "paper_only")}
    await sitting.do("xgll.handler", "draft-agreement", **form | {"medium": "paper"})


@pytest.mark.obligation("26a", "N8")
@pytest.mark.parametrize(
    ("act", "field", "form"),
    [
        ("draft-agreement", "matters", {}),
        ("terminate", "legal_basis", {"ground": "failed", "channels": [SUIT]}),
        ("record-session", "course", {}),
        ("record-referral", "organ", {"channel": "litigation", "own_application": True}),
    ],
)
async def test_no_field_of_the_agreements_side_holds_such_a_promise(
    door: Door, act: str, field: str, form: dict[str, Any]
) -> None:
    sitting = await Sitting.proposed(door)
    people = await sitting.table()
    if act == "draft-agreement":
        form = await draft_form(sitting.walk)
    elif act == "record-session":
        members = await sitting.options("xgll.mediator", act, "team_seated")
        form = {
            "held_at": "2026-03-02T09:00:00+08:00",
            "place": "工作室",
            "member_ids": list(members.values()),
            "party_ids": people,
            "rights_told": True,
            "petitioner_view": "同意",
            "respondent_view": "同意",
            "result": "agreed",
        }
    elif act == "record-referral":
        form = {**form, "applicants": [people[0]], "applied_on": days(sitting, 0)}
    login = "xgll.mediator" if act == "record-session" else "xgll.handler"
    assert (field, "renunciation") in await sitting.wrong(login, act, **form | {field: "今后不再找任何部门和领导"})


async def test_who_complains_of_such_a_promise_may_name_it(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    done = await sitting.own("file-complaint", kind="pressure", about="process", text="有人要我写下不再上访的保证")
    assert done.status_code == 200, done.text


# leaving -------------------------------------------------------------------------------------------------------------


@pytest.mark.obligation("1", "5a", "N2")
async def test_a_petitioner_leaves_on_the_own_page_by_one_act_without_a_reason(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    assert "leave-mediation" in {act["name"] for act in (await sitting.own_page())["acts"]}
    left = await sitting.own("leave-mediation")
    assert (left.status_code, left.json()["state"]) == (200, "guided")
    view = await sitting.read("xgll.director")
    assert (view["outcome"], view["state"]) == ("withdrawn", "guided")
    notices = await sitting.papers("remedy_notice")
    assert {notice["party_id"] for notice in notices} == set(await everyone_but_the_declined(sitting))
    assert "leave-mediation" not in {act["name"] for act in (await sitting.own_page())["acts"]}


async def everyone_but_the_declined(sitting: Sitting) -> list[str]:
    people = [str(one.id) for one in await sitting.walk.petitioners() if one.status != "declined"]
    return [*people, str((await sitting.walk.company()).id)]


@pytest.mark.obligation("N2", "N9")
async def test_the_mediation_goes_on_for_the_others_and_the_class_does_not_fall(door: Door) -> None:
    sitting = await Sitting.proposed(door, persons=3)
    before = await sitting.read("xgll.director")
    assert (await sitting.own("leave-mediation")).status_code == 200
    after = await sitting.read("xgll.director")
    assert (after["state"], after["case_class"]) == ("proposed", before["case_class"])
    again = await sitting.own("leave-mediation")
    assert (again.status_code, again.json()["code"]) == (409, "not_taking_part")


@pytest.mark.obligation("N2")
@pytest.mark.parametrize("state", ["registered", "set_back", "assessing", "accepted", "entrusted", "proposed"])
async def test_one_may_leave_in_every_state_before_an_end(door: Door, state: str) -> None:
    sitting = Sitting(door, await entrusted(door.world, persons=1))
    async with sitting.world.owner() as session:
        (await session.get_one(Case, sitting.walk.case_id)).state = state
    left = await sitting.own("leave-mediation")
    assert (left.status_code, left.json()["state"]) == (200, "guided"), left.text


@pytest.mark.obligation("5a", "26")
async def test_a_failed_mediation_sends_the_remedies_the_same_day_to_each_party(door: Door) -> None:
    sitting = await Sitting.proposed(door)
    await sitting.do("xgll.handler", "terminate", ground="failed", channels=[SUIT], papers_returned=True)
    notices = await sitting.papers("remedy_notice")
    assert {notice["party_id"] for notice in notices} == set(await everyone_but_the_declined(sitting))
    assert all(notice["content"]["channels"][0]["last_day"] == "2029-03-01" for notice in notices)


# ways of one's own ---------------------------------------------------------------------------------------------------


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
    everyone = await everyone_but_the_declined(sitting)
    form = own_way(sitting, "judicial_confirmation", *everyone, matter="performance", receipt_no="收7")
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
    sitting = await Sitting.agreed(door)
    everyone = await everyone_but_the_declined(sitting)
    for matter in ("status", "real_right"):
        form = own_way(sitting, "judicial_confirmation", *everyone, matter=matter)
        assert await sitting.refused("xgll.handler", "record-referral", **form) == "confirmation_not_open"
    sitting.later(40)
    late = own_way(sitting, "judicial_confirmation", *everyone, matter="performance")
    assert await sitting.refused("xgll.handler", "record-referral", **late) == "confirmation_too_late"


@pytest.mark.obligation("26")
async def test_a_deed_is_for_payments_with_the_clause_and_never_by_the_teams_notary(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    everyone = await everyone_but_the_declined(sitting)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    money = [str(term.id) for term in schedule if term.kind == "money"]
    deed = own_way(sitting, "notarial_deed", *everyone, organ="香格里拉市公证处")
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
    everyone = await everyone_but_the_declined(sitting)
    deed = own_way(sitting, "notarial_deed", *everyone, terms=[str(schedule[0].id)], notary_outside=True)
    assert await sitting.refused("xgll.handler", "record-referral", **deed) == "no_enforcement_clause"


# lawyers and legal aid -----------------------------------------------------------------------------------------------

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


# performance ---------------------------------------------------------------------------------------------------------


async def closed(sitting: Sitting) -> None:
    """Paid, done, visited, closed."""
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    rows = [
        {"term": str(term.id), "on_date": days(sitting, 0)}
        | ({"amount_fen": OWED, "receipt_no": "转账1"} if term.kind == "money" else {})
        for term in schedule[:-1]
    ]
    sitting.later(31)
    rows.append({"term": str(schedule[-1].id), "on_date": days(sitting, 0), "defaulted": True, "path": "declined"})
    await sitting.do("xgll.handler", "record-performance", rows=rows)
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    for party in [str(one.id) for one in await sitting.walk.petitioners() if one.status == "settled"]:
        await sitting.do("xgll.handler", "return-visit", party=party, performed=True)
    await sitting.do("xgll.director", "close-case", summary="债权人暂不主张修复")


@pytest.mark.obligation("26a")
async def test_what_is_not_performed_reopens_a_closed_case_with_its_history(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    await closed(sitting)
    waiting = (await terms((await agreement(sitting.walk)).id, sitting.world))[-1]
    party, new_day = str(waiting.party_id), days(sitting, 20)
    row = {"term": str(waiting.id), "on_date": days(sitting, 0), "defaulted": True, "path": "grace", "new_day": new_day}
    form = {"reported_by": party, "evidence": "墙体仍未修复，照片附卷", "rows": [row]}
    not_default = form | {"rows": [{"term": str(waiting.id), "on_date": days(sitting, 0)}]}
    assert await sitting.wrong("xgll.director", "reopen-case", **not_default) == {("rows.0.defaulted", "required")}
    await sitting.do("xgll.director", "reopen-case", **form)
    view = await sitting.read("xgll.director")
    assert (view["state"], view["step"]) == ("guided", 6)
    acts = [event["act"] for event in await sitting.read("xgll.director", "/timeline")]
    assert {"close-case", "reopen-case", "seal-agreement"} <= set(acts)
    due = {timer["due_at"][:10] for timer in await sitting.read("xgll.director", "/timers") if not timer["done"]}
    assert new_day in due
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    assert await sitting.refused("xgll.director", "close-case", summary="又结案") == "not_performed"


@pytest.mark.obligation("26a")
async def test_a_reopened_archived_case_gets_a_further_volume_under_its_number(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    await closed(sitting)
    await archived(sitting)
    waiting = (await terms((await agreement(sitting.walk)).id, sitting.world))[-1]
    number = (await sitting.read("xgll.archivist"))["details"]["dossier_no"]
    row = {"term": str(waiting.id), "on_date": days(sitting, 0), "defaulted": True, "path": "litigation"}
    form = {"reported_by": str(waiting.party_id), "evidence": "墙体仍未修复", "rows": [row]}
    await sitting.do("xgll.director", "reopen-case", **form)
    await sitting.do("xgll.director", "check-relief", none_found=True)
    await sitting.do("xgll.director", "close-case", summary="当事人已起诉")
    await sitting.do("xgll.archivist", "archive-dossier", title="续卷")
    volumes = await sitting.papers("dossier_list")
    assert [one["content"]["dossier_no"] for one in volumes] == [number, number]
    assert [one["content"]["volumes"] for one in volumes] == [1, 2]
    first, second = ({(line["title"], line["sha256"]) for line in one["content"]["lines"]} for one in volumes)
    assert not first & {line for line in second if line[1]}


async def archived(sitting: Sitting) -> None:
    items = await sitting.options("xgll.archivist", "check-dossier", "dossier_items")
    on_paper = [{"item": int(item), "pages": 2} for item in items.values()]
    await sitting.do("xgll.archivist", "check-dossier", on_paper=on_paper)
    await sitting.do("xgll.archivist", "archive-dossier", title="施工损害纠纷")


@pytest.mark.obligation("26a")
async def test_a_grace_names_its_new_day_and_nothing_else_does(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    sitting.later(31)
    row = {"term": str(schedule[0].id), "on_date": days(sitting, 0), "defaulted": True}
    for wrong in ({"path": "grace"}, {"path": "litigation", "new_day": days(sitting, 9)}):
        assert await sitting.wrong("xgll.handler", "record-performance", rows=[row | wrong]) == {
            ("rows.0.new_day", "grace_day")
        }
    await sitting.do("xgll.handler", "record-performance", rows=[row | {"path": "grace", "new_day": days(sitting, 9)}])
    assert {"performance", "execution"} <= await sitting.running()


@pytest.mark.obligation("26")
async def test_the_committee_urges_and_a_dispute_about_the_agreement_opens_the_court(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    await sitting.do("xgll.chair", "urge-performance", terms=[str(term.id) for term in schedule])
    (letter,) = await sitting.papers("performance_urged")
    assert letter["party_id"] == str((await sitting.walk.company()).id)
    party = str(schedule[0].party_id)
    await sitting.do(
        "xgll.handler", "note-agreement-dispute", party=party, about="content", points="对修复标准理解不同"
    )
    told = [one for one in await sitting.papers("remedy_notice") if "第32条" in one["content"]["legal_basis"]]
    assert {one["party_id"] for one in told} == set(await everyone_but_the_declined(sitting))


@pytest.mark.obligation("N8")
async def test_who_refused_a_visit_is_not_visited_again(door: Door) -> None:
    sitting = await Sitting.agreed(door)
    party = next(str(one.id) for one in await sitting.walk.petitioners() if one.status == "settled")
    await sitting.do("xgll.handler", "return-visit", party=party, refused=True)
    assert await sitting.refused("xgll.handler", "return-visit", party=party, performed=True) == "visit_refused"


@pytest.mark.obligation("N8", "61a")
async def test_a_complaint_of_pressure_to_the_tier_above_freezes_closing(door: Door) -> None:
    sitting = await Sitting.agreed(door, persons=1)
    done = await sitting.own("file-complaint", kind="pressure", about="process", text="有人催我签字")
    assert done.status_code == 200, done.text
    schedule = await terms((await agreement(sitting.walk)).id, sitting.world)
    rows = [
        {"term": str(term.id), "on_date": days(sitting, 0)}
        | ({"amount_fen": OWED, "receipt_no": "转账1"} if term.kind == "money" else {})
        for term in schedule
    ]
    await sitting.do("xgll.handler", "record-performance", rows=rows)
    await sitting.do("xgll.handler", "check-relief", none_found=True)
    party = str((await sitting.walk.petitioners())[0].id)
    await sitting.do("xgll.handler", "return-visit", party=party, performed=True)
    assert await sitting.refused("xgll.director", "close-case", summary="已履行") == "pressure_complaint"


@pytest.mark.obligation("N5")
async def test_no_form_of_guidance_or_relief_asks_a_party_for_money(door: Door) -> None:

    paid = {
        (name, field.name)
        for name, act in catalogue().acts.items()
        if act.step in (5, 6, 7)
        for field in fields_of(act.form)
        if "fee" in field.name or "pay" in field.name
    }
    assert paid == set()


@pytest.mark.obligation("10")
async def test_what_is_unsettled_is_told_by_its_outcome_and_never_by_a_person(door: Door) -> None:
    sitting = Sitting(door, await confirmed(door.world))
    await sitting.do("xgll.director", "terminate", ground="failed", channels=[SUIT])
    event = next(one for one in await sitting.read("xgll.director", "/timeline") if one["act"] == "terminate")
    assert event["data"]["outcome"] == "failed"
    assert not {"party", "name", "person"} & event["data"].keys()
