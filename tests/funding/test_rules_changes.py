"""Rates and choices: drafted, counted over the last year, approved by two other persons, in force from a day on."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput
from foundation.forms import parse
from foundation.jobs import Message
from foundation.outbox import OutboxRow
from funding import tariff_approval, tariff_drafts, tariff_preview
from funding.answers import Decision, RuleMissing
from funding.facts import Facts
from funding.payer import decide
from funding.rulebook import rulebook
from funding.tariff_changes import TariffChange, TariffPreview
from funding.tariff_form import ChangeForm
from funding.tariff_views import ChangeView, change_view
from funding.words import Producer
from tests.dossiers.build import Built
from tests.funding.build import closed_case, find, propose, settlement
from tests.funding.duty import worked
from tests.funding.lines import subsidy
from tests.world import World

SUMMER = "2026-07-01"
RAISED: dict[str, Any] = {
    "key": "subsidy.general", "minimum_fen": 400_000, "maximum_fen": 600_000, "unit": "每案", "clause": "测试条款",
    "source": "测试文件",
}  # fmt: skip


@pytest.fixture
async def rules(world: World) -> AsyncIterator[World]:
    """What a test puts in force is taken out again behind everybody's back."""
    yield world
    async with world.owner() as session:
        for table in ("tariff_rates", "payer_defaults"):
            await session.execute(text(f"delete from {table} where change_id is not null"))
            await session.execute(text(f"update {table} set valid_to = null"))
        await session.execute(text("delete from tariff_previews"))
        await session.execute(text("delete from tariff_changes"))


async def draft(world: World, login: str, *rates: dict[str, Any], **form: Any) -> UUID:
    stated = {"title": "测试变更", "effective_on": SUMMER, "rates": list(rates)} | form
    async with world.as_(login) as (session, subject):
        return (await tariff_drafts.draft(session, subject, parse(ChangeForm, stated, strict=True))).id


async def approve(world: World, login: str, change: UUID) -> str:
    async with world.owner() as owner:
        version = (await owner.get_one(TariffChange, change)).version
    async with world.as_(login) as (session, subject):
        return (await tariff_approval.approve(session, subject, change, version)).state


async def counted(world: World, change: UUID) -> int:
    """The worker, until the preview is done; every message comes twice. How many slices it took."""
    slices = 0
    while True:
        async with world.owner() as session:
            newest = select(TariffPreview).where(TariffPreview.change_id == change)
            preview = (await session.scalars(newest.order_by(TariffPreview.version.desc()))).first()
            assert preview is not None
            sent = await session.scalars(select(OutboxRow).where(OutboxRow.topic == tariff_preview.TOPIC))
            rows = [one for one in sent if one.payload["preview"] == str(preview.id)]
        if preview.state == "done":
            return slices
        row = next(one for one in rows if one.payload["slice"] == preview.slice)
        message = Message(row.id, row.topic, row.payload)
        await tariff_preview.go_on(world.store, message)
        await tariff_preview.go_on(world.store, message)
        slices += 1


async def looked_at(world: World, login: str, change: UUID) -> ChangeView:
    async with world.as_(login) as (session, subject):
        return await change_view(session, subject, change)


async def answer_on(world: World, given: Facts) -> object:
    async with world.as_("xgll.director") as (session, _):
        return decide(given, await rulebook(session))


async def facts_of(world: World, login: str, **given: object) -> Facts:
    """A subsidy of the tenant of that login."""
    async with world.as_(login) as (session, subject):
        assert subject.tenant_id is not None
        row = (
            await session.execute(text(f"select prefecture_id, county_id from tenants where id = {subject.tenant_id}"))
        ).one()
    return subsidy(tenant=subject.tenant_id, prefecture=row[0], county=row[1], place_county=row[1], **given)


async def settled(world: World) -> Built:
    """One case proposed at half of all points: 4,000 yuan inside 3,000–5,000."""
    built = await closed_case(world)
    await find(world, built)
    await propose(world, built)
    return built


async def test_a_change_shows_what_the_last_year_would_have_cost_and_begins_on_its_day(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tariff_preview, "ROWS", 1)
    for _ in range(2):
        assert (await settlement(own_world, await settled(own_world))).amount_fen == 400_000
    await worked(own_world, ("xgll.duty_a", "2026-03-03", "whole"))
    duty = RAISED | {"key": "duty.person_day", "minimum_fen": 25_000, "maximum_fen": 25_000, "unit": "每人每天"}
    change = await draft(own_world, "yunnan.reviewer", RAISED, duty)
    with pytest.raises(tariff_approval.NotPreviewed):
        await approve(own_world, "yunnan.justice", change)
    assert await counted(own_world, change) > 2
    preview = (await looked_at(own_world, "yunnan.justice", change)).preview
    assert preview is not None
    assert {
        (one.place, one.about, one.costs, one.before_fen, one.after_fen, one.finance_after_fen)
        for one in preview.figures
    } == {
        ("迪庆藏族自治州", "办案成本补助", 2, 800_000, 1_000_000, 0),
        ("迪庆藏族自治州", "值班补助", 1, 20_000, 25_000, 25_000),
    }

    assert await approve(own_world, "yunnan.justice", change) == "open"
    with pytest.raises(tariff_approval.AlreadyApproved):
        await approve(own_world, "yunnan.justice", change)
    assert await approve(own_world, "yunnan.petition", change) == "approved"
    for day, maximum in ((date(2026, 6, 30), 500_000), (date(2026, 7, 1), 600_000)):
        answer = await answer_on(own_world, subsidy(incurred_on=day))
        assert isinstance(answer, Decision) and answer.maximum_fen == maximum


async def test_the_drafter_and_the_two_heads_are_three_persons_also_in_the_database(rules: World) -> None:
    change = await draft(rules, "yunnan.reviewer", RAISED)
    await counted(rules, change)
    for login in ("yunnan.reviewer", "yunnan.director", "xgll.justice"):
        with pytest.raises(DomainError):
            await approve(rules, login, change)
    head = await rules.subject("yunnan.justice")
    async with rules.owner() as session:
        drawn = text("update tariff_changes set made_by = :who where id = :change")
        await session.execute(drawn, {"who": head.person_id, "change": change})
    with pytest.raises(tariff_approval.ThreePersons):
        await approve(rules, "yunnan.justice", change)
    call = {"change": change, "version": 1, "role": "lg_head_justice"}
    for statement in (tariff_approval.CALL, text("insert into tariff_rates (key) values ('fee.agency')"),
                      text("update tariff_changes set justice_by = made_by")):  # fmt: skip
        with pytest.raises(DBAPIError):
            async with rules.as_("yunnan.justice") as (session, _):
                await session.execute(statement, call if statement is tariff_approval.CALL else {})


async def test_what_was_approved_of_a_draft_is_void_once_it_is_written_in(rules: World) -> None:
    change = await draft(rules, "yunnan.reviewer", RAISED)
    await counted(rules, change)
    await approve(rules, "yunnan.petition", change)
    async with rules.as_("yunnan.reviewer") as (session, subject):
        form = {"title": "测试变更", "effective_on": SUMMER, "rates": [RAISED | {"maximum_fen": 700_000}]}
        await tariff_drafts.edit(session, subject, change, 1, parse(ChangeForm, form, strict=True))
    view = await looked_at(rules, "yunnan.petition", change)
    assert view.preview is not None
    assert (view.row.petition_by, view.preview.done) == (None, False)
    rules.clock.advance(days=122)
    await counted(rules, change)
    with pytest.raises(tariff_approval.EffectiveDayPassed):
        await approve(rules, "yunnan.petition", change)


@pytest.mark.parametrize(
    ("login", "form", "broken"),
    [
        ("xgll.reviewer", {"rates": [RAISED]}, ("rates.0.maximum_fen", "outside")),
        ("xgll.reviewer", {"rates": [RAISED | {"key": "fee.agency"}]}, ("rates.0.key", "no_rate_above")),
        ("xgll.reviewer", {"rates": [RAISED | {"key": "discretionary.general", "maximum_fen": 500_001}]},
         ("rates.0.maximum_fen", "over_class")),
        ("xgll.reviewer", {"choices": [{"choice": "A8:finance", "reason": "理由", "source": "文件"}]},
         ("choices.0.choice", "province_only")),
        ("yunnan.reviewer", {"choices": [{"choice": "A8:person", "reason": "理由", "source": "文件"}]},
         ("choices.0.choice", "not_a_choice")),
        ("yunnan.reviewer", {"rates": [RAISED | {"minimum_fen": 700_000}]}, ("rates.0.maximum_fen", "wrong_order")),
        ("yunnan.reviewer", {"rates": [RAISED], "effective_on": "2026-03-02"}, ("effective_on", "not_ahead")),
        ("yunnan.reviewer", {}, ("rates", "required")),
        ("yunnan.reviewer", {"rates": [RAISED, RAISED]}, ("rates.1.key", "repeated")),
        ("yunnan.reviewer", {"rates": [RAISED | {"key": "fee.agency", "ends": True}]},
         ("rates.0.key", "nothing_to_end")),
    ],
)  # fmt: skip
async def test_a_change_that_can_not_stand_is_refused_at_its_field(
    rules: World, login: str, form: dict[str, Any], broken: tuple[str, str]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await draft(rules, login, **form)
    assert broken in {(one.field, one.rule) for one in refusal.value.fields}


async def test_a_county_narrows_its_own_range_and_the_level_above_still_bounds_it(rules: World) -> None:
    own = await draft(rules, "xgll.reviewer", RAISED | {"minimum_fen": 350_000, "maximum_fen": 450_000})
    await counted(rules, own)
    for login in ("xgll.petition", "xgll.justice"):
        await approve(rules, login, own)
    summer = {"incurred_on": date(2026, 8, 1)}
    here, beside = await facts_of(rules, "xgll.reviewer", **summer), await facts_of(rules, "deqin.director", **summer)
    mine, theirs = await answer_on(rules, here), await answer_on(rules, beside)
    assert isinstance(mine, Decision) and isinstance(theirs, Decision)
    assert (mine.minimum_fen, mine.maximum_fen) == (350_000, 450_000)
    assert any("在上级幅度之内" in line.render("zh") for line in mine.trace)
    assert (theirs.minimum_fen, theirs.maximum_fen) == (300_000, 500_000)
    unknown = await answer_on(rules, msgspec.structs.replace(here, prefecture=None))
    assert getattr(unknown, "facts", None) == ("prefecture",)

    whole = await draft(rules, "yunnan.reviewer", RAISED)
    await counted(rules, whole)
    for login in ("yunnan.petition", "yunnan.justice"):
        await approve(rules, login, whole)
    cut = await answer_on(rules, here)
    assert isinstance(cut, Decision) and (cut.minimum_fen, cut.maximum_fen) == (400_000, 450_000)
    twice = await draft(rules, "yunnan.reviewer", RAISED)
    await counted(rules, twice)
    await approve(rules, "yunnan.petition", twice)
    with pytest.raises(tariff_approval.SameDayTwice):
        await approve(rules, "yunnan.justice", twice)


async def test_a_preview_that_another_change_has_overtaken_is_counted_again_before_anybody_approves(
    rules: World,
) -> None:
    duty = RAISED | {"key": "duty.person_day", "minimum_fen": 25_000, "maximum_fen": 25_000, "unit": "每人每天"}
    own, county = (
        await draft(rules, "yunnan.reviewer", RAISED),
        RAISED | {"minimum_fen": 350_000, "maximum_fen": 450_000},
    )
    near = await draft(rules, "xgll.reviewer", county)
    other = await draft(rules, "yunnan.reviewer", duty)
    for one in (own, near, other):
        await counted(rules, one)
    await approve(rules, "yunnan.petition", own)
    rules.clock.advance(seconds=60)
    for login in ("yunnan.petition", "yunnan.justice"):
        await approve(rules, login, other)
    for login, one in (("yunnan.justice", own), ("xgll.justice", near)):
        with pytest.raises(tariff_approval.StalePreview):
            await approve(rules, login, one)
        view = await looked_at(rules, login, one)
        assert view.preview is not None and view.preview.stale and view.may_recount
    with pytest.raises(DBAPIError, match="no longer so"):
        async with rules.as_("yunnan.justice") as (session, _):
            await session.execute(tariff_approval.CALL, {"change": own, "version": 1, "role": "lg_head_justice"})
    rules.clock.advance(seconds=60)
    await recounted(rules, "yunnan.justice", own)
    with pytest.raises(tariff_approval.PreviewHolds):
        await recounted(rules, "yunnan.justice", own)
    with pytest.raises(tariff_approval.NotPreviewed):
        await approve(rules, "yunnan.justice", own)
    await counted(rules, own)
    view = await looked_at(rules, "yunnan.justice", own)
    assert view.preview is not None and not view.preview.stale and view.row.petition_by is not None
    assert await approve(rules, "yunnan.justice", own) == "approved"
    with pytest.raises(Forbidden):
        await recounted(rules, "xgll.cashier", near)


async def recounted(world: World, login: str, change: UUID) -> None:
    async with world.as_(login) as (session, subject):
        await tariff_approval.recount(session, subject, change, 1)


async def test_a_choice_of_the_province_can_be_taken_back_and_the_line_is_open_again(rules: World) -> None:
    paid_by_finance = await closed_case(rules)
    await find(rules, paid_by_finance, producer="person", fault="person")
    await propose(rules, paid_by_finance)
    open_again = {"choice": "A8:", "reason": "待省级研究", "source": "测试文件"}
    change = await draft(rules, "yunnan.reviewer", choices=[open_again])
    await counted(rules, change)
    view = await looked_at(rules, "yunnan.justice", change)
    assert view.preview is not None and view.preview.total.undecided >= 1
    assert view.preview.total.finance_after_fen <= view.preview.total.finance_before_fen - 400_000
    (shown,) = view.choices
    assert (shown.row, shown.before, shown.after) == ("A8", "不向个人收费，同级财政承担", None)
    for login in ("yunnan.petition", "yunnan.justice"):
        await approve(rules, login, change)
    given = subsidy(producer=Producer.PERSON)
    before = await answer_on(rules, msgspec.structs.replace(given, incurred_on=date(2026, 6, 30)))
    after = await answer_on(rules, msgspec.structs.replace(given, incurred_on=date(2026, 7, 1)))
    assert isinstance(before, Decision) and isinstance(after, RuleMissing)
    with pytest.raises(Conflict):
        async with rules.as_("yunnan.reviewer") as (session, subject):
            await tariff_drafts.withdraw(session, subject, change, 1)


async def test_nobody_else_drafts_and_a_draft_is_seen_by_its_own_level_and_those_above(rules: World) -> None:
    for login in ("xgll.director", "xgll.cashier", "yunnan.admin"):
        with pytest.raises(Forbidden):
            await draft(rules, login, RAISED)
    change = await draft(rules, "diqing.reviewer", RAISED | {"minimum_fen": 300_000, "maximum_fen": 450_000})
    assert (await looked_at(rules, "yunnan.justice", change)).may_approve is False
    with pytest.raises(DomainError):
        await looked_at(rules, "xgll.reviewer", change)
