"""外部接入: cases in progress from another system come in as received by handover, all of a file or nothing of it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from cases import term_history
from cases.approval import OwnRegistration
from cases.consent import ConsentMissing
from cases.history import Event, Timer
from cases.lookup import by_number
from cases.models import Case
from cases.origins import CaseOrigin
from cases.papers import Paper
from cases.parties import Claim, Consent, Party
from cases.term_views import timers_of
from foundation.audit import AuditRow
from foundation.clock import SHANGHAI, local_date
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.jobs import Message
from foundation.outbox import OutboxRow
from handover import intake
from handover.intake_job import on_confirmed
from handover.intake_mapping import ColumnMap
from handover.intake_models import Intake, IntakeState
from handover.intake_notice import EverybodyTold
from handover.intake_report import Report
from handover.models import CommitteeSponsor
from tenants.models import Office
from tests.handover.outside import TITLES, csv_of, line
from tests.world import World

DIRECTOR, SECOND = "xgll.director", "xgll.deputy"
FORM: dict[str, Any] = {
    "system": "某市信访信息系统",
    "sender": "某市信访局",
    "sent_on": date(2026, 2, 27),
    "receipt_no": "移〔2026〕3号",
}


async def uploaded(world: World, content: bytes, login: str = DIRECTOR, **changes: Any) -> UUID:
    async with world.as_(login) as (session, subject):
        row = await intake.upload(session, subject, intake.IntakeForm(**{**FORM, **changes}), "案件.csv", content)
        return row.id


async def tried(world: World, intake_id: UUID, login: str = DIRECTOR) -> Report:
    async with world.as_(login) as (session, subject):
        return await intake.try_out(session, subject, intake_id)


async def confirmed(world: World, intake_id: UUID, login: str = DIRECTOR) -> Message:
    """What the worker is told of it."""
    world.clock.advance(seconds=1)
    async with world.as_(login) as (session, subject):
        await intake.confirm(session, subject, intake_id)
    return await told_of(world, intake_id)


async def told_of(world: World, intake_id: UUID) -> Message:
    """The newest message about a file."""
    async with world.owner() as session:
        query = select(OutboxRow).where(OutboxRow.topic == intake.CONFIRMED).order_by(OutboxRow.created_at.desc())
        rows = (await session.scalars(query)).all()
    row = next(one for one in rows if one.payload["intake"] == str(intake_id))
    return Message(row.id, row.topic, row.payload)


async def taken_in(world: World, content: bytes, by: str = DIRECTOR, **changes: Any) -> list[Case]:
    """Through all steps, confirmed by that one; the cases in the order of their numbers."""
    intake_id = await uploaded(world, content, **changes)
    report = await tried(world, intake_id)
    assert not report.errors, report.errors
    await on_confirmed(world.store, await confirmed(world, intake_id, by))
    async with world.as_(DIRECTOR) as (session, _):
        query = select(Case).join(CaseOrigin, CaseOrigin.case_id == Case.id).where(CaseOrigin.intake_id == intake_id)
        return list(await session.scalars(query.order_by(Case.registration_no)))


async def test_a_file_from_elsewhere_becomes_cases_of_the_office_with_their_own_past(world: World) -> None:
    """Original day and number, parties sealed, terms since the original days, one paper that says what came."""
    content = csv_of(
        [
            line(编号="A1"),
            line(编号="A2", 状态="调解中", 登记日期="2026/1/5", 受理日期="2026年1月8日"),
            line(编号="A2", 事由="", 姓名="木文华", 联系电话="", 被申请人="", 诉求="赔偿损失", 性质="合同"),
            line(编号="A3", 状态="评析中", 来源="信访部门移交"),
        ],
        encoding="gb18030",
    )
    first, accepted, assessing = await taken_in(world, content, by=SECOND)
    assert [one.state for one in (first, accepted, assessing)] == ["registered", "accepted", "assessing"]
    assert first.filed_at.astimezone(SHANGHAI).date() == date(2026, 1, 12)
    assert accepted.person_count == accepted.persons_at_acceptance == 2
    async with world.as_(DIRECTOR) as (session, subject):
        origin = await session.get_one(CaseOrigin, accepted.id)
        assert (origin.system, origin.outside_no, origin.accepted_on) == (FORM["system"], "A2", date(2026, 1, 8))
        papers = (await session.scalars(select(Paper).where(Paper.case_id == accepted.id))).all()
        (receipt,) = papers
        assert (receipt.kind, receipt.content["sender"]) == ("origin", FORM["sender"])
        assert {row["term"] for row in receipt.content["remedy_clock"]}, (
            "a petitioner may read it: it carries the clock"
        )
        claims = (
            await session.scalars(select(Claim).where(Claim.case_id == accepted.id).order_by(Claim.ordinal))
        ).all()
        assert [(one.decision, one.nature) for one in claims] == [("suitable", "property"), ("suitable", "contract")]
        terms = {one.kind: one for one in await session.scalars(select(Timer).where(Timer.case_id == accepted.id))}
        assert local_date(terms["mediation"].due_at) == date(2026, 2, 7), "thirty days since the original acceptance"
        assert accepted.due_at == terms["mediation"].due_at < world.clock.now(), "overdue, and shown so"
        assert local_date(terms["petition_disposition"].started_at) == date(2026, 1, 5)
        assert await term_history.differences(session, accepted) == []
        (event,) = (await session.scalars(select(Event).where(Event.case_id == accepted.id))).all()
        assert (event.act, event.data["persons"]) == ("import", 2)
        (term,) = [one for one in await timers_of(session, accepted, None, [event]) if one.kind == "mediation"]
        since = (local_date(world.clock.now()) - date(2026, 1, 8)).days
        assert [(one.office_id, one.days) for one in term.shares] == [(0, since - 1), (accepted.holder_office_id, 1)]
        assert not (await session.scalars(select(Consent).where(Consent.case_id == accepted.id))).all()
    async with world.owner() as session:
        links = select(func.count()).where(AuditRow.action == "handover:import", AuditRow.object_id == str(first.id))
        assert await session.scalar(links) == 1
        gone = (await session.scalars(select(Intake).where(Intake.id == event_intake(event)))).one()
        assert (gone.state, gone.name, gone.cases) == (IntakeState.IMPORTED, None, 3)
        kept = await session.execute(
            text("select content, mapping, report from intakes where id = :id"), {"id": gone.id}
        )
        assert tuple(kept.one()) == (None, None, None), "what it held of persons is gone"
        referred = "select count(*) from case_relations where case_id = :id and relation = 'referred'"
        assert await session.scalar(text(referred), {"id": assessing.id}) == 0, "nobody of ours sent it"
        ours = (await session.get_one(Office, await world.office("xgll.daily"))).name
    (sent,) = await taken_in(world, csv_of([line(编号="A4", 来源="信访部门移交")]), sender=ours)
    async with world.owner() as session:
        assert await session.scalar(text(referred), {"id": sent.id}) == 1, "who hands over by name follows it"


async def test_a_unit_that_a_table_repeats_on_every_line_of_a_case_is_one_party(world: World) -> None:
    further = {"编号": "U1", "事由": "", "诉求": "", "发生日期": "", "联系电话": ""}
    lines = [
        line(编号="U1"),
        line(**further, 姓名="木文华"),
        line(**further, 姓名="和秀英", 被申请人="示例建设 有限公司"),
        line(**further, 姓名="和秀英", 被申请人="另一建设有限公司"),
        line(**further, 姓名="", 被申请人="李建国", 被申请人类别="个人"),
        line(**further, 姓名="", 被申请人="李建国", 被申请人类别="个人"),
    ]
    (case,) = await taken_in(world, csv_of(lines))
    async with world.owner() as session:
        query = select(Party).where(Party.case_id == case.id).order_by(Party.side, Party.ordinal)
        names = [(one.side, one.name) for one in await session.scalars(query)]
    assert [name for side, name in names if side == "respondent"] == [
        "示例建设有限公司", "另一建设有限公司", "李建国", "李建国",
    ]  # fmt: skip
    assert case.person_count == 4, "two persons of one name may be two"


async def test_what_is_beyond_registration_comes_in_by_two_persons(world: World) -> None:
    """报备审批 is another person's (21a): neither who uploaded the file nor who said what it means confirms it."""
    content = csv_of([line(编号="T1"), line(编号="T2", 状态="评析中")])
    intake_id = await uploaded(world, content)
    await tried(world, intake_id)
    with pytest.raises(intake.AnotherConfirms):
        await confirmed(world, intake_id)
    with pytest.raises(Forbidden):
        await uploaded(world, content, SECOND)
    async with world.as_(SECOND) as (session, subject):
        with pytest.raises(Forbidden):
            await intake.map_columns(session, subject, intake_id, ColumnMap())
    await on_confirmed(world.store, await confirmed(world, intake_id, SECOND))
    async with world.owner() as session:
        row = await session.get_one(Intake, intake_id)
        people = [(await world.subject(login)).person_id for login in (DIRECTOR, SECOND)]
        assert (row.state, [row.person_id, row.confirmed_by]) == (IntakeState.IMPORTED, people)


def event_intake(event: Event) -> UUID:
    return UUID(event.data["intake"])


async def test_each_line_is_judged_as_a_registration_is_and_one_error_keeps_all_of_them_out(world: World) -> None:
    """Errors by line and field, several at once; a number twice, or taken in before, is one too."""
    await taken_in(world, csv_of([line(编号="E0")]))
    wrong = [
        line(编号="E0"),
        line(编号="E1", 登记日期="2031-01-01", 身份证号="530102199001011234", 联系电话="12"),
        line(编号="E1", 纠纷类型="没有这一类", 乡镇="没有这个乡", 事由="短"),
        line(编号="E2", 状态="调解中", 被申请人="", 性质="征收决定或补偿标准"),
        line(编号="", 诉求="", 性质="合同"),
        line(编号="E3", 受理日期="2026-01-20", 发生日期="明天"),
        line(编号="E4", 登记日期="46034"),
        line(编号="E4"),
    ]
    intake_id = await uploaded(world, csv_of(wrong))
    report = await tried(world, intake_id)
    assert {(one.line, one.field, one.rule) for one in report.errors} == {
        (2, "outside_no", "taken"),
        (3, "filed_on", "out_of_bounds"),
        (3, "petitioner.id_number", "malformed"),
        (3, "petitioner.telephone", "no_telephone"),
        (4, "dispute_type", "not_a_choice"),
        (4, "place", "not_a_choice"),
        (4, "statement", "too_short"),
        (5, "accepted_on", "required"),
        (5, "state", "not_acceptable"),
        (5, "claim.nature", "unfit"),
        (6, "outside_no", "required"),
        (6, "claim.text", "required"),
        (7, "claim.known_on", "not_a_date"),
        (9, "outside_no", "repeated"),
    }
    assert [(one.line, one.rule) for one in report.warnings] == [(8, "serial_day")]
    with pytest.raises(intake.NotTriedOut):
        await confirmed(world, intake_id)
    assert await standing(world, intake_id) == ("checked", 0)


async def test_a_number_of_another_system_is_nobody_s_own(world: World) -> None:
    """A case is found by it; nobody is found by the number of a person (N1), which would stand unsealed there (N4)."""
    persons, day = "533401199001010012", "533401202601010010"
    report = await tried(world, await uploaded(world, csv_of([line(编号=f"身份证{persons}"), line(编号=day)])))
    assert [(one.line, one.field, one.rule) for one in report.errors] == [(2, "outside_no", "names_person")]
    assert persons not in str(report.errors)


async def test_no_committee_takes_in_what_concerns_the_unit_that_set_it_up(own_world: World) -> None:
    """Rules.md, refusal 6: neither by an offer nor by a file."""
    chair = await own_world.subject("xgll.chair")
    async with own_world.owner() as session:
        session.add(
            CommitteeSponsor(
                tenant_id=chair.tenant_id, office_id=chair.office_id, name=f"{line()[TITLES.index('被申请人')]} "
            )
        )
    report = await tried(own_world, await uploaded(own_world, csv_of([line(编号="S1")]), "xgll.chair"), "xgll.chair")
    assert [(one.line, one.field, one.rule) for one in report.errors] == [(2, "other.name", "target_sponsored")]


async def standing(world: World, intake_id: UUID) -> tuple[str, int]:
    """The state of a file, and how many cases came of it."""
    async with world.owner() as session:
        state = await session.scalar(select(Intake.state).where(Intake.id == intake_id))
        return str(state), await session.scalar(select(func.count()).where(CaseOrigin.intake_id == intake_id)) or 0


async def test_a_worker_that_dies_leaves_nothing_half_in_and_a_second_delivery_brings_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers too: those that the broken try had drawn are given to the next."""
    intake_id = await uploaded(world, csv_of([line(编号=f"K{n}") for n in range(3)]))
    await tried(world, intake_id)
    message = await confirmed(world, intake_id)

    async def dies(*_: object) -> None:
        raise RuntimeError("killed between the rows and the commit")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("handover.intake_cases.record_imports", dies)
        await on_confirmed(world.store, message)
    assert await standing(world, intake_id) == ("confirmed", 0)
    await asyncio.gather(*(on_confirmed(world.store, message) for _ in range(2)))
    await on_confirmed(world.store, message)
    assert await standing(world, intake_id) == ("imported", 3)
    async with world.owner() as session:
        query = select(Case.registration_no).join(CaseOrigin, CaseOrigin.case_id == Case.id)
        numbers = sorted(await session.scalars(query.where(CaseOrigin.intake_id == intake_id)))
        series = "select last from number_series where series = 'registration' and office_id = :office"
        last = await session.scalar(text(series), {"office": int(numbers[0].split("-")[1])})
        assert [int(one.split("-")[3]) for one in numbers] == [last - 2, last - 1, last]


async def test_what_was_right_when_tried_out_is_judged_again_when_it_comes_in(world: World) -> None:
    """Another file with the same number came first: back to the report, and nothing in."""
    first, second = await uploaded(world, csv_of([line(编号="R1")])), await uploaded(world, csv_of([line(编号="R1")]))
    assert not (await tried(world, first)).errors and not (await tried(world, second)).errors
    await on_confirmed(world.store, await confirmed(world, first))
    await on_confirmed(world.store, await confirmed(world, second))
    assert await standing(world, second) == ("checked", 0)
    async with world.as_(DIRECTOR) as (session, subject):
        report = intake.report_in(await intake.one(session, subject, second))
        assert report is not None and [one.rule for one in report.errors] == ["taken"]
        assert await by_number(session, subject, "R1") is not None, "the office finds it by its number there"


async def test_a_file_is_its_office_s_alone_and_gone_after_a_day_or_when_dropped(world: World) -> None:
    """Nobody above, beside or below; who has no such right is refused; a post that ended takes nothing in."""
    intake_id = await uploaded(world, csv_of([line(编号="P1")]))
    for login in ("diqing.director", "xgll.chair", "xgll.intake"):
        with pytest.raises((NotFound, Forbidden)):
            async with world.as_(login) as (session, subject):
                await intake.one(session, subject, intake_id)
    dropped = await uploaded(world, csv_of([line(编号="P2")]))
    with pytest.raises(InvalidInput) as full:
        for _ in range(intake.MOST_WAITING):
            await uploaded(world, csv_of([line(编号="P3")]))
    assert full.value.fields[0].rule == "too_many_waiting"
    async with world.as_(DIRECTOR) as (session, subject):
        await intake.drop(session, subject, dropped)
    async with world.owner() as session:
        assert await session.scalar(select(func.purge_intakes(world.clock.now() + timedelta(hours=23)))) == 0
        gone = await session.scalar(select(func.purge_intakes(world.clock.now() + timedelta(hours=25))))
        assert gone is not None and gone >= 1
        kept = (
            "select count(*) from intakes where id = any(:ids) and coalesce(name, content, mapping, report) is not null"
        )
        assert await session.scalar(text(kept), {"ids": [intake_id, dropped]}) == 0
        await session.commit()
    with pytest.raises(intake.NotWaiting):
        await tried(world, intake_id)


async def test_what_must_be_said_again_here_is_asked_again_before_the_next_step(world: World) -> None:
    """Accepted elsewhere: no consent of then counts; each petitioner is told, once; another person approves."""
    (case,) = await taken_in(world, csv_of([line(编号="N1", 状态="已受理", 受理日期="2026-02-20")]), SECOND)
    with pytest.raises(ConsentMissing):
        await world.do(DIRECTOR, case.id, "propose-entrustment", unit_clear=True, scope="一项诉求")
    async with world.as_(DIRECTOR) as (session, _):
        (party,) = await session.scalars(select(Party).where(Party.case_id == case.id, Party.side == "petitioner"))
    await world.do(DIRECTOR, case.id, "notify-origin", party_id=str(party.id))
    async with world.as_(DIRECTOR) as (session, _):
        query = select(Paper).where(Paper.case_id == case.id, Paper.kind == "origin_notice")
        (notice,) = await session.scalars(query)
        assert notice.party_id == party.id and notice.content["sender"] == FORM["sender"]
        assert {"data_kinds", "purpose", "rights", "free_helpers", "remedy_clock"} <= notice.content.keys()
    with pytest.raises(EverybodyTold):
        await world.do(DIRECTOR, case.id, "notify-origin", party_id=str(party.id))
    (waiting,) = await taken_in(world, csv_of([line(编号="N2")]))
    with pytest.raises(OwnRegistration):
        await world.do(DIRECTOR, waiting.id, "approve-registration", answer="approve")
