"""Writing in a draft: rows put and removed, or the whole set from a file; every wrong word at its row and column.

What two rows say together, and what the whole set must keep, is asked by `draft_view.check`: in the middle of a
change a draft may be wrong as a whole, never in its words.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, FieldError, InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.drafts import RuleDraft, draft_of, draft_to_change, note, require_pen
from policies.editions import content_in_force, content_of, digest
from policies.faults import Fault, PolicyBroken
from policies.matrix_sheet import FORMULA
from policies.rows import LARGEST, LISTS, LONGEST, NO_RULES, TEXTS, RuleRow, read, write
from policies.rules import faults_of
from tenants.subject import Subject

MOST_ROWS = 1000


class DraftChange(Struct, frozen=True, kw_only=True):
    """In this order: the whole set is replaced, rows go, rows come. A row whose number is there takes its place."""

    title: Annotated[str, Meta(title=N_("修改什么、为什么"), min_length=2, max_length=200)] | None = None
    content: Annotated[str, Meta(title=N_("全部规则（CSV）"), max_length=LARGEST)] | None = None
    remove: Annotated[list[str], Meta(title=N_("删除的规则编号"), max_length=MOST_ROWS, examples=[[]])] = []
    put: Annotated[list[RuleRow], Meta(title=N_("新增或修改的规则"), max_length=MOST_ROWS)] = []


class NothingToRebase(Conflict):
    code = "nothing_to_rebase"
    message = N_("草案所依据的就是现行规则")


class RulesRefused(InvalidInput):
    """A file or rows that can't be read; `faults` in the order of the lines."""

    code = "rules_refused"

    def __init__(self, path: str, faults: Sequence[Fault]) -> None:
        super().__init__(*(fault.at(_path(path, fault)) for fault in faults))
        self.faults = tuple(faults)


async def edit(
    session: AsyncSession, subject: Subject, draft_id: UUID, version: int | None, change: DraftChange
) -> RuleDraft:
    """Raises Forbidden, NotFound, VersionRequired, VersionStale, DraftClosed, RulesRefused, InvalidInput."""
    require_pen(subject)
    if change == DraftChange():
        raise invalid("content", "required", N_("没有给出任何修改"))
    draft = await draft_to_change(session, subject, draft_id, version)
    rows = (
        read_rows(change.content, "content", wrong_in)
        if change.content is not None
        else [row for _, row in read(draft.content)]
    )
    content = write(_with(_without(rows, change.remove), change.put))
    draft.title = change.title or draft.title
    _store(draft, session, content)
    await session.flush()
    await note(session, subject, Action.POLICY_DRAFT, draft, did="edit", version=draft.version, rules=_named(change))
    return draft


async def rebase(
    session: AsyncSession, subject: Subject, draft_id: UUID, version: int | None
) -> tuple[RuleDraft, list[str]]:
    """The draft's own changes over the edition in force; names the rules that both changed: there the draft's text
    stays, to be looked at. Raises as `edit`, and NothingToRebase."""
    require_pen(subject)
    draft = await draft_to_change(session, subject, draft_id, version)
    number, content = await content_in_force(session)
    if (draft.base_edition, draft.base_digest) == (number, digest(content)):
        raise NothingToRebase
    merged, both = merge(draft.base_content, draft.content, content)
    draft.base_edition, draft.base_digest, draft.base_content = number, digest(content), content
    _store(draft, session, merged)
    await session.flush()
    await note(session, subject, Action.POLICY_DRAFT, draft, did="rebase", base=number, both=both)
    return draft, both


async def roll_back(session: AsyncSession, subject: Subject, number: int, title: str) -> RuleDraft:
    """A new draft with the content of an earlier edition over the one in force: again two persons decide.

    Raises Forbidden, NotFound, TooManyDrafts, RulesRefused when it names a word that this program no longer knows.
    """
    require_pen(subject)
    content = await content_of(session, number)
    read_rows(content, "edition")
    base, base_content = await content_in_force(session)
    return await draft_of(session, subject, title, content, base, base_content)


def wrong_in(row: RuleRow, line: int = 0) -> Iterator[Fault]:
    """Of a row that somebody writes: its words, and texts that a spreadsheet would take for a formula."""
    yield from faults_of(row, line)
    for column in TEXTS:
        text = row.column(column)
        if len(text) > LONGEST:
            most = {"column": column, "most": LONGEST}
            yield Fault("too_long", N_("%(column)s 列太长，最多 %(most)s 字"), most, line, row.no, column)
        if text.startswith(FORMULA):
            sign = {"column": column, "sign": text[0]}
            yield Fault(
                "formula", N_("%(column)s 列不能以 %(sign)s 开头：电子表格会当作公式"), sign, line, row.no, column
            )


def read_rows(content: str, path: str, wrong: Callable[[RuleRow, int], Iterator[Fault]] = faults_of) -> list[RuleRow]:
    """Raises RulesRefused with every wrong word of every line."""
    try:
        rows = read(content)
    except PolicyBroken as broken:
        raise RulesRefused(path, broken.faults) from broken
    faults = [fault for line, row in rows for fault in wrong(row, line)]
    if not rows:
        faults.append(NO_RULES)
    numbers = [row.no for _, row in rows]
    faults += [
        Fault("number_twice", N_("编号 %(no)s 的规则出现两次"), {"no": row.no}, line, row.no, "no")
        for index, (line, row) in enumerate(rows)
        if row.no in numbers[:index]
    ]
    if len(rows) > MOST_ROWS:
        faults.append(Fault("too_many", N_("最多 %(n)s 项"), {"n": MOST_ROWS}))
    if faults:
        raise RulesRefused(path, faults)
    return [row for _, row in rows]


def merge(base: str, mine: str, theirs: str) -> tuple[str, list[str]]:
    """A three-way merge by rule: (content, numbers of rules that both sides changed differently)."""
    old, own, new = ({row.no: row for _, row in read(content)} for content in (base, mine, theirs))
    both = [no for no in {**new, **own, **old} if len({_text(side.get(no)) for side in (old, own, new)}) == 3]
    kept = {no: own.get(no) if own.get(no) != old.get(no) else new.get(no) for no in {**new, **own}}
    return write(row for row in kept.values() if row is not None), both


def _text(row: RuleRow | None) -> str:
    return "" if row is None else write([row])


def _without(rows: Iterable[RuleRow], removed: Sequence[str]) -> list[RuleRow | str]:
    """A removed row leaves its number as a mark of its place."""
    kept: list[RuleRow | str] = [row.no if row.no in removed else row for row in rows]
    unknown = set(removed) - {one for one in kept if isinstance(one, str)}
    if unknown:
        errors = [
            FieldError(f"remove.{removed.index(no)}", "unknown_rule", N_("没有这条规则")) for no in sorted(unknown)
        ]
        raise InvalidInput(*errors)
    return kept


def _with(kept: list[RuleRow | str], put: Sequence[RuleRow]) -> list[RuleRow]:
    """A row with a known number replaces it, else it takes the place of a removed one, else it comes last."""
    errors = [fault.at(f"put.{index}.{fault.column}") for index, row in enumerate(put) for fault in wrong_in(row)]
    numbers = [row.no for row in put]
    errors += [
        FieldError(f"put.{index}.no", "number_twice", N_("编号 %(no)s 的规则出现两次"), {"no": no})
        for index, no in enumerate(numbers)
        if no in numbers[:index]
    ]
    if errors:
        raise InvalidInput(*errors)
    for row in put:
        known = next((at for at, one in enumerate(kept) if isinstance(one, RuleRow) and one.no == row.no), None)
        free = next((at for at, one in enumerate(kept) if isinstance(one, str)), None)
        if known is not None:
            kept[known] = _in_known_order(row, kept[known])
        elif free is not None:
            kept[free] = row
        else:
            kept.append(row)
    return [one for one in kept if isinstance(one, RuleRow)]


def _in_known_order(row: RuleRow, before: RuleRow | str) -> RuleRow:
    """Words that were there keep their order, so that a difference shows only what is different."""
    if isinstance(before, str):
        return row
    words: dict[str, list[str]] = {}
    for name in sorted(LISTS):
        old, new = getattr(before, name), getattr(row, name)
        words[name] = [word for word in old if word in new] + [word for word in new if word not in old]
    return structs.replace(row, **words)


def _store(draft: RuleDraft, session: AsyncSession, content: str) -> None:
    draft.content, draft.version, draft.changed_at = content, draft.version + 1, instant(session)


def _named(change: DraftChange) -> list[str]:
    """For the audit: which rules; a whole file is `*`."""
    return ["*"] if change.content is not None else [*change.remove, *(row.no for row in change.put)]


def _path(path: str, fault: Fault) -> str:
    return ".".join(str(part) for part in (path, fault.line or "", fault.column) if part)
