"""Two persons for every change of rules, counted as persons; one edition whatever the race; nothing broken ever."""

import asyncio

import pytest
from msgspec import structs
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from foundation.audit import AuditRow
from foundation.errors import DomainError, Forbidden, VersionRequired, VersionStale
from policies.approval import (
    DraftOutdated,
    LockedOut,
    NothingChanged,
    OwnDraft,
    approve,
    lone_approver,
)
from policies.draft_edits import DraftChange, RulesRefused, edit, rebase, roll_back
from policies.drafts import DraftClosed, DraftForm, RuleDraft, open_draft
from policies.editions import RuleEdition, digest, in_force, newest
from policies.rows import RuleRow, read
from policies.rules import parse
from policies.stored import StoredTable
from policies.versions import compare, list_editions
from server.commands.policy import publish_on_record
from tenants.models import Post
from tenants.token_kind import SessionRequired
from tests.policies.drafting import (
    AUDIT,
    DIRECTOR,
    FIRST,
    NEW,
    PREFECTURE,
    PROGRAM,
    REASON,
    ROWS,
    SECOND,
    approved,
    changed,
    drafted,
    wider,
)
from tests.world import World


async def count_editions(world: World) -> int:
    async with world.owner() as session:
        return len((await session.scalars(select(RuleEdition.number))).all())


async def end_post(world: World, login: str) -> None:
    person = (await world.subject(login)).person_id
    async with world.owner() as session:
        await session.execute(update(Post).where(Post.person_id == person).values(until=world.clock.now()))


async def test_a_second_person_of_the_province_puts_the_draft_in_force(own_world: World) -> None:
    draft = await drafted(own_world, PREFECTURE)
    edition = await approved(own_world, draft, FIRST)
    async with own_world.owner() as session:
        number, book = await in_force(session)
        table = await session.get_one(StoredTable, book.version)
        row = await session.get_one(RuleDraft, draft.id)
        links = (await session.scalars(select(AuditRow).where(AuditRow.action == "policy:approve"))).all()
    drafter, approver = [(await own_world.subject(login)).person_id for login in (PREFECTURE, FIRST)]
    assert (number, edition.number, edition.made_by, edition.approved_by) == (1, 1, str(drafter), approver)
    assert (edition.reason, edition.content, book.rules["64"].zh) == (REASON.reason, draft.content, NEW.zh)
    assert "archivist C holds case:note" in table.cells, "compiled in the same transaction"
    assert (row.state, row.edition) == ("approved", 1)
    assert {link.tenant_id for link in links} == {(await own_world.subject(FIRST)).tenant_id}
    assert links[0].detail["edition"] == 1 and links[0].actor == str(approver)


async def test_nobody_approves_what_they_wrote_a_word_of(own_world: World) -> None:
    draft = await drafted(own_world, FIRST)
    with pytest.raises(OwnDraft):
        await approved(own_world, draft, FIRST)
    draft = await changed(own_world, SECOND, draft, wider("1", "case:note"))
    for login in (FIRST, SECOND):
        with pytest.raises(OwnDraft):
            await approved(own_world, draft, login)
    assert await count_editions(own_world) == 0


async def test_the_database_asks_again_who_approves_what_text_over_which_edition(own_world: World) -> None:
    draft = await drafted(own_world, FIRST)
    call = "select approve_rules(:draft, :version, :digest, 'v', 'reason')"
    good = {"draft": draft.id, "version": draft.version, "digest": digest(draft.content)}
    refused = (
        (FIRST, good, "TJ403"),
        (PREFECTURE, good, "TJ403"),
        (AUDIT, good, "TJ403"),
        (DIRECTOR, good, "TJ403"),
        (SECOND, good | {"version": 1}, "TJ412"),
        (SECOND, good | {"digest": digest(PROGRAM)}, "TJ412"),
    )
    for login, asked, code in refused:
        with pytest.raises(DBAPIError) as error:
            async with own_world.as_(login) as (session, _):
                await session.execute(text(call), asked)
        assert getattr(error.value.orig, "sqlstate", None) == code, (login, asked)
    assert await count_editions(own_world) == 0


async def test_only_who_may_approve_approves_and_never_a_program(own_world: World) -> None:
    draft = await drafted(own_world, FIRST)
    for login in (PREFECTURE, AUDIT, DIRECTOR):
        with pytest.raises(Forbidden):
            await approved(own_world, draft, login)
    subject = structs.replace(await own_world.subject(SECOND), token_id=draft.id, scopes=frozenset({"act"}))
    async with own_world.as_(SECOND) as (session, _):
        with pytest.raises(SessionRequired):
            await approve(session, subject, draft.id, draft.version, REASON)
        with pytest.raises(SessionRequired):
            await open_draft(session, subject, DraftForm("由程序起草"))


async def test_the_version_seen_must_be_the_one_approved(own_world: World) -> None:
    draft = await drafted(own_world, FIRST)
    async with own_world.as_(SECOND) as (session, subject):
        with pytest.raises(VersionRequired):
            await approve(session, subject, draft.id, None, REASON)
        with pytest.raises(VersionStale):
            await approve(session, subject, draft.id, draft.version - 1, REASON)


async def test_a_draft_over_rules_no_longer_in_force_is_refused_until_rebased(own_world: World) -> None:
    early, late = await drafted(own_world, FIRST), await drafted(own_world, FIRST, wider("1", "case:note"))
    await approved(own_world, early)
    with pytest.raises(DraftOutdated):
        await approved(own_world, late)
    with pytest.raises(DraftClosed):
        await approved(own_world, early, version=early.version + 1)
    assert await count_editions(own_world) == 1


async def test_two_approvals_at_once_make_one_edition(own_world: World) -> None:
    one, other = await drafted(own_world, PREFECTURE), await drafted(own_world, PREFECTURE, wider("1", "case:note"))
    told = await asyncio.gather(
        approved(own_world, one, FIRST), approved(own_world, other, SECOND), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in told) == ["DraftOutdated", "RuleEdition"]
    assert await count_editions(own_world) == 1


async def test_one_draft_approved_by_two_at_once_becomes_one_edition(own_world: World) -> None:
    draft = await drafted(own_world, PREFECTURE)
    told = await asyncio.gather(
        approved(own_world, draft, FIRST), approved(own_world, draft, SECOND), return_exceptions=True
    )
    (refused,) = [answer for answer in told if isinstance(answer, BaseException)]
    assert isinstance(refused, DomainError)
    assert await count_editions(own_world) == 1


def above(role: str) -> RuleRow:
    return structs.replace(NEW, roles=[role], tiers=["P"], relations=["oversees"])


@pytest.mark.parametrize(
    ("rows", "remove", "code"),
    [
        ((structs.replace(NEW, actions=["dossier:check"]),), (), "cell_twice"),
        ((), ("62b",), "security_stays"),
        ((structs.replace(ROWS["62"], actions=["policy:draft", "key:rotate"]),), (), "security_stays"),
        ((above("supervisor_p"),), (), "overseers_never_write"),
        ((above("sysadmin"),), (), "administrators_see_no_case"),
        ((), tuple(no for no in ROWS if not no.startswith("62")), "petitioners_rights"),
    ],
)  # fmt: skip
async def test_a_broken_set_is_never_in_force(own_world: World, rows: tuple, remove: tuple, code: str) -> None:  # type: ignore[type-arg]  # of RuleRow, of str
    draft = await drafted(own_world, FIRST, *rows, remove=remove)
    with pytest.raises(RulesRefused) as refused:
        await approved(own_world, draft)
    assert code in {fault.code for fault in refused.value.faults}
    async with own_world.owner() as session:
        assert await newest(session) is None, "the old rules stay"


async def test_without_two_people_in_post_nothing_is_approved_any_more(own_world: World) -> None:
    draft = await drafted(own_world, PREFECTURE)
    await end_post(own_world, PREFECTURE)
    async with own_world.as_(FIRST) as (session, _):
        assert not await lone_approver(session)
    await end_post(own_world, SECOND)
    async with own_world.as_(FIRST) as (session, subject):
        assert await lone_approver(session)
        with pytest.raises(LockedOut):
            await approve(session, subject, draft.id, draft.version, REASON)


@pytest.mark.parametrize(
    "unusable",
    [
        "update accounts set disabled_at = scope_now() where person_id = any (:people)",
        "update accounts set password_hash = null where person_id = any (:people)",
        "delete from second_factors where account_id in (select id from accounts where person_id = any (:people))",
    ],
)
async def test_a_post_without_a_usable_account_is_no_second_hand(own_world: World, unusable: str) -> None:
    """Disabled, never invited, or without the second factor that an administrator needs: it approves nothing."""
    draft = await drafted(own_world, PREFECTURE)
    people = [(await own_world.subject(login)).person_id for login in (PREFECTURE, SECOND)]
    async with own_world.owner() as session:
        await session.execute(text(unusable), {"people": people})
    async with own_world.as_(FIRST) as (session, subject):
        assert await lone_approver(session)
        with pytest.raises(LockedOut):
            await approve(session, subject, draft.id, draft.version, REASON)


async def test_what_changes_nothing_is_not_approved_but_a_new_sentence_is(own_world: World) -> None:
    async with own_world.as_(FIRST) as (session, subject):
        same = await open_draft(session, subject, DraftForm("什么也不改"))
    with pytest.raises(NothingChanged):
        await approved(own_world, same)
    edition = await approved(own_world, await drafted(own_world, FIRST, structs.replace(ROWS["1"], zh="另一句话")))
    assert edition.version == parse(PROGRAM).version, "no decision changed"
    async with own_world.owner() as session:
        assert (await in_force(session))[1].rules["1"].zh == "另一句话"


async def test_an_edition_is_rolled_back_by_two_persons_again(own_world: World) -> None:
    await approved(own_world, await drafted(own_world, FIRST))
    await approved(own_world, await drafted(own_world, FIRST, wider("1", "case:note")))
    async with own_world.as_(SECOND) as (session, subject):
        back = await roll_back(session, subject, 1, "恢复第一版")
        with pytest.raises(OwnDraft):
            await approve(session, subject, back.id, back.version, REASON)
    edition = await approved(own_world, back, FIRST)
    async with own_world.owner() as session:
        editions = await list_editions(session)
        against = await compare(session, 1, 3)
        step = await compare(session, 2, 3)
    assert edition.number == 3 and [one.number for one in editions] == [3, 2, 1]
    assert all(one.made_by and one.approved_by and one.made_by != one.approved_by for one in editions)
    assert against.rows == () and against.cells.counts == (0, 0, 0)
    assert [(row.no, row.columns) for row in step.rows] == [("1", ("actions",))]
    assert step.cells.counts == (0, 1, 0) and [*step.cells.closed] == ["contact_person"]


async def test_a_rebased_draft_may_be_approved_by_another_than_who_rebased_it(own_world: World) -> None:
    late = await drafted(own_world, FIRST, wider("1", "case:note"))
    await approved(own_world, await drafted(own_world, FIRST), SECOND)
    async with own_world.as_(PREFECTURE) as (session, subject):
        merged, _ = await rebase(session, subject, late.id, late.version)
    assert (await approved(own_world, merged, SECOND)).number == 2


async def test_the_operators_edition_is_one_of_the_line_and_outdates_drafts(own_world: World) -> None:
    draft = await drafted(own_world, FIRST)
    async with own_world.owner() as session:
        edition = await publish_on_record(
            session, "\n".join(PROGRAM.splitlines()[:1] + PROGRAM.splitlines()[2:]) + "\n"
        )
    assert edition and (edition.number, edition.draft_id, edition.approved_by) == (1, None, None)
    with pytest.raises(DraftOutdated):
        await approved(own_world, draft)
    async with own_world.as_(FIRST) as (session, subject):
        with pytest.raises(VersionStale):
            await edit(session, subject, draft.id, draft.version + 1, DraftChange(title="另一个题目"))
        assert len([row for _, row in read(edition.content)]) == len(ROWS) - 1
        assert (await list_editions(session))[0].made_by == "system.operator"
