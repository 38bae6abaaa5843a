"""归档, step eight: one dossier for one case, nothing mandatory missing, kept safe, lent and given back on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dossiers.volume import DossierItem
from foundation.clock import local_date
from tests.door import Door
from tests.dossiers.build import Built, agreed_case, give_paper, rows, table_case
from tests.dossiers.following import closed, nobody_in_hardship
from tests.walk.walker import Walker, lacking

ARCHIVIST, DIRECTOR, CHAIR, AUDITOR = "xgll.archivist", "xgll.director", "xgll.chair", "xgll.auditor"
IDENTITY = {"item": 3, "pages": 2, "note": "复印件存纸质卷"}
LOAN: dict[str, Any] = {
    "reader": "own",
    "borrower": "何建国",
    "unit": "香格里拉市人民调解工作室",
    "purpose": "核对同类纠纷",
    "manner": "on_the_spot",
    "identity_checked": True,
}


async def closed_case(door: Door) -> tuple[Walker, Built]:
    """An agreed case, performed, visited and closed, with the papers of the mediation."""
    built = await agreed_case(door.world)
    await give_paper(door.world, built, "session", result="agreed")
    await give_paper(door.world, built, "agreement", text="协议")
    await closed(door.world, built)
    walk = Walker(door)
    walk.case = str(built.case_id)
    return walk, built


async def archived(door: Door) -> tuple[Walker, Built]:
    walk, built = await closed_case(door)
    await walk.do(ARCHIVIST, "check-dossier", on_paper=[IDENTITY])
    await walk.do(ARCHIVIST, "archive-dossier", title="道路施工损害赔偿纠纷")
    return walk, built


def in_days(walk: Walker, days: int) -> str:
    return str(local_date(walk.world.clock.now()) + timedelta(days=days))


async def wrong(walk: Walker, act: str, **form: Any) -> set[tuple[str, str]]:
    """(field, rule) of what was refused; nothing was recorded."""
    before = await walk.read(ARCHIVIST, "loans")
    problem = await walk.refused(ARCHIVIST, act, "invalid_input", **form)
    assert await walk.read(ARCHIVIST, "loans") == before
    return {(error["field"], error["rule"]) for error in problem["errors"]}


async def lend(walk: Walker, **changes: Any) -> None:
    await walk.do(ARCHIVIST, "lend-dossier", **{**LOAN, "due_on": in_days(walk, 7), **changes})


@pytest.mark.obligation("28")
async def test_no_dossier_is_archived_with_a_mandatory_item_missing_and_each_is_named(door: Door) -> None:
    walk, built = await closed_case(door)
    problem = await walk.refused(ARCHIVIST, "archive-dossier", "dossier_incomplete", title="纠纷卷宗")
    assert "当事人身份证明" in problem["detail"]
    view = await walk.read(ARCHIVIST)
    assert (view["state"], view["details"]["dossier_no"]) == ("closed", None)
    assert await rows(door.world, DossierItem, built) == []


@pytest.mark.obligation("28", "24")
async def test_no_dossier_is_archived_while_somebody_s_object_is_held(door: Door) -> None:
    built = await agreed_case(door.world)
    walk = Walker(door)
    walk.case = str(built.case_id)
    hand: dict[str, Any] = {"moved_at": door.world.clock.now().isoformat(), "both_signed": True, "kept_at": "柜1"}
    keeper = str((await door.world.subject("xgll.handler")).person_id)
    thing = {"name": "墙砖", "marks": "缺角", "from_party": str(built.petitioners[0]), "keeper": keeper}
    await walk.do("xgll.handler", "receive-object", **hand, **thing)
    await give_paper(door.world, built, "session", result="agreed")
    await give_paper(door.world, built, "agreement", text="协议")
    await closed(door.world, built)
    await walk.do(ARCHIVIST, "check-dossier", on_paper=[IDENTITY])
    await walk.refused(ARCHIVIST, "archive-dossier", "objects_held", title="纠纷卷宗")


@pytest.mark.obligation("28")
async def test_one_case_is_one_dossier_numbered_once_with_every_paper_on_its_list(door: Door) -> None:
    walk, built = await archived(door)
    number = (await walk.read(ARCHIVIST))["details"]["dossier_no"]
    assert number.startswith("云533401调卷〔2026〕")
    papers = await walk.read(ARCHIVIST, "papers")
    listed = {line.source for line in await rows(door.world, DossierItem, built)}
    assert {f"papers:{paper['id']}" for paper in papers if paper["kind"] != "dossier_list"} <= listed
    await walk.refused(ARCHIVIST, "archive-dossier", "move_refused", title="第二卷")
    assert (await walk.read(ARCHIVIST))["details"]["dossier_no"] == number


@pytest.mark.obligation("28")
async def test_who_archives_are_the_keepers_of_dossiers_and_nobody_else(door: Door) -> None:
    walk, _ = await closed_case(door)
    for other in (DIRECTOR, "xgll.handler", "xgll.intake"):
        assert (await walk.attempt(other, "archive-dossier", title="纠纷卷宗")).status_code == 403
    for stranger in ("deqin.director", "jiantang.head"):
        assert (await walk.attempt(stranger, "archive-dossier", title="纠纷卷宗")).status_code == 404


@pytest.mark.obligation("28")
async def test_an_archived_case_changes_no_more(door: Door) -> None:
    walk, _ = await archived(door)
    before = await walk.read(ARCHIVIST)
    for login, act, form in (
        (ARCHIVIST, "check-dossier", {"on_paper": [IDENTITY]}),
        (DIRECTOR, "close-case", {"summary": "再结一次"}),
        (DIRECTOR, "check-relief", {"none_found": True}),
        ("xgll.handler", "return-visit", {"party": str(UUID(int=1)), "performed": True, "pressure": "none"}),
    ):
        await walk.refused(login, act, "move_refused", **form)
    assert await walk.read(ARCHIVIST) == before


@pytest.mark.obligation("28")
async def test_a_dossier_is_due_at_the_archives_after_ten_years_of_a_county_and_handed_over_once(door: Door) -> None:
    """档案法实施条例 20(2): the clock runs from the binding to the handing over."""
    walk, _ = await archived(door)
    (runs,) = [one for one in await walk.read(ARCHIVIST, "timers") if one["kind"] == "archives_transfer"]
    assert (runs["due_at"][:10], runs["done"]) == ("2036-03-02", False)
    form = {"archives": "香格里拉市档案馆", "transferred_on": in_days(walk, 0), "list_no": "移交〔2026〕1号"}
    early = {**form, "transferred_on": in_days(walk, -1)}
    assert await wrong(walk, "transfer-dossier", **early) == {("transferred_on", "before_archiving")}
    await walk.do(ARCHIVIST, "transfer-dossier", **form)
    (runs,) = [one for one in await walk.read(ARCHIVIST, "timers") if one["kind"] == "archives_transfer"]
    assert runs["done"]
    await walk.refused(ARCHIVIST, "lend-dossier", "dossier_transferred", **{**LOAN, "due_on": in_days(walk, 7)})
    await walk.refused(ARCHIVIST, "transfer-dossier", "dossier_transferred", **form)


@pytest.mark.obligation("28")
async def test_every_loan_and_return_stands_in_the_log_and_the_case_does_not_change(door: Door) -> None:
    walk, _ = await archived(door)
    version = (await walk.read(ARCHIVIST))["version"]
    await lend(walk)
    (loan,) = await walk.read(ARCHIVIST, "loans")
    assert (loan["ordinal"], loan["borrower"], loan["purpose"]) == (1, LOAN["borrower"], LOAN["purpose"])
    assert (loan["due_on"], loan["returned_at"], loan["days_overdue"]) == (in_days(walk, 7), None, 0)
    await walk.do(ARCHIVIST, "return-dossier", condition="intact")
    await lend(walk, manner="copied")
    newest, oldest = await walk.read(ARCHIVIST, "loans")
    assert (newest["ordinal"], newest["returned_at"]) == (2, None)
    assert oldest["returned_at"] and oldest["condition"] == "intact"
    view = await walk.read(ARCHIVIST)
    assert (view["version"], view["state"]) == (version, "archived")
    acts = [event["act"] for event in await walk.read(ARCHIVIST, "timeline")]
    assert acts[:3] == ["lend-dossier", "return-dossier", "lend-dossier"]


@pytest.mark.obligation("28")
async def test_another_body_reads_it_with_the_keepers_consent_and_its_own_letter_only(door: Door) -> None:
    """档案法实施条例 34(2)."""
    walk, _ = await archived(door)
    other = {**LOAN, "reader": "other", "unit": "香格里拉市人民法院", "due_on": in_days(walk, 7)}
    assert await wrong(walk, "lend-dossier", **other) == {("consented_by", "required"), ("letter_no", "required")}
    stranger = str((await door.world.subject("deqin.director")).person_id)
    asked = {**other, "letter_no": "调卷函〔2026〕3号"}
    assert await wrong(walk, "lend-dossier", **asked, consented_by=stranger) == {("consented_by", "not_a_choice")}
    keepers = await walk.options(ARCHIVIST, "lend-dossier", "keepers")
    assert stranger not in keepers.values()
    chair = str((await door.world.subject(CHAIR)).person_id)
    await walk.do(ARCHIVIST, "lend-dossier", **asked, consented_by=chair)
    (loan,) = await walk.read(ARCHIVIST, "loans")
    assert (loan["consented_by"], loan["letter_no"]) == ((await door.world.subject(CHAIR)).name, "调卷函〔2026〕3号")


@pytest.mark.obligation("28")
async def test_what_is_out_is_not_lent_again_and_what_is_in_is_not_returned(door: Door) -> None:
    walk, _ = await archived(door)
    await walk.refused(ARCHIVIST, "return-dossier", "dossier_in", condition="intact")
    await lend(walk)
    assert (await lacking(walk, ARCHIVIST))["lend-dossier"] == "dossier_out"
    await walk.refused(ARCHIVIST, "lend-dossier", "dossier_out", **LOAN, due_on=in_days(walk, 7))
    assert await wrong(walk, "return-dossier", condition="incomplete") == {("note", "required")}
    await walk.do(ARCHIVIST, "return-dossier", condition="incomplete", note="缺第12页")
    await walk.refused(ARCHIVIST, "return-dossier", "dossier_in", condition="intact")


@pytest.mark.obligation("28")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"days": -1}, ("due_on", "out_of_range")),
        ({"days": 31}, ("due_on", "out_of_range")),
        ({"identity_checked": False}, ("identity_checked", "required")),
        ({"borrower": ""}, ("borrower", "required")),
    ],
)
async def test_a_loan_has_an_end_within_a_month_and_a_borrower_who_was_checked(
    door: Door, changes: dict[str, Any], error: tuple[str, str]
) -> None:
    walk, _ = await archived(door)
    form = {**LOAN, "due_on": in_days(walk, changes.pop("days", 7)), **changes}
    assert await wrong(walk, "lend-dossier", **form) == {error}


@pytest.mark.obligation("28")
async def test_what_is_not_back_in_time_shows_as_overdue_also_once_it_is_back(door: Door) -> None:
    walk, _ = await archived(door)
    await lend(walk)
    await walk.days_pass(9)
    (loan,) = await walk.read(ARCHIVIST, "loans")
    assert loan["days_overdue"] == 2
    await walk.do(ARCHIVIST, "return-dossier", condition="intact")
    (loan,) = await walk.read(ARCHIVIST, "loans")
    assert (loan["days_overdue"], loan["condition"]) == (2, "intact")


@pytest.mark.obligation("28")
async def test_the_log_is_read_by_who_keeps_the_dossier_and_by_auditors_alone(door: Door) -> None:
    walk, _ = await archived(door)
    await lend(walk)
    for reader in (ARCHIVIST, AUDITOR):
        assert [loan["borrower"] for loan in await walk.read(reader, "loans")] == [LOAN["borrower"]]
    for other in (DIRECTOR, "xgll.handler", "diqing.supervisor"):
        assert await walk.read(other, "loans") == []
        assert (await walk.attempt(other, "lend-dossier", **LOAN, due_on=in_days(walk, 7))).status_code == 403
    assert await walk.status("deqin.director", "loans") == 404


@pytest.mark.obligation("28")
async def test_nobody_lends_a_dossier_that_is_not_bound_yet(door: Door) -> None:
    walk, _ = await closed_case(door)
    await walk.refused(ARCHIVIST, "lend-dossier", "move_refused", **LOAN, due_on=in_days(walk, 7))


@pytest.mark.obligation("28")
async def test_the_log_s_section_names_the_borrower_to_keeper_and_auditor_and_to_nobody_else(door: Door) -> None:
    built = await table_case(door.world)
    ways = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    await door.world.do("xgll.handler", built.case_id, "terminate", ground="failed", channels=ways)
    await nobody_in_hardship(door.world, built)
    await door.world.do(DIRECTOR, built.case_id, "close-case", summary="调解不成")
    await door.world.do(ARCHIVIST, built.case_id, "archive-dossier", title="道路施工损害赔偿纠纷")
    walk = Walker(door)
    walk.case = str(built.case_id)
    await lend(walk)
    walk.world.clock.advance(days=9)
    shown = {}
    for login in (ARCHIVIST, AUDITOR, DIRECTOR, "diqing.supervisor"):
        async with await door.browser(login) as client:
            page = (await client.get(f"/cases/{walk.case}")).text
        parts = ('id="loans-title"', LOAN["borrower"], LOAN["purpose"], "逾期2天")
        shown[login] = {part for part in parts if part in page}
    assert len(shown[ARCHIVIST]) == len(shown[AUDITOR]) == 4
    assert shown[DIRECTOR] == shown["diqing.supervisor"] == set()
    async with await door.browser("deqin.director") as client:
        assert (await client.get(f"/cases/{walk.case}")).status_code == 404
