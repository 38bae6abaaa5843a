"""Drafts of rules: who writes and sees them, what is refused at which word, how they keep up with new editions."""

from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from foundation.audit import AuditRow
from foundation.errors import Forbidden, InvalidInput, NotFound, VersionRequired, VersionStale
from policies.difference import row_changes
from policies.draft_edits import DraftChange, NothingToRebase, RulesRefused, edit, merge, rebase
from policies.draft_view import list_drafts, view
from policies.drafts import (
    MOST_OPEN,
    DraftClosed,
    DraftForm,
    RuleDraft,
    TooManyDrafts,
    draft_seen,
    editors,
    open_draft,
    withdraw,
)
from policies.rows import read, write
from policies.rules import parse
from tests.policies.drafting import (
    AUDIT,
    DIRECTOR,
    FIRST,
    NEW,
    PREFECTURE,
    PROGRAM,
    ROWS,
    SECOND,
    approved,
    changed,
    drafted,
    wider,
)
from tests.world import World


async def test_a_draft_begins_as_the_rules_in_force_and_counts_its_changes(own_world: World) -> None:
    draft = await drafted(own_world)
    assert (draft.base_edition, draft.version, draft.state) == (0, 2, "open")
    assert write(row for _, row in read(draft.content) if row.no != "64") == PROGRAM
    again = await changed(own_world, FIRST, draft, wider("1", "case:note"))
    rows = {row.no: row for _, row in read(again.content)}
    assert again.version == 3 and "case:note" in rows["1"].actions
    assert list(rows) == [*ROWS, "64"], "a changed rule keeps its place"


async def test_only_those_who_keep_the_rules_see_a_draft_and_only_security_writes(own_world: World) -> None:
    draft = await drafted(own_world)
    for login in (FIRST, SECOND, PREFECTURE, AUDIT):
        async with own_world.as_(login) as (session, subject):
            assert (await draft_seen(session, subject, draft.id)).id == draft.id
    for login in (DIRECTOR, "yunnan.admin", "yunnan.supervisor"):
        async with own_world.as_(login) as (session, subject):
            with pytest.raises(Forbidden):
                await draft_seen(session, subject, draft.id)
            with pytest.raises(Forbidden):
                await list_drafts(session, subject)
            assert (await session.scalars(select(RuleDraft.id))).all() == [], "the second lock"
    async with own_world.as_(AUDIT) as (session, subject):
        with pytest.raises(Forbidden):
            await edit(session, subject, draft.id, draft.version, DraftChange(title="另一个题目"))
        with pytest.raises(Forbidden):
            await open_draft(session, subject, DraftForm("试一试"))


async def test_the_database_itself_lets_no_one_else_write_a_draft(own_world: World) -> None:
    draft = await drafted(own_world)
    for statement, login in (
        ("update rule_drafts set title = 'x'", AUDIT),
        ("update rule_drafts set state = 'approved'", FIRST),
        ("update rule_drafts set edition = 7", FIRST),
        ("insert into rule_draft_editors select id, made_by, made_at from rule_drafts", FIRST),
        ("delete from rule_drafts", FIRST),
        ("update rule_drafts set made_by = gen_random_uuid()", FIRST),
    ):
        async with own_world.as_(login) as (session, _):
            try:
                done = await session.execute(text(statement))
                assert getattr(done, "rowcount", None) == 0, statement
            except DBAPIError as refused:
                assert "permission denied" in str(refused) or "row-level security" in str(refused), statement
                await session.rollback()
    async with own_world.owner() as session:
        assert (await session.get_one(RuleDraft, draft.id)).title == "档案员需要写备注"


async def test_a_version_must_be_named_and_be_the_last_one(own_world: World) -> None:
    draft = await drafted(own_world)
    async with own_world.as_(SECOND) as (session, subject):
        with pytest.raises(VersionRequired):
            await edit(session, subject, draft.id, None, DraftChange(title="另一个题目"))
        with pytest.raises(VersionStale):
            await edit(session, subject, draft.id, 1, DraftChange(title="另一个题目"))
        with pytest.raises(NotFound):
            await edit(session, subject, UUID(int=1), 1, DraftChange(title="另一个题目"))


async def test_every_wrong_word_of_a_row_is_named_at_its_column(own_world: World) -> None:
    draft = await drafted(own_world)
    wrong = structs.replace(NEW, roles=["archivst"], tiers=["C", "X"], relations=["excluded"], actions=[], fields=["Z"])
    with pytest.raises(InvalidInput) as refused:
        await changed(own_world, FIRST, draft, NEW, structs.replace(wrong, no="65"))
    found = {error.field: error.text("zh") for error in refused.value.fields}
    assert found == {
        "put.1.roles": "roles 列中有无法识别的词：archivst",
        "put.1.tiers": "tiers 列中有无法识别的词：X",
        "put.1.relations": "relations 列中有无法识别的词：excluded",
        "put.1.actions": "actions 列为空",
        "put.1.fields": "fields 列中有无法识别的词：Z",
    }
    async with own_world.owner() as session:
        assert (await session.get_one(RuleDraft, draft.id)).version == draft.version, "nothing was kept"


async def test_a_file_is_taken_whole_or_refused_with_every_line(own_world: World) -> None:
    draft = await drafted(own_world)
    lines = PROGRAM.splitlines()
    lines[1], lines[2] = lines[1].replace("contact_person", "contact_persn"), lines[2].replace("T C", "T Q")
    async with own_world.as_(FIRST) as (session, subject):
        with pytest.raises(RulesRefused) as refused:
            await edit(session, subject, draft.id, draft.version, DraftChange(content="\n".join(lines)))
        assert [(one.line, one.column) for one in refused.value.faults] == [(2, "roles"), (3, "tiers")]
        assert refused.value.faults[0].text("zh") == "第 2 行：roles 列中有无法识别的词：contact_persn"
        with pytest.raises(RulesRefused):
            await edit(session, subject, draft.id, draft.version, DraftChange(content="no,roles\n1,2\n"))
        taken = await edit(session, subject, draft.id, draft.version, DraftChange(content=PROGRAM, remove=["1"]))
    assert "1" not in parse(taken.content).rules and "64" not in parse(taken.content).rules


async def test_a_text_that_is_a_formula_or_too_long_is_refused_in_a_file_and_in_a_row(own_world: World) -> None:
    draft = await drafted(own_world)
    odd = [structs.replace(NEW, no="70", zh="=1+1"), structs.replace(NEW, no="71", en="x" * 401)]
    async with own_world.as_(FIRST) as (session, subject):
        with pytest.raises(RulesRefused) as refused:
            await edit(session, subject, draft.id, draft.version, DraftChange(content=write([*ROWS.values(), *odd])))
        assert [(one.code, one.column) for one in refused.value.faults] == [("formula", "zh"), ("too_long", "en")]
        with pytest.raises(InvalidInput) as put:
            await edit(session, subject, draft.id, draft.version, DraftChange(put=odd[:1]))
        assert [(one.field, one.rule) for one in put.value.fields] == [("put.0.zh", "formula")]
        with pytest.raises(RulesRefused) as broken:
            await edit(session, subject, draft.id, draft.version, DraftChange(content=PROGRAM + '72,"'))
    assert broken.value.faults[0].text("zh").endswith("行：不是规范的 CSV：引号或换行不对")


async def test_what_is_wrong_with_the_whole_set_is_shown_and_may_be_mended_later(own_world: World) -> None:
    draft = await drafted(own_world, FIRST, structs.replace(NEW, actions=["dossier:check"]), remove=("62b",))
    async with own_world.as_(FIRST) as (session, subject):
        shown = await view(session, subject, draft.id, "zh")
    assert [fault.code for fault in shown.faults] == ["cell_twice"]
    draft = await changed(own_world, FIRST, draft, NEW)
    async with own_world.as_(FIRST) as (session, subject):
        shown = await view(session, subject, draft.id, "en")
    assert [fault.code for fault in shown.faults] == ["security_stays"]
    assert "Approve" in shown.faults[0].message and "rule —" in shown.faults[0].message


async def test_whoever_writes_is_noted_by_the_database(own_world: World) -> None:
    draft = await drafted(own_world)
    await changed(own_world, PREFECTURE, draft, wider("1", "case:note"))
    persons = [(await own_world.subject(login)).person_id for login in (FIRST, PREFECTURE)]
    async with own_world.as_(AUDIT) as (session, _):
        assert set(await editors(session, draft)) == set(persons)


async def test_a_withdrawn_draft_is_closed(own_world: World) -> None:
    draft = await drafted(own_world)
    async with own_world.as_(FIRST) as (session, subject):
        await withdraw(session, subject, draft.id, draft.version)
    with pytest.raises(DraftClosed):
        await changed(own_world, FIRST, draft, NEW, version=draft.version + 1)


async def test_there_is_an_end_to_open_drafts(own_world: World) -> None:
    async with own_world.as_(FIRST) as (session, subject):
        for _ in range(MOST_OPEN):
            await open_draft(session, subject, DraftForm("试一试"))
        with pytest.raises(TooManyDrafts):
            await open_draft(session, subject, DraftForm("试一试"))


async def test_a_draft_is_merged_onto_the_edition_that_came_in_between(own_world: World) -> None:
    late = await drafted(own_world, PREFECTURE, wider("1", "case:note"), wider("3", "case:note"))
    early = await drafted(own_world, FIRST, NEW, wider("3", "case:draft"), remove=("51",))
    edition = await approved(own_world, early)
    async with own_world.as_(PREFECTURE) as (session, subject):
        assert (await view(session, subject, late.id, "zh")).outdated
        draft, both = await rebase(session, subject, late.id, late.version)
        assert both == ["3"]
        rows = {row.no: row for _, row in read(draft.content)}
        assert "case:note" in rows["1"].actions, "the draft's own change"
        assert "64" in rows and "51" not in rows, "what the new edition changed"
        assert rows["3"].actions == wider("3", "case:note").actions, "where both changed it, the draft's text stays"
        assert (draft.base_edition, draft.version) == (edition.number, late.version + 1)
        assert not (await view(session, subject, late.id, "zh")).outdated
        with pytest.raises(NothingToRebase):
            await rebase(session, subject, late.id, draft.version)


def test_a_merge_takes_each_sides_removals() -> None:
    without = {no: write(row for row in ROWS.values() if row.no != no) for no in ("1", "2")}
    merged, both = merge(PROGRAM, without["1"], without["2"])
    assert both == [] and {"1", "2"}.isdisjoint({row.no for _, row in read(merged)})


async def test_each_step_of_a_draft_is_on_record_with_the_province_and_the_own_tenant(own_world: World) -> None:
    draft = await drafted(own_world, PREFECTURE)
    tenants = {(await own_world.subject(login)).tenant_id for login in (FIRST, PREFECTURE)}
    async with own_world.owner() as session:
        rows = (await session.scalars(select(AuditRow).where(AuditRow.object_id == str(draft.id)))).all()
    assert {row.tenant_id for row in rows} == tenants
    assert {(row.action, row.detail["did"]) for row in rows} == {("policy:draft", "open"), ("policy:draft", "edit")}


async def test_the_order_of_words_is_no_change(own_world: World) -> None:
    turned = structs.replace(ROWS["2"], actions=ROWS["2"].actions[::-1], roles=ROWS["2"].roles[::-1])
    draft = await drafted(own_world, FIRST, turned)
    assert draft.content == PROGRAM
    assert row_changes(PROGRAM, PROGRAM.replace(ROWS["2"].column("actions"), turned.column("actions"))) == []
