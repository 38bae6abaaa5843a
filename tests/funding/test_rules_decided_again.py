"""The payer is decided again at a handover and on new facts; what it was before, and what changed, stays to be seen."""

from cases.models import Case
from foundation.files import FileStore
from foundation.store import instant
from funding.decided_view import DecidedView
from funding.decisions import About, Cause, PayerDecision
from tests.dossiers.build import Built, table_case
from tests.dossiers.following import closed as close
from tests.funding.build import agreed, find, proof, propose, rows, seen
from tests.funding.test_fees import record
from tests.funding.test_travel import answer, request
from tests.world import World

UNCLEAR = {"basis": "judgment", "producer": "unclear", "fault": "unclear"}


def of(found: list[DecidedView], about: About) -> list[DecidedView]:
    """The newest first."""
    return [one for one in found if one.about == about.label]


def altered(view: DecidedView) -> dict[str, tuple[str, str]]:
    return {one.what: (one.before, one.after) for one in view.changes}


async def under_way(world: World) -> Built:
    """Accepted and classed; two more may be found."""
    built = await table_case(world)
    async with world.owner() as session:
        case = await session.get_one(Case, built.case_id)
        case.case_class, case.class_clause, case.accepted_at = "general", "六(四)1", instant(session)
    return built


async def test_at_a_handover_what_lies_ahead_changes_its_budget_and_what_was_incurred_stays(
    world: World, files: FileStore
) -> None:
    built = await under_way(world)
    await record(world, built)
    await find(world, built, **UNCLEAR, proof=await proof(world, files, built))
    await answer(world, built, await request(world, built))
    to = await world.office("diqing.director")
    await world.do("xgll.director", built.case_id, "offer-handover", to_office_id=to, reason="company")
    world.clock.advance(days=2)
    await world.do("diqing.director", built.case_id, "accept-handover", no_conflict=True)

    found = (await seen(world, built.case_id, "diqing.reviewer")).decided
    outlook, fee, trip = (of(found, about) for about in (About.OUTLOOK, About.FEE, About.TRAVEL))
    assert {one.cause for one in (outlook[0], fee[0], trip[0])} == {Cause.HANDOVER.label}
    assert altered(outlook[0])["承担的财政"] == ("香格里拉市", "迪庆藏族自治州")
    assert altered(outlook[0])["持有单位（值班站点）层级"] == ("县市区", "州市")
    assert (fee[0].budget, fee[0].again, fee[0].changes) == ("香格里拉市", True, ())
    assert (trip[0].payer, trip[0].missing) == (None, ("主管部门事前审核同意",))
    assert outlook[0].trace[0].render("en") == (
        "A · This case is not concluded yet: decided as if a written agreement were reached; the actual end will count"
    )


async def test_new_facts_show_who_paid_before_who_pays_now_and_by_which_paper(world: World, files: FileStore) -> None:
    built = await agreed(world)
    await find(world, built, **UNCLEAR, proof=await proof(world, files, built))
    await find(world, built)
    await close(world, built)
    await propose(world, built)
    first, second, settled = reversed((await seen(world, built.case_id)).decided)
    assert (first.payer, first.again) == ("同级财政", False)
    changes = altered(second)
    assert changes["付款人"] == ("同级财政", "责任主体")
    assert changes["责任主体"] == ("责任主体不明确", "企业")
    assert changes["责任主体由谁、凭哪份文书认定"][1].startswith("协议第三条")
    assert (settled.about, settled.again, settled.payer) == (About.SETTLEMENT.label, True, "责任主体")

    (row,) = [one for one in await rows(world, PayerDecision, built) if one.about == About.SETTLEMENT]
    known = row.known.producer_found
    assert known is not None and known.paper is not None and known.reference == "协议第三条"
    assert known.by == (await world.subject("xgll.payer")).person_id


async def test_the_same_finding_again_writes_nothing(world: World) -> None:
    built = await agreed(world)
    await record(world, built)
    for _ in range(2):
        await find(world, built)
    about = [one.about for one in await rows(world, PayerDecision, built)]
    assert sorted(about) == ["fee", "outlook"]


async def test_how_the_case_ends_is_a_new_fact_too(world: World, files: FileStore) -> None:
    """Led to a court: the same payer, but at discretion, up to the ceiling of the class."""
    built = await under_way(world)
    await find(world, built, **UNCLEAR, proof=await proof(world, files, built))
    channels = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    await world.do("xgll.handler", built.case_id, "guide-elsewhere", chosen="litigation", channels=channels)
    now, before = of((await seen(world, built.case_id)).decided, About.OUTLOOK)
    assert (before.cause, now.cause) == (Cause.FINDING.label, Cause.FACTS.label)
    assert altered(now)["金额（元）"] == ("3,000–5,000", "0–5,000")
    assert "付款表的行" not in altered(now) and now.trace[0].row == "A13"
