"""Who sees the case before and after it changes hands: by the tree alone, so that everybody may be told."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.timeline import holder_tenant
from foundation.language import N_, translate
from tenants import names
from tenants.models import Tenant

CONFLICTED = text("select tenant_conflicted(:case, :tenant)")
ALL, NOTHING, WATCHES = N_("全部"), N_("看不到"), N_("监督查看")
PAST = N_("移交前的经过和最终结果，不含其后的个人信息")
PREVIEW = N_("接收前只看预览")
BY_PART = N_("按各自职责")
ENDS = N_("退出，请其留任的除外")
PROGRESS = N_("办理进度")
STILL_PROGRESS = N_("办理进度和新的联系方式；案号不变")

Sight = tuple[str, str, str]
"""(who, before, after) in the reader's language."""


async def sight_moves(session: AsyncSession, case: Case, to_tenant: int | None) -> list[Sight]:
    """The two sides, those above either of them, the team, the parties. Inside one tenant nobody above changes."""
    here = await session.get_one(Tenant, holder_tenant(case))
    there = await session.get_one(Tenant, to_tenant)
    called = await names.tenants(session, [here.id, there.id, *_above(here), *_above(there)])
    found: list[Sight] = []
    if here.id != there.id:
        conflicted = await session.scalar(CONFLICTED, {"case": case.id, "tenant": here.id})
        found.append((called[here.id], ALL, NOTHING if conflicted else PAST))
        found.append((called[there.id], WATCHES if there.id in _above(here) else PREVIEW, ALL))
    for tenant in sorted({*_above(here), *_above(there)} - {here.id, there.id}):
        before, after = tenant in _above(here), tenant in _above(there)
        found.append((called[tenant], WATCHES if before else NOTHING, WATCHES if after else NOTHING))
    found.append((translate(N_("专调小组")), BY_PART, ENDS))
    found.append((translate(N_("信访人")), PROGRESS, STILL_PROGRESS))
    return [(who, translate(before), translate(after)) for who, before, after in found]


def _above(tenant: Tenant) -> set[int]:
    line = (tenant.province_id, tenant.prefecture_id, tenant.county_id)
    return {one for one in line if one is not None and one != tenant.id}
