"""Two security administrators of the province and one of a prefecture, at work on the rules."""

from msgspec import structs

from policies.approval import ApprovalForm, approve
from policies.draft_edits import DraftChange, edit
from policies.drafts import DraftForm, RuleDraft, open_draft
from policies.editions import RuleEdition
from policies.rows import RuleRow, read
from policies.rules import FILE
from tests.world import World

FIRST, SECOND, PREFECTURE = "yunnan.security", "yunnan.security2", "diqing.security"
AUDIT, DIRECTOR = "yunnan.audit", "xgll.director"
PROGRAM = FILE.read_text(encoding="utf-8")
ROWS = {row.no: row for _, row in read(PROGRAM)}
REASON = ApprovalForm("经省级研究同意")
NEW = RuleRow(
    "64", ["archivist"], ["C"], ["holds"], ["case:note"], "试验", "档案员可写备注", "An archivist writes notes"
)


def wider(no: str, *actions: str) -> RuleRow:
    """A rule of the program with more actions."""
    return structs.replace(ROWS[no], actions=[*ROWS[no].actions, *actions])


async def drafted(world: World, login: str = FIRST, *rows: RuleRow, remove: tuple[str, ...] = ()) -> RuleDraft:
    """An open draft that puts the rows (a new rule by default)."""
    async with world.as_(login) as (session, subject):
        draft = await open_draft(session, subject, DraftForm("档案员需要写备注"))
        change = DraftChange(put=list(rows or ([] if remove else [NEW])), remove=list(remove))
        return await edit(session, subject, draft.id, 1, change)


async def changed(world: World, login: str, draft: RuleDraft, *rows: RuleRow, version: int | None = None) -> RuleDraft:
    async with world.as_(login) as (session, subject):
        return await edit(session, subject, draft.id, version or draft.version, DraftChange(put=list(rows)))


async def approved(world: World, draft: RuleDraft, login: str = SECOND, version: int | None = None) -> RuleEdition:
    async with world.as_(login) as (session, subject):
        return await approve(session, subject, draft.id, version or draft.version, REASON)
